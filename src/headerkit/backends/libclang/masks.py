"""Declared names that C code after the unit cannot use as they stand, for a macro has them too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.scan import scan
from headerkit.ir import Enum, Function, Record
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from headerkit.backends.libclang.scan import Definition, Scan
    from headerkit.ir import Declaration

__all__ = ["WORD", "Masks", "Others", "masks"]

WORD = re.compile(rb"[\w$\x80-\xff]+")
"""A macro's name."""


class Others(NamedTuple):
    """The macros of other files. What is predefined masks nothing: a name that it has cannot be declared."""

    named: Sequence[tuple[str, int, int]]
    """(name, file handle, offset of the name), in order of definition."""
    files: Sequence[int]
    """All files in order of their first reading."""
    contents: Callable[[int], bytes]


class Masks(NamedTuple):
    """`Header.masked` and `Header.masked_calls`."""

    names: tuple[str, ...]
    calls: tuple[str, ...]


def masks(declarations: Iterable[Declaration], own: Mapping[str, Definition], others: Others) -> Masks:
    """Find them. `own` are own files' definitions that are in force at the unit's end."""
    names, functions = _declared(declarations)
    found: dict[str, Definition] = {}
    scans: dict[int, Scan] = {}
    for name, handle, offset in others.named:
        if name in names and not _undefined_after(name.encode(), handle, offset, others):
            known = scans.get(handle)
            if known is None:
                known = scans[handle] = scan(others.contents(handle))
            found.update((name, item) for item in known.definitions if item[0] == offset)
    found.update((name, definition) for name, definition in own.items() if name in names)
    masked = {name for name, (_, _, parameters, body) in found.items() if parameters is None and body != name.encode()}
    calls = {name for name, (_, _, parameters, _) in found.items() if parameters is not None and name in functions}
    return Masks(tuple(sorted(masked)), tuple(sorted(calls)))


def _declared(declarations: Iterable[Declaration]) -> tuple[set[str], set[str]]:
    """(all names, those of functions)."""
    names: set[str] = set()
    functions: set[str] = set()
    for item in declarations:
        names.add(item.name)
        if item.__class__ is Function:
            functions.add(item.name)
        elif isinstance(item, Record):
            names.update([member.name for member in item.fields or ()])
        elif isinstance(item, Enum):
            names.update([enumerator.name for enumerator in item.enumerators or ()])
    names.discard("")
    return names, functions


def _undefined_after(name: bytes, handle: int, offset: int, others: Others) -> bool:
    """Whether a later `#undef` stands in the same file, or one in a file that was read later.

    clang does not say what is undefined: one in a branch that is not taken counts too.
    """
    undef = re.compile(rb"#[ \t]*undef[ \t]+" + re.escape(name) + rb"(?![\w$])")
    later = others.files[others.files.index(handle) + 1 :] if handle in others.files else ()
    return undef.search(others.contents(handle), offset) is not None or any(
        undef.search(others.contents(other)) is not None for other in later
    )
