"""In which registers a small record goes on x86-64: what the compiler does, and what libffi makes of ctypes' account.

The psABI (3.2.3) gives each eight bytes of a record the class of the scalars in them. libffi does the same, but it lays
members out one after another by itself, also those of a union. Where the two come to the same classes, ctypes is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from headerkit.writers.ctypes.stored import round_up

__all__ = ["Aggregate", "Scalar", "same_registers"]

RegisterClass = Literal["none", "integer", "float", "sse"]
"""`float` is a word of which only the first four bytes are handed over."""


class Scalar(NamedTuple):
    """A scalar's size and alignment in bytes."""

    size: int
    align: int
    floating: bool


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A struct, union or array as ctypes tells libffi of it: the parts, without their places."""

    size: int
    align: int
    parts: tuple[Part, ...]
    union: bool = False
    array: bool = False


Part: TypeAlias = Scalar | Aggregate


def same_registers(record: Aggregate) -> bool:
    """Whether libffi finds the compiler's registers for a record of at most 16 bytes with natural layout."""
    truth = _true_classes(record)
    # Some versions of ctypes tell of an array as a pointer, others as its elements.
    return all(_libffi_classes(record, 0, flat=flat) == truth for flat in (True, False))


def _true_classes(record: Aggregate) -> list[RegisterClass]:
    classes: list[RegisterClass] = ["none"] * (-(-record.size // 8))
    for offset, scalar in _scalars(record, 0):
        for word in range(offset // 8, min(-(-(offset + scalar.size) // 8), len(classes))):
            classes[word] = _merged(classes[word], _class(scalar, offset))
    return classes


def _scalars(part: Part, base: int) -> list[tuple[int, Scalar]]:
    if isinstance(part, Scalar):
        return [(base, part)]
    found, position = [], 0
    for inner in part.parts:
        offset = 0 if part.union else round_up(position, inner.align)
        found += _scalars(inner, base + offset)
        position = offset + inner.size
    return found


def _libffi_classes(part: Part, offset: int, *, flat: bool) -> list[RegisterClass]:
    """What `classify_argument` of libffi (src/x86/ffi64.c) says, at an offset into an eightbyte."""
    if isinstance(part, Scalar):
        return [_class(part, offset)] * (-(-(part.size + offset) // 8))
    if part.array and not flat:
        return ["integer"]
    words = -(-(part.size + offset) // 8)
    classes: list[RegisterClass] = ["none"] * words
    position = offset
    for inner in part.parts:
        pointer = isinstance(inner, Aggregate) and inner.array and not flat
        position = round_up(position, 8 if pointer else inner.align)
        for index, kind in enumerate(_libffi_classes(inner, position % 8, flat=flat)):
            if position // 8 + index < words:
                classes[position // 8 + index] = _merged(classes[position // 8 + index], kind)
        position += 8 if pointer else inner.size
    return classes


def _class(scalar: Scalar, offset: int) -> RegisterClass:
    if not scalar.floating:
        return "integer"
    return "float" if scalar.size == 4 and offset % 8 == 0 else "sse"


def _merged(one: RegisterClass, other: RegisterClass) -> RegisterClass:
    if "integer" in (one, other):
        return "integer"
    if "none" in (one, other):
        return one if other == "none" else other
    return one if one == other else "sse"
