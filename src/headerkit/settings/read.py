"""TOML values -> the dataclasses of `model`, checked key by key; every problem is noted, none is raised."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, get_args, get_origin

from headerkit.light_classes import MISSING, fields
from headerkit.settings.expand import expand
from headerkit.settings.model import HeaderEntry, RuleEntry
from headerkit.settings.problems import did_you_mean, item, member, quoted, type_name

if TYPE_CHECKING:
    from headerkit.light_classes import Field
    from headerkit.settings.problems import Problems

__all__ = ["ABOVE_ZERO", "Reader", "keys_of"]

_T = TypeVar("_T")
ABOVE_ZERO = "a whole number above 0"
_MAX_DEPTH = 50
_WRONG: Any = object()
"""Stands for a value that was refused; its problem is noted."""


@cache
def keys_of(cls: type) -> dict[str, tuple[Field[Any], Any]]:
    """The keys of a settings dataclass: name as written -> its field and the type that it accepts."""
    return {
        found.metadata["name"] or found.name: (found, found.type) for found in fields(cls) if "doc" in found.metadata
    }


class Reader:
    """Reads the values of one settings file, with `environ` for `${VAR}`."""

    def __init__(self, problems: Problems, environ: Mapping[str, str]) -> None:
        self._problems = problems
        self._environ = environ

    def table(self, cls: type[_T], data: object, place: str, **known: object) -> _T | None:
        """Read a table into a settings dataclass; None where it is not usable. `known` are fields that are no keys."""
        if not isinstance(data, dict):
            self._problems.add(place, f"expected a table, got {type_name(data)}")
            return None
        keys = keys_of(cast("type", cls))
        values = dict(known)
        good = True
        for name, value in data.items():
            path = member(place, name)
            if name not in keys:
                self._problems.add(path, f"unknown key{did_you_mean(name, keys)}")
                continue
            found, hint = keys[name]
            read = self.value(hint, value, path)
            if read is _WRONG:
                good = False
            else:
                values[found.name] = read
        for name, (found, _) in keys.items():
            if found.default is MISSING and found.name not in values and name not in data:
                self._problems.add(place, f"the key {quoted(name)} is missing")
                good = False
        return cls(**values) if good else None

    def value(self, hint: Any, value: object, where: str) -> Any:
        """Read one value of a type that the settings use; `_WRONG` where it is not that."""
        if hint is str:
            return self._text(value, where)
        if hint is bool:
            return value if isinstance(value, bool) else self._wrong(where, "true or false", value)
        if hint is int:
            if isinstance(value, int) and not isinstance(value, bool):
                return value if value > 0 else self._wrong(where, ABOVE_ZERO, value, f" {value}")
            return self._wrong(where, ABOVE_ZERO, value)
        origin = get_origin(hint)
        if origin is tuple:
            return self._list(get_args(hint)[0], value, where)
        if origin is Literal:
            return self._choice(get_args(hint), value, where)
        if origin is Mapping:
            return self._mapping(get_args(hint)[1], value, where)
        if hint is object:
            return self._free(value, where, 0)
        if isinstance(hint, type):  # one of the tables
            read = self.table(hint, value, where)
            return _WRONG if read is None else read
        if isinstance(value, bool):  # bool | str, the only union there is
            return value
        return (
            self._text(value, where) if isinstance(value, str) else self._wrong(where, "true, false or a string", value)
        )

    def _wrong(self, where: str, expected: str, value: object, remark: str = "") -> Any:
        self._problems.add(where, f"expected {expected}, got {type_name(value)}{remark}")
        return _WRONG

    def _text(self, value: object, where: str) -> Any:
        if not isinstance(value, str):
            return self._wrong(where, "a string", value)
        if "\0" in value:
            self._problems.add(where, "a string cannot hold a NUL character")
            return _WRONG
        try:
            return expand(value, self._environ)
        except KeyError as unset:
            self._problems.add(
                where, f"the environment variable {unset.args[0]} is not set (used as ${{{unset.args[0]}}})"
            )
        except ValueError:
            self._problems.add(
                where, f"{quoted(value)} has a '${{' that is no ${{VARIABLE}}; write '$${{' for a literal one"
            )
        return _WRONG

    def _choice(self, choices: tuple[str, ...], value: object, where: str) -> Any:
        if value in choices:
            return value
        shown = [quoted(choice) for choice in choices if choice]
        expected = ", ".join(shown[:-1]) + f" or {shown[-1]}"
        if isinstance(value, str):
            self._problems.add(where, f"expected {expected}, got {quoted(value)}{did_you_mean(value, choices)}")
            return _WRONG
        return self._wrong(where, expected, value)

    def _list(self, hint: Any, value: object, where: str) -> Any:
        if hint is HeaderEntry and isinstance(value, dict):
            return self._headers_by_path(value, where)
        if not isinstance(value, list):
            what = "a list of strings" if hint is str else "a list" if hint is RuleEntry else "an array of tables"
            remark = f"; write [{quoted(value, chr(34), 40)}]" if hint is str and isinstance(value, str) else ""
            return self._wrong(where, what, value, remark)
        read = [self._item(hint, element, item(where, index)) for index, element in enumerate(value)]
        return _WRONG if any(element is _WRONG for element in read) else tuple(read)

    def _item(self, hint: Any, value: object, where: str) -> Any:
        if hint is RuleEntry and isinstance(value, str):
            kind, colon, pattern = value.partition(":")
            value = {"kind": kind, "pattern": pattern} if colon and not value.startswith("/") else {"pattern": value}
        if hint is HeaderEntry and isinstance(value, str):
            return self._wrong(where, "a table", value, f"; write {{ pattern = {quoted(value, chr(34), 40)} }}")
        if "where" in getattr(hint, "__match_args__", ()):
            read = self.table(cast("type", hint), value, where, where=where)
            return _WRONG if read is None else read
        return self.value(hint, value, where)

    def _headers_by_path(self, value: dict[str, object], where: str) -> Any:
        read = []
        for path, table in value.items():
            place = member(where, path)
            pattern = self._text(path, place)
            if isinstance(table, dict) and "pattern" in table:
                self._problems.add(
                    member(place, "pattern"), "this table is named by its path; 'pattern' is for [[headers]]"
                )
            elif not isinstance(table, dict) and path in keys_of(HeaderEntry):
                self._problems.add(
                    place, "a table of [headers] is named by a header's path; write [[headers]] for this key"
                )
            elif pattern is not _WRONG:
                read.append(self.table(HeaderEntry, table, place, pattern=pattern, where=place))
        return _WRONG if None in read else tuple(read)

    def _mapping(self, hint: Any, value: object, where: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(where, "a table", value)
        read = {name: self.value(hint, element, member(where, name)) for name, element in value.items()}
        return _WRONG if any(element is _WRONG for element in read.values()) else read

    def _free(self, value: object, where: str, depth: int) -> Any:
        """An option of a writer: any TOML value; which ones it takes, the writer says when it is made."""
        if depth > _MAX_DEPTH:
            self._problems.add(where, "nested too deeply")
            return _WRONG
        match value:
            case str():
                return self._text(value, where)
            case list():
                read = [self._free(element, item(where, index), depth + 1) for index, element in enumerate(value)]
                return _WRONG if any(element is _WRONG for element in read) else tuple(read)
            case dict():
                table = {name: self._free(element, member(where, name), depth + 1) for name, element in value.items()}
                return _WRONG if any(element is _WRONG for element in table.values()) else table
            case bool() | int() | float():
                return value
            case _:
                return self._wrong(where, "a string, number, boolean, list or table", value)
