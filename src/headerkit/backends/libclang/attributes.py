"""The attributes of a declaration, read from where they are written.

libclang names few attributes by a cursor kind; the rest is "unexposed", but its extent says where it stands, in the
header or in the body of the macro that made it. No extent is tokenised: the name is read at its begin, the arguments
to the parenthesis that closes them.
"""

from __future__ import annotations

import re
from ctypes import byref, c_int
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind, CXString
from headerkit.ir import Attribute

if TYPE_CHECKING:
    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.translation_unit import TranslationUnit

__all__ = ["Attributes"]

_KINDS = {408: "packed", 409: "pure", 410: "const", 417: "visibility", 418: "dllexport", 419: "dllimport"}
_NAME = re.compile(rb"(?:[A-Za-z_]\w*\s*::\s*)?([A-Za-z_]\w*)\s*(\(?)")
_IGNORED = frozenset(
    ("", "cdecl", "nothrow", "leaf", "artificial", "gnu_inline", "always_inline", "unused", "sentinel")
)
_AVAILABILITY = {"deprecated": 1, "unavailable": 3}


class Attributes:
    """Reads the attributes of one translation unit's declarations."""

    def __init__(self, unit: TranslationUnit) -> None:
        self._unit = unit
        self._clang = unit.clang

    def read(self, cursor: CXCursor) -> tuple[tuple[Attribute, ...], str]:
        """(attributes, asm label) of a declaration that has some (`clang_Cursor_hasAttrs`)."""
        found: list[Attribute] = []
        label = ""
        for child in self._unit.children(cursor):
            code = child.kind
            if code == CursorKind.ASM_LABEL:
                label = self._unit.spelling(child)
            elif CursorKind.FIRST_ATTRIBUTE <= code <= CursorKind.LAST_ATTRIBUTE:
                attribute = self._attribute(cursor, child)
                if attribute.name not in _IGNORED and attribute not in found:
                    found.append(attribute)
        return tuple(found), label

    def _attribute(self, declaration: CXCursor, cursor: CXCursor) -> Attribute:
        known = _KINDS.get(cursor.kind)
        if known == "visibility":
            return Attribute(known, self._unit.spelling(cursor))
        name, text = self._written(cursor)
        if known is not None:
            return Attribute(known)
        if name in _AVAILABILITY:
            text = self._message(declaration, name)
        elif text.startswith('"') and text.endswith('"') and text.count('"') == 2:
            text = text[1:-1]
        return Attribute("warn_unused_result" if name == "nodiscard" else name, text)

    def _written(self, cursor: CXCursor) -> tuple[str, str]:
        handle, begin, _end = self._unit.spelled_extent(self._clang.clang_getCursorExtent(cursor))
        if not handle:
            return "", ""
        source = self._unit.contents(handle)
        match = _NAME.match(source, begin)
        if match is None:
            return "", ""
        name = match[1].decode().strip("_")
        name = {"Noreturn": "noreturn", "Alignas": "aligned", "alignas": "aligned"}.get(name, name)
        if not match[2]:
            return name, ""
        return name, " ".join(_inside(source, match.end()).decode("utf-8", "replace").replace("__", "").split())

    def _message(self, declaration: CXCursor, name: str) -> str:
        """The message of deprecated or unavailable, as clang has it: macros' parameters are filled in."""
        deprecated, unavailable = c_int(), c_int()
        messages = (CXString(), CXString())
        self._clang.clang_getCursorPlatformAvailability(
            declaration, byref(deprecated), byref(messages[0]), byref(unavailable), byref(messages[1]), None, 0
        )
        texts = [self._unit.text(message) for message in messages]
        return texts[0 if name == "deprecated" else 1]


def _inside(source: bytes, begin: int) -> bytes:
    """The text from `begin` to the parenthesis that closes the one before it."""
    depth = 1
    for match in re.finditer(rb'"(?:\\.|[^"\\])*"|[()]', source[begin : begin + 4096]):
        if match[0] == b"(":
            depth += 1
        elif match[0] == b")":
            depth -= 1
            if depth == 0:
                return source[begin : begin + match.start()]
    return b""
