"""Comments: where a text has any, and their words without markers, indentation and decoration."""

from __future__ import annotations

import re
from bisect import bisect_left

__all__ = ["CommentIndex", "clean"]

_OPENERS = re.compile(rb"/[*/]")
_TOOLS = ("clang-format o", "NOLINT", "LCOV_EXCL_", "cppcheck-suppress ", "coverity[")
_FOR_TOOLS = r"clang-format (?:on|off)|NOLINT\w*(?:\(.*\))?|LCOV_EXCL_\w+|cppcheck-suppress .*|coverity\[.*\]"
_DECORATION = "*=/#_- \t~+!"


class CommentIndex:
    """Where comments begin in a file. What looks like one inside a literal counts too: nothing is missed."""

    def __init__(self, text: bytes) -> None:
        self._offsets = [match.start() for match in _OPENERS.finditer(text)]

    def any_between(self, begin: int, end: int) -> bool:
        """Whether one begins at `begin <= offset < end`."""
        index = bisect_left(self._offsets, begin)
        return index < len(self._offsets) and self._offsets[index] < end


def clean(raw: str) -> str:
    """The words of a comment, or of several `//` lines, as clang hands them over; "" for one that only tools read."""
    words = _words(raw)
    return "" if words.startswith(_TOOLS) and re.fullmatch(_FOR_TOOLS, words) else words


def _words(raw: str) -> str:
    if raw.startswith("/*"):
        lines = raw[2:-2].lstrip("*!").removeprefix("<").split("\n")
        if len(lines) == 1:
            return lines[0].rstrip("* \t").strip()
        lines[1:] = map(_without_star, lines[1:])
    else:
        lines = [line.strip().lstrip("/!").removeprefix("<").removeprefix(" ") for line in raw.split("\n")]
    return _joined(lines)


def _without_star(line: str) -> str:
    stripped = line.lstrip()
    if stripped.startswith("*"):
        # Some write two stars a line; two before a word are bold text.
        text = stripped.lstrip("*")
        return text.removeprefix(" ") if not text or text[0].isspace() else stripped[1:]
    return line


def _joined(lines: list[str]) -> str:
    kept = ["" if not line.strip(_DECORATION + "\r") else line.rstrip("\r \t") for line in lines]
    margin = min((len(line) - len(line.lstrip()) for line in kept[1:] if line), default=0)
    if margin:
        kept[1:] = [line[margin:] for line in kept[1:]]
    kept[0] = kept[0].lstrip()
    text = "\n".join(kept).strip()
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text
