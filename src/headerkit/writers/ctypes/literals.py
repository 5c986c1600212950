"""C's constants as Python literals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from headerkit.writers.python_names import quote

if TYPE_CHECKING:
    from headerkit.ir import Macro

__all__ = ["macro_literal", "number"]


def number(value: float) -> str:
    """An integer or a float; also those floats that Python has no literal for."""
    if isinstance(value, int) or math.isfinite(value):
        return repr(value)
    return f'float("{value}")'


def macro_literal(macro: Macro) -> str:
    """The value of a macro that has one: numbers, bytes of a string (text where it is a wide one)."""
    if isinstance(macro.value, str):
        return quote(macro.value if macro.wide else macro.value.encode("latin-1", "replace"))
    return number(macro.value if macro.value is not None else 0)
