"""Records of the IR as ctypes classes: their rows, found through the layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Builtin, Enum, Record, Tag
from headerkit.writers.ctypes.bits import BitField
from headerkit.writers.ctypes.layout import Member, shape
from headerkit.writers.ctypes.spelling import UnsupportedError
from headerkit.writers.ctypes.stored import Stored
from headerkit.writers.python_names import KEYWORDS, plain_name

if TYPE_CHECKING:
    from headerkit.ir import Field
    from headerkit.writers.ctypes.layout import Shape
    from headerkit.writers.ctypes.spelling import Speller

__all__ = ["field_name", "record_shape"]

_UNSIGNED = frozenset(
    ["_Bool", "unsigned char", "unsigned short", "unsigned int", "unsigned long", "unsigned long long"]
)
_UNSIGNED_CHAR = ("aarch64", "arm", "powerpc", "ppc", "riscv", "s390x")
"""Architectures on which a plain `char` has no sign (except Apple's and Microsoft's)."""
_WORDS = (
    "_fields_ _pack_ _align_ _layout_ _anonymous_ _swappedbytes_ _objects _b_base_ _b_needsfree_ from_buffer "
    "from_buffer_copy from_address from_param in_dll mro"
)
_SPECIAL = (
    "abs add aenter aexit aiter and anext annotate annotations array array_interface array_struct await base "
    "bases basicsize bool buffer bytes call ceil class class_getitem complex contains copy ctypes_from_outparam "
    "dataclass_fields deepcopy del delattr delete delitem dict dictoffset dir divmod doc enter eq exit "
    "firstlineno flags float floor floordiv format fspath ge get getattr getattribute getitem getnewargs "
    "getnewargs_ex getstate gt hash iadd iand ifloordiv ilshift imatmul imod imul index init init_subclass "
    "instancecheck int invert ior ipow irshift isabstractmethod isub itemsize iter itruediv ixor le len "
    "length_hint lshift lt match_args matmul missing mod module mro mro_entries mul name ne neg new next objclass "
    "or orig_bases pointer_type pos post_init pow prepare qualname radd rand rdivmod reduce reduce_ex "
    "release_buffer replace repr reversed rfloordiv rlshift rmatmul rmod rmul ror round rpow rrshift rshift rsub "
    "rtruediv rxor set set_name setattr setitem setstate signature sizeof slots static_attributes str sub "
    "subclasscheck subclasses subclasshook text_signature truediv trunc type_params weakref weakrefoffset wrapped "
    "xor"
)
_CLASS_WORDS = frozenset((*_WORDS.split(), *(f"__{word}__" for word in _SPECIAL.split())))
"""What ctypes, Python up to 3.14 and its library look up on a record's class; other names with underscores are C's."""


def field_name(name: str) -> str:
    """Name a member in `_fields_`: as C does, unless ctypes takes the word for its own.

    Keywords stay here, where they are text; the class gets another name for them beside it (`from_`).
    """
    made = name if name in KEYWORDS else plain_name(name)
    return f"{made}_" if made in _CLASS_WORDS else made


def record_shape(speller: Speller, record: Record) -> Shape:
    """Lay a complete record out. Raises UnsupportedError where ctypes cannot have it."""
    size, align = record.size or 0, record.align or 1
    members: list[Member] = []
    bits: list[BitField] = []
    fields = record.fields or ()
    name = speller.names.tags[record.key]
    if record.fields is None:
        members.append(Member("_0", 0, Stored(f"_c.c_ubyte * {size}", size, 1, 1)))
    for index, field in enumerate(fields):
        if field.width is None:
            end = 8 * size if record.kind == "union" or index + 1 == len(fields) else fields[index + 1].offset
            members.append(_member(speller, field, space=(end - field.offset) // 8))
        elif field.name and field.width:
            bits.append(_bit_field(speller, field))
    try:
        return shape(
            record.kind,
            name,
            (size, align),
            members,
            bits,
            sizes=speller.header.sizes,
            claim=lambda: speller.names.helper(name),
        )
    except ValueError as error:
        raise UnsupportedError(str(error)) from error


def _member(speller: Speller, field: Field, space: int) -> Member:
    """`space` is how many bytes there are up to the next member."""
    try:
        stored = speller.stored(field.type)
    except UnsupportedError:
        stored = Stored(f"_c.c_ubyte * {max(space, 0)}", max(space, 0), 1, 1)
    name = field_name(field.name)
    if not field.name:
        # No other name is as unique as the class's own: the members of anonymous members share one name space.
        name = f"_{stored.expression.lstrip('_')}"
    return Member(name, field.offset // 8, stored, anonymous=not field.name)


def _bit_field(speller: Speller, field: Field) -> BitField:
    target, _ = speller.resolve(field.type)
    if isinstance(target, Tag):
        tag = speller.header.tags.get(target.key)
        if isinstance(tag, Enum):
            target, _ = speller.resolve(tag.underlying)
    name = target.name if isinstance(target, Builtin) else "int"
    size = speller.header.sizes.get(name, (4, 4))[0]
    signed = name not in _UNSIGNED
    if name == "char":
        architecture = speller.header.target.startswith(_UNSIGNED_CHAR)
        signed = not architecture or speller.windows or "apple" in speller.header.target
    return BitField(field_name(field.name), field.offset, field.width or 0, min(size, 8), signed)
