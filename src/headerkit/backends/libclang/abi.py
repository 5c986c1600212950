"""The part of clang-c/Index.h (LLVM 14 to 22) that the backend uses, as ctypes prototypes.

A function that an older library lacks is left out by `load`; whoever calls it asks with `hasattr` first. Structures are
passed by value, as in C. `Clang` is the loaded library: `clang.clang_getCursorKind(cursor)` and so on.
"""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_double, c_int, c_longlong, c_uint, c_ulong, c_ulonglong, c_void_p
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CXCursor",
    "CXSourceLocation",
    "CXSourceRange",
    "CXString",
    "CXType",
    "CXUnsavedFile",
    "Clang",
    "CursorKind",
    "FieldVisitor",
    "TypeKind",
    "Visitor",
    "load",
    "parse_function",
    "string_reader",
]

Clang: TypeAlias = ctypes.PyDLL


class CXString(ctypes.Structure):
    """A string of the library's; read by `clang_getCString`, freed by `clang_disposeString`."""

    _fields_ = [("data", c_void_p), ("private_flags", c_uint)]


class CXCursor(ctypes.Structure):
    """A node of the syntax tree. The data are the library's pointers; equal declarations have equal `declaration`."""

    _fields_ = [
        ("kind", c_int),
        ("xdata", c_int),
        ("declaration", c_void_p),
        ("data1", c_void_p),
        ("data2", c_void_p),
    ]
    kind: int
    declaration: int | None


class CXType(ctypes.Structure):
    """A type. `qualified` is clang's QualType: equal pointers are equal types with equal qualifiers."""

    _fields_ = [("kind", c_int), ("qualified", c_void_p), ("unit", c_void_p)]
    kind: int
    qualified: int | None


class CXSourceLocation(ctypes.Structure):
    """A place in a file or in a macro's expansion."""

    _fields_ = [("data0", c_void_p), ("data1", c_void_p), ("encoded", c_uint)]
    encoded: int


class CXSourceRange(ctypes.Structure):
    """From one place to another."""

    _fields_ = [("data0", c_void_p), ("data1", c_void_p), ("begin", c_uint), ("end", c_uint)]
    begin: int


class CXUnsavedFile(ctypes.Structure):
    """A file's text that is not (or not so) on the disk."""

    _fields_ = [("name", c_char_p), ("contents", c_char_p), ("length", c_ulong)]


class CursorKind:
    """The values of enum CXCursorKind that are asked for."""

    STRUCT = 2
    UNION = 3
    ENUM = 5
    FIELD = 6
    ENUM_CONSTANT = 7
    FUNCTION = 8
    VARIABLE = 9
    TYPEDEF = 20
    UNEXPOSED_EXPRESSION = 100
    STRING_LITERAL = 109
    PARENTHESES = 111
    UNARY_OPERATOR = 112
    FIRST_ATTRIBUTE = 400
    ASM_LABEL = 407
    LAST_ATTRIBUTE = 499
    MACRO_DEFINITION = 501
    INCLUSION = 503


class TypeKind:
    """The values of enum CXTypeKind that are asked for."""

    UNEXPOSED = 1
    VOID = 2
    COMPLEX = 100
    POINTER = 101
    RECORD = 105
    ENUM = 106
    TYPEDEF = 107
    FUNCTION_NO_PROTO = 110
    FUNCTION_PROTO = 111
    CONSTANT_ARRAY = 112
    VECTOR = 113
    INCOMPLETE_ARRAY = 114
    VARIABLE_ARRAY = 115
    ELABORATED = 119
    ATTRIBUTED = 163
    EXT_VECTOR = 176
    ATOMIC = 177


Visitor = ctypes.CFUNCTYPE(c_int, CXCursor, CXCursor, c_void_p)
FieldVisitor = ctypes.CFUNCTYPE(c_int, CXCursor, c_void_p)
InclusionVisitor = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_uint, c_void_p)

_FILE_PLACE = [CXSourceLocation] + [c_void_p] * 4

_PROTOTYPES: tuple[tuple[str, list[Any], Any], ...] = (
    ("clang_createIndex", [c_int, c_int], c_void_p),
    ("clang_disposeIndex", [c_void_p], None),
    ("clang_disposeString", [CXString], None),
    ("clang_disposeTranslationUnit", [c_void_p], None),
    ("clang_getCString", [CXString], c_char_p),
    ("clang_getClangVersion", [], CXString),
    ("clang_parseTranslationUnit2", [c_void_p, c_char_p, c_void_p, c_int, c_void_p, c_uint, c_uint, c_void_p], c_int),
    # files and places
    ("clang_getCursorExtent", [CXCursor], CXSourceRange),
    ("clang_getCursorLocation", [CXCursor], CXSourceLocation),
    ("clang_getExpansionLocation", _FILE_PLACE, None),
    ("clang_getFileContents", [c_void_p, c_void_p, c_void_p], c_void_p),
    ("clang_getFileName", [c_void_p], CXString),
    ("clang_getIncludedFile", [CXCursor], c_void_p),
    ("clang_getInclusions", [c_void_p, InclusionVisitor, c_void_p], None),
    ("clang_getRangeEnd", [CXSourceRange], CXSourceLocation),
    ("clang_getRangeStart", [CXSourceRange], CXSourceLocation),
    ("clang_getSpellingLocation", _FILE_PLACE, None),
    # diagnostics
    ("clang_disposeDiagnostic", [c_void_p], None),
    ("clang_getDiagnostic", [c_void_p, c_uint], c_void_p),
    ("clang_getDiagnosticLocation", [c_void_p], CXSourceLocation),
    ("clang_getDiagnosticOption", [c_void_p, c_void_p], CXString),
    ("clang_getDiagnosticSeverity", [c_void_p], c_int),
    ("clang_getDiagnosticSpelling", [c_void_p], CXString),
    ("clang_getNumDiagnostics", [c_void_p], c_uint),
    # cursors
    ("clang_Cursor_Evaluate", [CXCursor], c_void_p),
    ("clang_Cursor_getArgument", [CXCursor, c_uint], CXCursor),
    ("clang_Cursor_getNumArguments", [CXCursor], c_int),
    ("clang_Cursor_getOffsetOfField", [CXCursor], c_longlong),
    ("clang_Cursor_getRawCommentText", [CXCursor], CXString),
    ("clang_Cursor_getStorageClass", [CXCursor], c_int),
    ("clang_Cursor_hasAttrs", [CXCursor], c_uint),
    ("clang_Cursor_isFunctionInlined", [CXCursor], c_uint),
    ("clang_getCursorDefinition", [CXCursor], CXCursor),
    ("clang_getCursorLinkage", [CXCursor], c_int),
    ("clang_getCursorLexicalParent", [CXCursor], CXCursor),
    ("clang_getCursorPlatformAvailability", [CXCursor] + [c_void_p] * 5 + [c_int], c_int),
    ("clang_getCursorSpelling", [CXCursor], CXString),
    ("clang_getCursorTLSKind", [CXCursor], c_int),
    ("clang_getCursorType", [CXCursor], CXType),
    ("clang_getEnumConstantDeclUnsignedValue", [CXCursor], c_ulonglong),
    ("clang_getEnumConstantDeclValue", [CXCursor], c_longlong),
    ("clang_getEnumDeclIntegerType", [CXCursor], CXType),
    ("clang_getFieldDeclBitWidth", [CXCursor], c_int),
    ("clang_getTranslationUnitCursor", [c_void_p], CXCursor),
    ("clang_getTypedefDeclUnderlyingType", [CXCursor], CXType),
    ("clang_isCursorDefinition", [CXCursor], c_uint),
    ("clang_visitChildren", [CXCursor, Visitor, c_void_p], c_uint),
    # types
    ("clang_Type_getAlignOf", [CXType], c_longlong),
    ("clang_Type_getModifiedType", [CXType], CXType),
    ("clang_Type_getNamedType", [CXType], CXType),
    ("clang_Type_getNullability", [CXType], c_int),
    ("clang_Type_getSizeOf", [CXType], c_longlong),
    ("clang_Type_getValueType", [CXType], CXType),
    ("clang_Type_visitFields", [CXType, FieldVisitor, c_void_p], c_uint),
    ("clang_getArgType", [CXType, c_uint], CXType),
    ("clang_getArrayElementType", [CXType], CXType),
    ("clang_getArraySize", [CXType], c_longlong),
    ("clang_getCanonicalType", [CXType], CXType),
    ("clang_getElementType", [CXType], CXType),
    ("clang_getFunctionTypeCallingConv", [CXType], c_int),
    ("clang_getNumArgTypes", [CXType], c_int),
    ("clang_getNumElements", [CXType], c_longlong),
    ("clang_getPointeeType", [CXType], CXType),
    ("clang_getResultType", [CXType], CXType),
    ("clang_getTypeDeclaration", [CXType], CXCursor),
    ("clang_getTypeSpelling", [CXType], CXString),
    ("clang_isConstQualifiedType", [CXType], c_uint),
    ("clang_isFunctionTypeVariadic", [CXType], c_uint),
    ("clang_isRestrictQualifiedType", [CXType], c_uint),
    ("clang_isVolatileQualifiedType", [CXType], c_uint),
    # values
    ("clang_EvalResult_dispose", [c_void_p], None),
    ("clang_EvalResult_getAsDouble", [c_void_p], c_double),
    ("clang_EvalResult_getAsLongLong", [c_void_p], c_longlong),
    ("clang_EvalResult_getAsStr", [c_void_p], c_char_p),
    ("clang_EvalResult_getAsUnsigned", [c_void_p], c_ulonglong),
    ("clang_EvalResult_getKind", [c_void_p], c_int),
    ("clang_EvalResult_isUnsignedInt", [c_void_p], c_uint),
)


def load(path: str) -> Clang:
    """Load libclang from a file and give its functions their prototypes. Raises OSError when it is no such library."""
    # PyDLL keeps the interpreter's lock: each of the many short calls is a fifth faster. The parse itself does not.
    clang = ctypes.PyDLL(path)
    for name, arguments, result in _PROTOTYPES:
        try:
            function = getattr(clang, name)
        except AttributeError:
            continue
        function.argtypes = arguments
        function.restype = result
    if not hasattr(clang, "clang_parseTranslationUnit2"):
        msg = f"{path}: not a libclang"
        raise OSError(msg)
    return clang


def parse_function(path: str) -> Callable[..., int]:
    """`clang_parseTranslationUnit2` of a loaded library, without the interpreter's lock while it runs."""
    function = ctypes.CDLL(path).clang_parseTranslationUnit2
    _, arguments, result = next(item for item in _PROTOTYPES if item[0] == "clang_parseTranslationUnit2")
    function.argtypes = arguments
    function.restype = result
    return function


def string_reader(clang: Clang) -> Callable[[CXString], str]:
    """A function that reads and frees a CXString."""
    get, dispose = clang.clang_getCString, clang.clang_disposeString

    def read(string: CXString) -> str:
        raw: bytes | None = get(string)
        dispose(string)
        return raw.decode("utf-8", "replace") if raw else ""

    return read
