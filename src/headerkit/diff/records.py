"""How a record's layout changed, member by member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit import ir
from headerkit.diff.changes import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.diff.types import Types

__all__ = ["record_differences"]


def record_differences(old: ir.Record, new: ir.Record, types: Types) -> Iterator[tuple[Verdict, str]]:
    """Compare two declarations of one record."""
    if old.kind != new.kind:
        yield Verdict.ABI, f"is a {new.kind}, was a {old.kind}"
        return
    if old.size is None or new.size is None:
        if old.size is not None:
            yield Verdict.SOURCE, "is opaque now"
        elif new.size is not None:
            yield Verdict.COMPATIBLE, "is no longer opaque"
        return
    if old.size != new.size:
        yield Verdict.ABI, f"size {old.size} -> {new.size} bytes"
    if old.align != new.align:
        yield Verdict.ABI, f"alignment {old.align} -> {new.align} bytes"
    if old.fields is not None and new.fields is not None:
        yield from _members(old, new, types)


def _members(old: ir.Record, new: ir.Record, types: Types) -> Iterator[tuple[Verdict, str]]:
    before = {f.name: f for f in _named(old, types.old, 0)}
    after = {f.name: f for f in _named(new, types.new, 0)}
    gone = [f for name, f in before.items() if name not in after]
    come = {(f.offset, f.width): f for name, f in after.items() if name not in before}
    for f in gone:
        renamed = come.get((f.offset, f.width))
        if renamed is not None and types.difference(f.type, renamed.type, "object") is None:
            del come[f.offset, f.width]
            yield Verdict.SOURCE, f"member {f.name} is called {renamed.name} now"
        else:
            yield Verdict.ABI, f"member {f.name} was removed"
    same_size = old.size == new.size
    for f in come.values():
        if same_size:
            yield Verdict.COMPATIBLE, f"member {f.name} was added within the old size"
        else:
            yield Verdict.ABI, f"member {f.name} was added, and the size changed"
    for name, f in before.items():
        if name in after:
            yield from _member(f, after[name], types)


def _member(old: ir.Field, new: ir.Field, types: Types) -> Iterator[tuple[Verdict, str]]:
    if old.offset != new.offset:
        yield Verdict.ABI, f"member {old.name} moved from {_place(old)} to {_place(new)}"
    if old.width != new.width:
        yield Verdict.ABI, f"member {old.name} has {_width(new)}, had {_width(old)}"
    found = types.difference(old.type, new.type, "object")
    if found is not None:
        yield found, f"member {old.name}: {types.spelled(old.type, new.type)}"


def _place(f: ir.Field) -> str:
    return f"bit {f.offset}" if f.width is not None else f"byte {f.offset // 8}"


def _width(f: ir.Field) -> str:
    return "its type's width" if f.width is None else f"{f.width} bits"


def _named(record: ir.Record, header: ir.Header, base: int) -> Iterator[ir.Field]:
    """Its members with those of anonymous members among them, at their offsets from the outermost record."""
    for f in record.fields or ():
        if f.name:
            yield ir.Field(f.name, f.type, base + f.offset, f.width)
        elif f.width is None and isinstance(f.type, ir.Tag):
            inner = header.tags.get(f.type.key)
            if isinstance(inner, ir.Record):
                yield from _named(inner, header, base + f.offset)
