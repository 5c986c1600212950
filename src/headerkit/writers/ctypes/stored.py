"""How ctypes stores a type: the words that the layout and the spelling of types share."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ALIGNED", "Stored", "integer", "round_up"]

ALIGNED = ("unsigned char", "unsigned short", "unsigned int", "unsigned long long", "long double")
"""Builtins of ever stricter alignment: an empty array of one aligns a record."""

_INTEGERS = {1: "byte", 2: "short", 4: "int", 8: "longlong"}


class Stored(NamedTuple):
    """An expression for a ctypes type, its size and its alignment in bytes, as ctypes sees them.

    There are two alignments since `_align_` exists only from Python 3.13: `least` is what older Pythons see.
    """

    expression: str
    size: int
    least: int
    most: int


def integer(size: int, *, signed: bool) -> str:
    """Spell the integer type of this size in bytes: 1, 2, 4 or 8."""
    name = _INTEGERS[size]
    return f"_c.c_{name}" if signed else f"_c.c_u{name}"


def round_up(position: int, alignment: int) -> int:
    """The first multiple of the alignment that is not before the position."""
    return -(-position // alignment) * alignment
