"""What gcc would see: clang says that it is GCC 4.2, and headers that ask for the version give it something else.

On targets where gcc is the usual compiler, only what both see belongs into a binding: what an old GCC alone gets, the
compiler of the binding does not know; what a new one alone gets, clang has not read. Where an own header's version
check decides about more than attributes (`version_checks`), the unit is parsed once more under a modern GCC's name, and
what one of the two lacks is left out with that reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.attributes import Attributes
from headerkit.backends.libclang.probes import PREFIX
from headerkit.ir import Enum, Function, Header, LeftOut, Record, Typedef, Variable
from headerkit.references import References

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.ir import Declaration

__all__ = ["POSE", "Seen", "agreed", "compared", "seen_by", "with_bodies"]

POSE = (
    # The newest that glibc's headers let pass for clang: from 11 on they give `malloc` an argument that clang refuses.
    "-fgnuc-version=10.2.0",
    # Of headers that ask for clang before they ask for GCC; glibc since 2.42 asks for its release.
    "-U__clang__",
    "-U__clang_major__",
    "-U__clang_minor__",
    # Keywords of GCC since 7, which glibc then no longer declares.
    "-D_Float32=float",
    "-D_Float64=double",
    "-D_Float32x=double",
    "-D_Float64x=long double",
    "-D_Float128=__float128",
    # GCC's own names on AArch64, by which glibc declares vector functions.
    "-D__Float32x4_t=__attribute__((__neon_vector_type__(4))) float",
    "-D__Float64x2_t=__attribute__((__neon_vector_type__(2))) double",
)
REASON = "only declared for compilers of another version than GCC 10"


class Seen:
    """The names that a parse gives to declarations at file scope, and the macros that it was asked for in vain."""

    __slots__ = ("declared", "undefined")

    def __init__(self, declared: frozenset[str], undefined: frozenset[str]) -> None:
        self.declared = declared
        self.undefined = undefined


def compared(header: Header) -> list[str]:
    """The macros that a binding has to agree on: those with a value."""
    kept = {"call", "empty", "other"}
    # What came of bytes that are no UTF-8 cannot be written again.
    return [macro.name for macro in header.macros if macro.kind not in kept and "\ufffd" not in macro.name]


def with_bodies(header: Header) -> frozenset[str]:
    """The own functions that the header defines."""
    return frozenset([item.name for item in header.declarations if isinstance(item, Function) and item.inline])


def seen_by(parsed: TranslationUnit, macros: Sequence[str], functions: Container[str]) -> Seen | None:
    """What a parse sees; None if it has errors, and so is no answer. Its probes ask for these macros.

    Of these functions it does not see those that it has in name only: what uses them is an error (GNU's `error`).
    """
    if parsed.errors():
        return None
    attributes = Attributes(parsed, lambda _: None)
    found: set[str] = set()
    for cursor in parsed.top():
        name = parsed.spelling(cursor)
        asked = name in functions and parsed.clang.clang_Cursor_hasAttrs(cursor)
        if not (asked and any(attribute.name == "error" for attribute in attributes.read(cursor)[0])):
            found.add(name)
    declared = frozenset(found)
    undefined = [name for number, name in enumerate(macros) if f"{PREFIX}{number}" not in declared]
    return Seen(declared, frozenset(undefined))


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
        if macro.name in seen.undefined:
            left_out.append(LeftOut("macro", macro.name, REASON))
        else:
            macros.append(macro)
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
