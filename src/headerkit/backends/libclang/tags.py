"""Names for records and enums: a key for each, also where C gives it no name.

| declaration | key |
|---|---|
| `struct foo` | `struct foo` |
| `typedef struct {...} foo_t;` | `foo_t` |
| a member's own type | `struct outer.member`, or `struct outer.#2` where the third member has no name |
| any other without a name | `enum {FIRST}`: its first member; a second one like it gets `~2` |

Keys depend on the declarations alone: not on files, on the order of other declarations, or on clang's spelling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.translation_unit import TranslationUnit

__all__ = ["KEYWORDS", "TagName", "TagNames"]

KEYWORDS = {CursorKind.STRUCT: "struct", CursorKind.UNION: "union", CursorKind.ENUM: "enum"}


class TagName(NamedTuple):
    """A record's or enum's key, its tag ("" for none), and the typedef that names it for linkage ("" for none)."""

    key: str
    name: str
    typedef: str


class TagNames:
    """Gives the keys of one translation unit."""

    def __init__(self, unit: TranslationUnit) -> None:
        self._unit = unit
        self._clang = unit.clang
        self._taken: set[str] = set()

    def name(self, declaration: CXCursor, context: str) -> TagName:
        """The names of a declaration. `context` is `parent key.member` while a record's member is read, else ""."""
        clang = self._clang
        keyword = KEYWORDS.get(declaration.kind, "struct")
        spelled = self._unit.text(clang.clang_getTypeSpelling(clang.clang_getCursorType(declaration)))
        # `struct foo`; `foo_t` for an untagged one that a typedef names; `struct (unnamed at ...)` else.
        word, _, tag = spelled.rpartition(" ")
        if "(" not in spelled:
            return TagName(f"{keyword} {tag}", tag, "") if word else TagName(tag, "", tag)
        return TagName(self._free(context or f"{keyword} {{{self._first(declaration)}}}"), "", "")

    def _first(self, declaration: CXCursor) -> str:
        for child in self._unit.children(declaration):
            if child.kind in (CursorKind.FIELD, CursorKind.ENUM_CONSTANT):
                name = self._unit.spelling(child)
                if name.isidentifier():
                    return name
        return ""

    def _free(self, key: str) -> str:
        free, number = key, 1
        while free in self._taken:
            number += 1
            free = f"{key}~{number}"
        self._taken.add(free)
        return free
