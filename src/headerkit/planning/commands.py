"""The command that makes an output again, for its first line and for messages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.portable import PROVIDED, pkg_config_name
from headerkit.settings.expand import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.settings import Overrides, Settings
    from headerkit.unit import Unit

__all__ = ["command_of"]

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+@%:,=")
"""Characters that mean nothing to a shell."""


def command_of(unit: Unit, writer: str, settings: Settings, overrides: Overrides) -> str:
    """The command: the same one for the same unit of a project, whoever asks for it, and no machine's path in it.

    Where there are settings they say what a header's outputs are, also those of the modules that bind it. "" where no
    command line would say it: a build's targets have given directories.
    """
    if settings.headers or settings.cffi:
        return "headerkit" if unit.code is not None else f"headerkit {_quoted(unit.header)}"
    words = ["headerkit", unit.header]
    words += ["--code", "..."] if unit.code is not None else []
    words += ["-w", writer]
    for flag, text in _flags(unit, settings):
        if text.startswith(PROVIDED) or "${" in text or os.path.isabs(text):
            return ""
        words += [flag, text] if flag != "--arg" else [f"{flag}={text}"]
    for name, key, text in overrides.writer_option_texts:
        if name == writer:
            words += ["--writer-opt", f"{writer}:{key}={text}"]
    return " ".join(map(_quoted, words))


def _flags(unit: Unit, settings: Settings) -> Iterator[tuple[str, str]]:
    """(option, value) of all that shapes the unit and is not in the settings."""
    packages: dict[str, None] = {}
    for flag, texts, known in (
        ("-I", [item.spelled for item in unit.include_dirs], settings.include_dirs),
        ("-D", list(unit.spelled_defines), settings.defines),
        ("--arg", list(unit.spelled_args), settings.args),
        ("--own", [spelling(glob) for glob in unit.owned], settings.owned),
    ):
        said = {spelling(text) for text in known}
        for text in texts:
            package = pkg_config_name(text)
            if package is not None:
                packages[package] = None
            elif text not in said:
                yield flag, text
    for package in packages:
        if package not in settings.pkg_config:
            yield "--pkg-config", package


def _quoted(word: str) -> str:
    if _PLAIN.issuperset(word):
        return word
    import shlex  # noqa: PLC0415  (rare)

    return shlex.quote(word)
