"""`${VAR}` in strings of the settings.

The form is strictly `${NAME}`; `$${` is a literal `${`; a lone `$` is itself. An expanded string remembers how it was
spelled: identities and stored files hold the spelling, never the variable's value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.portable import PROVIDED

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Expanded", "escape", "expand", "provided", "spelling"]


class Expanded(str):
    """A string with variables in it: its value, and as `spelled` the way it was written."""

    __slots__ = ("spelled",)
    spelled: str

    def __new__(cls, value: str, spelled: str) -> Expanded:  # noqa: PYI034  (typing.Self is of Python 3.11)
        """Make the string `value` remember how it was `spelled`."""
        made = super().__new__(cls, value)
        made.spelled = spelled
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # str's has one element; pickle takes any
        """Let pickle make it again in a worker process."""
        return str(self), self.spelled


_REFERENCE = r"\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?"
"""Compiled when a text has one: `re` remembers it."""


def expand(text: str, environ: Mapping[str, str]) -> str:
    """Expand each `${VAR}`. Raises KeyError(name) if a variable is not set, ValueError for a bare `${`."""
    if "${" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        if match[0] == "$${":
            return "${"
        if match[1] is None:
            raise ValueError(match[0])
        return environ[match[1]]

    return Expanded(re.sub(_REFERENCE, value, text), text)


def spelling(text: str) -> str:
    """How a string was written: of an expanded one the `${VAR}` form, of another one itself."""
    return text.spelled if isinstance(text, Expanded) else text


def escape(text: str) -> str:
    """A string that came from no settings file, so that a `${` in it stays one."""
    return Expanded(text, text.replace("${", "$${")) if "${" in text else text


def provided(path: str, target: str) -> str:
    """A directory that the build system's `target` provides; its spelling is the target's name, wherever it lies."""
    return Expanded(path, f"{PROVIDED}{target}}}")
