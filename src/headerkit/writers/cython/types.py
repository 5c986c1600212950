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

__all__ = ["COMPANIONS", "Names", "UnsayableError", "declaration", "prototype"]

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
    "_Bool": "ctypedef bint {}",
    # The base type only ranks it in mixed arithmetic: conversions use the size that C gives.
    "__int128": "ctypedef long long {}",
    "unsigned __int128": "ctypedef unsigned long long {}",
    "_Float16": "ctypedef float {}",
    "__bf16": "ctypedef float {}",
    "__float128": "ctypedef long double {}",
    "va_list": "ctypedef struct {}:\n    pass",
}
"""Types of C that Cython does not know, and the declaration that makes each known; `{}` is its name."""


class UnsayableError(Exception):
    """Cython has no way to say this type; the text says which and why."""


class Names(Protocol):
    """What the printer asks about names; asking makes sure that the name is declared before what is being printed."""

    header: ir.Header

    def typedef(self, name: str, *, complete: bool) -> str:
        """Name a typedef. `complete`: a record that it stands for is to be declared with its members."""

    def tag(self, key: str, *, complete: bool) -> str:
        """Name a record or enum. `complete`: with its members, not only announced."""

    def companion(self, spelling: str) -> str:
        """Name one of COMPANIONS."""


def declaration(node: ir.Type, name: str, names: Names, *, complete: bool = True) -> str:
    """Declare a variable, member or typedef; without a name, spell the type. Raises UnsayableError.

    `complete`: there is an object of this type, so a record must have its members before.
    """
    return Declarator(_leaf).declare(_rewrite(node, names, complete=complete), name)


def prototype(node: ir.FunctionType, name: str, parameters: tuple[str, ...], names: Names) -> str:
    """Declare a function; `parameters` are the Cython names of its parameters, "" for an unnamed one."""
    rewritten = _function(node, names)
    unnamed = ("",) * (len(rewritten.params or ()) - len(parameters))
    return Declarator(_leaf).function(rewritten, name, (*parameters, *unnamed))


def _leaf(node: object) -> str:
    # _rewrite leaves no other leaf.
    return node.name if isinstance(node, ir.Alias) else ""


def _rewrite(node: ir.Type, names: Names, *, complete: bool) -> ir.Type:
    match node:
        case ir.Builtin(name, quals):
            if (wanted := "va_list" if name == "__builtin_va_list" else name) in COMPANIONS:
                return ir.Alias(names.companion(wanted), quals & _KEPT)
            return ir.Alias(_COMPLEX.get(name, name), quals & _KEPT)
        case ir.Pointer(pointee, quals):
            return ir.Pointer(_rewrite(pointee, names, complete=False), quals & ir.CONST)
        case ir.Array(element, length):
            # A flexible member as [0]: with [] Cython's conversion of the record to a dict asks for a length.
            return ir.Array(_rewrite(element, names, complete=True), length or 0)
        case ir.FunctionType():
            return _function(node, names)
        case ir.Alias(name, quals):
            if isinstance(names.header.resolve(node), ir.FunctionType):
                quals = 0
            return ir.Alias(names.typedef(name, complete=complete), quals & _KEPT)
        case ir.Tag(key, quals):
            return ir.Alias(names.tag(key, complete=complete), quals & _KEPT)
        case ir.Atomic(inner):
            return _rewrite(inner, names, complete=complete)
        case ir.Vector():
            msg = "a vector without a typedef name has no name in Cython"
        case ir.Opaque():
            msg = "Cython has no such type"
        case _:
            assert_never(node)
    raise UnsayableError(msg)


def _function(node: ir.FunctionType, names: Names) -> ir.FunctionType:
    result = _rewrite(_by_value(node.result, names), names, complete=False)
    if node.params is None:
        # Without a prototype C takes what it is given, and so does Cython with (...).
        return ir.FunctionType(result, (_ELLIPSIS,))
    params = tuple(_rewrite(_by_value(p, names), names, complete=False) for p in node.params)
    if node.variadic:
        params = (*params, _ELLIPSIS)
    convention = node.convention if node.convention in _CONVENTIONS else ""
    return ir.FunctionType(result, params or None, convention=convention)


def _by_value(node: ir.Type, names: Names) -> ir.Type:
    """Drop the qualifiers of a copy: they say nothing to a caller, and Cython would refuse to assign the result."""
    if isinstance(node, ir.FunctionType | ir.Array):
        return node
    if isinstance(node, ir.Alias) and isinstance(names.header.resolve(node), ir.Array):
        return node
    if isinstance(node, ir.Atomic):
        return node.inner
    return replace(node, quals=0)
