"""The intermediate representation (IR): what a C header declares, for one target.

Words: a *type* is a tree of the frozen nodes below; a *declaration* is a function, variable, typedef, record (struct or
union) or enum; a *tag key* names a record or enum inside one IR, also where C gives it no name. All sizes and
alignments are in bytes, all bit-field places in bits, as clang says for the target (C11 6.7.2.1, the platform's ABI).
Nothing here holds an absolute path: files are portable paths (see `headerkit.portable`).

Declarations are slotted but not frozen: the reader makes tens of thousands of them and a frozen one costs three times
as much to make. Nobody changes a declaration after the reader returned it; use `dataclasses.replace`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from headerkit.ir_version import IR_VERSION
from headerkit.light_classes import NamedTuple, dataclass, field

__all__ = [
    "CHARACTERS",
    "CONST",
    "IR_VERSION",
    "NONNULL",
    "NULLABLE",
    "RESTRICT",
    "VOLATILE",
    "Alias",
    "Array",
    "Atomic",
    "Attribute",
    "Builtin",
    "Declaration",
    "Enum",
    "Enumerator",
    "Field",
    "Function",
    "FunctionType",
    "Header",
    "LeftOut",
    "Location",
    "Macro",
    "Opaque",
    "Pointer",
    "Record",
    "Tag",
    "Type",
    "Typedef",
    "Variable",
    "Vector",
]

# Qualifiers are bits, not an enum.IntFlag: or-ing two IntFlags costs a microsecond and the reader does it per type.
CONST = 1
VOLATILE = 2
RESTRICT = 4
NONNULL = 8
"""`_Nonnull` (a clang type attribute) on a pointer."""
NULLABLE = 16
"""`_Nullable` (a clang type attribute) on a pointer."""


# -- types


@dataclass(frozen=True, slots=True)
class Builtin:
    """A type that C itself names, by its canonical spelling.

    `void _Bool char "signed char" "unsigned char" short "unsigned short" int "unsigned int" long "unsigned long"
    "long long" "unsigned long long" __int128 "unsigned __int128" float double "long double" _Float16 __float128
    __bf16 "float _Complex" "double _Complex" "long double _Complex" __builtin_va_list`.
    `_Float32`, `_Float64` and the like are typedefs to clang on most targets and stay an `Alias` then.
    """

    name: str
    quals: int = 0


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer; `quals` are the pointer's own (`char *const` has CONST here)."""

    pointee: Type
    quals: int = 0


@dataclass(frozen=True, slots=True)
class Array:
    """An array; `length` is None for an unknown bound or a flexible member. Qualifiers are the element's."""

    element: Type
    length: int | None


@dataclass(frozen=True, slots=True)
class Vector:
    """A GNU or ext_vector SIMD vector of `length` elements."""

    element: Type
    length: int
    quals: int = 0


@dataclass(frozen=True, slots=True)
class FunctionType:
    """A function type. `params` is None without a prototype (`int f()` before C23).

    Parameter types are adjusted (C11 6.7.6.3p7): an array is the pointer to its element, a function the pointer to it.
    An `Alias` that names an array or function type stays as it was spelled. `convention` is "" for the target's
    default, else `stdcall fastcall vectorcall ms_abi sysv_abi regcall pascal thiscall preserve_most ...`.
    """

    result: Type
    params: tuple[Type, ...] | None
    variadic: bool = False
    convention: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """The use of a typedef name; the `Typedef` of that name is in the same IR (`Header.typedefs`)."""

    name: str
    quals: int = 0


@dataclass(frozen=True, slots=True)
class Tag:
    """The use of a record or enum; `key` finds its declaration (`Header.tags`)."""

    key: str
    quals: int = 0


@dataclass(frozen=True, slots=True)
class Atomic:
    """`_Atomic(inner)`."""

    inner: Type
    quals: int = 0


@dataclass(frozen=True, slots=True)
class Opaque:
    """A type that no other node describes, in clang's spelling (blocks, matrix types, ...). Free of paths."""

    spelling: str
    quals: int = 0


Type: TypeAlias = Builtin | Pointer | Array | Vector | FunctionType | Alias | Tag | Atomic | Opaque


# -- declarations


class Location(NamedTuple):
    """Where a declaration's name stands: an index into `Header.files`, and a line from 1."""

    file: int
    line: int


NOWHERE = Location(0, 0)


class Attribute(NamedTuple):
    """An attribute that matters to a binding: `("deprecated", "use foo2")`, `("format", "printf, 1, 2")`.

    Names without underscores: deprecated unavailable availability noreturn nonnull returns_nonnull format packed
    aligned visibility alias weak warn_unused_result const pure malloc ... `text` is what stood in its parentheses.
    """

    name: str
    text: str = ""


@dataclass(slots=True)
class Field:
    """A member of a record.

    `name` is "" for an anonymous struct/union member (its `type` is then a `Tag`) and for an unnamed bit-field.
    `offset` is in bits from the record's start; `width` in bits for a bit-field, else None. A flexible array member has
    an `Array` of length None.
    """

    name: str
    type: Type
    offset: int
    width: int | None = None
    doc: str = ""
    attributes: tuple[Attribute, ...] = ()


@dataclass(slots=True)
class Record:
    """A struct or union. `fields`, `size` and `align` (bytes) are None while it is incomplete (opaque).

    `name` is the tag, "" when there is none. `typedef` is the typedef name that C gives an untagged one for linkage
    (`typedef struct {...} foo;`). `parent` is the key of the record whose member list it is written in, "" at file
    scope. A record with neither name nor typedef can only be written in place, where a `Tag` refers to it.
    `elided` says that the header's compiler knows the members, but nothing needs them by value: `fields` is None and
    `size` is set.
    """

    key: str
    kind: Literal["struct", "union"]
    name: str
    fields: tuple[Field, ...] | None
    size: int | None
    align: int | None
    typedef: str = ""
    parent: str = ""
    packed: bool = False
    elided: bool = False
    owned: bool = True
    location: Location = NOWHERE
    doc: str = ""
    attributes: tuple[Attribute, ...] = ()


@dataclass(slots=True)
class Enumerator:
    """One enumeration constant with its exact value."""

    name: str
    value: int
    doc: str = ""
    attributes: tuple[Attribute, ...] = ()


@dataclass(slots=True)
class Enum:
    """An enumeration. `underlying` is the integer type clang chose (a `Builtin`, or the one written in C23).

    `enumerators` is None for a forward reference (a GNU extension). Names as in `Record`.
    """

    key: str
    name: str
    enumerators: tuple[Enumerator, ...] | None
    underlying: Type
    size: int | None
    align: int | None
    typedef: str = ""
    parent: str = ""
    owned: bool = True
    location: Location = NOWHERE
    doc: str = ""
    attributes: tuple[Attribute, ...] = ()


@dataclass(slots=True)
class Typedef:
    """A typedef name and what it stands for. `size` and `align` (bytes) are None for an incomplete or function type."""

    name: str
    type: Type
    size: int | None
    align: int | None
    owned: bool = True
    location: Location = NOWHERE
    doc: str = ""
    attributes: tuple[Attribute, ...] = ()


@dataclass(slots=True)
class Function:
    """A function. `parameters` holds the names, "" for an unnamed one; it is as long as `type.params`.

    `storage` is "static" or "extern"; `inline` says that a declaration of it says `inline`: no library need export it
    (a body without that word makes the symbol in each C file that includes the header, and is not told here).
    `asm_label` is the symbol's name where it differs (`__asm__("name")`). `inline_definition` says that the header has
    its body, that all its declarations say `inline` and none `extern`: C then makes no symbol of it (C11 6.7.4p7), and
    what calls it needs one wherever the compiler does not inline the call.
    """

    name: str
    type: FunctionType
    parameters: tuple[str, ...] = ()
    storage: Literal["extern", "static"] = "extern"
    inline: bool = False
    asm_label: str = ""
    owned: bool = True
    location: Location = NOWHERE
    doc: str = ""
    attributes: tuple[Attribute, ...] = ()
    inline_definition: bool = False


@dataclass(slots=True)
class Variable:
    """A variable. `value` is its initialiser where clang can evaluate it (a header's `static const int n = 3;`)."""

    name: str
    type: Type
    storage: Literal["extern", "static"] = "extern"
    thread_local: bool = False
    value: int | float | str | None = None
    asm_label: str = ""
    owned: bool = True
    location: Location = NOWHERE
    doc: str = ""
    attributes: tuple[Attribute, ...] = ()


Declaration: TypeAlias = Function | Variable | Typedef | Record | Enum


@dataclass(slots=True)
class Macro:
    """A macro of an owned file, as it stands at the end of the unit.

    | kind | value | type |
    |---|---|---|
    | `int` | int, exact | its C type, a `Builtin` |
    | `float` | float (`repr` round-trips; of a long double the nearest double) | a `Builtin` |
    | `string` | str, one character a byte (latin-1), without the final NUL | None |
    | `char` | int | `Builtin("int")` |
    | `function` | None; `alias` names the function or variable it stands for | None |
    | `type` | None; `alias` is its spelling | the type where it is known |
    | `call` | None; function-like: `parameters` and `body` say what it is | None |
    | `empty` | None | None |
    | `other` | None; `reason` says why it is no value | None |

    `c_name` is what C calls a macro that a rule renamed. `wide` marks a string of another element type than char ("L",
    "u", "U"); its value is one character an element.
    """

    name: str
    kind: Literal["int", "float", "string", "char", "function", "type", "call", "empty", "other"]
    value: int | float | str | None = None
    type: Type | None = None
    alias: str = ""
    parameters: tuple[str, ...] | None = None
    body: str = ""
    reason: str = ""
    wide: str = ""
    c_name: str = ""
    location: Location = NOWHERE
    doc: str = ""


CHARACTERS = {"u": "char16_t", "U": "char32_t"}
"""By `Macro.wide`: the typedef that a string's elements have; it is in the IR where the header declares it."""


class LeftOut(NamedTuple):
    """An own declaration that the backend kept out of the IR: its kind as in the ledger, its name, and why."""

    kind: str
    name: str
    reason: str


@dataclass(slots=True)
class Header:
    """All that one translation unit declares.

    `declarations` holds every owned declaration, and each unowned one (`owned=False`) that an owned one refers to, in
    an order in which C could read them: what is used by value comes before its use. `macros` are those of owned files,
    in order of definition. `files` are portable paths; `owned_files` the indexes of the library's own ones. `sizes`
    gives (size, align) in bytes of each builtin for the target; that of a data pointer under "*".
    """

    name: str
    target: str
    declarations: tuple[Declaration, ...]
    macros: tuple[Macro, ...]
    files: tuple[str, ...]
    owned_files: tuple[int, ...]
    sizes: dict[str, tuple[int, int]]
    includes: tuple[str, ...] = ()
    """What a C program writes to get these declarations, without the word: `<zlib.h>`, `"vec/vec.h"`; in order."""
    masked: tuple[str, ...] = ()
    """Names that C code after these headers cannot use as they stand: of functions, variables, typedefs, tags, fields
    and enumerators above that are at the unit's end also the name of an object-like macro with another body
    (`#define errno (*__errno_location ())`), whichever file defines it. Sorted."""
    masked_calls: tuple[str, ...] = ()
    """Names of functions above that are at the unit's end also function-like macros, whichever file defines them: a
    call `name(...)` is the macro's, `(name)(...)` the function's. Sorted."""
    left_out: tuple[LeftOut, ...] = ()
    """Own declarations that are not above, because not every compiler of the target sees them; for the ledger."""
    tags: dict[str, Record | Enum] = field(init=False, repr=False, compare=False)
    typedefs: dict[str, Typedef] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.tags = {d.key: d for d in self.declarations if isinstance(d, Record | Enum)}
        self.typedefs = {d.name: d for d in self.declarations if isinstance(d, Typedef)}

    def resolve(self, type_: Type) -> Type:
        """The type behind typedef names, as far as they are declared here; qualifiers of the names are lost."""
        while isinstance(type_, Alias):
            typedef = self.typedefs.get(type_.name)
            if typedef is None:
                break
            type_ = typedef.type
        return type_
