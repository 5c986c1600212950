"""A record's layout in ctypes: rows of `_fields_` that put every member where the compiler put it.

Where ctypes' own rules (a member goes to the next multiple of its alignment, `_pack_` limits alignments, `_align_` from
Python 3.13 on) lead to the compiler's offsets, nothing is added. Where they do not there are explicit padding bytes, an
empty array that aligns, a smaller `_pack_`, or an anonymous record inside; never a member at another place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from headerkit.writers.ctypes.bits import storage_units
from headerkit.writers.ctypes.stored import ALIGNED, Stored, integer, round_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from headerkit.writers.ctypes.bits import BitField

__all__ = ["Member", "Row", "Shape", "shape"]

PACKS = (0, 8, 4, 2, 1)
"""Limits of alignment to try, the mildest first; 0 is none."""


class Member(NamedTuple):
    """A member that is no bit-field: name, byte offset and storage. `anonymous`: its own members are seen through."""

    name: str
    offset: int
    stored: Stored
    anonymous: bool = False


class Row(NamedTuple):
    """One row of `_fields_`; `bits` is the width of a bit-field, else 0."""

    name: str
    expression: str
    bits: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What a ctypes class needs to have the compiler's layout.

    `pack` and `align` are 0 where they are not set. `helpers` are (class name, shape) of records inside that C does not
    have. `unreachable` are bit-fields that no ctypes type can hold; their bytes are there. `plain` says that ctypes
    itself would have found this layout.
    """

    kind: Literal["Structure", "Union"]
    rows: tuple[Row, ...]
    size: int
    least: int
    most: int
    pack: int = 0
    align: int = 0
    anonymous: tuple[str, ...] = ()
    helpers: tuple[tuple[str, Shape], ...] = ()
    unreachable: tuple[BitField, ...] = ()
    plain: bool = True


class _Frame:
    """A record being laid out under one limit of alignment."""

    def __init__(self, layout: _Layout, kind: Literal["Structure", "Union"], pack: int) -> None:
        self.layout, self.kind, self.pack = layout, kind, pack
        self.rows: list[Row] = []
        self.anonymous: list[str] = []
        self.position, self.least, self.most = 0, 1, 1
        self.plain = not pack

    def limited(self, alignment: int) -> int:
        return min(alignment, self.pack) if self.pack else alignment

    def put(self, name: str, offset: int, stored: Stored) -> bool:
        """Put storage at a byte offset, after padding where ctypes would not get there; False where it cannot be."""
        least, most = self.limited(stored.least), self.limited(stored.most)
        position = 0 if self.kind == "Union" else self.position
        if offset < position or offset % least or offset % most:
            return False
        if round_up(position, least) != offset or round_up(position, most) != offset:
            if self.kind == "Union":
                return False
            self.pad(offset - position)
        if name:
            self.rows.append(Row(name, stored.expression))
        self.position = max(self.position, offset + stored.size)
        self.least, self.most = max(self.least, least), max(self.most, most)
        return True

    def pad(self, size: int) -> None:
        if size:
            self.plain = False
            self.rows.append(Row(self.layout.padding(), f"_c.c_ubyte * {size}"))

    def put_bits(self, fields: Sequence[BitField], end: int) -> bool:
        units = storage_units(fields, self.position, end, self.layout.alignments, self.pack)
        if units is None:
            return False
        self.plain = False
        before = 8
        for unit in units:
            if unit.size > before:
                # ctypes would widen the full unit before this one: an empty member closes it.
                self.rows.append(Row(self.layout.padding(), "_c.c_ubyte * 0"))
            before = unit.size
            stored = Stored("", unit.size, self.layout.alignments[unit.size], self.layout.alignments[unit.size])
            if not self.put("", unit.offset, stored):
                return False
            at = 8 * unit.offset
            for field in unit.fields:
                self.fill(field.start - at, unit.size)
                self.rows.append(Row(field.name, integer(unit.size, signed=field.signed), field.width))
                at = field.start + field.width
            self.fill(8 * (unit.offset + unit.size) - at, unit.size)
        return True

    def fill(self, bits: int, size: int) -> None:
        if bits:
            self.rows.append(Row(self.layout.padding(), integer(size, signed=False), bits))

    def finish(self) -> Shape | None:
        """Give the record its size and, as far as this limit allows, its alignment; None where it cannot."""
        size, align = self.layout.size, self.layout.align
        if self.position > size or self.most > align:
            return None
        aligner, forced = None, 0
        if self.least < align and not self.pack:
            aligner = self.layout.aligner(align) if size % align == 0 else None
            forced = 0 if aligner else align
        if forced and size % forced:
            return None
        reached = align if aligner else self.least
        if round_up(self.position, reached) != size or round_up(self.position, forced or self.most) != size:
            self.pad(size if self.kind == "Union" else size - self.position)
        if round_up(size, reached) != size or round_up(size, self.most) != size:
            return None
        if aligner:
            self.plain = False
            self.rows.append(Row(self.layout.padding(), f"{aligner} * 0"))
        return Shape(
            self.kind,
            tuple(self.rows),
            size,
            reached,
            max(reached, self.most, forced),
            self.pack,
            forced,
            tuple(self.anonymous),
            plain=self.plain and not forced,
        )


class _Layout:
    def __init__(
        self, name: str, measure: tuple[int, int], sizes: Mapping[str, tuple[int, int]], taken: set[str]
    ) -> None:
        (self.size, self.align), self.name, self.sizes, self.taken = measure, name, sizes, taken
        self.alignments = dict(sizes[builtin] for builtin in ALIGNED[:4])
        self.number = 0

    def padding(self) -> str:
        """A name for a row that C does not have."""
        while True:
            name = f"_{self.number}"
            self.number += 1
            if name not in self.taken:
                return name

    def aligner(self, align: int) -> str | None:
        for builtin in ALIGNED:
            if self.sizes[builtin][1] == align:
                return "_c.c_longdouble" if builtin == "long double" else integer(self.sizes[builtin][0], signed=False)
        return None

    def structure(self, members: Iterable[Member], runs: Sequence[Sequence[BitField]], pack: int) -> Shape | None:
        self.number = 0
        frame = _Frame(self, "Structure", pack)
        waiting = list(runs)
        for member in members:
            while waiting and waiting[0][0].start < 8 * member.offset:
                if not frame.put_bits(waiting.pop(0), member.offset):
                    return None
            if not frame.put(member.name, member.offset, member.stored):
                return None
            if member.anonymous:
                frame.anonymous.append(member.name)
        if not all(frame.put_bits(run, self.size) for run in waiting):
            return None
        return frame.finish()

    def union(self, members: Iterable[Member], pack: int) -> Shape | None:
        self.number = 0
        frame = _Frame(self, "Union", pack)
        for member in members:
            if not frame.put(member.name, member.offset, member.stored):
                return None
            if member.anonymous:
                frame.anonymous.append(member.name)
        return frame.finish()

    def aligned(self, attempt: Callable[[int], Shape | None], claim: Callable[[], str]) -> Shape | None:
        """The mildest limit that works; a record that is aligned more strictly than its limit goes into another."""
        loose = None
        for pack in PACKS:
            found = attempt(pack)
            if found is not None and found.most == self.align:
                return found
            loose = loose or found
        if loose is None:
            return None
        name, member = self.inside(loose, claim)
        outer = self.structure([member], [], 0)
        return outer and replace(outer, helpers=((name, loose),), plain=False)

    def inside(self, made: Shape, claim: Callable[[], str]) -> tuple[str, Member]:
        """A helper class and the anonymous member of that class; the member has its name, which no other record has."""
        name = claim()
        return name, Member(name, 0, Stored(name, made.size, made.least, made.most), anonymous=True)


def shape(
    kind: Literal["struct", "union"],
    name: str,
    measure: tuple[int, int],
    members: Sequence[Member],
    fields: Sequence[BitField],
    *,
    sizes: Mapping[str, tuple[int, int]],
    claim: Callable[[], str],
) -> Shape:
    """Lay out a record of this size and alignment (bytes); members and bit-fields are in order of their places.

    `sizes` are those of builtins (`Header.sizes`); `claim` names another helper class. Raises ValueError for what is no
    layout at all.
    """
    taken = {member.name for member in members} | {field.name for field in fields}
    layout = _Layout(name, measure, sizes, taken)
    if kind == "struct":
        found = layout.aligned(lambda pack: layout.structure(members, _runs(members, fields), pack), claim)
        if found is not None:
            return found
    elif not fields:
        found = layout.aligned(lambda pack: layout.union(members, pack), claim)
        if found is not None:
            return found
    return _layered(layout, kind, members, fields, claim)


def _runs(members: Sequence[Member], fields: Sequence[BitField]) -> list[list[BitField]]:
    """Bit-fields without a member between them, together."""
    runs: list[list[BitField]] = []
    offsets = [8 * member.offset for member in members]
    for field in fields:
        last = runs[-1][-1].start if runs else 0
        if runs and not any(last < offset <= field.start for offset in offsets):
            runs[-1].append(field)
        else:
            runs.append([field])
    return runs


def _layered(
    layout: _Layout,
    kind: Literal["struct", "union"],
    members: Sequence[Member],
    fields: Sequence[BitField],
    claim: Callable[[], str],
) -> Shape:
    """Lay members and bit-fields over one another: a bit-field may begin in a unit whose first bytes are a member's."""
    helpers: list[tuple[str, Shape]] = []
    overlaid = list(members) if kind == "union" else []
    unreachable: list[BitField] = []

    def layer(some: Sequence[Member], bits: Sequence[BitField]) -> bool:
        for pack in PACKS:
            found = layout.structure(some, [bits] if bits else [], pack)
            if found is not None:
                name, member = layout.inside(found, claim)
                helpers.append((name, found))
                overlaid.append(member)
                return True
        return False

    if kind == "struct" and members:
        layer(members, ())
    if fields and (kind == "union" or not layer((), fields)):
        unreachable += [field for field in fields if not layer((), [field])]
    if not overlaid:
        overlaid = [Member(layout.padding(), 0, Stored(f"_c.c_ubyte * {layout.size}", layout.size, 1, 1))]
    union = layout.aligned(lambda pack: layout.union(overlaid, pack), claim)
    if union is None:
        msg = f"no ctypes layout of {layout.name}: {layout.size} bytes aligned to {layout.align}"
        raise ValueError(msg)
    return replace(union, helpers=(*helpers, *union.helpers), unreachable=tuple(unreachable), plain=False)
