"""Which records ctypes can pass by value.

ctypes tells libffi a record's members without their places. That is enough where the record has the layout that its
members have by themselves. Elsewhere libffi may choose other registers than the compiler: then only those records are
passed whose size or kind of members alone decides (the x86-64 psABI 3.2.3, AAPCS64 6.8.2, Microsoft's x64 convention).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Alias, Array, Atomic, Builtin, Enum, Pointer, Record, Tag
from headerkit.writers.ctypes.stored import round_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Header, Type

__all__ = ["ByValue"]

_FLOATS = frozenset(["float", "double", "long double", "float _Complex", "double _Complex", "long double _Complex"])


class ByValue:
    """Answers for the records of one header; an answer is "" or the reason why not."""

    def __init__(self, header: Header) -> None:
        self.header = header
        windows = "windows" in header.target or "mingw" in header.target
        self.by_size = windows and header.target.startswith("x86_64")
        self.sysv = not windows and header.target.startswith("x86_64")
        self.known: dict[str, str] = {}

    def __call__(self, record: Record) -> str:
        if record.key not in self.known:
            self.known[record.key] = self._reason(record)
        return self.known[record.key]

    def _reason(self, record: Record) -> str:
        what = f"{record.kind} {record.name or record.typedef}".rstrip()
        if record.fields is None:
            return f"{what} is incomplete" if record.size is None else f"the members of {what} are not known"
        if not record.size:
            return f"{what} has no size"
        leaves = list(self._leaves(record))
        aligned = all(offset % (8 * align) == 0 for offset, align, _ in leaves)
        if self.by_size or self._natural(record) or (self.sysv and record.size > 16):
            return ""
        if aligned and not any(floating for _, _, floating in leaves) and (self.sysv or record.size <= 16):
            return ""
        return f"ctypes cannot pass {what} by value: its layout does not tell in which registers it goes"

    def _leaves(self, record: Record, base: int = 0) -> Iterator[tuple[int, int, bool]]:
        """Bit offset, alignment in bytes and whether it is a floating-point number, of each scalar in a record."""
        for field in record.fields or ():
            if field.width is None:
                yield from self._scalars(field.type, base + field.offset)
            else:
                yield base, 1, False

    def _scalars(self, type_: Type, offset: int) -> Iterator[tuple[int, int, bool]]:
        type_ = self._bare(type_)
        if isinstance(type_, Tag):
            tag = self.header.tags.get(type_.key)
            if isinstance(tag, Record):
                yield from self._leaves(tag, offset)
            elif isinstance(tag, Enum):
                yield from self._scalars(tag.underlying, offset)
        elif isinstance(type_, Array):
            # Elements are alike: the first two show every misalignment.
            size, _ = self._natural_size(type_.element)
            for index in range(min(type_.length or 0, 2)):
                yield from self._scalars(type_.element, offset + 8 * index * size)
        else:
            size, align = self._natural_size(type_)
            known = size and (isinstance(type_, Pointer) or (isinstance(type_, Builtin) and "128" not in type_.name))
            # A type that ctypes has not counts as one that no register rule is known for.
            yield offset, align, not known or (isinstance(type_, Builtin) and type_.name in _FLOATS)

    def _bare(self, type_: Type) -> Type:
        while isinstance(type_, Alias | Atomic):
            if isinstance(type_, Atomic):
                type_ = type_.inner
            else:
                typedef = self.header.typedefs.get(type_.name)
                if typedef is None:
                    return Builtin("void")
                type_ = typedef.type
        return type_

    def _natural(self, record: Record) -> bool:
        """Whether the members, one after another at their own alignments, have the compiler's places."""
        if record.kind == "union":
            return False
        position, strictest = 0, 1
        for field in record.fields or ():
            size, align = self._natural_size(field.type)
            if field.width is not None or not align or field.offset != 8 * round_up(position, align):
                return False
            position, strictest = field.offset // 8 + size, max(strictest, align)
        return round_up(position, strictest) == record.size and strictest == record.align

    def _natural_size(self, type_: Type) -> tuple[int, int]:
        """Size and alignment of a type that ctypes passes as it is; the alignment is 0 where there is one it does not."""
        type_ = self._bare(type_)
        if isinstance(type_, Pointer):
            return self.header.sizes["*"]
        if isinstance(type_, Array):
            size, align = self._natural_size(type_.element)
            return size * (type_.length or 0), align
        if isinstance(type_, Tag):
            tag = self.header.tags.get(type_.key)
            if isinstance(tag, Enum):
                return self._natural_size(tag.underlying)
            if isinstance(tag, Record) and tag.fields is not None and self._natural(tag):
                return tag.size or 0, tag.align or 1
            return (tag.size or 0, 0) if tag is not None else (0, 0)
        if isinstance(type_, Builtin) and "128" not in type_.name and "16" not in type_.name:
            return self.header.sizes.get(type_.name, (0, 0))
        return 0, 0
