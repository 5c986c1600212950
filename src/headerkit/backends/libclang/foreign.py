"""What own declarations refer to and other files declare: read, completed where used by value, put in front.

Typedefs come with their chains, enums with their values. A record's members are kept only where something needs them
by value, or the library declares the record itself; behind a pointer it is `elided`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Alias, Record, Tag, Typedef
from headerkit.references import References, in_order, parts, types_of

if TYPE_CHECKING:
    from headerkit.backends.libclang.declarations import Declarations
    from headerkit.ir import Declaration, Type

__all__ = ["complete_and_order"]


def complete_and_order(reader: Declarations) -> tuple[Declaration, ...]:
    """All declarations of the IR: what own ones refer to, then own ones in their order."""
    own = reader.own
    # What was noted while own declarations were read is what they refer to themselves.
    roots = [Alias(name) for name in reader.pending_typedefs if name not in reader.named]
    tags = [Tag(key) for key in reader.pending_tags if key not in reader.tags]
    reader.own = []
    while reader.read_pending():
        pass
    pulled = reader.own
    if not pulled:
        return in_order(own) if reader.typedefs_again else tuple(own)
    references = References(pulled)
    records = [item for item in pulled if isinstance(item, Record) and item.fields is not None]
    if records:
        # An own typedef may be all that leads from a function to a foreign record.
        named = References([*pulled, *(item for item in own if isinstance(item, Typedef))])
        # What the library declares itself (`struct timeval;`) and another file defines is part of what it offers.
        offered = [item for item in records if item.key in reader.forward]
        complete = named.complete([*own, *offered]) | reader.forward
        for item in records:
            if item.key not in complete:
                item.fields = None
                item.elided = True
    kept = references.reached_from([*roots, *tags])
    if reader.typedefs_again or any(_names_own(kind, reader) for item in kept for kind in types_of(item)):
        # The library's own types stand in other files' declarations: then own ones cannot simply come last.
        return in_order([*kept, *own])
    return (*in_order(kept), *own)


def _names_own(kind: Type, reader: Declarations) -> bool:
    match kind:
        case Alias():
            found: Declaration | None = reader.named.get(kind.name)
        case Tag():
            found = reader.tags.get(kind.key)
        case _:
            return any(_names_own(part, reader) for part in parts(kind))
    return found is not None and found.owned
