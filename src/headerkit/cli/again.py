"""The command line of a run, for hints that name it: an output is made again by the options that made it."""

from __future__ import annotations

import shlex

__all__ = ["command_line"]


def command_line(arguments: list[str], *without: str) -> str:
    """`headerkit` with these arguments as a shell takes them, but for the flags in `without`."""
    return shlex.join(["headerkit", *(argument for argument in arguments if argument not in without)])
