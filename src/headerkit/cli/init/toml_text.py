"""Small edits of TOML text that keep its comments and layout; each is proven by reading the result again.

An edit gives None where the text is not laid out as expected: then a person has to make it.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from headerkit._compat import tomllib

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["add_table", "add_to_array", "add_to_table", "quoted_string", "replace_string"]


def quoted_string(text: str) -> str:
    """A TOML basic string (TOML 1.0, "String")."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '\\"':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08X}"


def add_table(text: str, block: str) -> str | None:
    """Add tables at the end."""
    body = text.rstrip("\r\n")
    edited = f"{body}\n\n{block.strip()}\n" if body else f"{block.strip()}\n"

    def change(data: dict[str, Any]) -> None:
        _merge(data, tomllib.loads(block))

    return _proven(text, edited, change)


def add_to_array(text: str, table: str, key: str, value: str) -> str | None:
    """Add a string at the end of the array `key` of `[table]`."""
    start = _value_start(text, table, key)
    if start is None or text[start] != "[":
        return None
    array = _array(text, start)
    if array is None:
        return None
    end, last, comma = array
    inside = text[start + 1 : end]
    new = quoted_string(value)
    if "\n" in inside:
        # After the last value and its comma, and the comment that may follow on the same line.
        line_end = text.find("\n", max(last, start), end)
        line_end = end if line_end < 0 else line_end
        indent = re.search(r"\n([ \t]*)[\"']", inside)
        added = f"\n{indent[1] if indent else '  '}{new},"
        separator = "" if comma or last < 0 else ","
        edited = (
            text[: max(last, start + 1)] + separator + text[max(last, start + 1) : line_end] + added + text[line_end:]
        )
    else:
        separator = "" if last < 0 else " " if comma else ", "
        edited = text[:end].rstrip() + separator + new + text[end:]

    def change(data: dict[str, Any]) -> None:
        _at(data, table)[key].append(value)

    return _proven(text, edited, change)


def replace_string(text: str, table: str, key: str, value: str) -> str | None:
    """Give the string `key` of `[table]` another value."""
    start = _value_start(text, table, key)
    found = re.compile(r"\"[^\"\\\n]*\"|'[^'\n]*'").match(text, start) if start is not None else None
    if found is None:
        return None
    edited = text[: found.start()] + quoted_string(value) + text[found.end() :]

    def change(data: dict[str, Any]) -> None:
        _at(data, table)[key] = value

    return _proven(text, edited, change)


def add_to_table(text: str, table: str, lines: str) -> str | None:
    """Add keys at the top of `[table]`."""
    header = _header(text, table)
    if header is None:
        return None
    edited = f"{text[: header.end()]}{lines.strip()}\n{text[header.end() :]}"

    def change(data: dict[str, Any]) -> None:
        _at(data, table).update(tomllib.loads(lines))

    return _proven(text, edited, change)


def _merge(data: dict[str, Any], added: dict[str, Any]) -> None:
    """Add tables to tables and the tables of an array to those that it has; anything else must be new."""
    for key, value in added.items():
        match data.get(key), value:
            case None, _:
                data[key] = value
            case dict() as there, dict():
                _merge(there, value)
            case list() as there, list():
                there += value
            case _:
                raise KeyError(key)


def _at(data: dict[str, Any], table: str) -> dict[str, Any]:
    for name in table.split("."):
        data = data[name]
    return data


def _proven(before: str, after: str, change: Callable[[dict[str, Any]], None]) -> str | None:
    """The edited text, if it says what the old one said with the change and nothing else."""
    try:
        expected = copy.deepcopy(tomllib.loads(before))
        change(expected)
        return after if tomllib.loads(after) == expected else None
    except (tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError, RecursionError):
        return None


def _header(text: str, table: str) -> re.Match[str] | None:
    return re.search(rf"^[ \t]*\[{re.escape(table)}\][ \t]*(?:#[^\n]*)?\r?\n", text, re.MULTILINE)


def _value_start(text: str, table: str, key: str) -> int | None:
    header = _header(text, table)
    if header is None:
        return None
    found = re.compile(rf"^[ \t]*{re.escape(key)}[ \t]*=[ \t]*", re.MULTILINE).search(text, header.end())
    return found.end() if found and found.end() < len(text) else None


def _array(text: str, start: int) -> tuple[int, int, bool] | None:
    """Where the array that opens at `start` closes, where its last value ends (-1: none), and if a comma follows it."""
    token = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|#[^\n]*|[\[\],]")
    last, comma = -1, False
    for found in token.finditer(text, start + 1):
        if found[0] == "]":
            return found.start(), last, comma
        if found[0] == "[":
            return None  # no list of requirements
        if found[0] == ",":
            comma = True
        elif not found[0].startswith("#"):
            last, comma = found.end(), False
    return None
