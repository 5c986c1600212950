"""clang's errors as ours: its own text, file and line, and a hint for the common ones."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.main_file import unit_text
from headerkit.backends.libclang.missing_header import missing_header
from headerkit.errors import HeaderNotFoundError, ParseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.backends.libclang.arguments import Arguments
    from headerkit.backends.libclang.translation_unit import Diagnostic
    from headerkit.unit import Unit

__all__ = ["parse_error"]

_SHOWN = 10
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x19\x7f]")
_CPLUSPLUS_HEADERS = (
    *("algorithm", "array", "atomic", "bitset", "chrono", "complex", "deque", "exception", "fstream", "functional"),
    *("initializer_list", "iomanip", "iosfwd", "iostream", "istream", "iterator", "limits", "list", "map", "memory"),
    *("mutex", "new", "numeric", "optional", "ostream", "queue", "set", "sstream", "stack", "stdexcept", "string"),
    *("string_view", "thread", "tuple", "type_traits", "typeinfo", "unordered_map", "unordered_set", "utility"),
    *("variant", "vector"),
    r"c(?:assert|ctype|errno|float|inttypes|limits|locale|math|signal|std(?:arg|bool|def|int|io|lib)|string|time|wchar)",
)
_CPLUSPLUS = re.compile(
    r"unknown type name '(class|namespace|template|using)'"
    rf"|'({'|'.join(_CPLUSPLUS_HEADERS)})' file not found"
    r"|expected '\(' for function-style cast|expected unqualified-id"
)
# Words that C had no use for before C23 (6.4.1), or only with a header.
_C23 = re.compile(r"(?:unknown type name|use of undeclared identifier) '(constexpr|nullptr|typeof_unqual|bool)'")


def parse_error(
    unit: Unit, arguments: Arguments, errors: Sequence[Diagnostic], main_path: str
) -> HeaderNotFoundError | ParseError:
    """The error that stands for a unit's diagnostics, in their order; lines of the main file are the unit's own."""
    if not unit.path and unit.code is None and errors[0].text == f"'{unit.header}' file not found":
        cause, hint = missing_header(unit.header, unit, arguments)
        return HeaderNotFoundError(f"the header '{unit.header}' does not exist", cause=cause, hint=hint)
    lines = []
    root = unit.root.rstrip(os.sep) + os.sep
    for error in errors[:_SHOWN]:
        word = "fatal error" if error.severity >= 4 else "error"
        path = unit.header if error.path == main_path else error.path.removeprefix(root)
        lines.append(f"  {f'{path}:{error.line}: ' if path else ''}{word}: {error.text}")
    if len(errors) > _SHOWN:
        lines.append(f"  ... and {len(errors) - _SHOWN} more")
    ends = unit_text(unit).count("\n")
    if any(error.path == main_path and error.line > ends for error in errors):
        cause, hint = "the header ends inside a declaration", "look for a } or ; that is missing, at its end or before"
    elif _is_binary(errors[0]):
        cause, hint = "the file is not text in UTF-8", "name a C header; save one that is in another encoding as UTF-8"
    else:
        cause, hint = _advice(unit, arguments, [error.text for error in errors])
    return ParseError("\n".join([f"{unit.header} does not parse", *lines]), cause=cause, hint=hint)


def _is_binary(error: Diagnostic) -> bool:
    if "byte order mark detected" in error.text:
        return True
    try:
        with open(error.path, "rb") as file:
            return _NO_TEXT.search(file.read(1 << 16)) is not None
    except OSError:
        return False


def _advice(unit: Unit, arguments: Arguments, texts: Sequence[str]) -> tuple[str, str]:
    if any(_CPLUSPLUS.search(text) for text in texts):
        return (
            "the header needs C++, which is not supported",
            "name a C header of the library, or guard its C++ part with #ifdef __cplusplus",
        )
    word = next((found[1] for found in map(_C23.search, texts) if found), "")
    if word and (word != "bool" or not any("unknown type name" in text and "'bool'" not in text for text in texts)):
        return _c23_advice(word, arguments)
    for text in texts:
        missing = re.fullmatch(r"'([^']+)' file not found.*", text)
        if missing:
            return missing_header(missing[1], unit, arguments)
    unknown = next((found for found in map(re.compile(r"unknown type name '(\w+)'").search, texts) if found), None)
    if unknown:
        return (
            f"nothing that is included before says what {unknown[1]} is",
            'include the header that declares it before this one (code = "#include <...>\\n#include <...>")',
        )
    return "", ""


def _c23_advice(word: str, arguments: Arguments) -> tuple[str, str]:
    standard = next(argument for argument in reversed(arguments.argv) if argument.startswith(("-std=", "--std")))
    if standard.endswith(("23", "2x", "2y")):
        return f"this release of libclang does not know C23's {word} yet", "take a newer libclang (headerkit doctor)"
    cause = f"{word} is a word of C23, and the header was read with {standard}"
    if word == "bool":
        return cause, "include <stdbool.h> before this header, or read it as C23: --arg=-std=gnu23 (args)"
    return cause, "read it as C23: --arg=-std=gnu23 (args)"
