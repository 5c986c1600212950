"""A writer's options: values from TOML, JSON or the command line checked against the writer's `Options` dataclass.

An option's type is one of: `bool`, `int`, `float`, `str`, a `Literal` of strings, `tuple[str, ...]`; or one of these
`| None`. A dataclass that refuses a value that fits its type raises ValueError from `__post_init__`, in the words for
the user. A field of another type is a mistake of who wrote the writer: TypeError, when the option is first given.
"""

from __future__ import annotations

from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from headerkit.errors import SettingsError
from headerkit.light_classes import NamedTuple, fields

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["option_problems", "read_option_text", "read_options"]

_EXPECTED: dict[object, str] = {bool: "true or false", int: "an integer", float: "a number", str: "a string"}
_LIST = tuple[str, ...]


class _OptionType(NamedTuple):
    """What an option may be: a key of `_EXPECTED`, a `Literal` or `_LIST`; and whether it may be None as well."""

    kind: Any
    optional: bool

    @property
    def expected(self) -> str:
        """In words."""
        if get_origin(self.kind) is Literal:
            return "one of " + ", ".join(map(repr, get_args(self.kind)))
        return _EXPECTED.get(self.kind, "a list of strings")

    def fitted(self, value: object) -> object:
        """The value as its field has it: a list is a tuple, one string a list of one. Raises ValueError."""
        kind = self.kind
        found: object
        if kind == _LIST:
            found = (
                (value,) if isinstance(value, str) else tuple(value) if isinstance(value, (list, tuple)) else (None,)
            )
            fits = all(isinstance(element, str) for element in found)
        elif get_origin(kind) is Literal:
            found, fits = value, isinstance(value, str) and value in get_args(kind)
        elif kind is float and isinstance(value, int) and not isinstance(value, bool):
            found, fits = float(value), True
        else:
            found, fits = value, isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not fits and not (value is None and self.optional):
            msg = f"expected {self.expected}, got {_shown(value)}"
            raise ValueError(msg)
        return None if value is None else found


def read_options(cls: type | None, options: Mapping[str, object], *, writer: str) -> Any:
    """Make the `Options` object; None for a writer without options. Raises SettingsError with every problem."""
    problems = option_problems(cls, options)
    made = None
    if not problems and cls is not None:
        types = _types(cls, options)
        try:
            made = cls(**{name: types[name].fitted(value) for name, value in options.items()})
        except ValueError as error:
            problems = [("", str(error))]
    if problems:
        lines = [f"writer.{writer}{'.' if name else ''}{name}: {text}" for name, text in problems]
        raise SettingsError("\n".join(lines))
    return made


def option_problems(cls: type | None, options: Mapping[str, object]) -> list[tuple[str, str]]:
    """What is wrong with names and types, as (option, text) pairs."""
    types = _types(cls, options)
    problems = []
    for name, value in options.items():
        if name in types:
            try:
                types[name].fitted(value)
            except ValueError as error:
                problems.append((name, str(error)))
            continue
        from difflib import get_close_matches  # noqa: PLC0415  (only a wrong name needs it)

        known = _names(cls)
        near = get_close_matches(name, known, 1)
        more = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}" if known else "there are none"
        problems.append((name, f"no such option; {more}"))
    return problems


def read_option_text(cls: type | None, name: str, text: str) -> object:
    """An option from the command line: a string as it stands, numbers and lists as TOML has them. Raises ValueError.

    An option that there is not stays text: `option_problems` tells of it.
    """
    found = _types(cls, (name,)).get(name)
    if found is None or found.kind is str or get_origin(found.kind) is Literal:
        return text
    if found.kind == _LIST and not text.lstrip().startswith("["):
        return (text,)
    return found.fitted(_from_toml(text))


def _from_toml(text: str) -> object:
    """The value that TOML reads, or the text itself."""
    from headerkit._compat import tomllib  # noqa: PLC0415  (only --writer-opt needs it)

    try:
        return tomllib.loads(f"value = {text}").get("value")
    except (tomllib.TOMLDecodeError, RecursionError):
        return text


def _names(cls: type | None) -> list[str]:
    return [] if cls is None else [field.name for field in fields(cls) if field.init]


def _types(cls: type | None, names: Mapping[str, object] | tuple[str, ...]) -> dict[str, _OptionType]:
    """The types of those of these options that there are. Raises TypeError for one that no option can have."""
    if cls is None or not names:
        return {}
    hints = get_type_hints(cls)
    return {name: _type(cls, name, hints[name]) for name in _names(cls) if name in names}


def _type(cls: type, name: str, hint: Any) -> _OptionType:
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    rest = [kind for kind in kinds if kind is not NoneType]
    kind = rest[0] if len(rest) == 1 else None
    literal = get_origin(kind) is Literal and all(isinstance(choice, str) for choice in get_args(kind))
    if not (literal or kind == _LIST or kind in _EXPECTED):
        supported = "bool, int, float, str, a Literal of strings, tuple[str, ...], and each of these | None"
        msg = f"{cls.__module__}.{cls.__qualname__}.{name}: {hint} is no type of an option; these are: {supported}"
        raise TypeError(msg)
    return _OptionType(kind, len(rest) < len(kinds))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
