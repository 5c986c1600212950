"""What cffi's cdef language knows by itself, and which words it takes for its own (cffi's commontypes.py, cparser.py).

A *stand-in* is a C name that spells a type of the compiler's for which cffi has no primitive; in API mode it is
declared as `typedef struct { ...; } name;`, and the C compiler fills in what it is. Values of it can be kept, passed
and returned, not looked into.
"""

from __future__ import annotations

__all__ = ["BUILTINS", "KNOWN_TYPEDEFS", "STAND_INS", "WORDS"]

KNOWN_TYPEDEFS = frozenset(
    [
        *("bool", "FILE", "wchar_t", "char16_t", "char32_t", "size_t", "ssize_t", "ptrdiff_t"),
        *("intptr_t", "uintptr_t", "intmax_t", "uintmax_t"),
        *(f"{u}int{kind}{bits}_t" for u in ("", "u") for kind in ("", "_least", "_fast") for bits in (8, 16, 32, 64)),
    ]
)
"""Typedef names that need no declaration where they mean what libc means by them."""

BUILTINS = frozenset(
    [
        *("void", "_Bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int"),
        *("long", "unsigned long", "long long", "unsigned long long", "float", "double", "long double"),
        *("float _Complex", "double _Complex"),
    ]
)
"""Builtin types (`headerkit.ir.Builtin`) that cffi has under the same name."""

STAND_INS = {
    "__builtin_va_list": "__builtin_va_list",
    "__int128": "__int128_t",
    "unsigned __int128": "__uint128_t",
    "__float128": "__float128",
    "_Float16": "_Float16",
    "__bf16": "__bf16",
}
"""C names for builtin types that cffi lacks."""

WORDS = frozenset(["WINAPI", "__stdcall", "__cdecl", "__int128", "offsetof", "_Pragma", "_Alignas", "_Alignof"])
"""No name in a cdef, though C may allow it: cffi replaces these words everywhere, or its parser reserves them."""
