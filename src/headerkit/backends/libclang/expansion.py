"""Macros expanded in a piece of text: as much of C11 6.10.3 as attributes are written with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from headerkit.backends.libclang.scan import Definition

__all__ = ["arguments", "balanced", "expand", "split"]

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[()]')
_PIECE = re.compile(r'"(?:\\.|[^"\\])*"|[(),]')
_WORD_OR_STRING = re.compile(r'"(?:\\.|[^"\\])*"|(#\s*)?\b([A-Za-z_]\w*)\b')
_PASTE = re.compile(r"\s*##\s*")
_DEPTH = 12


def arguments(text: str, begin: int) -> str:
    """The text from the parenthesis at `begin` (blanks may stand before it) to the one that closes it, or ""."""
    while begin < len(text) and text[begin].isspace():
        begin += 1
    if text[begin : begin + 1] != "(":
        return ""
    depth = 0
    for match in _TOKEN.finditer(text, begin):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0 and match[0] == ")":
            return text[begin : match.end()]
    return ""


def balanced(text: str, begin: int) -> str:
    """What stands inside the parentheses that open at `begin`, or ""."""
    return arguments(text, begin)[1:-1]


def split(text: str) -> list[str]:
    """A list's parts, between the commas that no parenthesis encloses."""
    parts, depth, start = [], 0, 0
    for match in _PIECE.finditer(text):
        if match[0] == "," and depth == 0:
            parts.append(text[start : match.start()])
            start = match.end()
        depth += {"(": 1, ")": -1}.get(match[0], 0)
    return [part.strip() for part in (*parts, text[start:])]


def expand(text: str, macro: Callable[[str], Definition | None], depth: int = 0) -> str:
    """A text with its macros expanded."""
    if depth > _DEPTH:
        return text
    result, position = [], 0
    for match in _WORD_OR_STRING.finditer(text):
        if match.start() < position or match[2] is None:
            continue
        definition = macro(match[2])
        if definition is None:
            continue
        _, name, parameters, raw = definition
        end = match.end()
        body = raw.decode("utf-8", "replace")
        if parameters is not None:
            given = arguments(text, end)
            if not given:
                continue
            end = text.index(given, end) + len(given)
            body = _filled(body, parameters, split(given[1:-1]))
        result.append(text[position : match.start()])
        # A macro is not expanded again inside itself (C11 6.10.3.4p2).
        result.append(expand(body, lambda word, own=name: None if word == own else macro(word), depth + 1))  # type: ignore[misc]
        position = end
    return "".join((*result, text[position:]))


def _filled(body: str, parameters: tuple[str, ...], values: list[str]) -> str:
    """A body with its parameters' values in it."""
    names = ["__VA_ARGS__" if name.endswith("...") else name for name in parameters]
    if names and names[-1] == "__VA_ARGS__":
        values = [*values[: len(names) - 1], ", ".join(values[len(names) - 1 :])]
    known = dict(zip(names, values, strict=False))

    def fill(match: re.Match[str]) -> str:
        value = known.get(match[2] or "")
        if value is None:
            return match[0]
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if match[1] else value

    return _PASTE.sub("", _WORD_OR_STRING.sub(fill, body))
