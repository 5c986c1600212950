"""What build systems need of the command line: argument files, depfiles, and directories that their targets provide."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import UsageError
from headerkit.settings.expand import provided
from headerkit.settings.files import DEDICATED, PYPROJECT
from headerkit.settings.problems import quoted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from headerkit.generation import Result
    from headerkit.plan import Plan

__all__ = ["add_build_options", "expand_argument_files", "write_depfile"]


def add_build_options(parser: argparse.ArgumentParser) -> None:
    """`--depfile`, `--include-from`, `--build-dir`."""
    group = parser.add_argument_group("for build systems")
    group.add_argument(
        "--depfile",
        metavar="FILE",
        help="write a Makefile rule with what the outputs depend on; accept any valid store entry",
    )
    group.add_argument(
        "--include-from",
        dest="include_dirs",
        action="append",
        type=_include_from,
        metavar="NAME=DIR",
        help="include directory of the build's target NAME; outside the project the store remembers only the name",
    )
    group.add_argument("--build-dir", type=os.path.abspath, metavar="DIR", help="the build's folder")


def _include_from(text: str) -> str:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        msg = f"--include-from: expected NAME=DIR, got {quoted(text)}"
        raise UsageError(msg)
    return provided(path, name)


def expand_argument_files(arguments: Sequence[str]) -> list[str]:
    """Replace each `@FILE` by the arguments in that file.

    One argument a line; a line that begins with a tab goes on with the argument before it, as a new line of it; empty
    lines do not count. Raises UsageError for a file that cannot be read.
    """
    expanded: list[str] = []
    for argument in arguments:
        if argument.startswith("@"):
            expanded += _read(argument[1:])
        else:
            expanded.append(argument)
    return expanded


def _read(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            lines = file.read().split("\n")
    except OSError as error:
        msg = f"@{path}: the argument file cannot be read: {error.strerror or error}"
        raise UsageError(msg) from error
    arguments: list[str] = []
    for line in lines:
        if line.startswith("\t") and arguments:
            arguments[-1] += "\n" + line[1:]
        elif line:
            arguments.append(line)
    return arguments


def write_depfile(path: str, results: Sequence[Result], plan: Plan, config: str | None) -> None:
    """Write the depfile of a run with the settings file `config` or the project's. Raises OutputError."""
    from headerkit.depfile import depfile_of  # noqa: PLC0415  (few runs write one)
    from headerkit.generation import write_if_changed  # noqa: PLC0415

    names = [config] if config else [os.path.join(plan.root, name) for name in (PYPROJECT, DEDICATED)]
    settings = [os.path.abspath(name) for name in names if os.path.isfile(name)]
    write_if_changed(os.path.abspath(path), depfile_of(results, settings))
