"""Structs and unions in a cdef.

| how | when | what cffi does |
|---|---|---|
| partial (`...;`) | API mode, the rule | takes size and offsets from the compiler, whatever they become |
| exact | bit-fields (no partial record may have them) | lays out, then compares with the compiler |
| wrapped | bit-fields that cffi alone would put elsewhere (packed records) | partial; they hide in an unnamed struct |
| placed | no name in C, and all of ABI mode | lays out alone: padded by us until it is right |

A partial struct cannot lie inside a record that is not partial: those that do are *whole*, exact if cffi's layout is
right, else with an empty unnamed struct in them, which has cffi take them as the compiler does. Which are whole is
found before anything is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Alias, Array, Atomic, Builtin, FunctionType, Pointer, Record, Tag
from headerkit.writers.c_text import comment
from headerkit.writers.cffi.known import STAND_INS
from headerkit.writers.cffi.layout import Arrangement, Item, arrange, flavour_of, reachable
from headerkit.writers.cffi.reasons import UnsayableError
from headerkit.writers.declarator import tag_spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headerkit.ir import Field, Type
    from headerkit.writers.cffi.types import Types

__all__ = ["Records"]

INDENT = "    "
_MAY_CALL = frozenset((Alias, Array, Pointer))


class Records:
    """Writes records. `left_out` collects the (member, reason) pairs of those written since it was last emptied."""

    def __init__(self, types: Types, *, comments: bool) -> None:
        self.types = types
        self.header = types.header
        self.api = types.api
        self.comments = comments
        self.flavour = flavour_of(self.header.target)
        self.left_out: list[tuple[str, str]] = []
        self._whole: set[str] = set()
        self._placed: dict[str, Arrangement] = {}
        self._placing: set[str] = set()
        types.body = self._body
        types.belief = self._belief
        self._with_bits: set[str] = set()
        """Keys of the records that have bit-fields themselves,"""
        self._with_unnamed: set[str] = set()
        """and of those that have members without a name;"""
        self._anonymous: set[str] = set()
        """and of the records that such a member is made of."""
        self._circular: set[int] = set()
        """Identities of members that are functions which take the record itself by value."""
        self._functions: dict[str, FunctionType | None] = {}
        """By typedef name: the function type that it, or what it points to, stands for."""
        self._plain_types: set[int] = set()
        """Identities of types that a member can have without more ado, found so before."""
        for record in self.header.tags.values():
            if isinstance(record, Record) and record.fields:
                self._look_at_members(record, record.fields)
        if self.api:
            self._find_whole()

    def _look_at_members(self, record: Record, fields: tuple[Field, ...]) -> None:
        for field in fields:
            if field.width is not None:
                self._with_bits.add(record.key)
            if field.type.__class__ in _MAY_CALL and self._takes(field.type, record.key):
                self._circular.add(id(field))
            if not field.name:
                self._with_unnamed.add(record.key)
                if isinstance(field.type, Tag):
                    self._anonymous.add(field.type.key)

    def render(self, record: Record) -> str:
        """The record's declaration at file scope."""
        texts = self._members(record)
        if not record.name:
            if not texts:
                return f"typedef ... {record.typedef};"
            return f"typedef {record.kind} {_braces(texts)} {record.typedef};"
        spelling = tag_spelling(record)
        return f"{spelling} {_braces(texts)};" if texts else f"{spelling};"

    def _members(self, record: Record) -> list[str]:
        """The member list of a record with a name; empty for one that stays opaque."""
        if record.fields is None:
            known = record.elided and self.api and (record.key in self.types.by_value or not record.name)
            return ["...;"] if known else []
        if not self.api:
            return self._place_all(record)
        if record.key in self._whole:
            if self._is_laid_out_right(record):
                return [text for field in record.fields if (text := self._said(field))]
            # cffi takes a record with an unnamed one in it as the compiler has it.
            return [*self._wrapped(record), "struct { };"]
        if self._has_bit_fields(record):
            return [*self._wrapped(record), "...;"]
        return [*self._nested(record, internals=self._shows_internals(record)), "...;"]

    # -- members as they are written

    def _nested(self, record: Record, *, internals: bool) -> list[str]:
        """Members of a partial record; unnamed records stay unnamed records. Without `internals` none named `__…`."""
        texts = []
        for field in record.fields or ():
            if not field.name:
                inner = self._record_of(field.type)
                if inner is not None and (within := self._nested(inner, internals=internals)):
                    texts.append(f"{inner.kind} {_braces(within)};")
            elif internals or not field.name.startswith("__"):
                text = self._said(field)
                if text:
                    texts.append(text)
        return texts

    def _said(self, field: Field) -> str:
        """The member's text; "" for what cannot be said, which goes to `left_out`."""
        try:
            text = self._text(field)
        except UnsayableError as reason:
            self.left_out.append((field.name, str(reason)))
            return ""
        if self.comments and field.doc:
            return f"{comment(field.doc)}{text}"
        return text

    def _text(self, field: Field) -> str:
        """One member, with its semicolon."""
        types, type_ = self.types, field.type
        if id(field) in self._circular:
            msg = "cffi cannot make a record one of whose members is a function that takes the record by value"
            raise UnsayableError(msg)
        if field.name:
            if not types.usable(field.name):
                types.check_name(field.name)
            if id(type_) not in self._plain_types:
                if isinstance(type_, Atomic):
                    type_ = types.atomic_integer(type_)
                record = types.nameless(type_, pointers=True)
                if record is not None:
                    if record.size == 0 and isinstance(type_, Tag):
                        msg = "cffi gives a record without members a byte"
                        raise UnsayableError(msg)
                    return f"{types.spell_nameless(type_, record, field.name)};"
                types.need_complete(type_)
                if type_ is field.type:
                    self._plain_types.add(id(type_))
        text = types.declare(type_, field.name)
        if field.width is None:
            return f"{text};"
        if (inner := types.resolve(type_)).__class__ is Builtin and inner.name in STAND_INS:
            msg = f"cffi has no bit-fields of {inner.name}"
            raise UnsayableError(msg)
        return f"{text} : {field.width};"

    def _body(self, record: Record) -> str:
        """`struct {...}` of a record that has no name in C."""
        return f"{record.kind} {_braces(self._place_all(record))}"

    # -- members at places

    def _wrapped(self, record: Record) -> list[str]:
        """Members of a partial record with bit-fields, unnamed records flattened as cffi flattens them."""
        internals = self._shows_internals(record)
        items = [i for i in self._items(record, forced=True) if i.name and (internals or not i.name.startswith("__"))]
        arrangement = self._arrange(record, reachable(items), sized=True)
        self._note(arrangement)
        texts: list[str] = []
        bits: list[str] = []
        for text, is_bits in zip(arrangement.texts, arrangement.bits, strict=True):
            if is_bits:
                bits.append(text)
                continue
            if bits:
                texts.append(f"struct {_braces(bits)};")
                bits = []
            texts.append(text)
        if bits:
            texts.append(f"struct {_braces(bits)};")
        return texts

    def _place_all(self, record: Record) -> list[str]:
        """Members that cffi lays out by itself; raises UnsayableError for a record it cannot be led to lay out."""
        arrangement = self._place(record)
        self._note(arrangement)
        return list(arrangement.texts)

    def _place(self, record: Record) -> Arrangement:
        found = self._placed.get(record.key)
        if found is None:
            if record.fields is None or record.key in self._placing:
                msg = f"it needs all of {tag_spelling(record) or 'a record'}, which is incomplete"
                raise UnsayableError(msg)
            self._placing.add(record.key)
            try:
                found = self._placed[record.key] = self._arrange(record, self._items(record))
            finally:
                self._placing.discard(record.key)
        return found

    def _arrange(self, record: Record, items: Iterable[Item], *, sized: bool = False) -> Arrangement:
        union = record.kind == "union"
        return arrange(list(items), size=record.size or 0, union=union, flavour=self.flavour, sized=sized)

    def _note(self, arrangement: Arrangement) -> None:
        for item in arrangement.dropped:
            self.left_out.append((item.name, "cffi cannot put it where the compiler does"))

    def _items(self, record: Record, *, base: int = 0, forced: bool = False) -> Iterator[Item]:
        """The members with their places; those of unnamed members among them where cffi flattens (API mode)."""
        for field in record.fields or ():
            inner = None if field.name else self._record_of(field.type)
            if inner is None:
                yield from self._item(field, base, forced=forced)
            elif self.api:
                yield from self._items(inner, base=base + field.offset, forced=forced)
            else:
                try:
                    body, (size, align) = self._body(inner), self._belief(inner)
                except UnsayableError as reason:
                    self.left_out.append(("an unnamed member", str(reason)))
                    continue
                yield Item("", f"{body};", size, align, base + field.offset)

    def _item(self, field: Field, base: int, *, forced: bool) -> Iterator[Item]:
        text = self._said(field)
        if not text:
            return
        try:
            size, align = self.types.measure(field.type)
        except UnsayableError as reason:
            self.left_out.append((field.name, str(reason)))
            return
        if field.width is None:
            yield Item(field.name, text, size, align, base + field.offset, forced=forced)
        else:
            yield Item(field.name, text, size, align, base + field.offset if field.name else -1, field.width)

    def _belief(self, record: Record) -> tuple[int, int]:
        """Size and alignment (bytes) that cffi gives a record."""
        if self.api and (record.name or record.typedef):
            if record.size is None or record.align is None:
                msg = f"it needs all of {tag_spelling(record)}, which is incomplete"
                raise UnsayableError(msg)
            return record.size, self._spelled_align(record)
        arrangement = self._place(record)
        return arrangement.size, arrangement.align

    def lacks(self, type_: Type) -> str:
        """Without a compiler: the record in this type of which cffi lacks a member, "" where it lacks none."""
        inner = self.types.resolve(type_)
        if isinstance(inner, Array):
            return self.lacks(inner.element)
        record = self._record_of(inner)
        if record is None or record.fields is None:
            return ""
        if self._place(record).dropped:
            return tag_spelling(record) or "a record without a name"
        return next((found for field in record.fields if (found := self.lacks(field.type))), "")

    def uncallable(self, type_: Type) -> str:
        """Without a compiler: why cffi cannot pass this type by value (libffi's limits); "" where it can."""
        inner = self.types.resolve(type_)
        if isinstance(inner, Array):
            return self.uncallable(inner.element) if inner.length else "an array of no length"
        if isinstance(inner, Builtin):
            return "a complex number" if inner.name in {"float _Complex", "double _Complex"} else ""
        record = self._record_of(inner)
        if record is None:
            return ""
        if record.kind == "union":
            return "a union"
        for field in record.fields or ():
            if field.width is not None and field.name:
                return "a record with bit-fields"
            if field.width is None and not field.name:
                return "a record with an unnamed member"
            if found := self.uncallable(field.type):
                return found
        return ""

    # -- which records are whole

    def _find_whole(self) -> None:
        for record in self.header.tags.values():
            if not isinstance(record, Record) or not record.fields:
                continue
            if not record.name and not record.typedef:
                if record.key not in self._anonymous:
                    self._make_members_whole(record)
            elif record.key in self._with_bits and self._is_laid_out_right(record):
                self._make_whole(record)

    def _make_whole(self, record: Record) -> None:
        """Say that a record is not partial; then the structs in it must not be either."""
        if record.key not in self._whole:
            self._whole.add(record.key)
            self._make_members_whole(record)

    def _make_members_whole(self, record: Record) -> None:
        for field in record.fields or ():
            inner = self._record_of(self.types.resolve(field.type))
            if inner is None or (inner.kind == "union" and field.name):
                continue  # cffi minds only structs, and not those in an array; an unnamed union's are the record's own
            if inner.name or inner.typedef:
                self._make_whole(inner)
            else:
                self._make_members_whole(inner)

    def _is_laid_out_right(self, record: Record) -> bool:
        """Whether cffi, given the members as they are, finds the compiler's layout."""
        if any(not field.name and field.width is None for field in record.fields or ()):
            return False
        if not self._shows_internals(record) and any(field.name.startswith("__") for field in record.fields or ()):
            return False
        mark = len(self.left_out)
        arrangement = self._arrange(record, self._items(record))
        said = len(self.left_out) == mark
        del self.left_out[mark:]
        return (
            said
            and arrangement.as_written
            and (arrangement.size, arrangement.align)
            == (
                record.size,
                self._spelled_align(record),
            )
        )

    def _spelled_align(self, record: Record) -> int:
        """The alignment of what C calls the record: a typedef that is its only name may have another than it."""
        typedef = self.header.typedefs.get(record.typedef) if not record.name else None
        return (typedef.align if typedef is not None else None) or record.align or 1

    # -- looking

    def _takes(self, type_: Type, key: str) -> bool:
        """Whether a function of this type, or one that it is given, takes or returns the record by value."""
        function = self._function_of(type_)
        if function is None:
            return False
        for part in (function.result, *(function.params or ())):
            inner = self.types.resolve(part)
            if (inner.key == key) if isinstance(inner, Tag) else self._takes(part, key):
                return True
        return False

    def _function_of(self, type_: Type) -> FunctionType | None:
        """The function type at the end of pointers, arrays and names."""
        if isinstance(type_, Alias):
            if type_.name not in self._functions:
                typedef = self.header.typedefs.get(type_.name)
                self._functions[type_.name] = self._function_of(typedef.type) if typedef is not None else None
            return self._functions[type_.name]
        if isinstance(type_, Pointer):
            return self._function_of(type_.pointee)
        if isinstance(type_, Array):
            return self._function_of(type_.element)
        return type_ if isinstance(type_, FunctionType) else None

    def _shows_internals(self, record: Record) -> bool:
        """Whether members whose names are reserved for libc can be named where cffi's C code is compiled.

        Python.h defines feature macros before the header is read, and some members are called otherwise then (glibc:
        `fds_bits`, `re_nsub`'s neighbours). A member made of a nameless record of numbers (`struct in6_addr`) is not.
        """
        return record.owned or all(
            field.name.startswith("__") and self.types.nameless(field.type) is not None and self._is_number(field.type)
            for field in record.fields or ()
        )

    def _is_number(self, type_: Type) -> bool:
        inner = self.types.resolve(type_)
        while isinstance(inner, Array):
            inner = self.types.resolve(inner.element)
        record = self.types.nameless(inner)
        if record is not None:
            return all(self._is_number(field.type) for field in record.fields or ())
        return isinstance(inner, Builtin)

    def _record_of(self, type_: Type) -> Record | None:
        if isinstance(type_, Tag):
            declaration = self.header.tags.get(type_.key)
            if isinstance(declaration, Record):
                return declaration
        return None

    def _has_bit_fields(self, record: Record) -> bool:
        if record.key in self._with_bits:
            return True
        if record.key not in self._with_unnamed:
            return False
        unnamed = (self._record_of(field.type) for field in record.fields or () if not field.name)
        return any(inner is not None and self._has_bit_fields(inner) for inner in unnamed)


def _braces(texts: list[str]) -> str:
    if not texts:
        return "{\n}"
    lines = "\n".join(texts).replace("\n", f"\n{INDENT}")
    return f"{{\n{INDENT}{lines}\n}}"
