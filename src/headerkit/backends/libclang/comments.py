"""A raw comment as text: without its markers, its common indentation, its decoration."""

from __future__ import annotations

import re

__all__ = ["clean"]

_LINE = re.compile(r"^[ \t]*//[/!]*<?[ \t]?")
_STAR = re.compile(r"^[ \t]*\*+(?!/)[ \t]?")
_RULE = re.compile(r"^[ \t*=/#_-]*$")


def clean(raw: str) -> str:
    """The words of a comment, or of several `//` lines, as clang hands them over."""
    if not raw:
        return ""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.startswith("//"):
        lines = [_LINE.sub("", line) for line in text.split("\n")]
    else:
        body = re.sub(r"^/\*+[!]*<?", "", text)
        body = re.sub(r"\*+/$", "", body)
        lines = [line if number == 0 else _STAR.sub("", line) for number, line in enumerate(body.split("\n"))]
    lines = ["" if _RULE.fullmatch(line) else line.rstrip() for line in lines]
    return _dedented(lines)


def _dedented(lines: list[str]) -> str:
    lines = [lines[0].lstrip(), *lines[1:]]
    rest = [line for line in lines[1:] if line]
    margin = min((len(line) - len(line.lstrip()) for line in rest), default=0)
    text = "\n".join([lines[0], *(line[margin:] for line in lines[1:])])
    return re.sub(r"\n{3,}", "\n\n", text).strip()
