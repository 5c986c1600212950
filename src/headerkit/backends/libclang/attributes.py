"""The attributes of a declaration, read from where they are written.

libclang names few attributes by a cursor kind; the rest is "unexposed", but its extent says where it stands in the
header. There the text is either the attribute itself or the macro that makes it; the macro is then expanded here, for
no two releases of libclang agree on what they say about places inside macros.
"""

from __future__ import annotations

import re
from ctypes import byref, c_int
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind, CXString
from headerkit.backends.libclang.expansion import arguments, balanced, expand, split
from headerkit.ir import Attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.scan import Definition
    from headerkit.backends.libclang.translation_unit import TranslationUnit

__all__ = ["Attributes"]

_KINDS = {408: "packed", 409: "pure", 410: "const", 417: "visibility", 418: "dllexport", 419: "dllimport"}
_NAME = re.compile(r"\s*(?:[A-Za-z_]\w*\s*::\s*)?([A-Za-z_]\w*)\s*")
_SPECIFIER = re.compile(r"__attribute(?:__)?\s*\(\s*(?=\()|__declspec\s*(?=\()|_Alignas\s*(?=\()|\[\[|_Noreturn\b")
_IGNORED = frozenset(
    ("", "cdecl", "nothrow", "leaf", "artificial", "gnu_inline", "always_inline", "unused", "maybe_unused", "noinline")
)
_SPELLINGS = {"Noreturn": "noreturn", "Alignas": "aligned", "alignas": "aligned", "nodiscard": "warn_unused_result"}
_AVAILABILITY = ("deprecated", "unavailable")


class Attributes:
    """Reads the attributes of one translation unit's declarations. `macro` knows the definitions in force."""

    def __init__(self, unit: TranslationUnit, macro: Callable[[str], Definition | None]) -> None:
        self._unit = unit
        self._clang = unit.clang
        self._macro = macro
        self._expanded: dict[str, tuple[tuple[str, str], ...]] = {}

    def read(self, cursor: CXCursor) -> tuple[tuple[Attribute, ...], str]:
        """(attributes, asm label) of a declaration that has some (`clang_Cursor_hasAttrs`)."""
        found: dict[Attribute, None] = {}
        own_name = ""
        label = ""
        for child in self._unit.children(cursor):
            code = child.kind
            if code == CursorKind.ASM_LABEL:
                label = self._unit.spelling(child)
            elif CursorKind.FIRST_ATTRIBUTE <= code <= CursorKind.LAST_ATTRIBUTE:
                known = _KINDS.get(code)
                if known is not None:
                    text = self._unit.spelling(child) if known == "visibility" else ""
                    found[Attribute(known, text)] = None
                    continue
                # What clang adds to a function that it knows itself (`printf`) stands at the function's name.
                own_name = own_name or self._unit.spelling(cursor).strip("_")
                for name, text in self._written(child):
                    if name == own_name:
                        continue
                    if name in _AVAILABILITY:
                        found[Attribute(name, self._message(cursor, name))] = None
                    elif name not in _IGNORED and name not in _KINDS.values():
                        found[Attribute(name, text)] = None
        return tuple(found), label

    def _written(self, cursor: CXCursor) -> tuple[tuple[str, str], ...]:
        """(name, arguments) of the attribute at a cursor, or of all that the macro there makes."""
        handle, _, offset = self._unit.places.ask(
            self._clang.clang_getRangeStart(self._clang.clang_getCursorExtent(cursor))
        )
        if not handle:
            return ()
        source = self._unit.contents(handle)[offset : offset + 4096].decode("utf-8", "replace")
        match = _NAME.match(source)
        if match is None:
            return ()
        if self._macro(match[1]) is None:
            return (_one(source),)
        invocation = match[0] + arguments(source, match.end())
        known = self._expanded.get(invocation)
        if known is None:
            known = self._expanded[invocation] = tuple(_all(expand(invocation, self._macro)))
        return known

    def _message(self, declaration: CXCursor, name: str) -> str:
        """The message of deprecated or unavailable, as clang has it."""
        deprecated, unavailable = c_int(), c_int()
        messages = (CXString(), CXString())
        self._clang.clang_getCursorPlatformAvailability(
            declaration, byref(deprecated), byref(messages[0]), byref(unavailable), byref(messages[1]), None, 0
        )
        texts = [self._unit.text(message) for message in messages]
        return texts[_AVAILABILITY.index(name)]


def _one(text: str) -> tuple[str, str]:
    """(name, arguments) of the attribute at the text's begin."""
    match = _NAME.match(text)
    if match is None:
        return "", ""
    name = match[1].strip("_")
    inside = balanced(text, match.end())
    words = " ".join(inside.split())
    if words.startswith('"') and words.endswith('"') and words.count('"') == 2:
        words = words[1:-1]
    elif name == "format":
        words = words.replace("__", "")
    return _SPELLINGS.get(name, name), words


def _all(text: str) -> Iterator[tuple[str, str]]:
    """(name, arguments) of each attribute in a text."""
    for match in _SPECIFIER.finditer(text):
        word = match[0].strip()
        if word == "_Noreturn":
            yield "noreturn", ""
        elif word == "_Alignas":
            yield "aligned", balanced(text, match.end())
        elif word == "[[":
            inside = text[match.end() : text.find("]]", match.end())]
            yield from map(_one, split(inside))
        else:
            yield from map(_one, split(balanced(text, match.end())))
