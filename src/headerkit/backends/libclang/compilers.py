"""What gcc would see: clang says that it is GCC 4.2, and headers that ask for the version give it something else.

On targets where gcc is the usual compiler, only what both see belongs into a binding: what an old GCC alone gets, the
compiler of the binding does not know; what a new one alone gets, clang has not read. Where an own header's version
check decides about more than attributes (`version_checks`), the unit is parsed once more under a modern GCC's name, and
what one of the two lacks is left out with that reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind
from headerkit.ir import Enum, Function, Header, LeftOut, Record, Typedef, Variable
from headerkit.references import References

if TYPE_CHECKING:
    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.ir import Declaration

__all__ = ["POSE", "Seen", "agreed", "seen_by"]

POSE = (
    # The newest that glibc's headers let pass for clang: from 11 on they give `malloc` an argument that clang refuses.
    "-fgnuc-version=10.2.0",
    # Of headers that ask for clang before they ask for GCC.
    "-U__clang__",
    # Keywords of GCC since 7, which glibc then no longer declares.
    "-D_Float32=float",
    "-D_Float64=double",
    "-D_Float32x=double",
    "-D_Float64x=long double",
    "-D_Float128=__float128",
)
REASON = "only declared for compilers of another version than GCC 10"


class Seen:
    """The names that a parse gives to macros and to declarations at file scope."""

    __slots__ = ("declared", "macros")

    def __init__(self, macros: frozenset[str], declared: frozenset[str]) -> None:
        self.macros = macros
        self.declared = declared


def seen_by(parsed: TranslationUnit) -> Seen | None:
    """What a parse sees; None where it is no answer, because it has errors."""
    if parsed.errors():
        return None
    macros, declared = [], []
    spelling = parsed.spelling
    for node in parsed.top():
        if node.kind == CursorKind.MACRO_DEFINITION:
            macros.append(spelling(node))
        else:
            declared.append(spelling(node))
    return Seen(frozenset(macros), frozenset(declared))


def agreed(header: Header, seen: Seen) -> Header:
    """Leave out own functions, variables and macros that the other compiler does not see, and what only they needed."""
    left_out: list[LeftOut] = []
    dropped: set[int] = set()
    unsure: list[Declaration] = []
    kept: list[Declaration] = []
    for declaration in header.declarations:
        if not declaration.owned or not _name(declaration) or _name(declaration) in seen.declared:
            kept.append(declaration)
        elif isinstance(declaration, Function | Variable):
            dropped.add(id(declaration))
            left_out.append(LeftOut(_kind(declaration), declaration.name, REASON))
        else:
            unsure.append(declaration)
    if unsure:
        needed = set(map(id, References(header.declarations).reached(kept)))
        for declaration in unsure:
            if id(declaration) not in needed:
                dropped.add(id(declaration))
                left_out.append(LeftOut(_kind(declaration), _name(declaration), REASON))
    macros = []
    for macro in header.macros:
        if macro.name in seen.macros or macro.kind in {"call", "empty", "other"}:
            macros.append(macro)
        else:
            left_out.append(LeftOut("macro", macro.name, REASON))
    if not left_out:
        return header
    declarations = tuple(item for item in header.declarations if id(item) not in dropped)
    return Header(
        header.name,
        header.target,
        declarations,
        tuple(macros),
        header.files,
        header.owned_files,
        header.sizes,
        header.includes,
        header.masked,
        header.masked_calls,
        tuple(left_out),
    )


def _name(declaration: Declaration) -> str:
    """The name that a parse shows: the tag, or the typedef that names a record or enum without one."""
    if isinstance(declaration, Record | Enum):
        return declaration.name or declaration.typedef
    return declaration.name


def _kind(declaration: Declaration) -> str:
    match declaration:
        case Record():
            return declaration.kind
        case Enum() | Typedef() | Function() | Variable():
            return type(declaration).__name__.lower()
