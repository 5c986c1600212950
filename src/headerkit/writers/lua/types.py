"""C types as LuaJIT's declaration parser reads them (luajit.org/ext_ffi_semantics.html), and their natural layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit import ir
from headerkit.writers.c_text import is_plain_name
from headerkit.writers.declarator import Declarator, tag_spelling

if TYPE_CHECKING:
    from headerkit.writers.declarator import Leaf

__all__ = ["PREDEFINED", "Types", "UnsayableError", "is_name"]

_PREDEFINED = (
    "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t ptrdiff_t size_t ssize_t "
    "wchar_t va_list __gnuc_va_list __builtin_va_list bool"
)
PREDEFINED = frozenset(_PREDEFINED.split(" "))
"""Typedef names that LuaJIT has from the start."""

_WORDS = frozenset(["bool", "complex"])  # which are names where their headers are not included

_MISSING = ("__int128", "unsigned __int128", "_Float16", "__bf16", "__float128", "long double _Complex")
_CONVENTIONS = ("", "cdecl", "stdcall", "fastcall", "thiscall")
_WIDEST_BIT_FIELD = 32  # CTBSZ_MAX in lj_ctype.h
_ENUM_RANGE = range(-(2**31), 2**32)


def is_name(name: str) -> bool:
    """Whether LuaJIT takes this for a name."""
    return is_plain_name(name) and name not in _WORDS


class UnsayableError(Exception):
    """LuaJIT has no way to say this; the text says why."""


class Types:
    """Spells types; `opened` spells a record's members in braces, for those that have no name to refer to."""

    def __init__(self, header: ir.Header) -> None:
        self.header = header
        self._declarator = Declarator(self._leaf)

    def declare(self, node: ir.Type, name: str = "") -> str:
        """Declare a name. Raises UnsayableError."""
        return self._declarator.declare(node, name)

    def function(self, d: ir.Function, name: str, label: str) -> str:
        """Declare a function whose symbol is `label`. Raises UnsayableError."""
        if d.type.convention not in _CONVENTIONS:
            msg = f"LuaJIT does not know the calling convention {d.type.convention}"
            raise UnsayableError(msg)
        text = self._declarator.function(d.type, name)
        return text if label == name else f'{text} __asm__("{label}")'

    def is_plain_enum(self, d: ir.Enum) -> bool:
        """Whether LuaJIT's own enum has this one's size and values."""
        return d.size in (4, None) and all(e.value in _ENUM_RANGE for e in d.enumerators or ())

    def enum(self, d: ir.Enum) -> str:
        """Spell an enum with its enumerators."""
        listed = ", ".join(f"{e.name} = {e.value}" for e in d.enumerators or () if is_name(e.name))
        return f"enum {d.name + ' ' if d.name else ''}{{ {listed} }}" if listed else f"enum {d.name}"

    def record(self, d: ir.Record) -> str:
        """Spell a record with its members; with their places written out where they are not the natural ones.

        A record with a member that LuaJIT cannot say is a block of bytes of its size and alignment.
        """
        head = f"{d.kind} {d.name}".rstrip()
        if not d.size:
            return head if d.fields is None and d.name else f"{head} {{ }}"
        try:
            if d.fields is None:
                msg = "nothing needs its members"
                raise UnsayableError(msg)  # noqa: TRY301  (then it is bytes, too)
            natural = self._is_natural(d)
            members = self._members(d, padded=not natural)
        except UnsayableError:
            return f"{head} {{ uint8_t bytes_[{d.size}]; }} __attribute__((aligned({d.align})))"
        body = "".join(f"  {member};\n" for member in members)
        attributes = "" if natural else f" __attribute__((packed, aligned({d.align})))"
        return f"{head} {{\n{body}}}{attributes}"

    def _members(self, d: ir.Record, *, padded: bool) -> list[str]:
        members, end = [], 0
        for f in d.fields or ():
            if padded and d.kind == "struct":
                if f.width is not None:
                    msg = "bit-fields in a packed record have no places of their own"
                    raise UnsayableError(msg)
                if f.offset // 8 > end:
                    members.append(f"uint8_t pad_{end}_[{f.offset // 8 - end}]")
                end = f.offset // 8 + (self._size_align(f.type)[0] or 0)
            if f.width is not None and f.width > _WIDEST_BIT_FIELD:
                msg = "a bit-field is wider than LuaJIT's"
                raise UnsayableError(msg)
            if f.name and not is_name(f.name):
                msg = "a member's name is none in LuaJIT"
                raise UnsayableError(msg)
            text = self.declare(f.type, f.name)
            members.append(f"{text} : {f.width}".replace("  ", " ") if f.width is not None else text)
        if padded and d.kind == "struct" and d.size is not None and d.size > end:
            members.append(f"uint8_t pad_{end}_[{d.size - end}]")
        return members

    def _is_natural(self, d: ir.Record) -> bool:
        end, most = 0, 1
        for f in d.fields or ():
            if f.width is not None:
                return not d.packed  # LuaJIT lays bit-fields out as the platform does; the module checks it
            size, align = self._size_align(f.type)
            place = 0 if d.kind == "union" else -(-end // align) * align
            if place != f.offset // 8:
                return False
            end, most = max(end, place + size), max(most, align)
        return d.align == most and d.size == -(-end // most) * most

    def _size_align(self, node: ir.Type) -> tuple[int, int]:
        """Bytes of an object of this type. Raises UnsayableError where that is not known."""
        found: tuple[int | None, int | None] | None = None
        match node:
            case ir.Builtin(name):
                found = self.header.sizes.get(name)
            case ir.Pointer():
                found = self.header.sizes.get("*")
            case ir.Array(element, length):
                size, align = self._size_align(element)
                found = size * (length or 0), align
            case ir.Alias(name):
                found = self._typedef(name)
            case ir.Tag(key):
                tag = self.header.tags.get(key)
                found = (tag.size, tag.align) if tag else None
            case ir.Atomic(inner):
                found = self._size_align(inner)
            case _:
                pass
        if found is None or found[0] is None or found[1] is None:
            msg = "a member's size is not known"
            raise UnsayableError(msg)
        return found[0], found[1]

    def _typedef(self, name: str) -> tuple[int | None, int | None] | None:
        typedef = self.header.typedefs.get(name)
        if typedef is None:
            return None
        try:
            return self._size_align(typedef.type)  # what LuaJIT knows: attributes of the typedef are not written
        except UnsayableError:
            return typedef.size, typedef.align

    def _leaf(self, node: Leaf) -> str:
        match node:
            case ir.Builtin(name):
                if name not in _MISSING:
                    return name
                msg = f"LuaJIT has no {name}"
            case ir.Alias(name):
                if name in PREDEFINED or (is_name(name) and name in self.header.typedefs):
                    return name
                msg = f"the type {name} is not declared, or its name is none in LuaJIT"
            case ir.Tag(key):
                return self._tag(key)
            case ir.Atomic(inner):
                return self.declare(inner)
            case _:
                msg = "LuaJIT has no such type"
        raise UnsayableError(msg)

    def _tag(self, key: str) -> str:
        d = self.header.tags.get(key)
        if d is None:
            msg = f"the type {key} is not declared"
            raise UnsayableError(msg)
        if isinstance(d, ir.Enum) and not self.is_plain_enum(d):
            return self.declare(d.underlying)
        spelling = tag_spelling(d)
        if spelling:
            if all(map(is_name, spelling.split(" ")[-1:])):
                return spelling
            msg = "a type's name is none in LuaJIT"
            raise UnsayableError(msg)
        return self.enum(d) if isinstance(d, ir.Enum) else self.record(d)
