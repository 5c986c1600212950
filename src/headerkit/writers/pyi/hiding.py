"""Names that a class's members hide: inside it a hint must call what it means otherwise."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["BUILTINS", "Hidden"]

BUILTINS = frozenset(
    ["bool", "bytearray", "bytes", "complex", "dict", "float", "int", "list", "memoryview", "str", "tuple"]
)
_WORD = re.compile(r"\w+")
_MODULES = {"_c": "ctypes", "_typing": "typing"}


class Hidden:
    """Collects, for one file, the names that needed another one."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def seen(self, hint: str, members: Collection[str]) -> str:
        """The hint as it must stand in a class that has these members."""
        if not set(_WORD.findall(hint)).intersection(members):
            return hint
        tree = ast.parse(hint, mode="eval")
        hiding = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}.intersection(members)
        if not hiding:
            return hint
        self.names |= hiding
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in hiding:
                node.id = _other(node.id)
        return ast.unparse(tree)

    def definitions(self) -> Iterator[str]:
        """Define the other names."""
        for name in sorted(self.names):
            if name in _MODULES:
                yield f"import {_MODULES[name]} as {_other(name)}\n"
            elif name in BUILTINS:
                # An assignment would be an alias of the type without its parameters.
                yield f"from builtins import {name} as {_other(name)}\n"
            else:
                yield f"{_other(name)} = {name}\n"


def _other(name: str) -> str:
    return f"_as_{name.lstrip('_')}"
