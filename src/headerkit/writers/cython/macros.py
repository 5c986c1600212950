"""Macros in a .pxd: constants whose value C knows, and other names of functions, variables and types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from headerkit import ir
from headerkit.writers.cython.types import Names, UnsayableError, declaration

if TYPE_CHECKING:
    from headerkit.writers.cython.names import Name
    from headerkit.writers.protocol import Fate

__all__ = ["WRITTEN", "write"]

WRITTEN = frozenset({"int", "float", "string", "char", "function", "type"})
"""The kinds of macros that a .pxd can declare."""

_ELEMENTS: dict[str, ir.Type] = {"": ir.Builtin("char"), "L": ir.Alias("wchar_t")}
_WHY_NOT = {
    "call": "a function-like macro has no types: declare a function of that name with the types you use",
    "empty": "it stands for nothing",
}


class Pxd(Names, Protocol):
    """What is asked of the .pxd."""

    declared: dict[str, ir.Declaration]
    enum_constants: bool

    def function(self, d: ir.Function, name: Name) -> str:
        """Declare the function under a name."""

    def alias(self, node: ir.Type, name: Name, doc: str = "") -> None:
        """Make the name another one of the type."""

    def add(self, line: str, doc: str = "") -> None:
        """Write one line."""

    def claim(self, name: str) -> Name | None:
        """Take a name."""


def write(m: ir.Macro, pxd: Pxd) -> tuple[Fate, str]:
    """Declare the macro, or say why not."""
    if m.kind not in WRITTEN:
        return "unsupported", m.reason or _WHY_NOT.get(m.kind, "it is no value")
    if m.name in pxd.declared:
        return "emitted", "declared under this name"
    name = pxd.claim(m.name)
    if name is None:
        return "unsupported", "its name is no C identifier"
    try:
        return _write(m, name, pxd)
    except UnsayableError as error:
        return "unsupported", str(error)


def _write(m: ir.Macro, name: Name, pxd: Pxd) -> tuple[Fate, str]:
    match m.kind:
        case "int" | "char":
            if pxd.enum_constants and isinstance(m.value, int) and -(2**31) <= m.value < 2**31:
                pxd.add(f"enum: {name.declared}", m.doc)
            else:
                pxd.add(f"const {declaration(m.type or ir.Builtin('int'), name.declared, pxd)}", m.doc)
        case "float":
            pxd.add(f"const {declaration(m.type or ir.Builtin('double'), name.declared, pxd)}", m.doc)
        case "string":
            element = _ELEMENTS.get(m.wide)
            if element is None:
                return "unsupported", f"Cython has no type for {m.wide}-strings"
            pxd.add(f"const {declaration(ir.Pointer(element), name.declared, pxd)}", m.doc)
        case "function":
            target = pxd.declared.get(m.alias)
            if isinstance(target, ir.Function):
                pxd.add(pxd.function(target, name), m.doc)
            elif isinstance(target, ir.Variable):
                pxd.add(declaration(target.type, name.declared, pxd), m.doc)
            else:
                return "unsupported", f"{m.alias} is not declared by this header"
        case _:
            if m.type is None:
                return "unsupported", m.reason or "the type it stands for is not known"
            pxd.alias(m.type, name, m.doc)
    return "emitted", ""
