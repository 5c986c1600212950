"""What a person sees: colour on a terminal that wants it, times, and notes on standard error.

Results go to standard output; notes and progress go to standard error, so that a text or JSON can be piped on.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Screen", "duration", "is_plain"]

_COLOURS = {"green": "32", "yellow": "33", "red": "31", "dim": "2", "bold": "1"}


def is_plain(stream: TextIO) -> bool:
    """Whether a stream gets plain lines: no terminal, a dumb one, NO_COLOR (https://no-color.org) or a CI run."""
    if os.environ.get("FORCE_COLOR"):
        return False
    quiet = any(os.environ.get(name) for name in ("NO_COLOR", "CI")) or os.environ.get("TERM") == "dumb"
    return quiet or not stream.isatty()


def duration(seconds: float) -> str:
    """A time as people read it: `0.4 ms`, `61 ms`, `2.1 s`."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.1f} ms" if seconds < 0.01 else f"{seconds * 1000:.0f} ms"


class Screen:
    """Prints results and notes. `verbosity` is -1 (errors alone), 0 or 1."""

    def __init__(self, verbosity: int = 0) -> None:
        self.verbosity = verbosity
        self._plain = is_plain(sys.stdout)

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour, where standard output shows colours."""
        return text if self._plain else f"\033[{_COLOURS[colour]}m{text}\033[0m"

    def line(self, text: str = "") -> None:
        """One line of the result; nothing when quiet."""
        if self.verbosity >= 0:
            print(text)

    def detail(self, text: str) -> None:
        """One line that only -v shows."""
        if self.verbosity > 0:
            print(text)

    def notes(self, notes: Iterable[str]) -> None:
        """What the user should know, each once, on standard error."""
        if self.verbosity >= 0:
            sys.stdout.flush()
            for note in dict.fromkeys(notes):
                print(f"headerkit: {note}", file=sys.stderr)
