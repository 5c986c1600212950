"""Which files a parse read, which of them are the library's own, and where it looked for files in vain."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from headerkit.backends.libclang.abi import CursorKind

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


@dataclass(slots=True)
class Inclusions:
    """All inclusions of a parse, by file handle. `owned` holds the handles of own files, in order of reading."""

    main: int
    directives: list[Directive] = field(default_factory=list)
    read: dict[int, None] = field(default_factory=dict)
    owned: dict[int, None] = field(default_factory=dict)


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
        includer, _, offset = unit.place_of(cursor)
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
    `asked` names (the includer's path, the `__has_include`) was looked for as well.
    """
    result: dict[str, None] = {}
    done: set[tuple[str, str, bool]] = set()
    wanted = [
        (parsed.path(item.includer) if item.includer else "", item.name, item.quoted, item.found)
        for item in inclusions.directives
    ]
    lookups = [(path, name, quoted, parsed.path(found) if found else "") for path, name, quoted, found in wanted]
    lookups += [(path, item.name, item.quoted, "") for path, item in asked]
    for includer, name, quoted, found in lookups:
        folder = os.path.dirname(includer) if quoted else ""
        if (folder, name, quoted) in done or os.path.isabs(name):
            continue
        done.add((folder, name, quoted))
        folders = [folder] if folder else []
        folders += [include_dir.path for include_dir in unit.include_dirs]
        for candidate in folders:
            path = os.path.normpath(os.path.join(candidate, name))
            if path == found or os.path.exists(path):
                break
            portable = paths.portable(path)
            if not portable.startswith(("system:", "builtin:")):
                result[portable] = None
    return tuple(result)
