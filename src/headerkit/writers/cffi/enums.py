"""Enums in a cdef.

In API mode an enum ends in `...`: the C compiler's values count, those written are for the reader (and cffi needs them
for the size of an enum without a name). In ABI mode the values are all there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.writers.c_text import comment
from headerkit.writers.cffi.known import KNOWN_TYPEDEFS

if TYPE_CHECKING:
    from headerkit.ir import Enum, Enumerator
    from headerkit.writers.cffi.types import Types

__all__ = ["enum_text", "usable_enumerators"]

INDENT = "    "


def usable_enumerators(enum: Enum, types: Types, not_integers: frozenset[str]) -> list[Enumerator]:
    """Those that C and cffi can still name; `not_integers` are the macros that are no integer constants."""
    return [
        e
        for e in enum.enumerators or ()
        if e.name not in KNOWN_TYPEDEFS
        and (types.usable(e.name) or (types.sayable(e.name) and e.name not in not_integers))
    ]


def enum_text(enum: Enum, enumerators: list[Enumerator], types: Types, *, comments: bool) -> str:
    """The enum's declaration at file scope, its constants alone where cffi cannot have it as a type."""
    name = enum.name or enum.typedef
    named = bool(name) and types.usable(name)
    values = [e.value for e in enumerators]
    low, high = min(values, default=0), max(values, default=0)
    fits = low >= -(1 << 63) and high < 1 << (63 if low < 0 else 64)
    if not ((named and types.api) or fits) or not types.is_cffi_enum(enum):
        return "\n".join(f"#define {e.name} {'...' if types.api else e.value}" for e in enumerators)
    if not enumerators:
        return ""
    lines = []
    successor = 0
    for e in enumerators:
        doc = comment(e.doc, INDENT) if comments and e.doc else ""
        lines.append(f"{doc}{INDENT}{e.name},\n" if e.value == successor else f"{doc}{INDENT}{e.name} = {e.value},\n")
        successor = e.value + 1
    body = "".join(lines) + (f"{INDENT}...\n" if types.api else "")
    if not named:
        return f"enum {{\n{body}}};"
    return f"enum {enum.name} {{\n{body}}};" if enum.name else f"typedef enum {{\n{body}}} {enum.typedef};"
