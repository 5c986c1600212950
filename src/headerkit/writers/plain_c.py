"""C for people to read: every type has a spelling, if not always one that a compiler takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit import ir
from headerkit.writers.declarator import Declarator, tag_spelling

if TYPE_CHECKING:
    from headerkit.writers.declarator import Leaf

__all__ = ["PlainC"]


class PlainC:
    """Spells a header's types. A record without a name is `struct {...}`."""

    def __init__(self, header: ir.Header) -> None:
        self._header = header
        self._declarator = Declarator(self._leaf)

    def declare(self, node: ir.Type, name: str = "") -> str:
        """Spell the declaration of a name, or a type."""
        return self._declarator.declare(node, name)

    def function(self, d: ir.Function) -> str:
        """Spell a prototype with its parameters' names."""
        return self._declarator.function(d.type, d.name, d.parameters)

    def _leaf(self, node: Leaf) -> str:
        match node:
            case ir.Builtin(name) | ir.Alias(name):
                return name
            case ir.Tag(key):
                tag = self._header.tags.get(key)
                if tag is None:
                    return key
                return tag_spelling(tag) or f"{tag.kind if isinstance(tag, ir.Record) else 'enum'} {{...}}"
            case ir.Vector(element, length):
                return f"{self.declare(element)} vector[{length}]"
            case ir.Atomic(inner):
                return f"_Atomic({self.declare(inner)})"
            case ir.Opaque(spelling):
                return spelling
