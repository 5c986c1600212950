"""What clang's errors mean: the unit's own stop it, those of probes only say which probes are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind
from headerkit.backends.libclang.main_file import PREAMBLE_LINES, SENTINEL
from headerkit.backends.libclang.probes import LINES
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.backends.libclang.arguments import Arguments
    from headerkit.backends.libclang.probes import Probe
    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.errors import HeaderNotFoundError, ParseError
    from headerkit.unit import Unit

__all__ = ["Verdict", "judge"]

_UNDERSTOOD = ("initializer element is not a compile-time constant", "pragma ")
"""Errors after which a probe's value is its macro's all the same: what calls a function, what warns of its use."""


class Verdict(NamedTuple):
    """`error`: what stops the unit. `missing`: a file was not found. `refused`: the numbers of refused probes.

    `guessed` are those of them that clang went on with as with another text: what it says of these is not the macro's.
    """

    error: HeaderNotFoundError | ParseError | None = None
    missing: bool = False
    refused: frozenset[int] = frozenset()
    guessed: frozenset[int] = frozenset()


def judge(unit: Unit, arguments: Arguments, parsed: TranslationUnit, probes: Sequence[Probe]) -> Verdict:
    """Sort a parse's errors."""
    errors = parsed.errors()
    if not errors:
        return Verdict()
    first = parsed.main.probe_line
    last = first + LINES * len(probes)
    theirs = [error for error in errors if not (error.path == parsed.main.path and first <= error.line < last)]
    # An error of the unit that shows up among the probes: it left something open, and there is no sentinel then.
    if not theirs and not _has_sentinel(parsed):
        theirs = errors
    if not theirs:
        refused = frozenset((error.line - first) // LINES for error in errors)
        guessed = frozenset((error.line - first) // LINES for error in errors if not error.text.startswith(_UNDERSTOOD))
        return Verdict(refused=refused, guessed=guessed)
    from headerkit.backends.libclang.diagnostics import parse_error  # noqa: PLC0415 - most units have no error

    in_user_lines = [
        error._replace(line=error.line - PREAMBLE_LINES) if error.path == parsed.main.path else error
        for error in theirs
    ]
    missing = any(error.text.endswith("file not found") for error in theirs)
    return Verdict(parse_error(unit, arguments, in_user_lines, parsed.main.path), missing)


def _has_sentinel(parsed: TranslationUnit) -> bool:
    return any(
        cursor.kind == CursorKind.VARIABLE and parsed.spelling(cursor) == SENTINEL for cursor in reversed(parsed.top())
    )
