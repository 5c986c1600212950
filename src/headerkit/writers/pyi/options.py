"""What a user may choose of stubs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PyiOptions"]


@dataclass(frozen=True, slots=True)
class PyiOptions:
    """Options of the pyi writer."""

    binding: Literal["ctypes", "cffi"] = "ctypes"
    """Which module the stubs describe: the ctypes writer's, or a cffi module with `lib` and `ffi`."""
    docstrings: bool = True
    """Write the header's doc comments as docstrings."""
    enums: Literal["int", "IntEnum", "IntFlag"] = "int"
    """As of the ctypes writer: give both the same."""
    flags: tuple[str, ...] = ()
    """As of the ctypes writer: give both the same."""
