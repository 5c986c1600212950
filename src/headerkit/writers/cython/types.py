"""C types as Cython can say them.

A type is rewritten into one whose leaves are names of the .pxd, then printed by the C declarator printer: Cython's
declarators are C's, without `(void)`, `restrict` and qualifiers that say nothing about a call.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from headerkit import ir
from headerkit._compat import assert_never
from headerkit.writers.declarator import Declarator

__all__ = ["COMPANIONS", "Names", "UnsayableError", "declaration", "prototype", "resolve"]

_ELLIPSIS = ir.Alias("...")
_KEPT = ir.CONST | ir.VOLATILE
_COMPLEX = {
    "float _Complex": "float complex",
    "double _Complex": "double complex",
    "long double _Complex": "long double complex",
}
_CONVENTIONS = ("stdcall", "fastcall")  # what Cython has words for; the C compiler knows the others from the header
COMPANIONS = {
    # Cython's bint is an int; as the base of an external typedef it keeps C's size behind pointers and in arrays.
    "_Bool": ("_Bool", "ctypedef bint _Bool"),
    # The base type only ranks it in mixed arithmetic: conversions use the size that C gives.
    "__int128": ("__int128", "ctypedef long long __int128"),
    "unsigned __int128": ("unsigned_int128", 'ctypedef unsigned long long unsigned_int128 "unsigned __int128"'),
    "_Float16": ("_Float16", "ctypedef float _Float16"),
    "__bf16": ("__bf16", "ctypedef float __bf16"),
    "__float128": ("__float128", "ctypedef long double __float128"),
    "__builtin_va_list": ("va_list", "ctypedef struct va_list:\n    pass"),
}
"""Builtin types that Cython does not know: the name each goes by, and the declaration that makes it known."""


class UnsayableError(Exception):
    """Cython has no way to say this type; the text says which and why."""


class Names(Protocol):
    """What the printer asks about names; asking makes sure that the name is declared before what is being printed."""

    header: ir.Header

    def typedef(self, name: str) -> str:
        """Name a typedef."""

    def tag(self, key: str) -> str:
        """Name a record or enum."""

    def companion(self, builtin: str) -> str:
        """Name one of COMPANIONS."""


def declaration(node: ir.Type, name: str, names: Names) -> str:
    """Declare a variable, member or typedef; without a name, spell the type. Raises UnsayableError."""
    return Declarator(_leaf).declare(_rewrite(node, names), name)


def prototype(node: ir.FunctionType, name: str, parameters: tuple[str, ...], names: Names) -> str:
    """Declare a function; `parameters` are the Cython names of its parameters, "" for an unnamed one."""
    rewritten = _function(node, names)
    unnamed = ("",) * (len(rewritten.params or ()) - len(parameters))
    return Declarator(_leaf).function(rewritten, name, (*parameters, *unnamed))


def _leaf(node: object) -> str:
    # _rewrite leaves no other leaf.
    return node.name if isinstance(node, ir.Alias) else ""


def resolve(node: ir.Type, header: ir.Header) -> ir.Type:
    """Follow typedefs to what they stand for."""
    while isinstance(node, ir.Alias) and (typedef := header.typedefs.get(node.name)):
        node = typedef.type
    return node


def _rewrite(node: ir.Type, names: Names) -> ir.Type:
    match node:
        case ir.Builtin(name, quals):
            if name in COMPANIONS:
                return ir.Alias(names.companion(name), quals & _KEPT)
            return ir.Alias(_COMPLEX.get(name, name), quals & _KEPT)
        case ir.Pointer(pointee, quals):
            return ir.Pointer(_rewrite(pointee, names), quals & ir.CONST)
        case ir.Array(element, length):
            # A flexible member as [0]: with [] Cython's conversion of the record to a dict asks for a length.
            return ir.Array(_rewrite(element, names), length or 0)
        case ir.FunctionType():
            return _function(node, names)
        case ir.Alias(name, quals):
            if isinstance(resolve(node, names.header), ir.FunctionType):
                quals = 0
            return ir.Alias(names.typedef(name), quals & _KEPT)
        case ir.Tag(key, quals):
            return ir.Alias(names.tag(key), quals & _KEPT)
        case ir.Atomic(inner):
            return _rewrite(inner, names)
        case ir.Vector():
            msg = "a vector without a typedef name has no name in Cython"
        case ir.Opaque():
            msg = "Cython has no such type"
        case _:
            assert_never(node)
    raise UnsayableError(msg)


def _function(node: ir.FunctionType, names: Names) -> ir.FunctionType:
    result = _rewrite(_by_value(node.result, names), names)
    if node.params is None:
        # Without a prototype C takes what it is given, and so does Cython with (...).
        return ir.FunctionType(result, (_ELLIPSIS,))
    params = tuple(_rewrite(_by_value(p, names), names) for p in node.params)
    if node.variadic:
        params = (*params, _ELLIPSIS)
    convention = node.convention if node.convention in _CONVENTIONS else ""
    return ir.FunctionType(result, params or None, convention=convention)


def _by_value(node: ir.Type, names: Names) -> ir.Type:
    """Drop the qualifiers of a copy: they say nothing to a caller, and Cython would refuse to assign the result."""
    if isinstance(node, ir.FunctionType | ir.Array):
        return node
    if isinstance(node, ir.Alias) and isinstance(resolve(node, names.header), ir.Array):
        return node
    if isinstance(node, ir.Atomic):
        return node.inner
    return replace(node, quals=0)
