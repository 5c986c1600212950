"""How cffi itself lays out a record (cffi's `b_complete_struct_or_union`), in order to know when it would be wrong.

Where a record has a name in C, cffi takes the offsets of plain members from the compiler, and only bit-fields follow
its own running position. Where it has none (a nameless member's type, all of ABI mode), everything does. Knowing
cffi's answer beforehand, we pad with unnamed bit-fields until it is the compiler's, and leave out what cannot be put
right.

Places are in bits from the record's start; sizes and alignments in bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Arrangement", "Flavour", "Item", "arrange", "flavour_of", "reachable"]

Flavour = Literal["gcc", "arm", "msvc"]


class Item(NamedTuple):
    """A member: what cffi believes of its type, and where the compiler puts it.

    `width` is that of a bit-field. `forced` says that cffi is told the offset. `text` is its declaration; an unnamed
    bit-field's place is not asked for (`offset` -1).
    """

    name: str
    text: str
    size: int
    align: int
    offset: int
    width: int | None = None
    forced: bool = False

    @property
    def end(self) -> int:
        """The bit behind it."""
        return self.offset + (self.size * 8 if self.width is None else self.width)


class Arrangement(NamedTuple):
    """The declarations in order, padding included; the items left out; and the layout that cffi then computes."""

    texts: tuple[str, ...]
    bits: tuple[bool, ...]
    """For each text, whether it is a bit-field."""
    dropped: tuple[Item, ...]
    size: int
    align: int
    as_written: bool
    """No padding was added and nothing left out."""


def flavour_of(target: str) -> Flavour:
    """Which of its bit-field rules cffi follows on this target."""
    if "windows" in target or "mingw" in target:
        return "msvc"
    return "arm" if target.startswith(("arm", "aarch64")) and "apple" not in target else "gcc"


class _Position:
    """cffi's running state while it places the members of one record."""

    def __init__(self, flavour: Flavour, *, union: bool) -> None:
        self.flavour = flavour
        self.union = union
        self.bit = 0
        self.end = 0
        self.align = 1
        self.unit_size = 0
        self.unit_free = 0

    def copy(self) -> _Position:
        other = _Position(self.flavour, union=self.union)
        other.bit, other.end, other.align = self.bit, self.end, self.align
        other.unit_size, other.unit_free = self.unit_size, self.unit_free
        return other

    def place(self, item: Item) -> int:
        """Place one member; returns where."""
        if self.union:
            self.bit = 0
        if item.width is None:
            bit = _up(_up(self.bit, 8), item.align * 8)
            if item.forced:
                bit = item.offset
            self.bit = bit + item.size * 8
            self.unit_size = self.unit_free = 0
        else:
            bit = self._bits(item.size, item.align, item.width)
        aligns = item.width is None or bool(item.name) or self.flavour == "arm"
        if self.flavour == "msvc" and item.width is not None:
            aligns = item.width > 0
        if aligns:
            self.align = max(self.align, item.align)
        self.end = max(self.end, self.bit)
        return bit

    def _bits(self, size: int, align: int, width: int) -> int:
        if self.flavour == "msvc":
            return self._msvc_bits(size, align, width)
        start = self.bit // 8 & ~(align - 1)
        if width == 0:
            self.bit = _up(self.bit, align * 8)
            return self.bit
        if self.bit - start * 8 + width > 8 * size:
            self.bit = (start + align) * 8
        bit = self.bit
        self.bit += width
        return bit

    def _msvc_bits(self, size: int, align: int, width: int) -> int:
        if width == 0:
            if self.unit_size:
                self.bit = _up(self.bit, align * 8)
            self.unit_size = self.unit_free = 0
            return self.bit
        if self.unit_size != size or self.unit_free < width:
            self.bit = _up(_up(self.bit, 8), align * 8) + size * 8
            self.unit_size, self.unit_free = size, size * 8
        bit = self.bit - self.unit_free
        self.unit_free -= width
        return bit


def _up(value: int, to: int) -> int:
    return -(-value // to) * to


def arrange(items: Sequence[Item], *, size: int, union: bool, flavour: Flavour, sized: bool = False) -> Arrangement:
    """Declare the items so that cffi puts each where the compiler does.

    `size` is the compiler's size of the record; with `sized` cffi is told it, and nothing is added at the end.
    """
    position = _Position(flavour, union=union)
    texts: list[str] = []
    bits: list[bool] = []
    dropped: list[Item] = []
    padded = False
    for item in items:
        trial = position.copy()
        at = trial.place(item)
        padding: list[str] = []
        if item.offset >= 0 and at != item.offset and not union:
            trial = position.copy()
            padding = _pad(trial, item.offset)
            at = trial.place(item)
        # A size that is no multiple of a member's alignment cannot be had with that member (packed records).
        out_of_line = not sized and size % trial.align != 0
        if (item.offset >= 0 and at != item.offset) or trial.end > size * 8 or out_of_line:
            dropped.append(item)
            continue
        padded = padded or bool(padding)
        texts += [*padding, item.text]
        bits += [True] * len(padding) + [item.width is not None]
        position = trial
    if not sized and _up(position.end, position.align * 8) < size * 8:
        if union:
            # Each member of a union starts anew: only one as large as the union can make it so large.
            texts.append(f"unsigned char _padding[{size}];")
            bits.append(False)
        else:
            padding = _pad(position, size * 8)
            texts += padding
            bits += [True] * len(padding)
        position.end = size * 8
        padded = True
    final = size if sized else _up(_up(position.end, 8), position.align * 8) // 8
    return Arrangement(tuple(texts), tuple(bits), tuple(dropped), final, position.align, not padded and not dropped)


def reachable(items: Sequence[Item]) -> list[Item]:
    """Reorder the members of a record whose plain ones are forced, so that its bit-fields can have their places.

    cffi goes on from the member before, and a forced one moves it: a bit-field that lies before where it has come to
    (in another arm of a union) is put behind a plain member that ends early enough.
    """
    kept: list[Item] = []
    late: list[Item] = []
    bit = 0
    for item in items:
        if item.width is None or item.offset >= bit:
            kept.append(item)
            bit = item.end
        else:
            late.append(item)
    for item in late:
        best, place = (0, 0) if kept and kept[0].width is None else (-1, 0)
        for index, before in enumerate(kept):
            free = index + 1 == len(kept) or kept[index + 1].width is None
            if free and best <= before.end <= item.offset:
                best, place = before.end, index + 1
        if best >= 0:
            kept.insert(place, item)
        else:
            kept.append(item)
    return kept


def _pad(position: _Position, to: int) -> list[str]:
    """Unnamed bit-fields from here to that bit; none of them crosses a unit, so that no rule can move it."""
    texts = []
    while position.bit < to:
        if position.flavour == "gcc" and position.bit % 64 == 0 and to - position.bit >= 64:
            texts.append("unsigned long long : 64;")
            position.place(Item("", "", 8, 8, -1, 64))
            continue
        width = min(8 - position.bit % 8, to - position.bit)
        texts.append(f"unsigned char : {width};")
        position.place(Item("", "", 1, 1, -1, width))
    return texts
