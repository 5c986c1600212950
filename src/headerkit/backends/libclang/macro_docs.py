"""The comments of macros, found in a file's bytes: clang attaches comments to declarations only.

A macro's doc is the comment that ends right above its `#define` (or above the `#ifndef` of the same name around it), or
the one that ends its line; of both, the trailing one only where it says `/**<` or `///<`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.comments import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["macro_docs"]

_DEFINE = rb"[ \t]*(?:#[ \t]*ifndef[ \t]+([\w$]+)[ \t]*\r?\n[ \t]*)?#[ \t]*define[ \t\\\r\n]+([\w$\x80-\xff]+)(?=(.?))"
# Each begins with two plain bytes, which lets the search run fast: a file of ten thousand macros has few comments.
_BELOW_BLOCK = re.compile(rb"\*/[ \t]*\r?\n" + _DEFINE)
_BELOW_LINE = re.compile(rb"//[^\n]*\n" + _DEFINE)
_COMMENT_OR_LITERAL = re.compile(rb"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_CONTINUED = re.compile(rb"[ \t]*\\\r?\n")
_BACKWARD = (b"/**<", b"/*!<", b"///<", b"//!<")


def macro_docs(text: bytes, commented: Mapping[int, int]) -> dict[int, str]:
    """Docs by the offset of the macro's name. `commented` are those with a comment in their own lines (`Scan`)."""
    found: dict[int, bytes] = {}
    for match in _BELOW_BLOCK.finditer(text):
        end = match.start()
        closed = text.rfind(b"*/", 0, end)
        begin = text.find(b"/*", closed + 2 if closed >= 0 else 0, end)
        _above(text, begin, end + 2, match, found)
    for match in _BELOW_LINE.finditer(text):
        begin = _first_line(text, match.start())
        _above(text, begin, text.index(b"\n", match.start()), match, found)
    for name, begin in commented.items():
        raw = _trailing(text, begin)
        if raw and (name not in found or raw.startswith(_BACKWARD)):
            found[name] = raw
    return {name: doc for name, raw in found.items() if (doc := clean(raw.decode("utf-8", "replace")))}


def _above(text: bytes, begin: int, end: int, define: re.Match[bytes], found: dict[int, bytes]) -> None:
    guarded, name, after = define.groups()
    if guarded is not None and (guarded != name or after in {b"", b"\r"}):
        return  # the comment above an include guard is the file's
    if begin >= 0 and _starts_line(text, begin) and not text.startswith(_BACKWARD, begin):
        found[define.start(2)] = text[begin:end]


def _first_line(text: bytes, begin: int) -> int:
    """The start of the run of `//` lines to which the one at an offset belongs; -1 if the run starts behind code."""
    while _starts_line(text, begin):
        line = text.rfind(b"\n", 0, begin) + 1
        above = text.rfind(b"\n", 0, max(0, line - 1)) + 1
        opener = text.find(b"//", above, line)
        if opener < 0:
            break
        if not _starts_line(text, opener):
            return -1 if opener - above == begin - line else begin
        begin = opener
    return begin


def _starts_line(text: bytes, begin: int) -> bool:
    return not text[text.rfind(b"\n", 0, begin) + 1 : begin].strip()


def _trailing(text: bytes, begin: int) -> bytes:
    """The comment that ends the line of a macro whose parameters and body begin at an offset."""
    position = begin
    while True:
        line_end = text.find(b"\n", position)
        if line_end < 0:
            line_end = len(text)
        match = _COMMENT_OR_LITERAL.search(text, position)
        if match is None or match.start() > line_end:
            continued = text[position:line_end].rstrip(b"\r").endswith(b"\\")
            if not continued or line_end == len(text):
                return b""
            position = line_end + 1
            continue
        position = match.end()
        if match[0].startswith(b"//"):
            return _lines(text, match.start(), match.end())
        if match[0].startswith(b"/*") and not text[position : _line_end(text, position)].strip(b" \t\r\\"):
            return _CONTINUED.sub(b"\n", match[0])


def _lines(text: bytes, begin: int, end: int) -> bytes:
    """A `//` comment with those of the lines below that stand at the same column, as clang joins them."""
    column = begin - text.rfind(b"\n", 0, begin) - 1
    while True:
        line = end + 1
        if text[line : line + column].strip(b" \t") or not text.startswith(b"//", line + column):
            return text[begin:end]
        end = _line_end(text, line)


def _line_end(text: bytes, position: int) -> int:
    end = text.find(b"\n", position)
    return end if end >= 0 else len(text)
