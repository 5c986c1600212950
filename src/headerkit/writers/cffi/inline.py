"""Inline definitions of C99, which are functions without a symbol (C11 6.7.4p7), and what a module does about them.

`inline int f(int x) { ... }` in a header lets a compiler inline calls of f, and call the library's symbol where it does
not. Libraries whose own code is C++, or whose compiler always inlines, lack the symbol. cffi forgets an `inline`, so a
comment in the cdef names these functions, and the C source made from it asks the compiler for their symbols.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["inline_definitions_code", "inline_definitions_line"]

_LINE = re.compile(r"^/\* Inline definitions:((?: [A-Za-z_]\w*)+) \*/$", re.ASCII | re.MULTILINE)


def inline_definitions_line(names: Iterable[str]) -> str:
    """The comment that names inline definitions in a cdef."""
    return f"/* Inline definitions: {' '.join(names)} */"


def inline_definitions_code(cdef: str) -> str:
    """C code, behind the `#include` lines, that gives the inline definitions of a cdef their symbols; "" for none.

    A declaration without `inline` makes the symbol. It is weak, for another C source of the module or a static library
    may define it as well. Under GNU89's rules (`-fgnu89-inline`), in C++ and for MSVC the definition makes it already.
    """
    names = [name for line in _LINE.findall(cdef) for name in line.split()]
    if not names:
        return ""
    lines = [f"#pragma weak {name}\nextern __typeof__({name}) {name};\n" for name in names]
    return "".join(["#if defined(__GNUC_STDC_INLINE__) && !defined(_MSC_VER)\n", *lines, "#endif\n"])
