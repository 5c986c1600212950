"""The IR's table of files: a handle of clang's as an index of `Header.files`."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from headerkit.backends.libclang.main_file import PREAMBLE_LINES
from headerkit.ir import NOWHERE, Location

if TYPE_CHECKING:
    from collections.abc import Callable

    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.portable import PathMap

__all__ = ["Files"]


class Files:
    """Own files come first, in order of reading; others as declarations of theirs are met."""

    def __init__(self, unit: TranslationUnit, paths: PathMap, main: int) -> None:
        self._unit = unit
        self._paths = paths
        self._main = main
        self._indexes: dict[int, int] = {}
        self._by_portable: dict[str, int] = {}

    def index(self, handle: int) -> int:
        """The index of a file."""
        index = self._indexes.get(handle)
        if index is None:
            portable = self._paths.portable(self._unit.path(handle)) if handle else "builtin:"
            # One file may have several handles: it was come to by several paths.
            index = self._indexes[handle] = self._by_portable.setdefault(portable, len(self._by_portable))
        return index

    def location(self, handle: int, line: int) -> Location:
        """A place as the IR has it: lines of the main file count from the unit's own first one."""
        if handle != self._main:
            return Location(self.index(handle), line)
        # What only a macro's probe names (`#define T struct nowhere`) stands nowhere.
        return Location(self.index(handle), line - PREAMBLE_LINES) if line < self._unit.main.probe_line else NOWHERE

    def locator(self, handle: int) -> Callable[[int], Location]:
        """Who tells the place of an offset in one file: thousands of them are asked for in a row."""
        if handle == self._main:
            return lambda offset: self.location(handle, self._unit.places.line(handle, offset))
        index, ends = self.index(handle), self._unit.places.line_ends(handle)
        new = tuple.__new__  # half the time of Location(...), which is a function of Python's in front of this one
        return lambda offset: new(Location, (index, bisect_left(ends, offset) + 1))

    def portables(self) -> tuple[str, ...]:
        """The table."""
        return tuple(self._by_portable)
