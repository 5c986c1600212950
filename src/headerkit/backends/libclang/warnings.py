"""What a user should know of a parse that succeeded: settings that did nothing, and a library that came out empty."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.machines import made_for_others
from headerkit.glob_regex import glob_regex
from headerkit.portable import directory_args, provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from headerkit.backends.libclang.ownership import Ownership
    from headerkit.backends.libclang.translation_unit import Diagnostic
    from headerkit.ir import Header
    from headerkit.unit import Unit

__all__ = ["FLAGS", "include_folders", "missing_folders", "unit_warnings"]

FLAGS = frozenset(
    (
        "-W#warnings",  # what the header's author says
        "-Wmacro-redefined",  # one of the two values is lost
        "-Wmissing-declarations",  # what declares nothing: a struct without a name
        "-Wpragma-pack",  # goes on in the next header, and changes its layouts
        "-Wunknown-attributes",  # those that gcc lays a record out by
        "-Wvisibility",  # a struct that is declared in a parameter list, and is none of the callers'
    )
)
"""clang's warnings that are passed on, and why."""
_LAYOUT_ATTRIBUTES = ("'scalar_storage_order'", "'gcc_struct'")
_SHOWN = 10


def unit_warnings(
    unit: Unit, header: Header, ownership: Ownership, read: Mapping[str, bool], said: Sequence[Diagnostic]
) -> tuple[str, ...]:
    """The warnings of one unit.

    `read` are the absolute paths of the files that it includes, and whether they are the library's own; `said` are
    clang's warnings of `FLAGS`.
    """
    unmatched = [_unmatched(unit, glob, read) for glob in ownership.unmatched]
    clangs = _clangs(unit, [warning for warning in said if read.get(warning.path)])
    return (*_missing_folders(unit), *unmatched, *made_for_others(unit, read), *clangs, *_empty(header))


def include_folders(unit: Unit) -> Iterator[tuple[str, str]]:
    """(as the user wrote it, absolute path) of each include directory that settings or arguments name."""
    for item in unit.include_dirs:
        if item.path:
            yield item.spelled, item.path
    for index, flag, path in directory_args(unit.args):
        spelled = unit.spelled_args[index] if len(unit.spelled_args) == len(unit.args) else path
        yield spelled.removeprefix(flag), path


def missing_folders(unit: Unit) -> tuple[str, ...]:
    """The include directories, as the user wrote them, that are no folders; a package may name what it has not."""
    named = dict(include_folders(unit))
    return tuple(spelled for spelled, path in named.items() if not provider(spelled) and not os.path.isdir(path))


def _missing_folders(unit: Unit) -> Iterator[str]:
    for spelled in missing_folders(unit):
        yield f"{unit.header}: the include directory {spelled} does not exist"


def _unmatched(unit: Unit, glob: str, read: Iterable[str]) -> str:
    below = re.compile(glob_regex(f"**/{glob.lstrip('/')}"))
    better = next((path for path in read if below.fullmatch(path.replace(os.sep, "/"))), "")
    hint = (
        f"'**/{glob.lstrip('/')}' would match {better}"
        if better
        else "a glob is a name as it is included, or a path below the project or an include directory"
    )
    return f"{unit.header}: owned (--own) '{glob}' matches no file that was read; {hint}"


def _clangs(unit: Unit, said: Iterable[Diagnostic]) -> Iterator[str]:
    """Clang's own words on the library's own files, where they are about what a binding gets of them."""
    root = unit.root.rstrip(os.sep) + os.sep
    texts = dict.fromkeys(
        f"{warning.path.removeprefix(root)}:{warning.line}: warning: {warning.text}"
        for warning in said
        if "attribute" not in warning.text or any(name in warning.text for name in _LAYOUT_ATTRIBUTES)
    )
    yield from list(texts)[:_SHOWN]
    if len(texts) > _SHOWN:
        yield f"{unit.header}: ... and {len(texts) - _SHOWN} more warnings"


def _empty(header: Header) -> Iterator[str]:
    if any(item.owned for item in header.declarations) or any(macro.kind != "empty" for macro in header.macros):
        return
    own = ", ".join(header.files[index] for index in header.owned_files) or "none"
    yield (
        f"{header.name}: nothing is declared in the library's own files ({own}); "
        "owned = [GLOB, ...] (--own GLOB) says which files are its own"
    )
