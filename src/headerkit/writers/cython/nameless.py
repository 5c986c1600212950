"""Records and enums that C gives no name, and how C can still spell them.

`struct { int x; } inner;` inside `struct outer` has no name, but `__typeof__(((struct outer *)0)->inner)` is its type
for gcc, clang and MSVC from 17.9 on. Only code that makes a variable of such a type needs the spelling; reading
`o.inner.x` does not.
"""

from __future__ import annotations

from dataclasses import dataclass

from headerkit import ir
from headerkit.writers.cython.names import c_spelling, is_c_identifier
from headerkit.writers.declarator import tag_spelling
from headerkit.writers.ledger import name_of

__all__ = ["Nameless", "anonymous_members", "find_nameless"]


@dataclass(frozen=True, slots=True)
class Nameless:
    """A name to call it by, and its C spelling."""

    name: str
    c: str


def anonymous_members(header: ir.Header) -> frozenset[str]:
    """Find the tag keys of anonymous struct and union members (C11 6.7.2.1p13): their members are their parent's."""
    return frozenset(
        f.type.key
        for d in header.declarations
        if isinstance(d, ir.Record)
        for f in d.fields or ()
        if not f.name and f.width is None and isinstance(f.type, ir.Tag)
    )


def find_nameless(header: ir.Header) -> dict[str, Nameless]:
    """Find a spelling for each nameless record and enum that a member, typedef or variable has as its type."""
    finder = _Finder(header)
    for d in header.declarations:
        if not is_c_identifier(name_of(d)):
            continue
        match d:
            case ir.Record():
                spelling = tag_spelling(d)
                if spelling:
                    finder.members(d, spelling, d.name or d.typedef)
            case ir.Typedef():
                finder.type(d.type, f"(*({d.name} *)0)", f"{d.name}_target")
            case ir.Variable():
                finder.type(d.type, d.name, f"{d.name}_type")
            case _:
                pass
    return finder.found


class _Finder:
    def __init__(self, header: ir.Header) -> None:
        self.tags = header.tags
        self.found: dict[str, Nameless] = {}

    def members(self, record: ir.Record, spelling: str, name: str) -> None:
        for f in record.fields or ():
            if is_c_identifier(f.name):
                self.type(f.type, f"(({spelling} *)0)->{f.name}", f"{name}_{f.name}")
            elif isinstance(f.type, ir.Tag) and isinstance(inner := self.tags.get(f.type.key), ir.Record):
                self.members(inner, spelling, name)

    def type(self, node: ir.Type, expression: str, name: str) -> None:
        """`expression` is C for an lvalue of the type `node`."""
        match node:
            case ir.Pointer(pointee):
                self.type(pointee, f"(*{expression})", name)
            case ir.Array(element):
                self.type(element, f"({expression})[0]", name)
            case ir.FunctionType(result):
                # What its parameters name has the function's prototype as its scope: nothing outside can spell it.
                self.type(result, f"{expression}()", name)
            case ir.Tag(key):
                declaration = self.tags.get(key)
                if declaration is None or tag_spelling(declaration) or key in self.found:
                    return
                spelling = f"__typeof__({expression})"
                self.found[key] = Nameless(name, c_spelling(spelling))
                if isinstance(declaration, ir.Record):
                    self.members(declaration, spelling, name)
            case _:
                pass
