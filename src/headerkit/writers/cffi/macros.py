"""Macros in a cdef: constants, other names for functions and variables, and names of types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.errors import WriterError
from headerkit.ir import Function, Variable
from headerkit.writers.cffi.known import KNOWN_TYPEDEFS
from headerkit.writers.cffi.reasons import UnsayableError

if TYPE_CHECKING:
    from headerkit.ir import Header, Macro
    from headerkit.writers.cffi.symbols import Symbols
    from headerkit.writers.cffi.types import Types

__all__ = ["Macros", "macro_function"]

_WIDE = {"": "char", "L": "wchar_t", "u": "char16_t", "U": "char32_t", "u8": "char"}
_SIGNATURE = r"[A-Za-z_][\w \t*]*?[ \t*]([A-Za-z_]\w*)\s*\([\w\s*,.()\[\]]*\)\s*;?\s*\Z"


class Macros:
    """Writes macros; `taken` are the names that functions, variables and enumerators already have."""

    def __init__(self, types: Types, symbols: Symbols, taken: set[str]) -> None:
        self.types = types
        self.symbols = symbols
        self.header: Header = types.header
        self.api = types.api
        self.taken = taken
        self._named = {d.name: d for d in self.header.declarations if isinstance(d, Function | Variable)}

    def render(self, macro: Macro) -> str:
        """The macro's declaration; "" where another one of its name says it. Raises UnsayableError."""
        name = macro.name
        if name in self.taken:
            return ""
        if not self.types.sayable(name):
            self.types.check_name(name)
        match macro.kind:
            case "int" | "char" if not self.api:
                return f"#define {name} {macro.value}"
            case "int" | "char":
                # A header's own 0 gives way to the pointer of a C library's header that was read before (Python.h's).
                return "static void *const NULL;" if name == "NULL" else f"#define {name} ..."
            case "float":
                return self._constant("double", name)
            case "string":
                return self._constant(f"{self._element(macro)} *const", name)
            case "function":
                return self._alias(macro)
            case "type":
                return self._type(macro)
            case "call":
                msg = "a function-like macro; the option macro_functions can give it a signature"
            case "empty":
                msg = "it is empty"
            case _:
                msg = macro.reason or "it is no value"
        raise UnsayableError(msg)

    def meaning(self, macro: Macro) -> Function | Variable | Macro:
        """What the macro's name is in a module: the function or variable that it stands for, else a constant."""
        return self._named.get(macro.alias, macro) if macro.kind == "function" else macro

    def _constant(self, kind: str, name: str) -> str:
        self.types.check_no_type(name)
        if self.api:
            return f"static const {kind} {name};"
        msg = "without a compiler only integer constants can be had"
        raise UnsayableError(msg)

    def _element(self, macro: Macro) -> str:
        element = _WIDE.get(macro.wide, "")
        if not element or (element.startswith("char") and element != "char" and element not in self.header.typedefs):
            msg = f"its characters are {element}, which the header does not declare" if element else "an unknown string"
            raise UnsayableError(msg)
        return element

    def _alias(self, macro: Macro) -> str:
        target = self._named.get(macro.alias)
        if target is None:
            msg = f"it stands for {macro.alias}, which is not declared"
            raise UnsayableError(msg)
        if isinstance(target, Function):
            return self.symbols.function(target, macro.name)
        return self.symbols.variable(target, macro.name)

    def _type(self, macro: Macro) -> str:
        if macro.type is None:
            msg = "it stands for a type that is not known"
            raise UnsayableError(msg)
        if macro.name in self.header.typedefs or macro.name in KNOWN_TYPEDEFS:
            return ""
        return f"typedef {self.types.declare(macro.type, macro.name)};"


def macro_function(signature: str) -> tuple[str, str]:
    """The name and the declaration of a function-like macro from the user's signature. Raises WriterError."""
    found = re.match(_SIGNATURE, signature.strip(), re.ASCII)
    if found is None:
        msg = f"macro_functions: {signature!r} is not a C function declaration"
        raise WriterError(msg, hint='write the type as of a function: "int NAME(int a, const char *b)"')
    return found.group(1), signature.strip().rstrip("; \t") + ";"
