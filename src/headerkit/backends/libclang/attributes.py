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
_WORD = re.compile(rb"[A-Za-z_]\w*")
_STRING = re.compile(rb'"(?:\\.|[^"\\])*"')
_SPECIFIER = re.compile(r"__attribute(?:__)?\s*\(\s*(?=\()|__declspec\s*(?=\()|_Alignas\s*(?=\()|\[\[|_Noreturn\b")
_IGNORED = frozenset(
    ("", "cdecl", "nothrow", "leaf", "artificial", "gnu_inline", "always_inline", "unused", "maybe_unused", "noinline")
)
_WELL_KNOWN = frozenset(
    (
        *(
            "attribute",
            "declspec",
            "Noreturn",
            "extension",
            "deprecated",
            "unavailable",
            "noreturn",
            "format",
            "printf",
        ),
        *("scanf", "strftime", "gnu_printf", "gnu_scanf", "format_arg", "nonnull", "returns_nonnull", "malloc", "weak"),
        *("alloc_size", "warn_unused_result", "visibility", "default", "hidden", "packed", "aligned", "alias", "const"),
        *("pure", "unused", "sentinel", "cold", "hot", "constructor", "destructor", "section", "used", "error"),
        *("warning", "since", "extern", "static", "inline", "void", "int", "char", "unsigned", "long", "struct"),
    )
)
_SPELLINGS = {"Noreturn": "noreturn", "Alignas": "aligned", "alignas": "aligned", "nodiscard": "warn_unused_result"}
_AVAILABILITY = ("deprecated", "unavailable")


class Attributes:
    """Reads the attributes of one translation unit's declarations. `macro` knows the definitions in force."""

    def __init__(self, unit: TranslationUnit, macro: Callable[[str], Definition | None]) -> None:
        self._unit = unit
        self._clang = unit.clang
        self._ask = macro
        self._whole: dict[str, bool] = {}
        self._expanded: dict[str, tuple[tuple[str, str], ...]] = {}
        self._answer = (c_int(), CXString())
        self._answer_at = tuple(map(byref, self._answer))

    def _macro(self, name: str) -> Definition | None:
        """The definition of a macro; of attributes' own names none, without a look into every file that was read."""
        return None if name in _IGNORED or name.strip("_") in _WELL_KNOWN else self._ask(name)

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
                        said, message = self._availability(cursor, name)
                        if said:
                            found[Attribute(name, message)] = None
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
        contents = self._unit.contents(handle)
        match = _NAME.match(contents[offset : offset + 256].decode("utf-8", "replace"))
        if match is None:
            return ()
        # Inside `__attribute__((...))` itself stands no macro, and none need be looked for in all files.
        literal = contents[max(0, offset - 64) : offset].rstrip()[-1:] in (b"(", b",", b"[")
        if not literal and self._writes_declarations(match[1]):
            # Which of the attributes in it belong to which of its declarations, only clang knows.
            return tuple((name, "") for name in _AVAILABILITY)
        source = contents[offset : offset + 4096].decode("utf-8", "replace")
        if literal or self._macro(match[1]) is None:
            return (_one(source),)
        invocation = match[0] + arguments(source, match.end())
        known = self._expanded.get(invocation)
        if known is None:
            known = self._expanded[invocation] = tuple(_all(expand(invocation, self._macro)))
        return known

    def _writes_declarations(self, name: str) -> bool:
        """Whether a macro makes whole declarations, itself or through others."""
        known = self._whole.get(name)
        if known is None:
            self._whole[name] = False  # while it is found out, for macros that use each other
            definition = self._macro(name)
            _, _, parameters, body = definition if definition is not None else (0, "", None, b"")
            known = b";" in body or b"{" in body
            known = known or any(map(self._writes_declarations, _used(body).difference(parameters or ())))
            self._whole[name] = known
        return known

    def _availability(self, declaration: CXCursor, name: str) -> tuple[bool, str]:
        """Whether a declaration is deprecated or unavailable, and the message, as clang has it."""
        flag, message = self._answer
        flag_at, message_at = self._answer_at
        # Either pair may be left out (clang-c/Index.h).
        asked = (flag_at, message_at, None, None) if name == "deprecated" else (None, None, flag_at, message_at)
        self._clang.clang_getCursorPlatformAvailability(declaration, *asked, None, 0)
        return flag.value != 0, self._unit.text(message)


def _used(body: bytes) -> set[str]:
    """The words of a body outside of literals, that may be macros."""
    words = _WORD.findall(_STRING.sub(b"", body))
    return {word.decode("ascii") for word in words}


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
