"""Where cursors stand: file, line and offset, mostly without asking clang.

clang encodes a place as a number; all places of one reading of a file lie next to each other in it, a byte of the file
a step. Each file's first number is learnt from an answer of clang's, and proven by a second one, before it is used;
should a libclang ever count otherwise, or for what a macro made, clang is asked each time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from ctypes import byref, c_size_t, c_uint, c_void_p
from itertools import accumulate, count
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from headerkit.backends.libclang.abi import Clang, CXCursor, CXSourceLocation

__all__ = ["Places"]

_IN_MACRO = 0x80000000


class _Segment:
    """One reading of a file: its numbers are `base` to `base + size`."""

    __slots__ = ("base", "end", "handle", "proven")

    def __init__(self, handle: int, base: int, size: int) -> None:
        self.handle = handle
        self.base = base
        self.end = base + size
        self.proven = False


class Places:
    """The places of one translation unit. `contents` gives a file's bytes by its handle."""

    def __init__(self, clang: Clang, unit: c_void_p, contents: Callable[[int], bytes]) -> None:
        self._clang = clang
        self._unit = unit
        self._contents = contents
        self._location = clang.clang_getCursorLocation
        self._expansion = clang.clang_getExpansionLocation
        self._parts = (c_void_p(), c_uint(), c_uint(), c_uint())
        self._refs = tuple(byref(part) for part in self._parts)
        self._segments: list[_Segment] = []
        self._bases: list[int] = []
        self._last = _Segment(0, 0, 0)
        """The proven segment that was hit last: cursors come in runs of one file."""
        self._line_ends: dict[int, list[int]] = {}
        self._countable = True

    def ask(self, location: CXSourceLocation) -> tuple[int, int, int]:
        """(file handle or 0, line from 1, offset in bytes), from clang; of what a macro made, where it was used."""
        self._expansion(location, *self._refs)
        handle, line, _column, offset = self._parts
        return handle.value or 0, line.value, offset.value

    def offset(self, cursor: CXCursor) -> tuple[int, int]:
        """(file handle or 0, offset in bytes) of a cursor's name."""
        location = self._location(cursor)
        return self.known(location.encoded) or self._asked(location)

    def offsets(self, cursors: Iterable[CXCursor]) -> list[tuple[int, int]]:
        """`offset` of each."""
        result: list[tuple[int, int]] = []
        append, get = result.append, self._location
        handle = base = end = 0
        for cursor in cursors:
            location = get(cursor)
            number = location.encoded
            if base <= number < end:
                append((handle, number - base))
            else:
                append(self.known(number) or self._asked(location))
                last = self._last
                handle, base, end = last.handle, last.base, last.end
        return result

    def known(self, number: int) -> tuple[int, int] | None:
        """(file handle, offset) of a place by clang's number, None where it is not known without asking."""
        segment = self._last
        if not segment.base <= number < segment.end:
            index = bisect_right(self._bases, number) - 1
            if index < 0:
                return None
            segment = self._segments[index]
            if number >= segment.end or not segment.proven:
                return None
            self._last = segment
        return segment.handle, number - segment.base

    def _asked(self, location: CXSourceLocation) -> tuple[int, int]:
        handle, _, offset = self.ask(location)
        if handle and location.encoded < _IN_MACRO and self._countable:
            self._learn(handle, location.encoded - offset)
        return handle, offset

    def in_macro(self, cursor: CXCursor) -> bool:
        """Whether a macro wrote the cursor's name. False too where this libclang's numbers do not tell."""
        return self._countable and int(self._location(cursor).encoded) >= _IN_MACRO

    def _learn(self, handle: int, base: int) -> None:
        index = bisect_right(self._bases, base)
        if index and self._bases[index - 1] == base:
            self._segments[index - 1].proven = True
            return
        size = c_size_t()
        self._clang.clang_getFileContents(self._unit, handle, byref(size))
        segment = _Segment(handle, base, size.value)
        before = self._segments[index - 1] if index else None
        after = self._segments[index] if index < len(self._segments) else None
        if (before and before.end > segment.base) or (after and segment.end > after.base):
            # Two readings share numbers: this libclang counts in another way.
            self._countable = False
            self._segments.clear()
            self._bases.clear()
            self._last = _Segment(0, 0, 0)
            return
        self._segments.insert(index, segment)
        self._bases.insert(index, base)

    def line(self, handle: int, offset: int) -> int:
        """The line (from 1) of an offset."""
        return bisect_left(self.line_ends(handle), offset) + 1

    def line_ends(self, handle: int) -> list[int]:
        """The offsets of a file's line ends."""
        ends = self._line_ends.get(handle)
        if ends is None:
            # The lines' lengths summed up, and a byte for each line end before: all of it without a loop in Python.
            lengths = map(len, self._contents(handle).split(b"\n"))
            ends = self._line_ends[handle] = list(map(add, accumulate(lengths), count()))
        return ends
