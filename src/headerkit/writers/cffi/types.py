"""IR types as cffi's cdef language spells them, and which declarations a spelling needs.

A typedef is rendered when it is first used, so that what cannot be said is known before anything is written that would
depend on it. What was needed of the declarations outside the library is what `needed_records` and `typedefs` hold at
the end.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from headerkit.ir import (
    Alias,
    Array,
    Atomic,
    Builtin,
    Enum,
    FunctionType,
    Pointer,
    Record,
    Tag,
    Typedef,
    Vector,
)
from headerkit.writers.c_text import KEYWORDS, is_plain_name
from headerkit.writers.cffi.known import BUILTINS, KNOWN_TYPEDEFS, STAND_INS, WORDS
from headerkit.writers.cffi.reasons import UnsayableError
from headerkit.writers.declarator import Declarator, tag_spelling

if TYPE_CHECKING:
    from collections.abc import Callable

    from headerkit.ir import Header, Type
    from headerkit.writers.declarator import Leaf

__all__ = ["Types"]

_INTEGERS = frozenset(
    name for name in BUILTINS if name.rpartition(" ")[2] in {"char", "short", "int", "long"} or name == "_Bool"
)
_PLAIN_INTEGERS = _INTEGERS - {"char", "_Bool"}
_RESERVED = KEYWORDS | WORDS
_CONVENTIONS = {"": "", "cdecl": "", "stdcall": "__stdcall "}


def convention(name: str) -> str:
    """The word for a calling convention, with a space. Raises UnsayableError for one that cffi does not have."""
    if name in _CONVENTIONS:
        return _CONVENTIONS[name]
    msg = f"cffi has no calling convention {name}"
    raise UnsayableError(msg)


class _Declarator(Declarator):
    def only_variadic(self) -> str:
        msg = "cffi has no functions with (...) alone"
        raise UnsayableError(msg)


class Types:
    """Spells types for one header.

    `body` writes the member list of a nameless record in place; `records` gives it, after both are made.
    """

    def __init__(self, header: Header, *, api: bool) -> None:
        self.header = header
        self.resolve = header.resolve
        self.api = api
        # The library's own macros are known whatever the backend says of others.
        self.masked = frozenset(header.masked) | {
            macro.name
            for macro in header.macros
            if macro.parameters is None and macro.name not in (macro.body, macro.alias)
        }
        self.declarator = _Declarator(self._leaf, convention)
        self.declare = self.declarator.declare
        self.body: Callable[[Record], str]
        self.belief: Callable[[Record], tuple[int, int]]
        self.typedefs: dict[str, str | UnsayableError] = {}
        """The text of each typedef that was used, or why it has none."""
        self.stand_ins: set[str] = set()
        self.needed: dict[str, Record | Enum] = {}
        """Records and enums that were named, by key."""
        self.by_value: set[str] = set()
        """Keys of records that something has by value."""
        self._complete: set[str] = set()
        self.usable = cache(self._is_usable)
        """Whether a declared name can stand in a cdef and, in API mode, in the C code that cffi makes of it."""
        file = header.typedefs.get("FILE")
        self._file_key = file.type.key if file and not file.owned and isinstance(file.type, Tag) else ""

    # -- names

    def _is_usable(self, name: str) -> bool:
        return self.sayable(name) and not (self.api and name in self.masked)

    @staticmethod
    def sayable(name: str) -> bool:
        """Whether a name can stand in a cdef."""
        return name.isascii() and name.isidentifier() and name not in _RESERVED

    def check_name(self, name: str) -> None:
        """Raise UnsayableError for a name that is not usable."""
        if not is_plain_name(name):
            msg = "its name is no plain ASCII identifier"
            raise UnsayableError(msg)
        if name in WORDS:
            msg = "cffi takes its name for a word of the language"
            raise UnsayableError(msg)
        if self.api and name in self.masked:
            msg = "a macro of the same name hides it from C"
            raise UnsayableError(msg)

    @staticmethod
    def check_no_type(name: str) -> None:
        """Raise UnsayableError for the name of a function, variable or constant that cffi takes for a type's."""
        if name in KNOWN_TYPEDEFS:
            msg = "cffi takes its name for a type"
            raise UnsayableError(msg)

    # -- spelling

    def _leaf(self, node: Leaf) -> str:
        if isinstance(node, Alias):
            return self._alias(node.name)
        if isinstance(node, Tag):
            return self._tag(node.key)
        if isinstance(node, Builtin):
            if node.name in BUILTINS:
                return node.name
            if self.api and node.name in STAND_INS:
                self.stand_ins.add(STAND_INS[node.name])
                return STAND_INS[node.name]
            msg = f"cffi has no type {node.name}"
        elif isinstance(node, Vector):
            msg = "cffi has no vector types"
        elif isinstance(node, Atomic):
            msg = "cffi has no atomic types"
        else:
            msg = f"cffi has no type {node.spelling}"
        raise UnsayableError(msg)

    def _alias(self, name: str) -> str:
        typedef = self.header.typedefs.get(name)
        if typedef is None:
            if name in KNOWN_TYPEDEFS:
                return name
            msg = f"it needs the type {name}, which is not declared"
            raise UnsayableError(msg)
        if not typedef.owned and name in KNOWN_TYPEDEFS:
            return name
        text = self.typedefs.get(name)
        if text is None:
            text = self.render_typedef(typedef)
        if isinstance(text, UnsayableError):
            msg = f"it needs the type {name}: {text}"
            raise UnsayableError(msg)
        return name

    def _tag(self, key: str) -> str:
        if key == self._file_key:
            return "FILE"
        declaration = self.header.tags.get(key)
        if declaration is None:
            msg = "it needs a record or enum that is not declared"
            raise UnsayableError(msg)
        spelling = tag_spelling(declaration)
        usable = spelling and self.usable(declaration.name or declaration.typedef)
        if isinstance(declaration, Enum):
            self.needed[key] = declaration
            if declaration.enumerators is None:
                msg = "it needs an enum that is never defined"
                raise UnsayableError(msg)
            return spelling if usable and self.is_cffi_enum(declaration) else self.declare(declaration.underlying)
        if not usable:
            msg = "it needs a record that has no name in C"
            raise UnsayableError(msg)
        self.needed[key] = declaration
        return spelling

    def is_cffi_enum(self, enum: Enum) -> bool:
        """Whether cffi gives the enum its size: in API mode it asks the compiler, else it looks at the values."""
        if self.api:
            return True
        values = [e.value for e in enum.enumerators or ()]
        signed = min(values, default=0) < 0
        candidates = ("int", "long") if signed else ("unsigned int", "unsigned long")
        for name in candidates:
            size = self.header.sizes.get(name, (0, 0))[0]
            low, high = (-1 << 8 * size - 1, 1 << 8 * size - 1) if signed else (0, 1 << 8 * size)
            if all(low <= value < high for value in values):
                return size == enum.size
        return False

    def spell_nameless(self, type_: Type, record: Record, name: str) -> str:
        """Declare `name` with a type made of a nameless record, whose members are written in place."""

        def leaf(node: Leaf) -> str:
            return self.body(record) if isinstance(node, Tag) and node.key == record.key else self._leaf(node)

        return _Declarator(leaf, convention).declare(type_, name)

    # -- looking through types

    def atomic_integer(self, type_: Atomic) -> Type:
        """What a member of this atomic type reads as. Raises UnsayableError for one that is no integer."""
        inner = self.resolve(type_.inner)
        if isinstance(inner, Builtin) and inner.name in _INTEGERS:
            return type_.inner
        msg = "cffi has no atomic types"
        raise UnsayableError(msg)

    def nameless(self, type_: Type, *, pointers: bool = False) -> Record | None:
        """The record without a name that this type, or an array of it, is written with."""
        while isinstance(type_, Array) or (pointers and isinstance(type_, Pointer)):
            type_ = type_.element if isinstance(type_, Array) else type_.pointee
        if isinstance(type_, Tag):
            declaration = self.header.tags.get(type_.key)
            if isinstance(declaration, Record) and not declaration.name and not declaration.typedef:
                return declaration
        return None

    def need_complete(self, type_: Type) -> None:
        """Say that something has this type by value. Raises UnsayableError where C does not know all of it."""
        if isinstance(type_, (Pointer, Builtin)) or (isinstance(type_, Alias) and type_.name in self._complete):
            return
        inner = self.resolve(type_)
        while isinstance(inner, Array):
            inner = self.resolve(inner.element)
        if isinstance(inner, Tag):
            declaration = self.header.tags.get(inner.key)
            if isinstance(declaration, Record):
                if declaration.fields is None and not (declaration.elided and self.api):
                    msg = f"it needs all of {tag_spelling(declaration) or 'a record'}, which is incomplete"
                    raise UnsayableError(msg)
                self.by_value.add(inner.key)
        if isinstance(type_, Alias):
            self._complete.add(type_.name)

    def measure(self, type_: Type) -> tuple[int, int]:
        """Size and alignment (bytes) that cffi gives this type."""
        stripped = self.resolve(type_)
        sizes = self.header.sizes
        match stripped:
            case Builtin(name):
                return sizes[name]
            case Pointer() | FunctionType():
                return sizes["*"]
            case Array(element, length):
                size, align = self.measure(element)
                return size * (length or 0), align
            case Tag(key):
                declaration = self.header.tags.get(key)
                if isinstance(declaration, Enum):
                    return self.measure(declaration.underlying)
                if isinstance(declaration, Record):
                    return self.belief(declaration)
            case Atomic(inner):
                return self.measure(inner)
        msg = "its size is not known"
        raise UnsayableError(msg)

    # -- typedefs

    def render_typedef(self, typedef: Typedef) -> str | UnsayableError:
        """The typedef's text ("" where its record or enum declares it), or why there is none; remembered."""
        try:
            text: str | UnsayableError = self._typedef(typedef)
        except UnsayableError as reason:
            text = self._stand_in(typedef, reason)
        self.typedefs[typedef.name] = text
        return text

    def _typedef(self, typedef: Typedef) -> str:
        name, type_ = typedef.name, typedef.type
        if not self.sayable(name):
            self.check_name(name)
        if isinstance(type_, Pointer):
            # Those of a large header: they point to functions, or to what has a name.
            if isinstance(type_.pointee, (FunctionType, Alias)):
                return f"typedef {self.declare(type_, name)};"
        elif isinstance(type_, Tag):
            declaration = self.header.tags.get(type_.key)
            if declaration is not None and declaration.name:
                return f"typedef {self.declare(type_, name)};"
            if declaration is not None and declaration.typedef == name and not type_.quals:
                self._tag(type_.key)
                if isinstance(declaration, Enum) and not self.is_cffi_enum(declaration):
                    return f"typedef {self.declare(declaration.underlying, name)};"
                return ""
        inner = self.resolve(type_)
        if isinstance(inner, Atomic):
            msg = "cffi has no atomic types"
            raise UnsayableError(msg)
        if self.api and not typedef.owned and isinstance(inner, Builtin) and inner.name in _PLAIN_INTEGERS:
            if name not in self.masked:
                return f"typedef int... {name};"
            return f"typedef {inner.name} {name};"
        if (record := self.nameless(type_, pointers=True)) is not None:
            return f"typedef {self.spell_nameless(type_, record, name)};"
        if not typedef.owned and isinstance(inner, Builtin):
            return f"typedef {self.declare(inner, name)};"
        if isinstance(inner, Array):
            self.need_complete(inner)  # behind a pointer too, cffi wants to know an array's elements
        return f"typedef {self.declare(type_, name)};"

    def _stand_in(self, typedef: Typedef, reason: UnsayableError) -> str | UnsayableError:
        """What says less than the typedef does, and is right."""
        inner = self.resolve(typedef.type)
        if not self.api or not self.usable(typedef.name) or isinstance(inner, FunctionType):
            return reason
        if isinstance(inner, Atomic):
            value = self.resolve(inner.inner)
            if isinstance(value, Builtin) and value.name in _INTEGERS:
                return f"typedef int... {typedef.name};"
        if isinstance(inner, Pointer):
            return f"typedef ... *{typedef.name};"
        # C passes an array by its address, a stand-in would be passed as a copy.
        if typedef.size is None or isinstance(inner, Array):
            return reason
        return f"typedef struct {{ ...; }} {typedef.name};"
