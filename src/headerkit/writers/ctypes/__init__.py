"""The ctypes writer: a Python module that loads the library and declares everything in it, without a compiler."""

from __future__ import annotations

from symtable import symtable
from typing import TYPE_CHECKING, ClassVar

from headerkit.errors import WriterError
from headerkit.writers.ctypes.module import Module
from headerkit.writers.ctypes.options import CtypesOptions
from headerkit.writers.ctypes.render import render
from headerkit.writers.protocol import Output

if TYPE_CHECKING:
    from headerkit.ir import Header

__all__ = ["CtypesOptions", "CtypesWriter"]


class CtypesWriter:
    """Writes a ctypes module."""

    name = "ctypes"
    format_description = "a Python module that loads the library and declares its functions and types with ctypes"
    suffix = ".py"
    cache_output = True
    cache_version = "1"
    Options: ClassVar[type[CtypesOptions]] = CtypesOptions

    def __init__(self, options: CtypesOptions | None = None) -> None:
        self.options = options or CtypesOptions()

    def write(self, header: Header) -> Output:
        """Write the module. Raises WriterError should its text not be Python, which no header may bring about."""
        module = Module(header, self.options)
        text = render(module)
        try:
            symtable(text, "the module", "exec")  # a parse, without a tree of Python objects
        except (SyntaxError, ValueError) as error:
            msg = f"{header.name}: the ctypes module would not be Python: {error}"
            raise WriterError(msg, cause="a name or a text that the writer does not know how to write") from error
        return Output(text, tuple(module.ledger))
