"""What a user may choose of stubs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headerkit.writers.cffi.options import CffiOptions

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
    mode: Literal["api", "abi"] = "api"
    """As of the cffi writer: give both the same."""
    define_patterns: tuple[str, ...] = ()
    """As of the cffi writer: give both the same."""
    exclude_patterns: tuple[str, ...] = ()
    """As of the cffi writer: give both the same."""
    included_patterns: tuple[str, ...] = ()
    """As of the cffi writer: give both the same."""
    extra_cdef: tuple[str, ...] = ()
    """As of the cffi writer: give both the same. The stubs know the names in it, not their types."""
    macro_functions: tuple[str, ...] = ()
    """As of the cffi writer: give both the same. The stubs know the names in it, not their types."""

    def __post_init__(self) -> None:
        """Refuse what the cffi writer refuses."""
        self.of_cffi()

    def of_cffi(self) -> CffiOptions:
        """The cffi writer's options for the module that the stubs describe."""
        return CffiOptions(
            mode=self.mode,
            define_patterns=self.define_patterns,
            exclude_patterns=self.exclude_patterns,
            included_patterns=self.included_patterns,
            extra_cdef=self.extra_cdef,
            macro_functions=self.macro_functions,
        )
