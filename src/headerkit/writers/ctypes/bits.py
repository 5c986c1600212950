"""Bit-fields: which storage units hold them, so that every version of ctypes puts each bit where the compiler did.

ctypes has had three sets of rules (gcc's, MSVC's, and new ones in Python 3.14). They agree on one case, and only that
one is written: consecutive bit-fields of types of one size that fill a unit of that size to its last bit. Unused bits
are fields of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BitField", "Unit", "storage_units"]

SIZES = (8, 4, 2, 1)


class BitField(NamedTuple):
    """A named bit-field: where it starts in the record, its width (both in bits), its type's size in bytes."""

    name: str
    start: int
    width: int
    size: int
    signed: bool


class Unit(NamedTuple):
    """A storage unit of `size` bytes at byte `offset`, and the bit-fields in it."""

    offset: int
    size: int
    fields: tuple[BitField, ...]


def storage_units(
    fields: Sequence[BitField], start: int, end: int, alignments: dict[int, int], pack: int
) -> tuple[Unit, ...] | None:
    """Cover bit-fields, in order, with units between the bytes `start` and `end`; None where no units can.

    `alignments` are those of integers by size; `pack` is the largest one that counts, 0 for no limit.
    """
    failed: set[tuple[int, int]] = set()

    def cover(index: int, position: int) -> tuple[Unit, ...] | None:
        if index == len(fields):
            return ()
        if (index, position) in failed:
            return None
        first = fields[index]
        for size in sorted(SIZES, key=lambda size: (size != first.size, -size)):
            step = min(alignments[size], pack or alignments[size])
            offset = first.start // 8 // step * step
            while offset >= position and first.start + first.width <= 8 * (offset + size):
                if offset + size <= end:
                    inside = index
                    while inside < len(fields) and fields[inside].start + fields[inside].width <= 8 * (offset + size):
                        inside += 1
                    rest = cover(inside, offset + size)
                    if rest is not None:
                        return (Unit(offset, size, tuple(fields[index:inside])), *rest)
                offset -= step
        failed.add((index, position))
        return None

    return cover(0, start)
