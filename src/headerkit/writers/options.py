"""A writer's options: values from TOML, JSON or the command line checked against the writer's `Options` dataclass.

An option's type is one of: `bool`, `int`, `str`, a `Literal` of strings, `tuple[str, ...]`. A dataclass that refuses a
value that fits its type raises ValueError from `__post_init__`, in the words for the user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from headerkit.errors import SettingsError
from headerkit.light_classes import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["option_problems", "read_options"]


def read_options(cls: type | None, options: Mapping[str, object], *, writer: str) -> Any:
    """Make the `Options` object; None for a writer without options. Raises SettingsError with every problem."""
    problems = option_problems(cls, options)
    made = None
    if not problems and cls is not None:
        try:
            hints = get_type_hints(cls) if options else {}
            made = cls(**{name: _fitted(hints[name], value) for name, value in options.items()})
        except ValueError as error:
            problems = [("", str(error))]
    if problems:
        lines = [f"writer.{writer}{'.' if name else ''}{name}: {text}" for name, text in problems]
        raise SettingsError("\n".join(lines))
    return made


def _fitted(hint: Any, value: object) -> object:
    """A value as its field has it: lists are tuples, and one string is a list of one."""
    if get_origin(hint) is tuple and isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def option_problems(cls: type | None, options: Mapping[str, object]) -> list[tuple[str, str]]:
    """What is wrong with names and types, as (option, text) pairs."""
    if not options:
        return []
    known = [field.name for field in fields(cls)] if cls is not None else []
    hints = get_type_hints(cls) if cls is not None else {}
    problems = []
    for name, value in options.items():
        if name in known:
            expected = _mismatch(hints[name], value)
            if expected:
                problems.append((name, f"expected {expected}, got {_shown(value)}"))
            continue
        from difflib import get_close_matches  # noqa: PLC0415  (only a wrong name needs it)

        near = get_close_matches(name, known, 1)
        more = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}" if known else "there are none"
        problems.append((name, f"no such option; {more}"))
    return problems


def _mismatch(hint: Any, value: object) -> str:
    """What was expected, in words; "" where the value fits."""
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        return "" if value in choices else "one of " + ", ".join(map(repr, choices))
    if get_origin(hint) is tuple:
        fits = isinstance(value, str) or (
            isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
        )
        return "" if fits else "a list of strings"
    if hint is bool:
        return "" if isinstance(value, bool) else "true or false"
    if hint is int:
        return "" if isinstance(value, int) and not isinstance(value, bool) else "an integer"
    return "" if isinstance(value, str) else "a string"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
