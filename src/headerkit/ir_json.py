"""The IR as canonical JSON: the same IR is the same bytes, one declaration or macro a line.

Plain ASCII, LF, no trailing spaces; a member that has its default is left out. A builtin type without qualifiers is its
name (`"unsigned int"`), every other type an object with exactly one of the members builtin, pointer, array, vector,
function, typedef, tag, atomic, opaque, and `true` for each qualifier. The text is put together by hand because the
encoder of the standard library can neither break lines per declaration nor reuse the text of a type that occurs a
thousand times; every string still goes through its quoting function.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quote
from typing import TYPE_CHECKING, Any

from headerkit import ir
from headerkit._compat import assert_never
from headerkit.ir_reading import QUALIFIERS, load
from headerkit.ir_version import JSON_HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["dump", "load"]

_QUALIFIER_TEXT = [
    "".join(f', "{name}": true' for bit, name in QUALIFIERS if quals & bit) for quals in range(2 * ir.NULLABLE)
]


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
        f"{JSON_HEAD}\n"
        f'"name": {quote(header.name)}, "target": {quote(header.target)}, "includes": {_strings(header.includes)},\n'
        f'"files": {_strings(header.files)}, "owned_files": [{owned_files}],\n'
        f'"sizes": {{{sizes}}},\n{masked}'
        f'"declarations": [\n{declarations}\n],\n"macros": [\n{macros}\n]}}\n'
    )


def _strings(values: Iterable[str]) -> str:
    return f"[{', '.join(map(quote, values))}]"


class _Writer:
    """Holds the text of each type object already met.

    Ten thousand macros and members go through here, so the usual ones (no remarks, nothing special) take one test and
    one f-string, and the look-ups of `_texts` stand where a method would cost more than they do.
    """

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}  # by identity: hashing a nested type costs more than writing it
        self._by_class: dict[type, Callable[[Any], str]] = {
            ir.Function: self._function,
            ir.Typedef: self._typedef,
            ir.Record: self._record,
            ir.Enum: self._enum,
            ir.Variable: self._variable,
        }

    def _type(self, node: ir.Type) -> str:
        self._texts[id(node)] = text = self._type_text(node)
        return text

    def _type_text(self, node: ir.Type) -> str:
        texts = self._texts
        if isinstance(node, ir.Pointer):
            body = f'"pointer": {texts.get(id(node.pointee)) or self._type(node.pointee)}'
        elif isinstance(node, ir.FunctionType):
            params = node.params
            listed = "null"
            if params is not None:
                listed = f"[{', '.join([texts.get(id(param)) or self._type(param) for param in params])}]"
            more = ', "variadic": true' if node.variadic else ""
            more += f', "convention": {quote(node.convention)}' if node.convention else ""
            result = texts.get(id(node.result)) or self._type(node.result)
            return f'{{"function": {result}, "parameters": {listed}{more}}}'
        elif isinstance(node, ir.Alias):
            body = f'"typedef": {quote(node.name)}'
        elif isinstance(node, ir.Tag):
            body = f'"tag": {quote(node.key)}'
        elif isinstance(node, ir.Builtin):
            if not node.quals:
                return quote(node.name)
            body = f'"builtin": {quote(node.name)}'
        elif isinstance(node, ir.Array):
            element = texts.get(id(node.element)) or self._type(node.element)
            return f'{{"array": {element}, "length": {"null" if node.length is None else node.length}}}'
        elif isinstance(node, ir.Vector):
            element = texts.get(id(node.element)) or self._type(node.element)
            body = f'"vector": {element}, "length": {node.length}'
        elif isinstance(node, ir.Atomic):
            body = f'"atomic": {texts.get(id(node.inner)) or self._type(node.inner)}'
        elif isinstance(node, ir.Opaque):
            body = f'"opaque": {quote(node.spelling)}'
        else:
            assert_never(node)
        return f"{{{body}{_QUALIFIER_TEXT[node.quals]}}}" if node.quals else f"{{{body}}}"

    def declaration(self, d: ir.Declaration) -> str:
        return self._by_class[d.__class__](d)

    def _function(self, d: ir.Function) -> str:
        kind = d.type
        more = f', "names": {_strings(d.parameters)}' if any(d.parameters) else ""
        if d.storage == "static":
            more += ', "static": true'
        if d.inline:
            more += ', "inline": true'
        if d.inline_definition:
            more += ', "inline_definition": true'
        if d.asm_label:
            more += f', "asm_label": {quote(d.asm_label)}'
        return f'{{"function": {quote(d.name)}, "type": {self._texts.get(id(kind)) or self._type(kind)}{more}{_tail(d)}'

    def _typedef(self, d: ir.Typedef) -> str:
        kind = self._texts.get(id(d.type)) or self._type(d.type)
        return f'{{"typedef": {quote(d.name)}, "type": {kind}{_layout(d)}{_tail(d)}'

    def _record(self, d: ir.Record) -> str:
        more = ', "packed": true' if d.packed else ""
        if d.elided:
            more += ', "elided": true'
        if d.fields is not None:
            more += f', "fields": [{", ".join(map(self._field, d.fields))}]'
        return f'{{"{d.kind}": {quote(d.key)}{_naming(d)}{_layout(d)}{more}{_tail(d)}'

    def _enum(self, d: ir.Enum) -> str:
        kind = self._texts.get(id(d.underlying)) or self._type(d.underlying)
        more = ""
        if d.enumerators is not None:
            more = f', "enumerators": [{", ".join(map(_enumerator, d.enumerators))}]'
        return f'{{"enum": {quote(d.key)}{_naming(d)}, "underlying": {kind}{_layout(d)}{more}{_tail(d)}'

    def _variable(self, d: ir.Variable) -> str:
        more = ', "static": true' if d.storage == "static" else ""
        more += ', "thread_local": true' if d.thread_local else ""
        if d.value is not None:
            value = _value(d.value)
            # A macro's kind says that a string is a float for which JSON has no number; a variable has no kind.
            special = isinstance(d.value, float) and value.startswith('"')
            more += f', "value": {{"float": {value}}}' if special else f', "value": {value}'
        more += f', "asm_label": {quote(d.asm_label)}' if d.asm_label else ""
        kind = self._texts.get(id(d.type)) or self._type(d.type)
        return f'{{"variable": {quote(d.name)}, "type": {kind}{more}{_tail(d)}'

    def _field(self, f: ir.Field) -> str:
        kind = self._texts.get(id(f.type)) or self._type(f.type)
        if f.width is None and f.name and not f.doc and not f.attributes:
            return f'{{"name": {quote(f.name)}, "type": {kind}, "offset": {f.offset}}}'
        name = f'"name": {quote(f.name)}, ' if f.name else ""
        width = "" if f.width is None else f', "width": {f.width}'
        return f'{{{name}"type": {kind}, "offset": {f.offset}{width}{_remarks(f)}}}'

    def macro(self, m: ir.Macro) -> str:
        more = ""
        value = m.value
        if value is not None:
            more = f', "value": {value if value.__class__ is int else _value(value)}'
        kind = m.type
        if kind is not None:
            more += f', "type": {self._texts.get(id(kind)) or self._type(kind)}'
        if m.parameters is not None:
            more += f', "parameters": {_strings(m.parameters)}'
        if m.body or m.alias or m.reason or m.wide or m.c_name:
            for key in ("alias", "body", "reason", "wide", "c_name"):
                if text := getattr(m, key):
                    more += f', "{key}": {quote(text)}'
        file, line = m.location
        doc = f', "doc": {quote(m.doc)}' if m.doc else ""
        return f'{{"macro": {quote(m.name)}, "kind": "{m.kind}"{more}, "at": [{file}, {line}]{doc}}}'


def _value(value: float | str) -> str:
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124 (NaN)
        return quote(repr(value))  # JSON has no such number
    return repr(value)


def _layout(d: ir.Record | ir.Enum | ir.Typedef) -> str:
    return "" if d.size is None else f', "size": {d.size}, "align": {d.align}'


def _naming(d: ir.Record | ir.Enum) -> str:
    text = f', "name": {quote(d.name)}' if d.name else ""
    if d.typedef:
        text += f', "named_by": {quote(d.typedef)}'
    return f'{text}, "parent": {quote(d.parent)}' if d.parent else text


def _tail(d: ir.Declaration) -> str:
    """The end of a declaration's object: what every kind has."""
    file, line = d.location
    owned = "" if d.owned else ', "owned": false'
    return f'{owned}, "at": [{file}, {line}]{_remarks(d) if d.doc or d.attributes else ""}}}'


def _remarks(d: ir.Declaration | ir.Field | ir.Enumerator) -> str:
    text = f', "doc": {quote(d.doc)}' if d.doc else ""
    if d.attributes:
        text += f', "attributes": [{", ".join(map(_strings, d.attributes))}]'
    return text


def _enumerator(e: ir.Enumerator) -> str:
    if not e.doc and not e.attributes:
        return f"[{quote(e.name)}, {e.value}]"
    return f'{{"name": {quote(e.name)}, "value": {e.value}{_remarks(e)}}}'
