"""Preprocessor directives of a text, found without a parser.

What is found is a superset of what clang will see: directives of inactive branches and of comments are in it too. Who
uses it asks clang which of them are real.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["Definition", "Inclusion", "Scan", "scan"]

# A directive's line, with its continuation lines. The literal "#" in front lets the search run at memchr's speed.
_DIRECTIVE = re.compile(
    rb"#[ \t]*(?:define[ \t\\\r\n]+([A-Za-z_$\x80-\xff][\w$\x80-\xff]*)|(undef|include|include_next|import)\b)"
    rb"([^\n]*(?:(?:(?<=\\)|(?<=\\\r))\n[^\n]*)*)"
)
_CONTINUED = re.compile(rb"\\\r?\n")
_TOKEN_OR_COMMENT = re.compile(rb"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_INCLUDED = re.compile(rb'[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")')
_HAS_INCLUDE = re.compile(rb'__has_include(?:_next)?[ \t]*\([ \t]*(?:<([^>\n]+)>|"([^"\n]+)")')
_NAME = re.compile(rb"[ \t]*([\w$\x80-\xff]+)")


class Definition(NamedTuple):
    """A `#define`: where its name stands, and what it says. `parameters` is None for an object-like macro."""

    offset: int
    name: str
    parameters: tuple[str, ...] | None
    body: bytes


class Inclusion(NamedTuple):
    """An `#include` or `__has_include` as it is spelled."""

    name: str
    quoted: bool


@dataclass(slots=True)
class Scan:
    """All directives of one text, in order. `asked` are those of `__has_include`."""

    definitions: list[Definition] = field(default_factory=list)
    undefined: set[str] = field(default_factory=set)
    included: list[Inclusion] = field(default_factory=list)
    asked: list[Inclusion] = field(default_factory=list)


def scan(text: bytes) -> Scan:
    """Find the directives of a text."""
    result = Scan()
    for match in _DIRECTIVE.finditer(text):
        name, word, rest = match.groups()
        if name is not None:
            parameters, body = _definition(text, match.end(), rest)
            result.definitions.append(Definition(match.start(1), name.decode("utf-8", "replace"), parameters, body))
        elif word == b"undef":
            undefined = _NAME.match(rest)
            if undefined:
                result.undefined.add(undefined[1].decode("utf-8", "replace"))
        else:
            included = _INCLUDED.match(rest)
            if included:
                result.included.append(_inclusion(included))
    if b"__has_include" in text:
        result.asked.extend(_inclusion(match) for match in _HAS_INCLUDE.finditer(text))
    return result


def _inclusion(match: re.Match[bytes]) -> Inclusion:
    angled, quoted = match.groups()
    return Inclusion((quoted or angled).decode("utf-8", "surrogateescape"), angled is None)


def _definition(text: bytes, end: int, rest: bytes) -> tuple[tuple[str, ...] | None, bytes]:
    if b"\\" in rest:
        rest = _CONTINUED.sub(b"", rest)
    if b"/" in rest and (b"/*" in rest or b"//" in rest):
        rest = _without_comments(text, end, rest)
    if not rest.startswith(b"("):
        return None, rest.strip()
    inside, _, body = rest[1:].partition(b")")
    names = tuple(name for name in (part.strip().decode("utf-8", "replace") for part in inside.split(b",")) if name)
    return names, body.strip()


def _without_comments(text: bytes, end: int, rest: bytes) -> bytes:
    """A directive's line with its comments as blanks (C11 5.1.1.2p1); one that runs on takes the lines that it covers."""

    def blank(match: re.Match[bytes]) -> bytes:
        return b" " if match[0].startswith(b"/") else match[0]

    plain = _TOKEN_OR_COMMENT.sub(blank, rest)
    opened = plain.find(b"/*")
    if opened < 0:
        return plain
    closed = text.find(b"*/", end)
    if closed < 0:
        return plain[:opened]
    line_end = text.find(b"\n", closed)
    after = text[closed + 2 : line_end if line_end >= 0 else len(text)]
    return plain[:opened] + b" " + _TOKEN_OR_COMMENT.sub(blank, after)
