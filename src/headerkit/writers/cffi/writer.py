"""The cffi writer: a cdef for `ffi.cdef()`, in API mode (compiled) or ABI mode (`ffi.dlopen`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from headerkit.writers.cffi.cdef import Cdef
from headerkit.writers.cffi.options import CffiOptions
from headerkit.writers.protocol import Output

if TYPE_CHECKING:
    from headerkit.ir import Header

__all__ = ["CffiWriter"]


class CffiWriter:
    """Writes cdefs."""

    name: ClassVar[str] = "cffi"
    format_description: ClassVar[str] = "declarations for cffi's ffi.cdef()"
    suffix: ClassVar[str] = ".cdef.txt"
    cache_output: ClassVar[bool] = True
    cache_version: ClassVar[str] = "1"
    Options: ClassVar[type[CffiOptions]] = CffiOptions

    def __init__(self, options: CffiOptions | None = None) -> None:
        self.options = options or CffiOptions()

    def write(self, header: Header) -> Output:
        """Turn the IR into a cdef; it is one that cffi accepts, whatever had to be left out."""
        cdef = Cdef(header, self.options)
        return Output(cdef.text, tuple(cdef.ledger))
