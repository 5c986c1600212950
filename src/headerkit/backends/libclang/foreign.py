"""What own declarations refer to and other files declare: read, completed where used by value, put in front.

Typedefs come with their chains, enums with their values. A record's members are kept only where something needs them
by value; behind a pointer it is `elided`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Record
from headerkit.references import References, in_order

if TYPE_CHECKING:
    from headerkit.backends.libclang.declarations import Declarations
    from headerkit.ir import Declaration

__all__ = ["complete_and_order"]


def complete_and_order(reader: Declarations) -> tuple[Declaration, ...]:
    """All declarations of the IR: what own ones refer to, then own ones in their order."""
    own = reader.own
    reader.own = []
    while reader.read_pending():
        pass
    pulled = reader.own
    if not pulled:
        return tuple(own)
    references = References(pulled)
    complete = References([*pulled, *own]).complete(own)  # an own typedef may be all that leads there
    for item in pulled:
        if isinstance(item, Record) and item.key not in complete and item.fields is not None:
            item.fields = None
            item.elided = True
    kept = references.reached(own)
    if References(own).any_named_by(kept):
        # The library's own types stand in other files' declarations: then own ones cannot simply come last.
        return in_order([*kept, *own])
    return (*in_order(kept), *own)
