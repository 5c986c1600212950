"""Names in a .pxd: what Cython calls a thing, and what C calls it.

C keeps tags apart from ordinary identifiers and allows words that Cython has taken; a .pxd has one namespace. Where the
two names differ the .pxd says both: `from_ "from"`. Lists of words are fixed texts, not the running interpreter's, so
that every Python writes the same .pxd.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Name", "Scope", "c_spelling", "is_c_identifier", "member", "parameter"]

# What Cython's scanner reserves; `async` and `await` are names to it outside of coroutines, `print` since level 3.
_KEYWORDS = (
    "and assert break class continue def del elif else except finally for from global if import in is lambda nonlocal "
    "not or pass raise return try while with yield None True False NULL "
    "include ctypedef cdef cpdef cimport DEF IF ELIF ELSE"
)
# Words that Cython reads as a type or as part of a declarator, wherever a name could stand.
_DECLARATOR = (
    "bint complex operator Py_UNICODE Py_UCS4 Py_hash_t Py_ssize_t Py_tss_t ssize_t size_t ptrdiff_t const volatile "
    "restrict __stdcall __cdecl __fastcall"
)
_TAKEN = frozenset(f"{_KEYWORDS} {_DECLARATOR}".split())
# Words that open another statement where a declaration could begin with a type.
_NO_TYPE = "object api public readonly extern inline cppclass fused packed namespace nogil gil struct union enum"
# What Cython's own code refers to in every module: a C `list` would replace Python's where all names are cimported.
_BUILTIN_TYPES = (
    "type bool int float str bytes bytearray unicode basestring list tuple dict set frozenset slice range memoryview "
    "Exception BaseException ValueError TypeError IndexError KeyError OverflowError MemoryError "
    "__name__ __file__ __doc__ __path__ __builtins__"
)
_NO_TYPE_NAME = _TAKEN | frozenset(f"{_NO_TYPE} {_BUILTIN_TYPES}".split())
_NO_NAME = _TAKEN | frozenset(_BUILTIN_TYPES.split())


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


def member(name: str) -> Name:
    """Name a record's member."""
    cython = _ascii(name)
    return Name(f"{cython}_" if cython in _TAKEN else cython, c_spelling(name))


def parameter(name: str) -> str:
    """Name a parameter; C does not care what it is called."""
    return member(name).cython if is_c_identifier(name) else ""


class Scope:
    """The .pxd's one namespace."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def claim(self, name: str, c: str | None = None, *, is_type: bool = False) -> Name:
        """Take a name for a C identifier, or for the C spelling `c`; the next free one where it is taken."""
        words = _NO_TYPE_NAME if is_type else _NO_NAME
        cython = _ascii(name)
        while cython in words or cython in self._taken:
            cython += "_"
        self._taken.add(cython)
        return Name(cython, c_spelling(name) if c is None else c)

    def holds(self, name: str) -> bool:
        """Tell whether the Cython name is taken."""
        return name in self._taken
