"""Plain literals (C11 6.4.4, 6.4.5) with their values and types: most macros need no more.

A literal may stand in parentheses and have a sign. Everything else is left to clang.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Literal

from headerkit.ir import Builtin
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from headerkit.ir import Type

__all__ = ["Literals", "Value", "is_literal", "read_string"]


class Value(NamedTuple):
    """A macro's value, as in `ir.Macro`."""

    kind: Literal["int", "float", "string", "char"]
    value: int | float | str
    type: Type | None
    wide: str = ""


# What a body must look like to be a literal; whether it is one (09 is none) only its reading tells.
_FORM = re.compile(
    rb"""[ \t(]*(?:-?\.?[0-9][\w.]*(?:(?<=[eEpP])[+-][0-9]+[fFlL]?)?|(?:u8|[LuU])?(?:"(?:\\.|[^"\\])*"\s*)+"""
    rb"""|'(?:\\.|[^'\\])+')[ \t)]*"""
)
_INTEGER = re.compile(rb"(-?)(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)([uUlL]{0,3})")
# Most libraries have none of these two: what compiles them is the first one that is met.
_FLOAT = (
    rb"(-?)((?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+"
    rb"|0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)([fFlL]?)"
)
_STRING = re.compile(rb'(u8|[LuU])?"((?:\\.|[^"\\])*)"\s*')
_ESCAPE = rb"(?s)\\(?:([0-7]{1,3})|x([0-9a-fA-F]+)|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))"
_SIMPLE = {b"n": 10, b"t": 9, b"r": 13, b"a": 7, b"b": 8, b"f": 12, b"v": 11, b"e": 27, b"E": 27}
_SUFFIXES = {b"": 0, b"u": 1, b"l": 2, b"ul": 3, b"lu": 3, b"ll": 4, b"ull": 5, b"llu": 5}
_INTS = (Builtin("int"), Builtin("long"), Builtin("long long"))
_UNSIGNED = (Builtin("unsigned int"), Builtin("unsigned long"), Builtin("unsigned long long"))
_FLOATS = {b"": Builtin("double"), b"f": Builtin("float"), b"l": Builtin("long double")}


def is_literal(body: bytes) -> bool:
    """Whether a body has a plain literal's form."""
    return body.isdigit() or _FORM.fullmatch(body) is not None


class Literals:
    """Reads literals for one target; `sizes` are the target's (`Header.sizes`)."""

    def __init__(self, sizes: dict[str, tuple[int, int]], *, char_signed: bool) -> None:
        self._bits = tuple(sizes[kind.name][0] * 8 for kind in _INTS)
        self._char_signed = char_signed
        self._known: dict[bytes, Value | None] = {}

    def read(self, body: bytes) -> Value | None:
        """The value of a macro's body when it is a literal, else None."""
        known = self._known
        if body not in known:
            known[body] = self._read(body)
        return known[body]

    def _read(self, body: bytes) -> Value | None:
        while body[:1] == b"(" and body[-1:] == b")":
            body = body[1:-1].strip()
        match = _INTEGER.fullmatch(body)
        if match is not None:
            return self._integer(*match.groups())
        if body[:1] == b"'":
            return self._character(body)
        if b'"' in body:
            return read_string(body)
        match = re.fullmatch(_FLOAT, body)
        return _float(*match.groups()) if match is not None else None

    def _integer(self, sign: bytes, digits: bytes, suffix: bytes) -> Value | None:
        code = _SUFFIXES.get(suffix.lower())
        if code is None:
            return None
        octal = digits[:1] == b"0"
        if not octal:
            value = int(digits)
        elif digits.isdigit():
            if b"8" in digits or b"9" in digits:
                return None
            value = int(digits, 8)
        else:
            value = int(digits, 0)
        # C11 6.4.4.1p5: the first type of the list that holds it; unsigned ones only where suffix or base allow them.
        for rank in range(code // 2, 3):
            bits = self._bits[rank]
            if not code & 1 and value < 1 << (bits - 1):
                return Value("int", -value if sign else value, _INTS[rank])
            if (code & 1 or octal) and value < 1 << bits:
                return Value("int", -value % (1 << bits) if sign else value, _UNSIGNED[rank])
        return None

    def _character(self, body: bytes) -> Value | None:
        units = _units(body[1:-1], "")
        if units is None or not 1 <= len(units) <= self._bits[0] // 8 or (body[1:2] == b"'" and len(body) != 3):
            return None
        if len(units) > 1:
            # C11 6.4.4.4p10 leaves it to the compiler; all make an int of the bytes, the first one highest.
            code = int.from_bytes(units.encode("latin-1"), "big")
            return Value("int", code - (1 << self._bits[0]) if code >> self._bits[0] - 1 else code, _INTS[0])
        value = ord(units)
        return Value("char", value - 256 if self._char_signed and value > 127 else value, _INTS[0])


def _float(sign: bytes, digits: bytes, suffix: bytes) -> Value | None:
    text = digits.decode()
    value = float.fromhex(text) if text[:2] in ("0x", "0X") else float(text)
    suffix = suffix.lower()
    if suffix == b"f":
        try:
            (value,) = struct.unpack("f", struct.pack("f", value))
        except OverflowError:
            return None
    return Value("float", -value if sign else value, _FLOATS[suffix])


def read_string(body: bytes) -> Value | None:
    """The value of adjacent string literals."""
    pieces = _STRING.findall(body)
    prefixes = {prefix for prefix, _ in pieces if prefix}
    if len(prefixes) > 1:
        return None
    prefix = prefixes.pop().decode() if prefixes else ""
    wide = prefix if prefix in ("L", "u", "U") else ""
    parts = [_units(text, wide) for _, text in pieces]
    if None in parts:
        return None
    return Value("string", "".join([part for part in parts if part]), None, wide)


def _units(text: bytes, wide: str) -> str | None:
    """A literal's elements, one character each: bytes, or code units of a wide one. None: not understood."""
    if b"\\" not in text:
        return _plain(text, wide)
    result: list[str] = []
    position = 0
    for match in re.finditer(_ESCAPE, text):
        result.append(_plain(text[position : match.start()], wide))
        position = match.end()
        octal, hexadecimal, short, long, simple = match.groups()
        if octal is not None or hexadecimal is not None:
            code = int(octal, 8) if octal is not None else int(hexadecimal, 16)
            if code > (0x10FFFF if wide else 0xFF):
                return None
            result.append(chr(code))
        elif short is not None or long is not None:
            point = int(short or long, 16)
            if point > 0x10FFFF or 0xD800 <= point < 0xE000:
                return None
            result.append(_plain(chr(point).encode(), wide))
        else:
            result.append(chr(_SIMPLE.get(simple, simple[0])))
    result.append(_plain(text[position:], wide))
    return "".join(result)


def _plain(text: bytes, wide: str) -> str:
    if not wide:
        return text.decode("latin-1")
    decoded = text.decode("utf-8", "replace")
    if wide == "u":
        units = decoded.encode("utf-16-le")
        return "".join(chr(int.from_bytes(units[i : i + 2], "little")) for i in range(0, len(units), 2))
    return decoded
