"""Globs as regular expressions, for the files of a project and for those that a library owns alike."""

from __future__ import annotations

import re

__all__ = ["glob_regex"]


def glob_regex(glob: str) -> str:
    """The regular expression of a glob over paths with forward slashes.

    `*`, `?` and `[...]` (`[!...]`) stay within one name; `**/` is any number of folders, `**` anything. A bracket that
    nothing closes is itself.
    """
    regex = []
    index = 0
    while index < len(glob):
        char = glob[index]
        index += 1
        if glob.startswith("**/", index - 1):
            regex.append("(?:.*/)?")
            index += 2
        elif glob.startswith("**", index - 1):
            regex.append(".*")
            index += 1
        elif char == "*":
            regex.append("[^/]*")
        elif char == "?":
            regex.append("[^/]")
        elif char == "[":
            closing = glob.find("]", index + (2 if glob[index : index + 1] == "!" else 1))
            if closing < 0:
                regex.append(r"\[")
                continue
            regex.append(_class(glob[index:closing]))
            index = closing + 1
        else:
            regex.append(re.escape(char))
    return "".join(regex)


def _class(inside: str) -> str:
    """A character class; a range from high to low matches nothing, as in fnmatch."""
    negated = inside.startswith("!")
    body = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside[1:] if negated else inside)
    try:
        re.compile(f"[{body}]")
    except re.error:
        return "[^/]" if negated else "(?!)"
    return f"(?!/)[{'^' if negated else ''}{body}]"
