"""Shell completion by argcomplete (`headerkit[completion]`): `eval "$(register-python-argcomplete headerkit)"`.

The shell runs the command with `_ARGCOMPLETE` set. Each command has a parser of its own, so the words that name the
command are cut off before argcomplete sees the line, and the command's parser completes the rest.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from headerkit.cli import COMMANDS

if TYPE_CHECKING:
    import argparse

__all__ = ["complete", "words_before_cursor"]

_VARIABLE = "_ARGCOMPLETE"


def words_before_cursor() -> list[str]:
    """The words of the line after the program's name, without the one that is being typed."""
    import shlex  # noqa: PLC0415  (only the shell comes here)

    line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT", "0") or 0)]
    try:
        words = shlex.split(line)
    except ValueError:  # an open quote: the word is being typed
        words = line.split()
    typed = 0 if line.endswith(" ") else 1
    return words[1 : len(words) - typed]


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer the shell and leave the process. Where a header may stand first, a command may as well."""
    try:
        argcomplete: Any = import_module("argcomplete")
    except ImportError:
        raise SystemExit(1) from None
    words_of_command = len(parser.prog.split()) - 1
    os.environ[_VARIABLE] = str(words_of_command + 1)
    commands = () if words_of_command or words_before_cursor() else tuple(COMMANDS)
    files = argcomplete.completers.FilesCompleter(("h", "hpp"))
    for action in parser._actions:  # noqa: SLF001  (argparse has no other way to list them)
        if action.dest == "headers":
            action.completer = lambda prefix, **_: [*commands, *files(prefix)]  # type: ignore[attr-defined]  # argcomplete's
    argcomplete.autocomplete(parser, always_complete_options="long")
