"""The members of records and enums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from headerkit.backends.libclang.abi import CursorKind
from headerkit.backends.libclang.types import UNSIGNED_KINDS
from headerkit.ir import Builtin, Enum, Enumerator, Field, Opaque, Record

if TYPE_CHECKING:
    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.declarations import Declarations
    from headerkit.backends.libclang.tags import TagName

__all__ = ["read_enum", "read_record"]


def read_record(reader: Declarations, cursor: CXCursor, name: TagName, keyword: str) -> Record:
    """A struct or union, with its members where it is complete."""
    clang, unit = reader.clang, reader.unit
    kind = clang.clang_getCursorType(cursor)
    word: Literal["struct", "union"] = "union" if keyword == "union" else "struct"
    if not clang.clang_isCursorDefinition(cursor):
        return Record(name.key, word, name.name, None, None, None, name.typedef)
    size, align = clang.clang_Type_getSizeOf(kind), clang.clang_Type_getAlignOf(kind)
    attributes, _ = reader.attributes_of(cursor)
    packed = any(attribute.name == "packed" for attribute in attributes)
    fields = []
    read_type, text = reader.types.read, unit.text
    get_type, get_spelling = clang.clang_getCursorType, clang.clang_getCursorSpelling
    get_offset, get_width = clang.clang_Cursor_getOffsetOfField, clang.clang_getFieldDeclBitWidth
    has_attributes, align_of = clang.clang_Cursor_hasAttrs, reader.types.align_of
    doc, documented = reader.doc, reader.documented
    for number, field in enumerate(unit.fields(kind)):
        field_name = text(get_spelling(field))
        if "(" in field_name:  # clang 16 and later spell an anonymous member by what and where it is
            field_name = ""
        reader.context = f"{name.key}.{field_name or f'#{number}'}"
        field_kind = get_type(field)
        width = get_width(field)
        field_attributes, _ = reader.attributes.read(field) if has_attributes(field) else ((), "")
        if not packed and width < 0 and align_of(field_kind) > align:
            packed = True
        fields.append(
            Field(
                field_name,
                read_type(field_kind),
                get_offset(field),
                None if width < 0 else width,
                doc(field) if documented else "",
                field_attributes,
            )
        )
    return Record(
        name.key, word, name.name, tuple(fields), size, align, name.typedef, packed=packed, attributes=attributes
    )


def read_enum(reader: Declarations, cursor: CXCursor, name: TagName) -> Enum:
    """An enum with its values."""
    clang, unit = reader.clang, reader.unit
    integer = clang.clang_getEnumDeclIntegerType(cursor)
    underlying = reader.types.read(integer)
    if not clang.clang_isCursorDefinition(cursor):
        if isinstance(underlying, Opaque):  # GNU's forward reference (C23's says the type): what an enum has mostly
            underlying = Builtin("unsigned int")
        return Enum(name.key, name.name, None, underlying, None, None, name.typedef)
    unsigned = clang.clang_getCanonicalType(integer).kind in UNSIGNED_KINDS
    value = clang.clang_getEnumConstantDeclUnsignedValue if unsigned else clang.clang_getEnumConstantDeclValue
    kind = clang.clang_getCursorType(cursor)
    attributes, _ = reader.attributes_of(cursor)
    text, spelling, has_attributes = unit.text, clang.clang_getCursorSpelling, clang.clang_Cursor_hasAttrs
    enumerators = []
    for child in unit.children(cursor):
        if child.kind == CursorKind.ENUM_CONSTANT:
            own, _ = reader.attributes.read(child) if has_attributes(child) else ((), "")
            enumerators.append(Enumerator(text(spelling(child)), value(child), reader.doc(child), own))
    return Enum(
        name.key,
        name.name,
        tuple(enumerators),
        underlying,
        clang.clang_Type_getSizeOf(kind),
        clang.clang_Type_getAlignOf(kind),
        name.typedef,
        attributes=attributes,
    )
