"""Preprocessor directives of a text, found without a parser.

What is found is a superset of what clang will see: directives of inactive branches and of comments of several lines are
in it too. Who uses it asks clang which of them are real.
"""

from __future__ import annotations

import re

from headerkit.light_classes import NamedTuple

__all__ = ["UNDEFINED", "Definition", "Inclusion", "Scan", "scan"]

# A directive's line, with its continuation lines. The literal "#" in front lets the search run at memchr's speed.
_DIRECTIVE = re.compile(
    rb"#[ \t]*(?:define[ \t\\\r\n]+([A-Za-z_$\x80-\xff][\w$\x80-\xff]*)|(undef|include|include_next|import)\b)"
    rb"([^\n]*(?:(?:(?<=\\)|(?<=\\\r))\n[^\n]*)*)"
)
_BACKSLASH, _SLASH, _NEWLINE = b"\\/\n"
_BLANKS = b" \t\v\f\r\xef\xbb\xbf"  # a byte order mark too
_TOKEN_OR_COMMENT = re.compile(rb"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_INCLUDED = re.compile(rb'[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")')
_NAME = re.compile(rb"[ \t]*([\w$\x80-\xff]+)")
UNDEFINED = re.compile(rb"#[ \t]*undef[ \t]+([\w$\x80-\xff]+)")
"""The name in an `#undef`."""

Definition = tuple[int, str, "tuple[str, ...] | None", bytes]
"""A `#define`: (offset of its name, name, parameters or None for an object-like macro, body). A plain tuple: there are
ten thousand of them in a large library, and a named one costs five times as much to make."""


class Inclusion(NamedTuple):
    """An `#include` as it is spelled."""

    name: str
    quoted: bool


class Scan:
    """All directives of one text, in order.

    `commented` are the definitions with a comment in their own lines: offset of the name -> offset of what follows it.
    """

    __slots__ = ("commented", "definitions", "included", "undefined")

    def __init__(self) -> None:
        self.definitions: list[Definition] = []
        self.undefined: set[str] = set()
        self.included: list[Inclusion] = []
        self.commented: dict[int, int] = {}


def scan(text: bytes) -> Scan:
    """Find the directives of a text."""
    result = Scan()
    define = result.definitions.append
    for match in _DIRECTIVE.finditer(text):
        start = match.start()
        if start and text[start - 1] != _NEWLINE and not _begins_line(text, start):
            continue  # `/* #define OLD(x) ... */`
        name, word, rest = match.groups()
        if name is not None:
            # `in` with a number is a search for a byte; with bytes it is four times as slow.
            if _BACKSLASH in rest:
                rest = rest.replace(b"\\\r\n", b"").replace(b"\\\n", b"")
            if _SLASH in rest and (b"/*" in rest or b"//" in rest):
                rest = _without_comments(text, match.end(), rest)
                result.commented[match.start(1)] = match.start(3)
            parameters = None
            if rest.startswith(b"("):
                parameters, rest = _parameters(rest)
            define((match.start(1), name.decode("utf-8", "replace"), parameters, rest.strip()))
        elif word == b"undef":
            undefined = _NAME.match(rest)
            if undefined:
                result.undefined.add(undefined[1].decode("utf-8", "replace"))
        else:
            included = _INCLUDED.match(rest)
            if included:
                result.included.append(_inclusion(included))
    return result


def _begins_line(text: bytes, start: int) -> bool:
    """Whether nothing but blanks, or a comment's end, is before a `#` in its line."""
    before = text[text.rfind(b"\n", 0, start) + 1 : start].strip(_BLANKS)
    return not before or before.endswith(b"*/")


def _inclusion(match: re.Match[bytes]) -> Inclusion:
    angled, quoted = match.groups()
    return Inclusion((quoted or angled).decode("utf-8", "surrogateescape"), angled is None)


def _parameters(rest: bytes) -> tuple[tuple[str, ...], bytes]:
    inside, _, body = rest[1:].partition(b")")
    names = tuple([name.strip() for name in inside.decode("utf-8", "replace").split(",")])
    return names if "" not in names else tuple(filter(None, names)), body


def _without_comments(text: bytes, end: int, rest: bytes) -> bytes:
    """A directive's line with its comments as blanks (C11 5.1.1.2p1); one that runs on takes the lines it covers."""

    def blank(match: re.Match[bytes]) -> bytes:
        return b" " if match[0].startswith(b"/") else match[0]

    plain = _TOKEN_OR_COMMENT.sub(blank, rest)
    opened = _TOKEN_OR_COMMENT.sub(lambda match: b" " * len(match[0]), plain).find(b"/*")
    if opened < 0:
        return plain
    closed = text.find(b"*/", end)
    if closed < 0:
        return plain[:opened]
    line_end = text.find(b"\n", closed)
    after = text[closed + 2 : line_end if line_end >= 0 else len(text)]
    return plain[:opened] + b" " + _TOKEN_OR_COMMENT.sub(blank, after)
