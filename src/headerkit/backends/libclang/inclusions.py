"""Which files a parse read, which of them are the library's own, and where it looked for files in vain."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind
from headerkit.backends.libclang.scan import scan
from headerkit.light_classes import NamedTuple
from headerkit.portable import directory_args

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.ownership import Ownership
    from headerkit.backends.libclang.scan import Inclusion
    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.portable import PathMap
    from headerkit.unit import Unit

__all__ = ["Directive", "Inclusions", "absent", "read_inclusions"]

_QUOTED = re.compile(rb'[ \t]*#?[ \t]*(?:include|include_next|import)?[ \t]*"')


class Directive(NamedTuple):
    """An `#include` that clang followed: who wrote it, the name as written, the file it found (0: none)."""

    includer: int
    name: str
    quoted: bool
    found: int


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
        quoted = bool(includer) and _QUOTED.match(unit.contents(includer), offset) is not None
        result.directives.append(Directive(includer, name, quoted, found))
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


def absent(
    unit: Unit, parsed: TranslationUnit, inclusions: Inclusions, asked: Iterable[tuple[str, Inclusion]], paths: PathMap
) -> tuple[str, ...]:
    """Portable paths where a file would have been found first, had it been there.

    Only places that a user may fill are told: beside an including file, and below the unit's include directories. What
    `asked` names (the includer's path, the `__has_include`) was looked for as well, and what other libraries' headers
    ask for.
    """
    result: dict[str, None] = {}
    searched = {quoted: _folders(unit, quoted=quoted) for quoted in (False, True)}
    done: set[tuple[str, str, bool, str]] = set()
    wanted = [
        (parsed.path(item.includer) if item.includer else "", item.name, item.quoted, item.found)
        for item in inclusions.directives
    ]
    lookups = [(path, name, quoted, parsed.path(found) if found else "") for path, name, quoted, found in wanted]
    lookups += [
        (path, item.name, item.quoted, "") for path, item in (*asked, *_asked_by_others(parsed, inclusions, paths))
    ]
    for includer, name, quoted, found in lookups:
        folder = os.path.dirname(includer) if quoted else ""
        if (folder, name, quoted, found) in done or os.path.isabs(name):
            continue
        done.add((folder, name, quoted, found))
        for candidate in [folder, *searched[True]] if folder else searched[quoted]:
            path = os.path.normpath(os.path.join(candidate, name))
            if path == found:
                break
            if os.path.exists(path):
                if found:
                    continue  # passed over by an #include_next
                break
            portable = paths.portable(path)
            if not portable.startswith(("system:", "builtin:")):
                result[portable] = None
    return tuple(result)


def _folders(unit: Unit, *, quoted: bool) -> list[str]:
    """The directories that a unit's arguments name, in clang's order; what is not searched for `<...>` is left out."""
    folders: dict[str, list[str]] = {"-iquote": [], "-I": [], "-isystem": [], "-idirafter": []}
    folders["-I"] += [include_dir.path for include_dir in unit.include_dirs if include_dir.path]
    for _, flag, path in directory_args(unit.args):
        folders[flag].append(path)
    if not quoted:
        del folders["-iquote"]
    return [path for paths in folders.values() for path in paths]


def _asked_by_others(
    parsed: TranslationUnit, inclusions: Inclusions, paths: PathMap
) -> Iterable[tuple[str, Inclusion]]:
    """The `__has_include` of headers that are neither own (scanned already) nor the system's (the target pins them)."""
    for handle in inclusions.read:
        if handle not in inclusions.owned:
            path = parsed.path(handle)
            text = parsed.contents(handle)
            if b"__has_include" in text and not paths.portable(path).startswith(("system:", "builtin:")):
                yield from ((path, item) for item in scan(text).asked)
