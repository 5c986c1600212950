"""Values and texts as Lua 5.1 source; the only way a header's text gets into a module."""

from __future__ import annotations

import math

__all__ = ["key", "number", "quote"]

_WORDS = (
    "and break do else elseif end false for function goto if in local nil not or repeat return then true until while"
)
_KEYWORDS = frozenset(_WORDS.split(" "))
_EXACT = 2**53  # what a Lua number, a double, holds exactly


def quote(value: str) -> str:
    """Write a string of bytes (one character each, latin-1) in printable ASCII."""
    return '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\{ord(c):03d}" for c in value) + '"'


def number(value: float) -> str:
    """Write a number; integers that a double does not hold are 64-bit cdata."""
    if isinstance(value, int):
        if -_EXACT <= value <= _EXACT:
            return str(int(value))
        return f"{value}ULL" if value >= 2**63 else f"{value}LL"
    if math.isnan(value):
        return "0/0"
    if math.isinf(value):
        return "math.huge" if value > 0 else "-math.huge"
    return repr(value)


def key(name: str) -> str:
    """Write an identifier as a table's key."""
    return f'["{name}"]' if name in _KEYWORDS else name
