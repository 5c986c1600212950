"""The text that clang parses: first what measures C's own types, then the unit, then the macros' probes.

Line numbers of the unit's own text are those of the main file less `PREAMBLE_LINES`. A sentinel declaration stands
between the unit and the probes: where clang does not see it, the unit left something open (a brace, a comment).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import ParseError
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.unit import Unit

__all__ = ["MEASURED", "MEASURING", "PREAMBLE_LINES", "QUALIFIED", "SENTINEL", "MainFile", "compose", "included_names"]

SENTINEL = "__headerkit_sentinel"
MEASURING = "__headerkit_sizes"
"""The measuring struct's tag."""

# In one struct, one line: everything that each C target has.
_TYPES = (
    ("*", "void *"),
    ("_Bool", "_Bool"),
    ("char", "char"),
    ("signed char", "signed char"),
    ("unsigned char", "unsigned char"),
    ("short", "short"),
    ("unsigned short", "unsigned short"),
    ("int", "int"),
    ("unsigned int", "unsigned int"),
    ("long", "long"),
    ("unsigned long", "unsigned long"),
    ("long long", "long long"),
    ("unsigned long long", "unsigned long long"),
    ("float", "float"),
    ("double", "double"),
    ("long double", "long double"),
    ("float _Complex", "float _Complex"),
    ("double _Complex", "double _Complex"),
    ("long double _Complex", "long double _Complex"),
    ("__builtin_va_list", "__builtin_va_list"),
    ("__int128", "__int128"),
    ("unsigned __int128", "unsigned __int128"),
)
QUALIFIED = "const volatile char *restrict"
MEASURED = (*(name for name, _ in _TYPES[:-2]), QUALIFIED, *(name for name, _ in _TYPES[-2:]))
"""What the measuring struct's members measure, in order: keys of `Header.sizes`, and a type to learn qualifiers from.
The last two are there only where the target has them."""

_PREAMBLE = (
    f"struct {MEASURING} {{"
    + "".join(f" {spelling} m{index};" for index, (_, spelling) in enumerate(_TYPES[:-2]))
    + " const volatile char *restrict qualified;"
    + "\n#ifdef __SIZEOF_INT128__\n"
    + "".join(f" {spelling} w{index};" for index, (_, spelling) in enumerate(_TYPES[-2:]))
    + "\n#endif\n};\n"
)
PREAMBLE_LINES = _PREAMBLE.count("\n")


class MainFile(NamedTuple):
    """The main file: its made-up path, its text, the line (from 1) where the probes begin, the project's folder."""

    path: str
    text: bytes
    probe_line: int
    folder: str = ""


def unit_text(unit: Unit) -> str:
    """What a C program would write to get the unit."""
    if unit.code is not None:
        return unit.code if unit.code.endswith("\n") else unit.code + "\n"
    name = unit.path or unit.header
    if any(character in name for character in '"\n\r\0>' if unit.path == "" or character != ">"):
        msg = f"{name!r}: an #include cannot spell this name"
        raise ParseError(msg, hint="give the header another name")
    return f'#include "{name}"\n' if unit.path else f"#include <{name}>\n"


def main_path(unit: Unit) -> str:
    """Where the main file would lie: in the project's root, so that quoted names are looked up from there."""
    return os.path.join(unit.root, unit.header if unit.code is not None else f"{os.path.basename(unit.header)}.unit.c")


def compose(unit: Unit, probes: Sequence[str] = ()) -> MainFile:
    """The main file of a unit with probe lines at its end (each probe's text may hold several lines)."""
    head = f"{_PREAMBLE}{unit_text(unit)}extern int {SENTINEL};\n"
    lines = head.count("\n") + 1
    return MainFile(main_path(unit), (head + "".join(probes)).encode("utf-8", "surrogateescape"), lines, unit.root)


def included_names(unit: Unit, spelled: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """`Header.includes`: what a C program writes. `spelled` are the names that the unit's own text includes."""
    if unit.code is not None:
        return tuple(f'"{name}"' if quoted else f"<{name}>" for name, quoted in spelled)
    if not unit.path:
        return (f"<{unit.header}>",)
    for include_dir in unit.include_dirs:
        folder = os.path.join(os.path.normpath(include_dir.path), "")
        path = os.path.normpath(unit.path)
        if path.startswith(folder):
            name = path[len(folder) :].replace(os.sep, "/")
            return (f'"{name}"',) if _inside(folder, unit.root) else (f"<{name}>",)
    return (f'"{unit.header}"',)


def _inside(path: str, root: str) -> bool:
    return os.path.join(os.path.normpath(path), "").startswith(os.path.join(os.path.normpath(root), ""))
