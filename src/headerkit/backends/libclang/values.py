"""Values that clang computes for an initialiser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind, TypeKind
from headerkit.backends.libclang.literals import read_string
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from headerkit.backends.libclang.abi import Clang, CXCursor, CXType
    from headerkit.backends.libclang.translation_unit import TranslationUnit

__all__ = ["Evaluated", "evaluate"]

_INT, _FLOAT, _STRING = 1, 2, 4  # clang-c/Index.h, enum CXEvalResultKind
_CHARACTER_KINDS = (4, 5, 13, 14)  # CXType_Char_U, UChar, Char_S, SChar
_TRANSPARENT = (CursorKind.UNEXPOSED_EXPRESSION, CursorKind.PARENTHESES, CursorKind.UNARY_OPERATOR)
_INTEGER_KINDS = range(3, 21)
_FLOAT_KINDS = (21, 22, 23, 30, 32)


class Evaluated(NamedTuple):
    """A variable's value, None where it is no constant; and its type, an enum as the enum's integer type.

    A string's characters are bytes; it ends at its first NUL, for so clang hands it over.
    """

    value: int | float | str | None
    kind: CXType


def evaluate(unit: TranslationUnit, variable: CXCursor) -> Evaluated:
    """The value of a variable's initialiser."""
    clang = unit.clang
    kind = clang.clang_getCanonicalType(clang.clang_getCursorType(variable))
    if kind.kind == TypeKind.ENUM:
        kind = clang.clang_getCanonicalType(clang.clang_getEnumDeclIntegerType(clang.clang_getTypeDeclaration(kind)))
    if kind.kind == TypeKind.CONSTANT_ARRAY:
        return Evaluated(_array_text(unit, variable, kind), kind)
    result = clang.clang_Cursor_Evaluate(variable)
    if not result:
        return Evaluated(None, kind)
    try:
        return Evaluated(_value(clang, kind, result), kind)
    finally:
        clang.clang_EvalResult_dispose(result)


def _array_text(unit: TranslationUnit, variable: CXCursor, kind: CXType) -> str | None:
    """The characters, up to the first NUL, of an array of them that a string literal initialises; else None.

    clang's evaluation says it since LLVM 17 alone, and may say more characters than the array has.
    """
    clang = unit.clang
    if not _is_character(clang, clang.clang_getArrayElementType(kind)):
        return None
    children = unit.children(variable)
    while children and children[-1].kind in _TRANSPARENT:
        children = unit.children(children[-1])
    if not children or children[-1].kind != CursorKind.STRING_LITERAL:
        return None
    literal = read_string(unit.spelling(children[-1]).encode("utf-8", "surrogateescape"))
    if literal is None or not isinstance(literal.value, str) or literal.wide:
        return None
    return literal.value[: clang.clang_getArraySize(kind)].partition("\0")[0]


def _is_character(clang: Clang, kind: CXType) -> bool:
    return clang.clang_getCanonicalType(kind).kind in _CHARACTER_KINDS


def _value(clang: Clang, kind: CXType, result: int) -> int | float | str | None:
    found: int = clang.clang_EvalResult_getKind(result)
    if found == _INT and kind.kind in _INTEGER_KINDS:
        if clang.clang_EvalResult_isUnsignedInt(result):
            return int(clang.clang_EvalResult_getAsUnsigned(result))
        return int(clang.clang_EvalResult_getAsLongLong(result))
    if found == _FLOAT and kind.kind in _FLOAT_KINDS:
        return float(clang.clang_EvalResult_getAsDouble(result))
    if found == _STRING and kind.kind == TypeKind.POINTER and _is_character(clang, clang.clang_getPointeeType(kind)):
        text: bytes = clang.clang_EvalResult_getAsStr(result) or b""
        return text.decode("latin-1")
    return None
