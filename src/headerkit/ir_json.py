"""The IR as canonical JSON: the same IR is the same bytes, one declaration or macro a line.

Plain ASCII, LF, no trailing spaces; a member that has its default is left out. A builtin type without qualifiers is its
name (`"unsigned int"`), every other type an object with exactly one of the members builtin, pointer, array, vector,
function, typedef, tag, atomic, opaque, and `true` for each qualifier. The text is put together by hand because the
encoder of the standard library can neither break lines per declaration nor reuse the text of a type that occurs a
thousand times; every string still goes through its quoting function.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as quote
from typing import TYPE_CHECKING, Any, cast

from headerkit import ir
from headerkit._compat import assert_never

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["dump", "load"]

_QUALIFIERS = (
    (ir.CONST, "const"),
    (ir.VOLATILE, "volatile"),
    (ir.RESTRICT, "restrict"),
    (ir.NONNULL, "nonnull"),
    (ir.NULLABLE, "nullable"),
)
_QUALIFIER_TEXT = [
    "".join(f', "{name}": true' for bit, name in _QUALIFIERS if quals & bit) for quals in range(2 * ir.NULLABLE)
]


# -- writing


def dump(header: ir.Header) -> str:
    """Write the IR as canonical JSON, with a final newline."""
    writer = _Writer()
    owned_files = ", ".join(map(str, header.owned_files))
    sizes = ", ".join(f"{quote(name)}: [{size}, {align}]" for name, (size, align) in sorted(header.sizes.items()))
    declarations = ",\n".join(map(writer.declaration, header.declarations))
    macros = ",\n".join(map(writer.macro, header.macros))
    masked = f'"masked": {_strings(header.masked)},\n' if header.masked else ""
    masked += f'"masked_calls": {_strings(header.masked_calls)},\n' if header.masked_calls else ""
    if header.left_out:
        masked += f'"left_out": [{", ".join(map(_strings, header.left_out))}],\n'
    return (
        f'{{"format": "headerkit-ir", "version": {ir.IR_VERSION},\n'
        f'"name": {quote(header.name)}, "target": {quote(header.target)}, "includes": {_strings(header.includes)},\n'
        f'"files": {_strings(header.files)}, "owned_files": [{owned_files}],\n'
        f'"sizes": {{{sizes}}},\n{masked}'
        f'"declarations": [\n{declarations}\n],\n"macros": [\n{macros}\n]}}\n'
    )


def _strings(values: Iterable[str]) -> str:
    return f"[{', '.join(map(quote, values))}]"


class _Writer:
    """Holds the text of each type object already met."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def type(self, node: ir.Type) -> str:
        text = self._texts.get(id(node))  # by identity: hashing a nested type costs more than writing it
        if text is None:
            text = self._texts[id(node)] = self._type(node)
        return text

    def _type(self, node: ir.Type) -> str:
        match node:
            case ir.Builtin(name, 0):
                return quote(name)
            case ir.Builtin(name, quals):
                body = f'"builtin": {quote(name)}'
            case ir.Pointer(pointee, quals):
                body = f'"pointer": {self.type(pointee)}'
            case ir.Array(element, length):
                return f'{{"array": {self.type(element)}, "length": {"null" if length is None else length}}}'
            case ir.Vector(element, length, quals):
                body = f'"vector": {self.type(element)}, "length": {length}'
            case ir.FunctionType(result, params, variadic, convention):
                listed = "null" if params is None else f"[{', '.join(map(self.type, params))}]"
                more = ', "variadic": true' if variadic else ""
                more += f', "convention": {quote(convention)}' if convention else ""
                return f'{{"function": {self.type(result)}, "parameters": {listed}{more}}}'
            case ir.Alias(name, quals):
                body = f'"typedef": {quote(name)}'
            case ir.Tag(key, quals):
                body = f'"tag": {quote(key)}'
            case ir.Atomic(inner, quals):
                body = f'"atomic": {self.type(inner)}'
            case ir.Opaque(spelling, quals):
                body = f'"opaque": {quote(spelling)}'
            case _:
                assert_never(node)
        return f"{{{body}{_QUALIFIER_TEXT[quals]}}}"

    def declaration(self, d: ir.Declaration) -> str:
        match d:
            case ir.Function():
                body = f'"function": {quote(d.name)}, "type": {self.type(d.type)}'
                body += f', "names": {_strings(d.parameters)}' if any(d.parameters) else ""
                body += ', "static": true' if d.storage == "static" else ""
                body += ', "inline": true' if d.inline else ""
                body += f', "asm_label": {quote(d.asm_label)}' if d.asm_label else ""
            case ir.Typedef():
                body = f'"typedef": {quote(d.name)}, "type": {self.type(d.type)}{_layout(d)}'
            case ir.Record():
                body = f'"{d.kind}": {quote(d.key)}{_naming(d)}{_layout(d)}'
                body += ', "packed": true' if d.packed else ""
                body += ', "elided": true' if d.elided else ""
                if d.fields is not None:
                    body += f', "fields": [{", ".join(map(self.field, d.fields))}]'
            case ir.Enum():
                body = f'"enum": {quote(d.key)}{_naming(d)}, "underlying": {self.type(d.underlying)}{_layout(d)}'
                if d.enumerators is not None:
                    body += f', "enumerators": [{", ".join(map(_enumerator, d.enumerators))}]'
            case ir.Variable():
                body = f'"variable": {quote(d.name)}, "type": {self.type(d.type)}'
                body += ', "static": true' if d.storage == "static" else ""
                body += ', "thread_local": true' if d.thread_local else ""
                body += f', "value": {_value(d.value)}' if d.value is not None else ""
                body += f', "asm_label": {quote(d.asm_label)}' if d.asm_label else ""
            case _:
                assert_never(d)
        owned = "" if d.owned else ', "owned": false'
        return f"{{{body}{owned}{_at(d.location)}{_remarks(d)}}}"

    def field(self, f: ir.Field) -> str:
        width = "" if f.width is None else f', "width": {f.width}'
        name = f'"name": {quote(f.name)}, ' if f.name else ""
        return f'{{{name}"type": {self.type(f.type)}, "offset": {f.offset}{width}{_remarks(f)}}}'

    def macro(self, m: ir.Macro) -> str:
        body = f'"macro": {quote(m.name)}, "kind": "{m.kind}"'
        if m.value is not None:
            body += f', "value": {_value(m.value)}'
        if m.type is not None:
            body += f', "type": {self.type(m.type)}'
        if m.parameters is not None:
            body += f', "parameters": {_strings(m.parameters)}'
        for key in ("alias", "body", "reason", "wide", "c_name"):
            if text := getattr(m, key):
                body += f', "{key}": {quote(text)}'
        doc = f', "doc": {quote(m.doc)}' if m.doc else ""
        return f"{{{body}{_at(m.location)}{doc}}}"


def _value(value: float | str) -> str:
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124 (NaN)
        return quote(repr(value))  # JSON has no such number; the kind says that it is one
    return repr(value)


def _layout(d: ir.Record | ir.Enum | ir.Typedef) -> str:
    return "" if d.size is None else f', "size": {d.size}, "align": {d.align}'


def _naming(d: ir.Record | ir.Enum) -> str:
    text = f', "name": {quote(d.name)}' if d.name else ""
    text += f', "named_by": {quote(d.typedef)}' if d.typedef else ""
    return text + (f', "parent": {quote(d.parent)}' if d.parent else "")


def _at(location: ir.Location) -> str:
    return f', "at": [{location.file}, {location.line}]'


def _remarks(d: ir.Declaration | ir.Field | ir.Enumerator) -> str:
    text = f', "doc": {quote(d.doc)}' if d.doc else ""
    if d.attributes:
        text += f', "attributes": [{", ".join(map(_strings, d.attributes))}]'
    return text


def _enumerator(e: ir.Enumerator) -> str:
    if not e.doc and not e.attributes:
        return f"[{quote(e.name)}, {e.value}]"
    return f'{{"name": {quote(e.name)}, "value": {e.value}{_remarks(e)}}}'


# -- reading


def load(text: str) -> ir.Header:
    """Read IR back; equal to what was written. Raises ValueError for anything that is no IR of this version."""
    try:
        data = json.loads(text)
        if data["format"] != "headerkit-ir" or data["version"] != ir.IR_VERSION:
            msg = f"not IR of version {ir.IR_VERSION}"
            raise ValueError(msg)
        return ir.Header(
            name=data["name"],
            target=data["target"],
            declarations=tuple(map(_read_declaration, data["declarations"])),
            macros=tuple(map(_read_macro, data["macros"])),
            files=tuple(data["files"]),
            owned_files=tuple(data["owned_files"]),
            sizes={name: (size, align) for name, (size, align) in data["sizes"].items()},
            includes=tuple(data["includes"]),
            masked=tuple(data.get("masked", ())),
            masked_calls=tuple(data.get("masked_calls", ())),
            left_out=tuple(ir.LeftOut(*entry) for entry in data.get("left_out", ())),
        )
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        msg = f"not IR: {type(error).__name__}: {error}"
        raise ValueError(msg) from error


def _read_type(data: Any) -> ir.Type:
    if isinstance(data, str):
        return ir.Builtin(data)
    quals = 0
    for bit, name in _QUALIFIERS:
        if data.get(name):
            quals |= bit
    if "pointer" in data:
        return ir.Pointer(_read_type(data["pointer"]), quals)
    if "typedef" in data:
        return ir.Alias(data["typedef"], quals)
    if "tag" in data:
        return ir.Tag(data["tag"], quals)
    if "builtin" in data:
        return ir.Builtin(data["builtin"], quals)
    if "array" in data:
        return ir.Array(_read_type(data["array"]), data["length"])
    if "function" in data:
        params = data["parameters"]
        return ir.FunctionType(
            _read_type(data["function"]),
            None if params is None else tuple(map(_read_type, params)),
            variadic=data.get("variadic", False),
            convention=data.get("convention", ""),
        )
    if "vector" in data:
        return ir.Vector(_read_type(data["vector"]), data["length"], quals)
    if "atomic" in data:
        return ir.Atomic(_read_type(data["atomic"]), quals)
    return ir.Opaque(data["opaque"], quals)


def _read_remarks(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "doc": data.get("doc", ""),
        "attributes": tuple(ir.Attribute(*pair) for pair in data.get("attributes", ())),
    }


def _read_declaration(data: dict[str, Any]) -> ir.Declaration:
    rest = _read_remarks(data)
    rest["location"] = ir.Location(*data["at"])
    rest["owned"] = data.get("owned", True)
    if "function" in data:
        kind = cast("ir.FunctionType", _read_type(data["type"]))
        names = tuple(data.get("names") or ("",) * len(kind.params or ()))
        return ir.Function(
            data["function"],
            kind,
            names,
            storage="static" if data.get("static") else "extern",
            inline=data.get("inline", False),
            asm_label=data.get("asm_label", ""),
            **rest,
        )
    if "variable" in data:
        value = data.get("value")
        return ir.Variable(
            data["variable"],
            _read_type(data["type"]),
            storage="static" if data.get("static") else "extern",
            thread_local=data.get("thread_local", False),
            value=value,
            asm_label=data.get("asm_label", ""),
            **rest,
        )
    if "typedef" in data:
        return ir.Typedef(data["typedef"], _read_type(data["type"]), data.get("size"), data.get("align"), **rest)
    rest |= {
        "size": data.get("size"),
        "align": data.get("align"),
        "name": data.get("name", ""),
        "typedef": data.get("named_by", ""),
        "parent": data.get("parent", ""),
    }
    if "enum" in data:
        listed = data.get("enumerators")
        enumerators = None if listed is None else tuple(map(_read_enumerator, listed))
        underlying = _read_type(data["underlying"])
        return ir.Enum(data["enum"], enumerators=enumerators, underlying=underlying, **rest)
    fields = data.get("fields")
    kind_name = "union" if "union" in data else "struct"
    return ir.Record(
        data[kind_name],
        cast("Any", kind_name),
        fields=None if fields is None else tuple(map(_read_field, fields)),
        packed=data.get("packed", False),
        elided=data.get("elided", False),
        **rest,
    )


def _read_field(data: dict[str, Any]) -> ir.Field:
    return ir.Field(
        data.get("name", ""), _read_type(data["type"]), data["offset"], data.get("width"), **_read_remarks(data)
    )


def _read_enumerator(data: Any) -> ir.Enumerator:
    if isinstance(data, list):
        return ir.Enumerator(data[0], data[1])
    return ir.Enumerator(data["name"], data["value"], **_read_remarks(data))


def _read_macro(data: dict[str, Any]) -> ir.Macro:
    value = data.get("value")
    if data["kind"] == "float" and isinstance(value, str):
        value = float(value)
    parameters = data.get("parameters")
    return ir.Macro(
        data["macro"],
        data["kind"],
        value=value,
        type=_read_type(data["type"]) if "type" in data else None,
        alias=data.get("alias", ""),
        parameters=None if parameters is None else tuple(parameters),
        body=data.get("body", ""),
        reason=data.get("reason", ""),
        wide=data.get("wide", ""),
        c_name=data.get("c_name", ""),
        location=ir.Location(*data["at"]),
        doc=data.get("doc", ""),
    )
