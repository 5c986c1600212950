"""The functions of C's library that clang knows itself, as a header declares them.

clang merges a declaration of `vsnprintf` with its own idea of it, and the type that comes of it has lost every typedef
name (`va_list`, `size_t`). The parameters' own nodes still have them, and the node of a name in the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.types import qualified
from headerkit.ir import NONNULL, Alias, Array, Builtin, FunctionType, Pointer
from headerkit.light_classes import replace

if TYPE_CHECKING:
    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.backends.libclang.types import Types
    from headerkit.ir import Type

__all__ = ["KNOWN_FUNCTIONS", "as_declared"]

_TYPE_REFERENCE, _PARAMETER = 43, 10  # clang-c/Index.h, enum CXCursorKind

# clang/Basic/Builtins.def, LIBBUILTIN of C's headers, LLVM 14 to 22; those of math.h have plain types only.
_NAMES = (
    "abort abs aligned_alloc alloca bcmp bcopy bzero calloc exit _Exit fopen fprintf fread free fscanf fwrite "
    "getcontext index isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper "
    "isxdigit labs llabs longjmp _longjmp malloc memalign memccpy memchr memcmp memcpy memmove mempcpy memset "
    "posix_memalign printf pthread_create realloc reallocarray rindex savectx scanf setjmp _setjmp __sigsetjmp "
    "siglongjmp sigsetjmp snprintf sprintf sscanf stpcpy stpncpy strcasecmp strcat strchr strcmp strcpy strcspn "
    "strdup strerror strlcat strlcpy strlen strncasecmp strncat strncmp strncpy strndup strpbrk strrchr strspn "
    "strstr strtod strtof strtok strtol strtold strtoll strtoul strtoull strxfrm tolower toupper vfork vfprintf "
    "vfscanf vprintf vscanf vsnprintf vsprintf vsscanf wcschr wcscmp wcslen wcsncmp wmemchr wmemcmp wmemcpy "
    "wmemmove"
)
KNOWN_FUNCTIONS = frozenset(_NAMES.split())


def as_declared(unit: TranslationUnit, types: Types, cursor: CXCursor, kind: FunctionType) -> FunctionType:
    """A known function's type with the names that its declaration has."""
    if kind.params is None:
        return kind
    clang = unit.clang
    params = []
    result = kind.result
    for child in unit.children(cursor):
        if child.kind == _PARAMETER:
            params.append(_adjusted(types.read(clang.clang_getCursorType(child))))
        elif child.kind == _TYPE_REFERENCE and not params:
            named = clang.clang_getCursorType(child)
            alias = types.read(named)
            if isinstance(alias, Alias):
                result = _renamed(result, types.read(clang.clang_getCanonicalType(named)), alias)
    return replace(kind, result=result, params=tuple(params)) if len(params) == len(kind.params) else kind


def _adjusted(param: Type) -> Type:
    """A parameter's type as in `FunctionType`."""
    match param:
        case Array():
            return Pointer(param.element)
        case FunctionType():
            return Pointer(param)
        case Pointer():
            return Pointer(param.pointee, param.quals & ~NONNULL)  # clang 20 and later add it on their own
        case _:
            return param


def _renamed(kind: Type, plain: Type, alias: Alias) -> Type:
    """A result's type, where it is what the alias stands for or points to that."""
    if isinstance(kind, Builtin) and isinstance(plain, Builtin) and kind.name == plain.name:
        return qualified(alias, kind.quals)
    if isinstance(kind, Pointer) and kind != plain:
        return Pointer(_renamed(kind.pointee, plain, alias), kind.quals)
    return qualified(alias, kind.quals) if isinstance(kind, Pointer) else kind
