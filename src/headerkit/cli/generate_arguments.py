"""The arguments of the default command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.cli.arguments import Parser, add_choice_options, add_header_options, add_screen_options, overrides_from
from headerkit.cli.for_builds import add_build_options
from headerkit.cli.generate import Choices
from headerkit.errors import UsageError

if TYPE_CHECKING:
    from headerkit.settings import Overrides


__all__ = ["make_parser", "read_arguments", "tell"]

_TELLS = ("help", "version", "cmakedir")
"""Options that ask headerkit about itself, in place of a run."""


def read_arguments(arguments: list[str]) -> tuple[Overrides, Choices] | str:
    """The run that the arguments ask for, or which of `_TELLS` they ask for. Raises UsageError."""
    found = make_parser().parse(arguments)
    asked = next((name for name in _TELLS if getattr(found, name)), None)
    if asked is not None:
        return asked
    _refuse_commands(found.headers)
    choices = Choices(
        verbosity=found.verbosity,
        dry_run=found.dry_run,
        report=found.report,
        json=found.json,
        depfile=found.depfile or "",
        config=found.config,
    )
    return overrides_from(found), choices


def tell(asked: str) -> int:
    """Print what one of `_TELLS` asks for."""
    import headerkit  # noqa: PLC0415  (all of these are rare)

    if asked == "help":
        from headerkit.cli.help import help_text  # noqa: PLC0415

        print(help_text())
    elif asked == "version":
        print(f"headerkit {headerkit.__version__}")
    else:
        print(os.path.join(os.path.dirname(os.path.abspath(headerkit.__file__)), "cmake"))
    return 0


def _refuse_commands(headers: list[str]) -> None:
    """Tell a command that is misspelt, or not the first word, from a header of that name."""
    from headerkit.cli import COMMANDS  # noqa: PLC0415  (the package that imports this module)

    for name in headers:
        if "." in name or "/" in name or os.path.lexists(name):
            continue
        if name in COMMANDS:
            msg = f"the command {name!r} must be the first word"
            raise UsageError(msg, hint=f"headerkit {name} ...   (a header of that name: ./{name})")
        from headerkit.settings.problems import did_you_mean  # noqa: PLC0415  (rare)

        hint = did_you_mean(name, COMMANDS)
        if hint:
            msg = f"{name!r} is neither a header nor a command{hint}"
            raise UsageError(msg, hint="headerkit --help")


def make_parser() -> Parser:
    """The parser of the default command; its help is `cli.help`."""
    parser = Parser("", "", add_help=False)
    add_header_options(parser)
    add_choice_options(parser)
    add_screen_options(parser)
    add_build_options(parser)
    for name in ("--no-cache", "--no-ir-cache", "--no-output-cache", "--locked"):
        parser.add_argument(name, action="store_true", default=None)
    for name in ("--dry-run", "--report", "--json", *(f"--{name}" for name in _TELLS if name != "help")):
        parser.add_argument(name, action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    return parser
