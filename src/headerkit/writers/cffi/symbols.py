"""Functions and variables in a cdef.

API mode compiles a call of each function; where a macro of the same name would take the call, the function's address is
declared instead (a constant pointer: `static int (*const name)(int);`), which no function-like macro can catch.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from headerkit.ir import CONST, Alias, Array, Builtin, FunctionType, Pointer, Record, Tag
from headerkit.writers.c_text import is_plain_name
from headerkit.writers.cffi.known import KNOWN_TYPEDEFS, WORDS
from headerkit.writers.cffi.reasons import UnsayableError
from headerkit.writers.cffi.types import convention

if TYPE_CHECKING:
    from headerkit.ir import Function, Header, Type, Variable
    from headerkit.writers.cffi.records import Records
    from headerkit.writers.cffi.types import Types

__all__ = ["Symbols"]

_REFUSED = {
    "unavailable": "the compiler refuses its use (unavailable)",
    "error": "the compiler refuses its use (error)",
}
_HIDDEN = frozenset(("hidden", "internal"))
_OUR_PLACES = ("project:", "header:", "code:")
"""Where headers are that may be those of C sources which are compiled into the module (`headerkit.portable`)."""


class Symbols:
    """Writes functions and variables of one header."""

    def __init__(self, types: Types, records: Records) -> None:
        self.types = types
        self.records = records
        self.header = types.header
        self.api = types.api
        self._masked_calls = frozenset(self.header.masked_calls) | {
            macro.name for macro in self.header.macros if macro.kind == "call"
        }
        # A parameter of such a name would be read as a type.
        taken = WORDS | KNOWN_TYPEDEFS | self.header.typedefs.keys()
        taken |= {macro.name for macro in self.header.macros if macro.kind == "type"}
        self._parameter = cache(lambda name: name if is_plain_name(name) and name not in taken else "")

    def function(self, function: Function, name: str = "") -> str:
        """The function's declaration, or that of another name for it. Raises UnsayableError."""
        types, type_ = self.types, function.type
        own = name or function.name
        if not types.usable(own) and not (name and types.sayable(own)):
            types.check_name(own)
        types.check_no_type(own)
        if function.attributes:
            for attribute in function.attributes:
                if attribute.name in _REFUSED:
                    raise UnsayableError(_REFUSED[attribute.name])
            self._check_visibility(function, inline=function.inline or function.storage == "static")
        if not self.api:
            self._check_symbol(function.asm_label, inline=function.inline or function.storage == "static", alias=name)
        for part in (type_.result, *(type_.params or ())):
            if part.__class__ is Pointer or (part.__class__ is Builtin and self.api):
                continue  # nearly all of them
            types.need_complete(part)
            if self.api and part is type_.result and self._holds_const(part):
                msg = "it returns a record with const members, which cffi's C code cannot assign"
                raise UnsayableError(msg)
            if not self.api and (lacking := self.records.lacks(part)):
                msg = f"{lacking} is passed by value, and cffi lacks members of it"
                raise UnsayableError(msg)
            if not self.api and (limit := self.records.uncallable(part)):
                msg = f"without a compiler cffi cannot pass {limit} by value"
                raise UnsayableError(msg)
        parameters = list(map(self._parameter, function.parameters))
        if not self.api or type_.variadic:
            convention(type_.convention)
        elif (own in self._masked_calls or function.name in self._masked_calls) and not self._has_record(type_):
            return f"static {types.declarator.function(type_, f'(*const {own})', parameters)};"
        if type_.convention and self.api and type_.convention not in {"cdecl", "stdcall"}:
            type_ = FunctionType(type_.result, type_.params, type_.variadic)  # the C compiler makes the call
        return f"{types.declarator.function(type_, own, parameters)};"

    def variable(self, variable: Variable, name: str = "") -> str:
        """The variable's declaration, or that of another name for it. Raises UnsayableError."""
        types = self.types
        own = name or variable.name
        if not types.usable(own) and not (name and types.sayable(own)):
            types.check_name(own)
        types.check_no_type(own)
        type_ = variable.type
        self._check_visibility(variable, inline=variable.storage == "static")
        if not self.api:
            self._check_symbol(variable.asm_label, inline=variable.storage == "static", alias=name)
        inner = types.resolve(type_)
        if not (isinstance(inner, Tag) and variable.storage == "extern"):
            types.need_complete(type_)
        if self.api and variable.storage == "static" and isinstance(inner, Builtin) and _is_const(type_, self.header):
            return f"static const {types.declare(_without_const(type_, self.header), own)};"
        # cffi reads what is const once, as a constant without an address; a variable it reads where it is.
        return f"extern {types.declare(_without_const(type_, self.header), own)};"

    def _check_visibility(self, item: Function | Variable, *, inline: bool) -> None:
        """Raise UnsayableError for what only its own library can use: no module that does can be linked."""
        hidden = item.attributes and any(a.name == "visibility" and a.text in _HIDDEN for a in item.attributes)
        if hidden and self.api and not inline and not self.header.files[item.location.file].startswith(_OUR_PLACES):
            msg = "it is hidden: only its own library can use it"
            raise UnsayableError(msg)

    def _check_symbol(self, asm_label: str, *, inline: bool, alias: str) -> None:
        if inline or alias:
            msg = "no library exports it; without a compiler only exported symbols can be had"
            raise UnsayableError(msg)
        if asm_label:
            msg = f"the library exports it as {asm_label}"
            raise UnsayableError(msg)

    def _holds_const(self, type_: Type) -> bool:
        """Whether this is a record that C cannot assign, for one of its members is const (C11 6.3.2.1p1)."""
        inner = self.types.resolve(type_)
        if isinstance(inner, Array):
            return _is_const(inner.element, self.header) or self._holds_const(inner.element)
        record = self.header.tags.get(inner.key) if isinstance(inner, Tag) else None
        fields = record.fields or () if isinstance(record, Record) else ()
        return any(_is_const(field.type, self.header) or self._holds_const(field.type) for field in fields)

    def _has_record(self, type_: FunctionType) -> bool:
        """Whether a record is passed or returned by value: those libffi may not know how to pass."""
        for part in (type_.result, *(type_.params or ())):
            inner = self.types.resolve(part)
            if isinstance(inner, Tag) and isinstance(self.header.tags.get(inner.key), Record):
                return True
        return False


def _is_const(type_: Type, header: Header) -> bool:
    while isinstance(type_, Alias):
        if type_.quals & CONST:
            return True
        typedef = header.typedefs.get(type_.name)
        if typedef is None:
            return False
        type_ = typedef.type
    return bool(getattr(type_, "quals", 0) & CONST)


def _without_const(type_: Type, header: Header) -> Type:
    """The same type, not const itself; what it points to and the elements of an array stay as they are."""
    if isinstance(type_, Array | FunctionType) or not _is_const(type_, header):
        return type_
    if isinstance(type_, Alias):
        if type_.quals & CONST:
            return _without_const(Alias(type_.name, type_.quals & ~CONST), header)
        return _without_const(header.typedefs[type_.name].type, header)
    if isinstance(type_, Pointer):
        return Pointer(type_.pointee, type_.quals & ~CONST)
    if isinstance(type_, Builtin):
        return Builtin(type_.name, type_.quals & ~CONST)
    return Tag(type_.key, type_.quals & ~CONST) if isinstance(type_, Tag) else type_
