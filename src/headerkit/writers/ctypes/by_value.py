"""Which records ctypes can pass by value.

ctypes tells libffi a record's members without their places. That is enough where the record has the layout that its
members have by themselves. Elsewhere libffi may choose other registers than the compiler: then only those records are
passed whose size or kind of members alone decides (x86-64 psABI 3.2.3, AAPCS64 6.8.2, Microsoft's x64 convention).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Alias, Array, Atomic, Builtin, Enum, Pointer, Record, Tag
from headerkit.writers.ctypes.registers import Aggregate, Part, Scalar, same_registers
from headerkit.writers.ctypes.stored import round_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Header, Type

__all__ = ["ByValue"]

_SMALL = 16
"""The size in bytes up to which a record goes in registers, on the targets that have such a rule."""
_FLOATS = frozenset(["float", "double", "long double"])
_COMPLEX = {"float _Complex": "float", "double _Complex": "double"}
_INTEGERS = ("_Bool", "char", "short", "int", "long", "signed", "unsigned")


class ByValue:
    """Answers for the records of one header; an answer is "" or the reason why not."""

    def __init__(self, header: Header) -> None:
        self.header = header
        windows = "windows" in header.target or "mingw" in header.target
        self.by_size = windows and header.target.startswith("x86_64")
        self.sysv = not windows and header.target.startswith("x86_64")
        self.known: dict[str, str] = {}

    def __call__(self, record: Record) -> str:
        """Say why this record cannot be passed by value; "" where it can."""
        if record.key not in self.known:
            self.known[record.key] = self._reason(record)
        return self.known[record.key]

    def _reason(self, record: Record) -> str:
        what = f"{record.kind} {record.name or record.typedef}".rstrip()
        if record.fields is None:
            return f"{what} is incomplete" if record.size is None else f"the members of {what} are not known"
        if not record.size:
            return f"{what} has no size"
        if (record.align or 1) > _SMALL:
            return f"ctypes cannot pass {what} by value: it is aligned to {record.align} bytes"
        if self.by_size or (self.sysv and record.size > _SMALL):
            return ""
        natural = self._aggregate(record)
        if self.sysv and natural is not None and _has_long_double(natural):
            return f"ctypes cannot pass {what} by value: libffi does not return a long double in a record"
        if natural is not None:
            if not _has_union(natural) or (self.sysv and same_registers(natural)):
                return ""
        elif record.size <= _SMALL and all(self._integers(Tag(record.key), 0, record.align or 1)):
            return ""
        return f"ctypes cannot pass {what} by value: its layout does not tell in which registers it goes"

    def _integers(self, type_: Type, offset: int, within: int) -> Iterator[bool]:
        """For each part at a bit offset in a record aligned to `within` bytes: whether it is made of aligned integers.

        Of a record of these alone every word goes in an integer register, whatever ctypes tells of its parts. For
        x86-64 a packed record's integers are aligned where their places are.
        """
        type_ = self._bare(type_)
        if isinstance(type_, Tag) and isinstance(record := self.header.tags.get(type_.key), Record):
            align = record.align or 1
            # A union of nothing but padding has gcc put all that it is in into memory.
            yield record.kind == "struct" or any(field.name or field.width is None for field in record.fields or ())
            yield align <= min(within, 8) and offset % (8 * align) == 0
            for field in record.fields or ():
                if field.width is None:
                    yield from self._integers(field.type, offset + field.offset, align)
                elif field.name:
                    yield self._measure(field.type)[1] <= align  # else packed: it may cross a word's end
        elif isinstance(type_, Array):
            # Elements are alike: the first two show every misalignment.
            size, _ = self._measure(type_.element)
            for index in range(min(type_.length or 0, 2)):
                yield from self._integers(type_.element, offset + 8 * index * size, within)
        else:
            part = self._scalar(type_)
            if part is None or part.floating:
                yield False
            else:
                yield part.align <= (8 if self.sysv else min(within, 8)) and offset % (8 * part.align) == 0

    def _bare(self, type_: Type) -> Type:
        """The type without names; an enum is its integer."""
        while True:
            if isinstance(type_, Atomic):
                type_ = type_.inner
            elif isinstance(type_, Alias) and type_.name in self.header.typedefs:
                type_ = self.header.typedefs[type_.name].type
            elif isinstance(type_, Tag) and isinstance(enum := self.header.tags.get(type_.key), Enum):
                type_ = enum.underlying
            else:
                return type_

    def _measure(self, type_: Type) -> tuple[int, int]:
        part = self._part(type_)
        return (part.size, part.align) if part else (0, 1)

    def _scalar(self, type_: Type) -> Scalar | None:
        if isinstance(type_, Pointer):
            return Scalar(*self.header.sizes["*"], floating=False)
        if not isinstance(type_, Builtin) or type_.name not in self.header.sizes:
            return None
        size, align = self.header.sizes[type_.name]
        if type_.name in _FLOATS:
            return Scalar(size, align, floating=True)
        return Scalar(size, align, floating=False) if type_.name.startswith(_INTEGERS) and size <= 8 else None

    def _part(self, type_: Type) -> Part | None:
        """A type as ctypes tells libffi of it; None where its layout is not what its parts have by themselves."""
        type_ = self._bare(type_)
        if isinstance(type_, Array):
            element = self._part(type_.element)
            if element is None:
                return None
            size = element.size * (type_.length or 0)
            # What is larger goes in memory, whatever is in it.
            parts = (element,) * (type_.length or 0) if size <= _SMALL else ()
            return Aggregate(size, element.align, parts, array=True)
        if isinstance(type_, Tag):
            record = self.header.tags.get(type_.key)
            return self._aggregate(record) if isinstance(record, Record) else None
        if isinstance(type_, Builtin) and type_.name in _COMPLEX:
            part = self._scalar(Builtin(_COMPLEX[type_.name]))
            return Aggregate(2 * part.size, part.align, (part, part)) if part else None
        return self._scalar(type_)

    def _aggregate(self, record: Record) -> Aggregate | None:
        parts: list[Part] = []
        end, strictest = 0, 1
        union = record.kind == "union"
        for field in record.fields or ():
            part = self._part(field.type) if field.width is None else None
            if part is None or field.offset != 8 * (0 if union else round_up(end, part.align)):
                return None
            parts.append(part)
            end = max(end, field.offset // 8 + part.size)
            strictest = max(strictest, part.align)
        if record.fields is None or round_up(end, strictest) != record.size or strictest != record.align:
            return None
        return Aggregate(record.size, strictest, tuple(parts), union=union)


def _has_long_double(part: Part) -> bool:
    if isinstance(part, Scalar):
        return part.size > 8
    return any(map(_has_long_double, part.parts))


def _has_union(part: Part) -> bool:
    return isinstance(part, Aggregate) and (part.union or any(map(_has_union, part.parts)))
