"""Problems of settings: collected while they are read, reported at once, each with its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Problems", "did_you_mean", "item", "member", "nearest", "quoted", "type_name"]

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_SHOWN = 20
_WIDTH = 100
_ELSEWHERE = ("-", "HEADERKIT_", "config setting ")
"""How the paths of problems begin that are not the settings file's."""


def member(where: str, key: str) -> str:
    """The path of a key in the table at `where`: `tool.headerkit.writer`, `headers."include/a.h"`."""
    spelled = key if key and _BARE.issuperset(key) else quoted(key, '"')
    return f"{where}.{spelled}" if where else spelled


def item(where: str, index: int) -> str:
    """The path of an element of the list at `where`: `headers[1]`."""
    return f"{where}[{index}]"


def quoted(text: str, quote: str = "'", width: int = 60) -> str:
    """A text on one line, in quotes, cut where it is long: names and values come from files that anyone may write."""
    shown = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[: width + 1]
    )
    if len(shown) > width:
        shown = shown[: width - 3] + "..."
    return quote + shown + quote


def type_name(value: object) -> str:
    """What a TOML value is, in a message."""
    return "table" if isinstance(value, dict) else type(value).__name__


def nearest(wrong: str, known: Iterable[str], *, at_least: float = 0.6) -> str:
    """The known name that is closest to a wrong one, "" where none is. Dashes, underscores and case do not count."""
    from difflib import get_close_matches  # noqa: PLC0415  (only a wrong name pays for the import)

    folded = {name.replace("-", "_").lower(): name for name in known}
    close = get_close_matches(wrong[:200].replace("-", "_").lower(), folded, n=1, cutoff=at_least)
    return folded[close[0]] if close else ""


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing where no known name is close to the wrong one."""
    close = nearest(wrong, known)
    return f"; did you mean {quoted(close)}?" if close else ""


class Problems:
    """What is wrong with the settings, in the order found."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def add(self, where: str, what: str) -> None:
        """Note a problem at a path (a key, a flag, an environment variable; "" where the words say it)."""
        self._found[f"{where}: {what}" if where else what] = None

    def __bool__(self) -> bool:
        return bool(self._found)

    def raise_any(self, file: str) -> None:
        """Raise SettingsError with all problems, if there are any; UsageError where all are the command line's.

        `file` is the settings file as shown to people.
        """
        if not self._found:
            return
        flags = all(line.startswith("-") for line in self._found)
        error = UsageError if flags else SettingsError
        if all(line.startswith(_ELSEWHERE) for line in self._found):
            file = ""
        lines = [line if len(line) <= 4 * _WIDTH else line[: 4 * _WIDTH] + "..." for line in self._found]
        if len(lines) == 1:
            raise error(f"{file}: {lines[0]}" if file else lines[0])
        head = f"{len(lines)} problems in {file or ('the command line' if flags else 'the settings')}:"
        more = [f"  ... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
        raise error("\n".join([head, *(f"  {line}" for line in lines[:_SHOWN]), *more]))
