"""The names that a user's own lines of a cdef (`extra_cdef`) put into `lib`.

Neither cffi nor a C parser is at hand, and only names are wanted: a declaration's name is what stands before its
parameters, its bounds or its end, or behind the `*` of a declarator in parentheses (C11 6.7.6).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["names_in"]

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)(?!\w|\().*$", re.ASCII | re.MULTILINE)
_DIRECTIVE = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_EXTERN_PYTHON = re.compile(r'extern\s+"Python(?:\+C)?"\s*(\{)?')
_ENUM = re.compile(r"\benum\b[^;{}()]*\{([^{}]*)\}", re.ASCII)
_BRACES = re.compile(r"\{[^{}]*\}")
_IN_PARENTHESES = re.compile(
    r"\(\s*(?:WINAPI\s|__\w+\s)?\s*\*[*\s]*(?:(?:const|volatile|restrict)\b[*\s]*)*([A-Za-z_]\w*)", re.ASCII
)
_PLAIN = re.compile(r"([A-Za-z_]\w*)\s*(?:\(|\[|:|=|$)", re.ASCII)
_TAG = re.compile(r"(?:struct|union|enum)(?:\s+\w+)?\s*", re.ASCII)


def names_in(lines: Iterable[str]) -> list[str]:
    """The names of functions, variables, constants and enumerators that these lines declare, in order, each once."""
    text = _COMMENT.sub(" ", "\n".join(lines))
    found = _DEFINE.findall(text)
    text = _DIRECTIVE.sub("", text)
    text = _EXTERN_PYTHON.sub(lambda match: "; " if match[1] else "extern ", text)
    for body in _ENUM.findall(text):
        found += [part.partition("=")[0].strip() for part in body.split(",")]
    while _BRACES.search(text):
        text = _BRACES.sub(" ", text)
    for statement in text.replace("}", ";").split(";"):
        found += _declared(statement.strip())
    return list(dict.fromkeys(name for name in found if name.isascii() and name.isidentifier()))


def _declared(statement: str) -> Iterator[str]:
    if not statement or statement.split(maxsplit=1)[0] == "typedef" or _TAG.fullmatch(statement):
        return
    for declarator in _at_commas(statement):
        match = _IN_PARENTHESES.search(declarator)
        first = _PLAIN.search(declarator)
        if match and (first is None or declarator.index("(") == match.start()):
            yield match[1]
        elif first:
            yield first[1]


def _at_commas(statement: str) -> Iterator[str]:
    """The declarators of a declaration, the first with the type before it."""
    depth = start = 0
    for place, char in enumerate(statement):
        depth += (char in "([") - (char in ")]")
        if char == "," and not depth:
            yield statement[start:place]
            start = place + 1
    yield statement[start:]
