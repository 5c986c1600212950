"""Plain literals (C11 6.4.4, 6.4.5) with their values and types: most macros need no more.

A literal may stand in parentheses and have a sign. Everything else is left to clang.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Literal, NamedTuple

from headerkit.ir import Builtin

if TYPE_CHECKING:
    from headerkit.ir import Type

__all__ = ["Value", "read_literal"]


class Value(NamedTuple):
    """A macro's value, as in `ir.Macro`."""

    kind: Literal["int", "float", "string", "char"]
    value: int | float | str
    type: Type | None
    wide: str = ""


_NUMBER = re.compile(
    rb"(?P<sign>-?)(?:(?P<int>0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)(?P<suffix>[uUlL]{0,3})"
    rb"|(?P<float>(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+"
    rb"|0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)(?P<precision>[fFlL]?))"
)
_STRINGS = re.compile(rb'(?:(?:u8|[LuU])?"(?:\\.|[^"\\])*"\s*)+')
_STRING = re.compile(rb'(u8|[LuU])?"((?:\\.|[^"\\])*)"')
_CHARACTER = re.compile(rb"'((?:\\(?:[0-7]{1,3}|x[0-9a-fA-F]+|.)|[^'\\]))'")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9a-fA-F]+)|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_SIMPLE = {b"n": 10, b"t": 9, b"r": 13, b"0": 0, b"a": 7, b"b": 8, b"f": 12, b"v": 11, b"e": 27, b"E": 27}
_SUFFIXES = {b"": 0, b"u": 1, b"l": 2, b"ul": 3, b"lu": 3, b"ll": 4, b"ull": 5, b"llu": 5}
_INTS = ("int", "long", "long long")


def read_literal(body: bytes, sizes: dict[str, tuple[int, int]], *, char_signed: bool = True) -> Value | None:
    """The value of a macro's body when it is a literal, else None. `sizes` are the target's (`Header.sizes`)."""
    while body.startswith(b"(") and body.endswith(b")"):
        body = body[1:-1].strip()
    first = body[:1]
    if first.isdigit() or first in (b"-", b"."):
        return _number(body, sizes)
    if first == b"'":
        match = _CHARACTER.fullmatch(body)
        if match is None:
            return None
        code = _units(match[1], "")
        if code is None or len(code) != 1:
            return None
        value = ord(code)
        return Value("char", value - 256 if char_signed and value > 127 else value, Builtin("int"))
    if first in (b'"', b"L", b"u", b"U") and b'"' in body and _STRINGS.fullmatch(body):
        return _string(body)
    return None


def _number(body: bytes, sizes: dict[str, tuple[int, int]]) -> Value | None:
    match = _NUMBER.fullmatch(body)
    if match is None:
        return None
    negative = bool(match["sign"])
    if match["float"] is not None:
        return _float(match["float"].decode(), match["precision"].lower(), negative=negative)
    digits, suffix = match["int"], _SUFFIXES.get(match["suffix"].lower())
    if suffix is None:
        return None
    decimal = not digits.startswith(b"0") or digits == b"0"
    try:
        value = int(digits, 10) if decimal else int(digits, 8 if digits.isdigit() else 0)
    except ValueError:  # 09
        return None
    # C11 6.4.4.1p5: the first type of the list that holds the value; unsigned ones only where the suffix or base allows.
    for rank in range(suffix // 2, 3):
        name = _INTS[rank]
        bits = sizes[name][0] * 8
        if not suffix & 1 and value < 1 << (bits - 1):
            return Value("int", -value if negative else value, Builtin(name))
        if (suffix & 1 or not decimal) and value < 1 << bits:
            return Value("int", -value % (1 << bits) if negative else value, Builtin(f"unsigned {name}"))
    return None


def _float(digits: str, precision: bytes, *, negative: bool) -> Value | None:
    value = float.fromhex(digits) if digits[:2] in ("0x", "0X") else float(digits)
    if precision == b"f":
        try:
            (value,) = struct.unpack("f", struct.pack("f", value))
        except OverflowError:
            return None
    kind = {b"f": "float", b"l": "long double"}.get(precision, "double")
    return Value("float", -value if negative else value, Builtin(kind))


def _string(body: bytes) -> Value | None:
    pieces = _STRING.findall(body)
    prefixes = {prefix for prefix, _ in pieces if prefix}
    if len(prefixes) > 1:
        return None
    prefix = prefixes.pop().decode() if prefixes else ""
    wide = prefix if prefix in ("L", "u", "U") else ""
    parts = [_units(text, wide) for _, text in pieces]
    if None in parts:
        return None
    return Value("string", "".join(part for part in parts if part), None, wide)


def _units(text: bytes, wide: str) -> str | None:
    """A literal's elements, one character each: bytes of a plain one, code units of a wide one. None: not understood."""
    result: list[str] = []
    position = 0
    for match in _ESCAPE.finditer(text):
        result.append(_plain(text[position : match.start()], wide))
        position = match.end()
        octal, hexadecimal, short, long, simple = match.groups()
        if octal is not None or hexadecimal is not None:
            code = int(octal, 8) if octal is not None else int(hexadecimal, 16)
            if code > (0xFF if not wide else 0x10FFFF):
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
