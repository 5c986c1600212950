"""Canonical JSON (`headerkit.ir_json`) -> IR, with the class of every value checked.

Who writes an IR is not known: it may come from a store that a merge brought together, or from a file named on a command
line. Writers put numbers into source as they are, so what stands where a number belongs has to be one.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from headerkit import ir
from headerkit.collection import NoCollection

__all__ = ["NON_FINITE", "QUALIFIERS", "load"]

QUALIFIERS = (
    (ir.CONST, "const"),
    (ir.VOLATILE, "volatile"),
    (ir.RESTRICT, "restrict"),
    (ir.NONNULL, "nonnull"),
    (ir.NULLABLE, "nullable"),
)
NON_FINITE = {"inf": float("inf"), "-inf": float("-inf"), "nan": float("nan")}
"""The floats that JSON has no number for, by their `repr`."""

_MEMBERS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("function", "variable", "typedef", "struct", "union", "enum"), (str,)),
    **dict.fromkeys(("name", "named_by", "parent", "asm_label", "doc"), (str,)),
    **dict.fromkeys(("size", "align"), (int,)),
    **dict.fromkeys(("owned", "static", "inline", "inline_definition", "thread_local", "packed", "elided"), (bool,)),
    **dict.fromkeys(("names", "fields", "enumerators"), (list,)),
    "value": (int, float, str, dict),
}
"""The classes that a member of a declaration may have; `_Reader` sees to those that are not here."""

_VALUES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("int", "char"), (int,)),
    "float": (int, float),
    "string": (str,),
    **dict.fromkeys(("function", "type", "call", "empty", "other"), (type(None),)),
}
"""The classes of a macro's value by its kind."""


_new_tuple = tuple.__new__


def load(text: str) -> ir.Header:
    """Read IR back; equal to what was written. Raises ValueError for anything that is no IR of this version."""
    try:
        with NoCollection():
            return _load(json.loads(text))
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        msg = f"not IR: {type(error).__name__}: {error}"
        raise ValueError(msg) from error


def _load(data: Any) -> ir.Header:
    if data["format"] != "headerkit-ir" or data["version"] != ir.IR_VERSION:
        msg = f"not IR of version {ir.IR_VERSION}"
        raise ValueError(msg)
    reader = _Reader()
    header = ir.Header(
        name=_string(data["name"]),
        target=_string(data["target"]),
        declarations=tuple(map(reader.declaration, data["declarations"])),
        macros=tuple(map(reader.macro, data["macros"])),
        files=_strings(data["files"]),
        owned_files=tuple(map(_integer, data["owned_files"])),
        sizes={name: _pair(pair) for name, pair in data["sizes"].items()},
        includes=_strings(data["includes"]),
        masked=_strings(data.get("masked", ())),
        masked_calls=_strings(data.get("masked_calls", ())),
        left_out=tuple([ir.LeftOut(*_strings(entry)) for entry in data.get("left_out", ())]),
    )
    for variable in reader.texts:
        _check_text(variable, header)
    return header


class _Reader:
    """Makes each type once, as the backend does: what remembers a type by its identity knows it again."""

    def __init__(self) -> None:
        self._builtins: dict[str, ir.Builtin] = {}
        self._aliases: dict[tuple[str, int], ir.Alias] = {}
        self._tags: dict[tuple[str, int], ir.Tag] = {}
        self._pointers: dict[tuple[int, int], ir.Pointer] = {}  # which hold their pointees, so that an id stays its own
        self._shapes: set[tuple[object, ...]] = set()
        self.texts: list[ir.Variable] = []
        """Variables whose value is a string."""

    def _check(self, data: dict[str, Any]) -> None:
        """Raise TypeError where a declaration's member is of another class than it should be.

        Thousands of declarations have a few dozen shapes: names of members with the classes of their values. To look
        the shape up costs less than to look at each value.
        """
        shape = (*data, *map(type, data.values()))
        if shape in self._shapes:
            return
        for name, value in data.items():
            if name in _MEMBERS and value.__class__ not in _MEMBERS[name]:
                msg = f"{name}: {_unexpected(_MEMBERS[name], value)}"
                raise TypeError(msg)
        self._shapes.add(shape)

    def _type(self, data: Any) -> ir.Type:
        if isinstance(data, str):
            return self._builtins.get(data) or self._builtins.setdefault(data, ir.Builtin(data))
        quals = 0
        if len(data) > 1:
            for bit, name in QUALIFIERS:
                if data.get(name):
                    quals |= bit
        if "pointer" in data:
            pointee = self._type(data["pointer"])
            place = (id(pointee), quals)
            return self._pointers.get(place) or self._pointers.setdefault(place, ir.Pointer(pointee, quals))
        if "typedef" in data:
            key = (data["typedef"], quals)
            return self._aliases.get(key) or self._aliases.setdefault(key, ir.Alias(_string(data["typedef"]), quals))
        if "tag" in data:
            key = (data["tag"], quals)
            return self._tags.get(key) or self._tags.setdefault(key, ir.Tag(_string(data["tag"]), quals))
        if "function" in data:
            return self._function_type(data)
        if "builtin" in data:
            return ir.Builtin(_string(data["builtin"]), quals)
        if "array" in data:
            length = data["length"]
            return ir.Array(self._type(data["array"]), None if length is None else _integer(length))
        if "vector" in data:
            return ir.Vector(self._type(data["vector"]), _integer(data["length"]), quals)
        if "atomic" in data:
            return ir.Atomic(self._type(data["atomic"]), quals)
        return ir.Opaque(_string(data["opaque"]), quals)

    def _function_type(self, data: dict[str, Any]) -> ir.FunctionType:
        params = data["parameters"]
        return ir.FunctionType(
            self._type(data["function"]),
            None if params is None else tuple(map(self._type, params)),
            "variadic" in data and data["variadic"] is True,
            _string(data["convention"]) if "convention" in data else "",
        )

    def declaration(self, data: dict[str, Any]) -> ir.Declaration:
        self._check(data)
        get = data.get
        rest = (get("owned", True), _location(data), *_remarks(data))
        if "function" in data:
            kind = self._function_type(data["type"])
            names = _strings(data["names"]) if "names" in data else ("",) * len(kind.params or ())
            storage: Literal["extern", "static"] = "static" if get("static") else "extern"
            return ir.Function(
                data["function"],
                kind,
                names,
                storage,
                get("inline", False),
                get("asm_label", ""),
                *rest,
                inline_definition=get("inline_definition", False),
            )
        if "typedef" in data:
            return ir.Typedef(data["typedef"], self._type(data["type"]), get("size"), get("align"), *rest)
        if "variable" in data:
            return self._variable(data, *rest)
        return self._tagged(data, *rest)

    def _variable(self, data: dict[str, Any], *rest: Any) -> ir.Variable:
        get, value = data.get, data.get("value")
        made = ir.Variable(
            data["variable"],
            self._type(data["type"]),
            "static" if get("static") else "extern",
            get("thread_local", False),
            NON_FINITE[value["float"]] if isinstance(value, dict) else value,
            get("asm_label", ""),
            *rest,
        )
        if isinstance(value, str):
            self.texts.append(made)
        return made

    def _tagged(self, data: dict[str, Any], *rest: Any) -> ir.Record | ir.Enum:
        get = data.get
        size, align, typedef, parent = get("size"), get("align"), get("named_by", ""), get("parent", "")
        if "enum" in data:
            listed = get("enumerators")
            enumerators = None if listed is None else tuple(map(_enumerator, listed))
            underlying = self._type(data["underlying"])
            name = get("name", "")
            return ir.Enum(data["enum"], name, enumerators, underlying, size, align, typedef, parent, *rest)
        members = get("fields")
        fields = None if members is None else tuple(map(self._field, members))
        kind: Literal["struct", "union"] = "union" if "union" in data else "struct"
        flags = (get("packed", False), get("elided", False))
        return ir.Record(data[kind], kind, get("name", ""), fields, size, align, typedef, parent, *flags, *rest)

    def _field(self, data: dict[str, Any]) -> ir.Field:
        get = data.get
        name, offset, width = get("name", ""), data["offset"], get("width")
        if name.__class__ is not str or offset.__class__ is not int or (width.__class__ is not int and "width" in data):
            msg = f"a member: expected a name, an offset and a width, got {name!r}, {offset!r} and {width!r}"
            raise TypeError(msg)
        return ir.Field(name, self._type(data["type"]), offset, width, *_checked_remarks(data))

    def macro(self, data: dict[str, Any]) -> ir.Macro:
        get, kind = data.get, data["kind"]
        given = get("value")
        value: Any = NON_FINITE[given] if kind == "float" and isinstance(given, str) else given
        known: type = value.__class__
        if known not in _VALUES[kind]:
            msg = f"a macro of kind {kind}: {_unexpected(_VALUES[kind], value)}"
            raise TypeError(msg)
        name, alias, body, reason = data["macro"], get("alias", ""), get("body", ""), get("reason", "")
        wide, c_name, doc = get("wide", ""), get("c_name", ""), get("doc", "")
        "".join((name, alias, body, reason, wide, c_name, doc))  # noqa: FLY002  (refuses what is no string)
        parameters = get("parameters")
        return ir.Macro(
            name,
            kind,
            value,
            self._type(data["type"]) if "type" in data else None,
            alias,
            None if parameters is None else _strings(parameters),
            body,
            reason,
            wide,
            c_name,
            _location(data),
            doc,
        )


def _enumerator(data: Any) -> ir.Enumerator:
    if isinstance(data, list):
        name, value = data
        remarks: tuple[Any, ...] = ()
    else:
        name, value, remarks = data["name"], data["value"], _checked_remarks(data)
    if name.__class__ is not str or value.__class__ is not int:
        msg = f"an enumerator: expected a name and an integer, got {name!r} and {value!r}"
        raise TypeError(msg)
    return ir.Enumerator(name, value, *remarks)


def _check_text(variable: ir.Variable, header: ir.Header) -> None:
    """Raise ValueError for a string as the value of a number.

    So a development version wrote an infinity or NaN, which has to be parsed again.
    """
    kind = variable.type
    seen = set()
    while isinstance(kind, ir.Alias) and kind.name in header.typedefs and kind.name not in seen:
        seen.add(kind.name)
        kind = header.typedefs[kind.name].type
    if isinstance(kind, ir.Builtin):
        msg = f"not IR: {variable.name}: the {kind.name} has the value {variable.value!r}"
        raise ValueError(msg)  # noqa: TRY004  (the class of no argument, but what a text says)


def _location(data: dict[str, Any]) -> ir.Location:
    file, line = data["at"]
    if file.__class__ is not int or line.__class__ is not int:
        raise TypeError(_unexpected((int,), data["at"]))
    return _new_tuple(ir.Location, (file, line))  # past the constructor, which costs more than the checks of a macro


def _remarks(data: dict[str, Any]) -> tuple[str, tuple[ir.Attribute, ...]]:
    listed = data.get("attributes")
    return data.get("doc", ""), tuple([ir.Attribute(*_strings(pair)) for pair in listed]) if listed else ()


def _checked_remarks(data: dict[str, Any]) -> tuple[str, tuple[ir.Attribute, ...]]:
    if "doc" in data:
        _string(data["doc"])
    return _remarks(data)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(_unexpected((str,), value))
    return value


def _strings(values: Any) -> tuple[str, ...]:
    if isinstance(values, (str, dict)):
        raise TypeError(_unexpected((list,), values))
    found = tuple(values)
    "".join(found)  # a TypeError where one is no string, sooner than any look at each
    return found


def _integer(value: Any) -> int:
    if value.__class__ is not int:  # isinstance() takes a bool for one
        raise TypeError(_unexpected((int,), value))
    return int(value)


def _pair(values: Any) -> tuple[int, int]:
    first, second = values
    if first.__class__ is not int or second.__class__ is not int:
        raise TypeError(_unexpected((int,), values))
    return first, second


def _unexpected(expected: tuple[type, ...], value: object) -> str:
    text = repr(value)
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    return f"expected {' or '.join(kind.__name__ for kind in expected)}, got {shown}"
