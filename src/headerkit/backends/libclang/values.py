"""Values that clang computes for an initialiser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import TypeKind
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from headerkit.backends.libclang.abi import Clang, CXCursor, CXType

__all__ = ["Evaluated", "evaluate"]

_INT, _FLOAT, _STRING = 1, 2, 4  # clang-c/Index.h, enum CXEvalResultKind
_INTEGER_KINDS = range(3, 21)
_FLOAT_KINDS = (21, 22, 23, 30, 32)


class Evaluated(NamedTuple):
    """A variable's value, None where it is no constant; and its type, an enum as the enum's integer type.

    A string's characters are bytes; it ends at its first NUL, for so clang hands it over.
    """

    value: int | float | str | None
    kind: CXType


def evaluate(clang: Clang, variable: CXCursor) -> Evaluated:
    """The value of a variable's initialiser."""
    kind = clang.clang_getCanonicalType(clang.clang_getCursorType(variable))
    if kind.kind == TypeKind.ENUM:
        kind = clang.clang_getCanonicalType(clang.clang_getEnumDeclIntegerType(clang.clang_getTypeDeclaration(kind)))
    result = clang.clang_Cursor_Evaluate(variable)
    if not result:
        return Evaluated(None, kind)
    try:
        return Evaluated(_value(clang, kind.kind, result), kind)
    finally:
        clang.clang_EvalResult_dispose(result)


def _value(clang: Clang, kind: int, result: int) -> int | float | str | None:
    found: int = clang.clang_EvalResult_getKind(result)
    if found == _INT and kind in _INTEGER_KINDS:
        if clang.clang_EvalResult_isUnsignedInt(result):
            return int(clang.clang_EvalResult_getAsUnsigned(result))
        return int(clang.clang_EvalResult_getAsLongLong(result))
    if found == _FLOAT and kind in _FLOAT_KINDS:
        return float(clang.clang_EvalResult_getAsDouble(result))
    if found == _STRING and kind in (TypeKind.POINTER, TypeKind.CONSTANT_ARRAY):
        text: bytes = clang.clang_EvalResult_getAsStr(result) or b""
        return text.decode("latin-1")
    return None
