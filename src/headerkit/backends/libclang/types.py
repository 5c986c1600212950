"""clang's types as IR types.

Each type is read once: a QualType's pointer stands for the type with its qualifiers. Sugar that C's user wrote (typedef
names) is kept, sugar that clang adds (elaborated, parenthesised, decayed types) is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import TypeKind
from headerkit.ir import (
    CONST,
    NONNULL,
    NULLABLE,
    RESTRICT,
    VOLATILE,
    Alias,
    Array,
    Atomic,
    Builtin,
    FunctionType,
    Opaque,
    Pointer,
    Tag,
    Type,
    Vector,
)

if TYPE_CHECKING:
    from typing import Protocol as _Protocol

    from headerkit.backends.libclang.abi import CXCursor, CXType
    from headerkit.backends.libclang.translation_unit import TranslationUnit

else:
    _Protocol = object

__all__ = ["UNSIGNED_KINDS", "Names", "Types", "qualified"]

# clang-c/Index.h, enum CXTypeKind. Kinds 4 and 13 are plain char on targets where it is unsigned or signed.
_BUILTINS = {
    2: "void",
    3: "_Bool",
    4: "char",
    5: "unsigned char",
    8: "unsigned short",
    9: "unsigned int",
    10: "unsigned long",
    11: "unsigned long long",
    12: "unsigned __int128",
    13: "char",
    14: "signed char",
    16: "short",
    17: "int",
    18: "long",
    19: "long long",
    20: "__int128",
    21: "float",
    22: "double",
    23: "long double",
    30: "__float128",
    32: "_Float16",
    39: "__bf16",
}
UNSIGNED_KINDS = frozenset((3, 4, 5, 8, 9, 10, 11, 12))
"""Kinds of the unsigned integer types (an enum's values are read by its underlying type's sign)."""

_IMPLICIT_TYPEDEFS = {
    "__builtin_va_list": "__builtin_va_list",
    "__int128_t": "__int128",
    "__uint128_t": "unsigned __int128",
}
# What x86-64's va_list is an array of; clang shows it in the types of functions that it knows itself (`vprintf`).
_VA_LIST_TAG = Tag("struct __va_list_tag")
_CONVENTIONS = {
    2: "stdcall",
    3: "fastcall",
    4: "thiscall",
    5: "pascal",
    6: "aapcs",
    7: "aapcs_vfp",
    8: "regcall",
    10: "ms_abi",
    11: "sysv_abi",
    12: "vectorcall",
    14: "preserve_most",
    15: "preserve_all",
    16: "aarch64_vector_pcs",
}
# By clang's bits: const 1, restrict 2, volatile 4.
_QUALIFIERS = tuple(
    (CONST if bits & 1 else 0) | (RESTRICT if bits & 2 else 0) | (VOLATILE if bits & 4 else 0) for bits in range(8)
)
_FUNCTION_KINDS = (TypeKind.FUNCTION_PROTO, TypeKind.FUNCTION_NO_PROTO)


# At run time a plain class: a Protocol costs a millisecond to make, and a cold run pays it.
class Names(_Protocol):
    """Who gives names to declarations that types refer to, and sees to it that they come into the IR."""

    def tag(self, declaration: CXCursor) -> str:
        """The key of a record's or enum's declaration."""

    def typedef(self, declaration: CXCursor) -> str:
        """The name of a typedef's declaration."""


def qualified(kind: Type, quals: int) -> Type:
    """A type with qualifiers added; an array's go to its element (C11 6.7.3p9)."""
    if not quals:
        return kind
    match kind:
        case Builtin(name, old):
            return Builtin(name, old | quals)
        case Pointer(pointee, old):
            return Pointer(pointee, old | quals)
        case Alias(name, old):
            return Alias(name, old | quals)
        case Tag(key, old):
            return Tag(key, old | quals)
        case Array(element, length):
            return Array(qualified(element, quals), length)
        case Vector(element, length, old):
            return Vector(element, length, old | quals)
        case Atomic(inner, old):
            return Atomic(inner, old | quals)
        case Opaque(spelling, old):
            return Opaque(spelling, old | quals)
        case FunctionType():
            return kind


class Types:
    """Reads types of one translation unit. `sizes` collects (size, align) of each builtin type met."""

    def __init__(self, unit: TranslationUnit, names: Names, sizes: dict[str, tuple[int, int]]) -> None:
        self._unit = unit
        self._clang = unit.clang
        self._names = names
        self._sizes = sizes
        self._known: dict[int | None, Type] = {}
        self._in_pointer = False
        self._aligns: dict[int | None, int] = {}
        self._noreturn: dict[int | None, bool] = {}

    def read(self, kind: CXType) -> Type:
        """The IR of a type."""
        pointer = kind.qualified
        known = self._known.get(pointer)
        if known is None:
            known = self._read(kind)
            self._known[pointer] = known
        return known

    def align_of(self, kind: CXType) -> int:
        """The alignment of a type in bytes; 0 or less for an incomplete one."""
        pointer = kind.qualified
        known = self._aligns.get(pointer)
        if known is None:
            known = self._aligns[pointer] = self._clang.clang_Type_getAlignOf(kind)
        return known

    def is_noreturn(self, function: CXType) -> bool:
        """Whether a function's type says that it does not return: only clang's spelling of the type tells."""
        pointer = function.qualified
        known = self._noreturn.get(pointer)
        if known is None:
            spelled = self._unit.text(self._clang.clang_getTypeSpelling(function))
            known = self._noreturn[pointer] = "__attribute__((noreturn))" in spelled
        return known

    def learn_qualifiers(self, kind: CXType) -> None:
        """Prove, on `const volatile char *restrict`, that a QualType's pointer holds its qualifiers in its low bits.

        clang has always done so (clang/AST/Type.h, Qualifiers::TQ); then no call is needed to know them.
        """
        pointee = self._clang.clang_getPointeeType(kind)
        self._in_pointer = ((kind.qualified or 0) & 7, (pointee.qualified or 0) & 7) == (2, 5)

    def _qualifiers(self, kind: CXType) -> int:
        if self._in_pointer:
            return _QUALIFIERS[(kind.qualified or 0) & 7]
        clang = self._clang
        quals = CONST if clang.clang_isConstQualifiedType(kind) else 0
        if clang.clang_isVolatileQualifiedType(kind):
            quals |= VOLATILE
        if clang.clang_isRestrictQualifiedType(kind):
            quals |= RESTRICT
        return quals

    def _read(self, kind: CXType) -> Type:
        clang = self._clang
        code = kind.kind
        name = _BUILTINS.get(code)
        if name is not None:
            if name not in self._sizes and code != 2:
                self._sizes[name] = (clang.clang_Type_getSizeOf(kind), clang.clang_Type_getAlignOf(kind))
            return Builtin(name, self._qualifiers(kind))
        match code:
            case TypeKind.POINTER:
                pointee = self.read(clang.clang_getPointeeType(kind))
                if pointee == _VA_LIST_TAG:
                    return Builtin("__builtin_va_list", self._qualifiers(kind))
                return Pointer(pointee, self._qualifiers(kind))
            case TypeKind.ELABORATED:
                return qualified(self.read(clang.clang_Type_getNamedType(kind)), self._qualifiers(kind))
            case TypeKind.TYPEDEF:
                name = self._names.typedef(clang.clang_getTypeDeclaration(kind))
                if name in _IMPLICIT_TYPEDEFS:
                    return Builtin(_IMPLICIT_TYPEDEFS[name], self._qualifiers(kind))
                return Alias(name, self._qualifiers(kind))
            case TypeKind.RECORD | TypeKind.ENUM:
                return Tag(self._names.tag(clang.clang_getTypeDeclaration(kind)), self._qualifiers(kind))
            case TypeKind.FUNCTION_PROTO | TypeKind.FUNCTION_NO_PROTO:
                return self.function(kind, prototype=code == TypeKind.FUNCTION_PROTO)
            case TypeKind.CONSTANT_ARRAY:
                element = self.read(clang.clang_getArrayElementType(kind))
                if element == _VA_LIST_TAG:
                    return Builtin("__builtin_va_list", self._qualifiers(kind))
                return qualified(Array(element, clang.clang_getArraySize(kind)), self._qualifiers(kind))
            case TypeKind.INCOMPLETE_ARRAY | TypeKind.VARIABLE_ARRAY:
                element = self.read(clang.clang_getArrayElementType(kind))
                return qualified(Array(element, None), self._qualifiers(kind))
            case TypeKind.VECTOR | TypeKind.EXT_VECTOR:
                element = self.read(clang.clang_getElementType(kind))
                return Vector(element, clang.clang_getNumElements(kind), self._qualifiers(kind))
            case TypeKind.COMPLEX:
                return self._complex(kind)
            case TypeKind.ATOMIC:
                return Atomic(self.read(clang.clang_Type_getValueType(kind)), self._qualifiers(kind))
            case TypeKind.ATTRIBUTED:
                return self._attributed(kind)
            case _:
                return self._other(kind)

    def function(self, kind: CXType, *, prototype: bool) -> FunctionType:
        """The IR of a function's type, or of sugar around one."""
        clang = self._clang
        read = self.read
        result = read(clang.clang_getResultType(kind))
        convention = _CONVENTIONS.get(clang.clang_getFunctionTypeCallingConv(kind), "")
        if not prototype:
            return FunctionType(result, None, convention=convention)
        get = clang.clang_getArgType
        params = []
        for number in range(clang.clang_getNumArgTypes(kind)):
            param = read(get(kind, number))
            if param.__class__ is Array:
                param = Pointer(param.element)  # class tests are twice as fast as isinstance
            elif param.__class__ is FunctionType:
                param = Pointer(param)
            params.append(param)
        return FunctionType(result, tuple(params), bool(clang.clang_isFunctionTypeVariadic(kind)), convention)

    def _complex(self, kind: CXType) -> Type:
        element = self.read(self._clang.clang_getElementType(kind))
        name = f"{element.name} _Complex" if isinstance(element, Builtin) else "double _Complex"
        if name not in self._sizes:
            self._sizes[name] = (self._clang.clang_Type_getSizeOf(kind), self._clang.clang_Type_getAlignOf(kind))
        return Builtin(name, self._qualifiers(kind))

    def _attributed(self, kind: CXType) -> Type:
        """`int *_Nonnull`, `void __stdcall (int)`: a function's convention is seen through the attribute."""
        clang = self._clang
        canonical = clang.clang_getCanonicalType(kind).kind
        modified = clang.clang_Type_getModifiedType(kind)
        if canonical in _FUNCTION_KINDS:
            inner = self.read(modified)
            if isinstance(inner, Alias):
                return inner
            return self.function(kind, prototype=canonical == TypeKind.FUNCTION_PROTO)
        nullability = {0: NONNULL, 1: NULLABLE, 4: NULLABLE}.get(clang.clang_Type_getNullability(kind), 0)
        return qualified(self.read(modified), self._qualifiers(kind) | nullability)

    def _other(self, kind: CXType) -> Type:
        """What libclang does not expose: `typeof`, macro-qualified types, blocks, `_BitInt`, matrices."""
        clang = self._clang
        canonical = clang.clang_getCanonicalType(kind)
        if canonical.kind in _FUNCTION_KINDS:
            return self.function(kind, prototype=canonical.kind == TypeKind.FUNCTION_PROTO)
        if canonical.kind not in (TypeKind.UNEXPOSED, kind.kind):
            return qualified(self.read(canonical), self._qualifiers(kind))
        quals = self._qualifiers(kind)
        spelled = self._unit.text(clang.clang_getTypeSpelling(kind))
        for word, bit in (("const ", CONST), ("volatile ", VOLATILE)):
            if quals & bit:
                spelled = spelled.replace(word, "", 1)
        return Opaque(spelled.split(" at /")[0], quals)
