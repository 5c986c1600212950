"""The C file that a compiler judges an IR by: the unit as the IR was parsed from, then one line a fact.

A fact that is a constant expression is a `_Static_assert`. What is none (where a bit-field lies) is an *image*: a
variable whose bytes in the object file tell, found there by a mark in front of it, so that nothing has to be run and
any target will do. Images also ask for the value that a compiler has where it disagrees.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from headerkit.backends.libclang.main_file import unit_text
from headerkit.light_classes import NamedTuple
from headerkit.targets.layout_facts import place_text, type_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headerkit.ir import Header
    from headerkit.targets.layout_facts import Fact
    from headerkit.unit import Unit

__all__ = ["FILE", "Program", "layout_program", "read_images"]

FILE = "headerkit-layouts"
"""What the compiler calls the lines of facts."""

# A header that defines one of these for old compilers would make the assertions mean something else, or nothing.
_WORDS = (
    *("_Static_assert", "_Alignof", "__builtin_offsetof", "__typeof__", "__attribute__"),
    *("__builtin_strlen", "__builtin_memcmp", "sizeof", "struct", "union", "enum"),
    *("void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool"),
)
_MARK = b"headerkit:"
_IMAGE = re.compile(re.escape(_MARK) + rb"(\d{6})")
_MARK_LENGTH = len(_MARK) + 6
_ORDER = 999999
"""The image that tells the target's byte order."""


class Program(NamedTuple):
    """A C file, and by line of `FILE` (from 1) the index of the fact that stands there."""

    text: str
    lines: dict[int, int]
    images: bool


def layout_program(
    unit: Unit, header: Header, facts: Sequence[Fact], *, asserted: Iterable[int], imaged: Iterable[int]
) -> Program:
    """The program that asserts the facts of these indexes, and has images of those."""
    head = "\n".join([unit_text(unit), *(f"#undef {word}" for word in _WORDS), f'# 1 "{FILE}"', ""])
    asserted, imaged = list(asserted), list(imaged)
    lines: list[str] = []
    places: dict[int, int] = {}

    def write(indexes: list[int], images: list[int]) -> None:
        for index in indexes:
            places[len(lines) + 1] = index
            fact = facts[index]
            lines.append(f'_Static_assert({fact.test}, "{_quoted(fact.name)}");')
        for index in images:
            places[len(lines) + 1] = index
            lines.append(_image(index, facts[index]))

    write([index for index in asserted if facts[index].macro], [index for index in imaged if facts[index].macro])
    # Macros hide declared names from C (`#define errno (*__errno_location())`); here nothing needs the macro any more.
    lines += [f"#undef {name}" for name in header.masked]
    write(
        [index for index in asserted if not facts[index].macro],
        [index for index in imaged if not facts[index].macro],
    )
    if imaged:
        lines.append(_variable(_ORDER, "long long __headerkit_v;", "1"))
    return Program(head + "\n".join([*lines, ""]), places, bool(imaged))


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _image(index: int, fact: Fact) -> str:
    if fact.bits is not None:
        # Visual C++'s layout keeps a record's own alignment inside a packed one: the offset is said, too.
        image, record = f"struct __headerkit_image_{index}", fact.bits.record
        values = f"__builtin_offsetof({image}, __headerkit_v), sizeof({record}), {{ .{fact.bits.member} = -1 }}"
        return _variable(index, f"long long __headerkit_at, __headerkit_size; {record} __headerkit_v;", values)
    if fact.kind == "float":
        return _variable(index, "double __headerkit_v;", fact.value)
    return _variable(
        index,
        "long long __headerkit_v; signed char __headerkit_negative;",
        f"(long long)({fact.value}), ({fact.value}) < 0",
    )


def _variable(index: int, members: str, values: str) -> str:
    mark = f"{_MARK.decode()}{index:06}"
    # Packed: what is said begins right after the mark. External: no compiler leaves it out. All names are reserved
    # ones: the header may have made macros of any other.
    name = f"__headerkit_image_{index}"
    members = f"char __headerkit_mark[{_MARK_LENGTH}]; {members}"
    return f'struct {name} {{ {members} }} __attribute__((__packed__)) {name} = {{ "{mark}", {values} }};'


def read_images(data: bytes, facts: Sequence[Fact]) -> dict[int, str]:
    """By the fact's index what an object file says of it, as `Fact.expected` would."""
    found = {int(match[1]): match.end() for match in _IMAGE.finditer(data)}
    if _ORDER not in found:
        return {}
    little = data[found[_ORDER]] == 1
    return {
        index: _text(facts[index], data, start, "<" if little else ">")
        for index, start in found.items()
        if index != _ORDER
    }


def _text(fact: Fact, data: bytes, start: int, order: str) -> str:
    if fact.bits is not None:
        at, size = struct.unpack_from(f"{order}qq", data, start)
        begin = start - _MARK_LENGTH + at
        return _bits(data[begin : begin + size], little=order == "<")
    if fact.kind == "float":
        return repr(struct.unpack_from(f"{order}d", data, start)[0])
    value, negative = struct.unpack_from(f"{order}qb", data, start)
    value = value if negative else value % (1 << 64)
    return type_text(value // 2, signed=not value % 2) if fact.kind == "type" else str(value)


def _bits(image: bytes, *, little: bool) -> str:
    """Which bits of a record are set. clang counts from a byte's low end, on big-endian targets from its high one."""
    places = [
        8 * at + bit for at, byte in enumerate(image) for bit in range(8) if byte >> (bit if little else 7 - bit) & 1
    ]
    if not places:
        return "no bits"
    width = places[-1] - places[0] + 1
    return place_text(places[0], width) if len(places) == width else f"bits {', '.join(map(str, places))}"
