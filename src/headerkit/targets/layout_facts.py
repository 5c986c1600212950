"""What an IR says that a C compiler can confirm: one *fact* each, with the C expression that is true where it holds.

Sizes, alignments and offsets are in bytes. A type that C gives no name is spelled by a member, variable or typedef that
has it (`__typeof__(((struct outer *)0)->member)`); an anonymous member's type cannot be spelled at all, but its members
can be: they are the outer record's (C11 6.7.2.1p13). Where a bit-field lies is no constant expression of C; its fact
names the member, and the compiler's own image of the record tells (`layout_program`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from headerkit.ir import (
    Alias,
    Array,
    Builtin,
    Enum,
    Pointer,
    Record,
    Tag,
    Typedef,
    Variable,
)
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Field, Header, Macro, Type

__all__ = ["BitField", "Fact", "Facts", "layout_facts", "place_text", "type_text"]

_LARGEST = 1 << 63
_LARGEST_IMAGE = 1 << 16
_NO_NAME = "C has no name for the type"
_FLOATS = ("float", "double", "long double")


class BitField(NamedTuple):
    """A bit-field: how C spells its record and names it there, and its place in bits as the IR counts them."""

    record: str
    member: str
    offset: int
    width: int


class Fact(NamedTuple):
    """One statement of the IR. `expected` is its value, as people read it.

    `test` is a C expression that is true where the fact holds, and `value` one with the value that the compiler has in
    its place: `kind` says what it is. A bit-field has neither. `macro` says that the fact is one of a macro: it holds
    before the names that macros mask are given free.
    """

    name: str
    expected: str
    test: str = ""
    value: str = ""
    kind: Literal["int", "float", "type", "text"] = "int"
    macro: bool = False
    bits: BitField | None = None


class Facts(NamedTuple):
    """The facts of an IR, and what it says beyond them: (its name, why C cannot tell)."""

    facts: tuple[Fact, ...]
    not_checkable: tuple[tuple[str, str], ...]


def layout_facts(header: Header, *, owned: bool = True) -> Facts:
    """The facts of a header: of its own declarations, or with `owned=False` of all that the IR holds complete."""
    reader = _Reader(header, owned=owned)
    return Facts((*reader.macros(), *reader.sizes(), *reader.declarations()), tuple(reader.not_checkable))


class _Reader:
    def __init__(self, header: Header, *, owned: bool) -> None:
        self._header = header
        self._owned = owned
        self._spelled: dict[str, str] = {}
        self.not_checkable: list[tuple[str, str]] = []
        for tagged in header.tags.values():
            word = tagged.kind if isinstance(tagged, Record) else "enum"
            if tagged.name or tagged.typedef:
                self._spelled[tagged.key] = f"{word} {tagged.name}" if tagged.name else tagged.typedef
        for item in header.declarations:
            if isinstance(item, Record) and item.key in self._spelled:
                self._spell_members(item, self._spelled[item.key])
            elif isinstance(item, Typedef):
                self._spell(item.type, f"(*({item.name} *)0)")
            elif isinstance(item, Variable):
                self._spell(item.type, item.name)

    # -- how C can name a type

    def _spell_members(self, record: Record, spelled: str) -> None:
        for field, designator, _ in self._members(record):
            if field.width is None:
                self._spell(field.type, f"(({spelled} *)0)->{designator}")

    def _spell(self, type_: Type, expression: str) -> None:
        """Note that the expression has this type, where that is a type without a name."""
        while isinstance(type_, Pointer | Array):
            expression = f"(*{expression})"
            type_ = type_.pointee if isinstance(type_, Pointer) else type_.element
        if not isinstance(type_, Tag) or type_.key in self._spelled:
            return
        self._spelled[type_.key] = f"__typeof__({expression})"
        inner = self._header.tags.get(type_.key)
        if isinstance(inner, Record):
            self._spell_members(inner, self._spelled[type_.key])

    def _members(self, record: Record, offset: int = 0) -> Iterator[tuple[Field, str, int]]:
        """Each member that has a name, those of anonymous members too, with its offset in bits."""
        for field in record.fields or ():
            inner = self._header.tags.get(field.type.key) if isinstance(field.type, Tag) and not field.name else None
            if field.name:
                yield field, field.name, offset + field.offset
            elif isinstance(inner, Record):
                yield from self._members(inner, offset + field.offset)

    # -- facts

    def sizes(self) -> Iterator[Fact]:
        """Those of C's own types."""
        for name, (size, align) in self._header.sizes.items():
            spelled = "void *" if name == "*" else name
            yield from _size_and_align(spelled, spelled, size, align)

    def declarations(self) -> Iterator[Fact]:
        """Those of records, enums and typedefs."""
        for item in self._header.declarations:
            if self._owned and not item.owned:
                continue
            if isinstance(item, Record) and item.size is not None:
                yield from self._record(item)
            elif isinstance(item, Enum):
                yield from self._enum(item)
            elif isinstance(item, Typedef) and item.size is not None:
                yield from _size_and_align(item.name, item.name, item.size, item.align)

    def _record(self, record: Record) -> Iterator[Fact]:
        spelled = self._spelled.get(record.key)
        if spelled is None:
            # The members of an anonymous one are facts of the record around it.
            self.not_checkable.append((f"sizeof({record.key})", _NO_NAME))
            return
        label = record.key if not record.name else f"{record.kind} {record.name}"
        yield from self._of_tagged(record, label, spelled)
        for field, name, offset in self._members(record):
            if field.width is not None and (record.size or 0) > _LARGEST_IMAGE:
                self.not_checkable.append((f"bits of {label}.{name}", "its record is too large for an object file"))
                continue
            if field.width is not None:
                place = BitField(spelled, name, offset, field.width)
                yield Fact(f"bits of {label}.{name}", place_text(offset, field.width), bits=place)
                continue
            yield _number(f"offsetof({label}, {name})", f"__builtin_offsetof({spelled}, {name})", offset // 8)
            size = self._size(field.type)
            if size is not None:
                yield _number(f"sizeof({label}.{name})", f"sizeof((({spelled} *)0)->{name})", size)
        for index, field in enumerate(record.fields or ()):
            if not field.name and field.width is not None:
                self.not_checkable.append((f"bits of {label}.#{index}", "the bit-field has no name"))

    def _enum(self, enum: Enum) -> Iterator[Fact]:
        spelled = self._spelled.get(enum.key)
        if spelled is not None and enum.size is not None:
            label = enum.key if not enum.name else f"enum {enum.name}"
            yield from self._of_tagged(enum, label, spelled)
            signed = self._signed(enum.underlying)
            if signed is not None:
                yield _typed(label, spelled, enum.size, signed=signed)
        elif enum.size is not None:
            self.not_checkable.append((f"sizeof({enum.key})", _NO_NAME))
        for one in enum.enumerators or ():
            yield from self._integer(one.name, one.value, macro=False)

    def _of_tagged(self, item: Record | Enum, label: str, spelled: str) -> Iterator[Fact]:
        """The size and alignment of a record or enum."""
        typedef = self._header.typedefs.get(item.typedef) if not item.name else None
        if typedef is not None and any(attribute.name == "aligned" for attribute in typedef.attributes):
            # `typedef struct {...} t __attribute__((aligned(32)))`: the alignment is the typedef's, not the struct's.
            self.not_checkable.append((f"_Alignof({label})", "its only name has an alignment of its own"))
            yield from _size_and_align(label, spelled, item.size, None)
        else:
            yield from _size_and_align(label, spelled, item.size, item.align)

    def macros(self) -> Iterator[Fact]:
        """Those of macros that have a value."""
        for macro in self._header.macros:
            match macro.kind:
                case "int" | "char":
                    yield from self._integer(macro.name, macro.value, macro=True)
                    yield from self._macro_type(macro)
                case "float":
                    yield from self._float(macro)
                case "string":
                    yield _text(macro)

    def _integer(self, name: str, value: object, *, macro: bool) -> Iterator[Fact]:
        if not isinstance(value, int) or not -_LARGEST <= value < 2 * _LARGEST:
            self.not_checkable.append((name, "no constant of C is as wide"))
            return
        yield _number(name, f"({name})", value, macro=macro)

    def _macro_type(self, macro: Macro) -> Iterator[Fact]:
        size = None if macro.type is None else self._size(macro.type)
        signed = None if macro.type is None else self._signed(macro.type)
        if size is not None and signed is not None:
            yield _typed(macro.name, f"__typeof__({macro.name})", size, signed=signed, macro=True)
        elif size is not None:
            yield _number(f"sizeof({macro.name})", f"sizeof({macro.name})", size, macro=True)

    def _float(self, macro: Macro) -> Iterator[Fact]:
        value, type_ = macro.value, macro.type
        if not isinstance(value, float) or not isinstance(type_, Builtin) or type_.name not in _FLOATS:
            self.not_checkable.append((macro.name, "its type is not one of C's own"))
            return
        expression = f"(double)({macro.name})"
        if value != value:  # noqa: PLR0124  (so is NaN alone)
            test = f"{expression} != {expression}"
        elif abs(value) == float("inf"):
            test = f"{expression} == {'-' if value < 0 else ''}__builtin_inf()"
        else:
            test = f"{expression} == {value.hex()}"
        yield Fact(macro.name, repr(value), test, expression, "float", macro=True)
        size = self._size(type_)
        if size is not None:
            yield _number(f"sizeof({macro.name})", f"sizeof({macro.name})", size, macro=True)

    # -- what the IR says of types

    def _size(self, type_: Type) -> int | None:
        """The bytes of a type; None where the IR does not say."""
        match type_:
            case Builtin():
                return self._header.sizes.get(type_.name, (None, None))[0]
            case Pointer():
                return self._header.sizes.get("*", (None, None))[0]
            case Array():
                element = self._size(type_.element)
                return None if element is None or type_.length is None else element * type_.length
            case Alias() if type_.name in self._header.typedefs:
                return self._header.typedefs[type_.name].size
            case Tag() if type_.key in self._header.tags:
                return self._header.tags[type_.key].size
            case _:
                return None

    def _signed(self, type_: Type) -> bool | None:
        """Whether an integer type is signed; None where that cannot be said of it, or is the target's choice."""
        type_ = self._header.resolve(type_)
        if not isinstance(type_, Builtin) or type_.name == "char":
            return None
        return not type_.name.startswith(("unsigned", "_Bool"))


def _size_and_align(label: str, spelled: str, size: int | None, align: int | None) -> Iterator[Fact]:
    if size is not None:
        yield _number(f"sizeof({label})", f"sizeof({spelled})", size)
    if align is not None:
        yield _number(f"_Alignof({label})", f"_Alignof({spelled})", align)


def _number(name: str, expression: str, value: int, *, macro: bool = False) -> Fact:
    test = f"{expression} == {_literal(value)}"
    # -1 is equal to the largest unsigned value.
    if value < 0 or value >= _LARGEST:
        test += f" && {expression} {'<' if value < 0 else '>'} 0"
    return Fact(name, str(value), test, expression, macro=macro)


def _typed(label: str, spelled: str, size: int, *, signed: bool, macro: bool = False) -> Fact:
    """The size and signedness of an integer type."""
    unsigned = f"(({spelled})-1 > 0)"
    test = f"sizeof({spelled}) == {size} && {'!' if signed else ''}{unsigned}"
    return Fact(
        f"type of {label}", type_text(size, signed=signed), test, f"sizeof({spelled}) * 2 + {unsigned}", "type", macro
    )


def _text(macro: Macro) -> Fact:
    value = str(macro.value)
    if macro.wide:
        test = f"sizeof({macro.name}) / sizeof *({macro.name}) == {len(value) + 1}"
        length = f"sizeof({macro.name}) / sizeof *({macro.name}) - 1"
        return Fact(f"length of {macro.name}", str(len(value)), test, length, macro=True)
    literal = "".join(one if one.isascii() and one.isalnum() else f"\\{ord(one):03o}" for one in value)
    length = f"__builtin_strlen({macro.name})"
    same = f'!__builtin_memcmp({macro.name}, "{literal}", {len(value) + 1})'
    test = f"{length} == {len(value.partition(chr(0))[0])} && {same}"
    return Fact(macro.name, repr(value), test, length, "text", macro=True)


def place_text(offset: int, width: int) -> str:
    """A bit-field's place as people read it."""
    return f"{width} bits at bit {offset}"


def type_text(size: int, *, signed: bool) -> str:
    """An integer type as people read it."""
    return f"{'signed' if signed else 'unsigned'}, {size} bytes"


def _literal(value: int) -> str:
    """An integer constant of C with this value."""
    if value < 0:
        return f"({value + 1}LL - 1)"
    return f"{value}{'ULL' if value >= _LARGEST else 'LL' if value >= 1 << 31 else ''}"
