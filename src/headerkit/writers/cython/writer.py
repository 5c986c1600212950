"""Turns IR into a .pxd for Cython 3.

Every declaration stands in a `cdef extern from` block, so C decides sizes, offsets and values when the module is
compiled; the .pxd says what there is and of which type. Functions of an extern block raise nothing (`noexcept` is
Cython's own rule there).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from headerkit.errors import WriterError
from headerkit.writers.cython.pxd import Pxd
from headerkit.writers.protocol import Output

if TYPE_CHECKING:
    from headerkit.ir import Header

__all__ = ["CythonOptions", "CythonWriter"]


@dataclass(frozen=True, slots=True)
class CythonOptions:
    """Settings of the cython writer."""

    nogil: bool = True
    """Functions may be called without the GIL, and callbacks are types that C may call without it."""
    constants: Literal["const", "enum"] = "const"
    """How integer macros are declared: `const TYPE NAME`, or where an int holds the value as a member of `enum:`, which
    Cython also takes as an array's length."""
    docs: bool = False
    """Put the header's doc comments above the declarations."""


class CythonWriter:
    """Writes a `.pxd`; what Cython cannot say is in the ledger."""

    Options = CythonOptions
    name: ClassVar[str] = "cython"
    format_description: ClassVar[str] = "a .pxd for Cython 3 (cdef extern from)"
    suffix: ClassVar[str] = ".pxd"
    cache_output: ClassVar[bool] = True
    cache_version: ClassVar[str] = "1"

    def __init__(self, options: CythonOptions | None = None) -> None:
        self.options = options or CythonOptions()

    def write(self, header: Header) -> Output:
        """Write the .pxd. Raises WriterError for an `#include` that no string can hold."""
        for include in header.includes:
            if any(c in include for c in "\\\n\r\0") or not include.isprintable() or '"' in include[1:-1]:
                msg = f"cython: {include!r} cannot stand in a cdef extern block"
                raise WriterError(msg, hint="rename the header, or include it from one with a plain name")
        options = self.options
        pxd = Pxd(header, nogil=options.nogil, enum_constants=options.constants == "enum", docs=options.docs)
        pxd.read()
        return Output(pxd.text(), tuple(pxd.ledger))
