"""Names in a .pxd: what Cython calls a thing, and what C calls it.

C keeps tags apart from ordinary identifiers and allows words that Cython has taken; a .pxd has one namespace. Where the
two names differ the .pxd says both: `from_ "from"`. Lists of words are fixed texts, not the running interpreter's, so
that every Python writes the same .pxd.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Name", "Scope", "c_spelling", "is_c_identifier", "member", "parameter"]

_PYTHON = (
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda nonlocal not or pass raise return try while with yield"
)
_CYTHON = "include ctypedef cdef cpdef cimport DEF IF ELIF ELSE NULL"
# Words that Cython reads as a type or as part of a declarator, wherever a name could stand.
_DECLARATOR = (
    "bint complex operator Py_UNICODE Py_UCS4 Py_hash_t Py_ssize_t ssize_t size_t ptrdiff_t Py_tss_t __stdcall __cdecl "
    "__fastcall"
)
_TAKEN = frozenset(f"{_PYTHON} {_CYTHON} {_DECLARATOR}".split())
# Words that open another statement in an extern block, and types that Cython's own conversion code refers to: a C type
# called `list` would replace Python's in every module that cimports all names.
_MODULE = (
    "api public readonly extern inline cppclass fused packed namespace nogil gil object "
    "type bool int float str bytes bytearray unicode basestring list tuple dict set frozenset slice range "
    "memoryview property super staticmethod classmethod enumerate len print exec "
    "Exception BaseException ValueError TypeError IndexError KeyError OverflowError MemoryError"
)
_TAKEN_IN_MODULE = _TAKEN | frozenset(_MODULE.split())


@dataclass(frozen=True, slots=True)
class Name:
    """One thing's two names: in Cython, and in C (a spelling: `foo`, `struct stat`)."""

    cython: str
    c: str

    @property
    def declared(self) -> str:
        """What a declaration says: the Cython name, and the C name after it where they differ."""
        return self.cython if self.cython == self.c else f'{self.cython} "{self.c}"'


def is_c_identifier(name: str) -> bool:
    """Tell whether this is an identifier of C11 6.4.2, with GNU's dollar sign and characters beyond ASCII."""
    return name.replace("$", "_").isidentifier()


def c_spelling(name: str) -> str:
    """Spell C in ASCII (C11 6.4.3): Cython writes C files in Latin-1."""
    if name.isascii():
        return name
    return "".join(
        c if c.isascii() else f"\\\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\\\U{ord(c):08x}" for c in name
    )


def _ascii(name: str) -> str:
    """Make an identifier that Cython and every C compiler can carry in mangled names."""
    if name.isascii():
        return name.replace("$", "_")
    return "".join(c if c.isascii() and c != "$" else "_" if c == "$" else f"u{ord(c):04x}" for c in name)


def _free(name: str, taken: frozenset[str] | dict[str, str] | set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def member(name: str) -> Name:
    """Name a record's member."""
    return Name(_free(_ascii(name), _TAKEN), c_spelling(name))


def parameter(name: str) -> str:
    """Name a parameter; C does not care what it is called."""
    return _free(_ascii(name), _TAKEN) if is_c_identifier(name) else ""


class Scope:
    """The .pxd's one namespace."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def claim(self, name: str, c: str | None = None) -> Name:
        """Take a name for a C identifier, or for the C spelling `c`; the next free one where it is taken."""
        cython = _free(_free(_ascii(name), _TAKEN_IN_MODULE), self._taken)
        while cython in _TAKEN_IN_MODULE or cython in self._taken:
            cython += "_"
        self._taken[cython] = name
        return Name(cython, c_spelling(name) if c is None else c)

    def reserve(self, name: str) -> None:
        """Keep a name that something outside the header has (a cimported type)."""
        self._taken.setdefault(name, "")

    def holds(self, name: str) -> bool:
        """Tell whether the Cython name is taken."""
        return name in self._taken
