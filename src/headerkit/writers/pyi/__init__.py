"""The pyi writer: stubs that let type checkers and editors see a binding, written from the IR alone."""

from __future__ import annotations

from symtable import symtable
from typing import TYPE_CHECKING, ClassVar

from headerkit.errors import WriterError
from headerkit.writers.ctypes.module import Module
from headerkit.writers.ctypes.options import CtypesOptions
from headerkit.writers.protocol import Output
from headerkit.writers.pyi import cffi_stub, ctypes_stub
from headerkit.writers.pyi.options import PyiOptions

if TYPE_CHECKING:
    from headerkit.ir import Header

__all__ = ["PyiOptions", "PyiWriter"]


class PyiWriter:
    """Writes stubs."""

    name = "pyi"
    format_description = "typed stubs of the ctypes or cffi module, for type checkers and editors"
    suffix = ".pyi"
    cache_output = True
    cache_version = "1"
    Options: ClassVar[type[PyiOptions]] = PyiOptions

    def __init__(self, options: PyiOptions | None = None) -> None:
        self.options = options or PyiOptions()

    def write(self, header: Header) -> Output:
        """Write the stubs. Raises WriterError should their text not be Python, which no header may bring about."""
        options = self.options
        try:
            if options.binding == "ctypes":
                module = Module(header, CtypesOptions(enums=options.enums, flags=options.flags))
                text, ledger = ctypes_stub.render(module, docstrings=options.docstrings), tuple(module.ledger)
            else:
                text, ledger = cffi_stub.render(header, options.of_cffi(), docstrings=options.docstrings)
            symtable(text, "the module", "exec")  # a parse, without a tree of Python objects
        except (SyntaxError, ValueError) as error:
            msg = f"{header.name}: the stubs would not be Python: {error}"
            raise WriterError(msg, cause="a name or a text that the writer does not know how to write") from error
        return Output(text, ledger)
