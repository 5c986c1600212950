"""What a user may choose of a cdef."""

from __future__ import annotations

import re
from typing import Literal

from headerkit.light_classes import dataclass

__all__ = ["CffiOptions"]


@dataclass(frozen=True, slots=True)
class CffiOptions:
    """Options of `[tool.headerkit.writer.cffi]`."""

    mode: Literal["api", "abi"] = "api"
    """`api`: the module is compiled, and the C compiler has the last word. `abi`: for `ffi.dlopen`, without one."""
    define_patterns: tuple[str, ...] = ()
    """Only macros whose name one of these regular expressions finds something in; none: all macros."""
    exclude_patterns: tuple[str, ...] = ()
    """Nothing whose name one of these regular expressions finds something in, unless another declaration needs it."""
    included_patterns: tuple[str, ...] = ()
    """Types whose name one of these regular expressions finds something in are declared by a module that this one
    includes (`ffi.include`): they are used, not declared again."""
    extra_cdef: tuple[str, ...] = ()
    """Lines that follow the generated declarations as they are."""
    macro_functions: tuple[str, ...] = ()
    """Signatures of function-like macros, which then are functions: `int NAME(int a)`."""
    comments: bool = False
    """Carry the header's documentation comments."""

    def __post_init__(self) -> None:
        """Refuse what is not a regular expression."""
        for pattern in (*self.define_patterns, *self.exclude_patterns, *self.included_patterns):
            _check_pattern(pattern)


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        msg = f"{pattern!r} is not a regular expression: {error}"
        raise ValueError(msg) from None
