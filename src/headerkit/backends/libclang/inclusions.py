"""Which files a parse read, and which of them are the library's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.ownership import Ownership
    from headerkit.backends.libclang.translation_unit import TranslationUnit

__all__ = ["Directive", "Inclusions", "read_inclusions"]

_QUOTED = re.compile(rb'[ \t]*#?[ \t]*(?:include|include_next|import)?[ \t]*"')
_ANGLED = re.compile(rb"[ \t]*#?[ \t]*(?:include|include_next|import)?[ \t]*<")


class Directive(NamedTuple):
    """An `#include` that clang followed: who wrote it, the name as written, the file it found (0: none).

    Neither `quoted` nor `angled` is one whose name stands in a macro or behind a comment, or that an argument makes.
    """

    includer: int
    name: str
    quoted: bool
    found: int
    angled: bool


class Inclusions:
    """All inclusions of a parse, by file handle. `owned` holds the handles of own files, in order of reading."""

    __slots__ = ("directives", "main", "owned", "read")

    def __init__(self, main: int) -> None:
        self.main = main
        self.directives: list[Directive] = []
        self.read: dict[int, None] = {}
        self.owned: dict[int, None] = {}


def read_inclusions(
    unit: TranslationUnit, record: Iterable[CXCursor], main: int, ownership: Ownership, *, code: bool
) -> Inclusions:
    """Follow the inclusion directives of the preprocessing record, in their order. `code`: the main file is owned."""
    result = Inclusions(main)
    if code:
        result.owned[main] = None
    clang = unit.clang
    for cursor in record:
        if cursor.kind != CursorKind.INCLUSION:
            continue
        found = clang.clang_getIncludedFile(cursor) or 0
        includer, offset = unit.places.offset(cursor)
        name = unit.spelling(cursor)
        text = unit.contents(includer) if includer else b""
        quoted = bool(text) and _QUOTED.match(text, offset) is not None
        angled = bool(text) and not quoted and _ANGLED.match(text, offset) is not None
        result.directives.append(Directive(includer, name, quoted, found, angled))
        if not found:
            continue
        result.read[found] = None
        if found in result.owned:
            continue
        path = unit.path(found)
        if includer == main:
            owned = ownership.named(path, name)
        else:
            owned = ownership.included(path, name, quoted=quoted, includer_owned=includer in result.owned)
        if owned:
            result.owned[found] = None
    return result
