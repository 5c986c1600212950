"""How the coverage ledger names declarations: the same way for every writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Enum, Function, Record, Typedef, Variable
from headerkit.writers.protocol import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Declaration, Header

__all__ = ["emitted", "kind_of", "name_of"]

_KINDS = {Function: "function", Typedef: "typedef", Enum: "enum", Variable: "variable"}


def kind_of(declaration: Declaration) -> str:
    """One of function, variable, typedef, struct, union, enum."""
    return _KINDS.get(declaration.__class__) or declaration.kind  # type: ignore[union-attr]  # a record, then


def name_of(declaration: Declaration) -> str:
    """Its name; of a record or enum the tag, else the typedef that names it, else the key."""
    name = declaration.name
    if not name and isinstance(declaration, Record | Enum):
        return declaration.typedef or declaration.key
    return name


def emitted(header: Header) -> Iterator[LedgerEntry]:
    """The ledger of a writer that leaves nothing out."""
    for declaration in header.declarations:
        if declaration.owned:
            yield LedgerEntry(kind_of(declaration), name_of(declaration), "emitted")
    for macro in header.macros:
        yield LedgerEntry("macro", macro.name, "emitted")
