"""`headerkit [HEADER ...]`: makes the outputs and fills the store."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from headerkit.cli.arguments import Parser, add_choice_options, add_header_options, add_screen_options, plan_from
from headerkit.cli.for_builds import add_build_options
from headerkit.cli.results import print_json, print_ledger, print_lines
from headerkit.cli.screen import Screen
from headerkit.errors import UsageError
from headerkit.generation import run as run_plan

if TYPE_CHECKING:
    import argparse

    from headerkit.plan import Plan

__all__ = ["make_parser", "run"]


def run(arguments: list[str]) -> int:
    """Run the default command."""
    found = make_parser().parse(arguments)
    if found.help or found.version or found.cmakedir:
        return _tell(found)
    _refuse_commands(found.headers)
    plan = plan_from(found)
    if found.dry_run:
        from headerkit.cli.plan_text import plan_lines  # noqa: PLC0415  (only a dry run shows it)

        print("\n".join(plan_lines(plan)))
        Screen().notes(plan.warnings)
        return 0
    return _generate(plan, found)


def _generate(plan: Plan, found: argparse.Namespace) -> int:
    screen = Screen(found.verbosity)
    # A text for standard output leaves it to that text; who wants the lines as well says -v and gets them there too.
    prints = bool(found.writers) and not found.json and any(not job.output for job in plan.jobs)
    # A build takes what the store has and goes on without one; a developer's command keeps it new and whole.
    mine = not found.depfile
    if found.verbosity < 0 or found.json or prints:
        results = run_plan(plan, report=found.report, refresh=mine, need_store=mine)
    else:
        from headerkit.cli.progress import progress_bar  # noqa: PLC0415  (not for who wants no bar)

        with progress_bar(len(plan.jobs), wanted=True) as progress:
            results = run_plan(plan, report=found.report, refresh=mine, need_store=mine, progress=progress)
    if found.depfile:
        from headerkit.cli.for_builds import write_depfile  # noqa: PLC0415  (only builds want one)

        write_depfile(found.depfile, results, plan, found.config)
    if found.json:
        print_json(results, plan.warnings)
    elif prints:
        sys.stdout.write("".join(result.text for result in results if not result.job.output))
    else:
        print_lines(screen, results)
    if found.report and not found.json:
        print_ledger(screen, results, to_stderr=prints)
    screen.notes((*plan.warnings, *(note for result in results for note in result.notes)))
    return 0


def _tell(found: argparse.Namespace) -> int:
    import headerkit  # noqa: PLC0415

    if found.help:
        from headerkit.cli.help import help_text  # noqa: PLC0415

        print(help_text())
    elif found.version:
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
        from headerkit.settings.problems import did_you_mean  # noqa: PLC0415

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
    for name in ("--dry-run", "--report", "--json", "--version", "--cmakedir"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    return parser
