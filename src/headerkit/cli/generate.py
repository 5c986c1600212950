"""`headerkit [HEADER ...]`: makes the outputs and fills the store.

A run without arguments, which builds and editors make all day, needs nothing of argparse (15 ms): it goes past it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from headerkit.cli.results import print_json, print_ledger, print_lines
from headerkit.cli.screen import Screen
from headerkit.errors import LockedError
from headerkit.generation import run as run_plan
from headerkit.light_classes import NamedTuple
from headerkit.planning import make_plan
from headerkit.settings import Overrides, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.generation import Result
    from headerkit.plan import Plan

__all__ = ["Choices", "run"]


class Choices(NamedTuple):
    """How a run is shown. `config` is the settings file that was named, `depfile` the file to write for a build."""

    verbosity: int = 0
    dry_run: bool = False
    report: bool = False
    json: bool = False
    depfile: str = ""
    config: str | None = None


def run(arguments: list[str]) -> int:
    """Run the default command."""
    overrides, choices = Overrides(base=os.getcwd()), Choices()
    if arguments:
        from headerkit.cli.generate_arguments import read_arguments, tell  # noqa: PLC0415  (see above)

        found = read_arguments(arguments)
        if isinstance(found, str):
            return tell(found)
        overrides, choices = found
    plan = make_plan(load_settings(overrides.base, config_file=choices.config, command_line=overrides), overrides)
    if choices.dry_run:
        from headerkit.cli.plan_text import plan_as_json, plan_lines  # noqa: PLC0415  (only a dry run shows it)

        print(plan_as_json(plan) if choices.json else "\n".join(plan_lines(plan)))
        Screen().notes(plan.warnings)
        return 0
    # A text for standard output has it for itself: there the lines about it are left out.
    asked = bool(overrides.writers or overrides.outputs)
    prints = asked and not choices.json and any(not job.output for job in plan.jobs)
    try:
        results = _generate(plan, choices, prints=prints)
    except LockedError as error:
        from headerkit.cli.again import command_line  # noqa: PLC0415  (only this error needs it)

        if choices.depfile:  # only the build knows the directories that its targets provide
            error.hint = "the same build with libclang at hand, and not locked   (then commit the store)"
        else:
            error.hint = f"{command_line(arguments, '--locked')}   (not locked; then commit the store)"
        raise
    _show(plan, results, choices, prints=prints)
    return 0


def _generate(plan: Plan, choices: Choices, *, prints: bool) -> Sequence[Result]:
    # A build takes what the store has and goes on without one; a developer's command keeps it new and whole.
    mine = not choices.depfile
    if choices.verbosity < 0 or choices.json or prints:
        results = run_plan(plan, report=choices.report, refresh=mine, need_store=mine)
    else:
        from headerkit.cli.progress import ProgressBar  # noqa: PLC0415  (only where a bar is shown)

        with ProgressBar(len(plan.jobs)) as progress:
            results = run_plan(plan, report=choices.report, refresh=mine, need_store=mine, progress=progress)
    if choices.depfile:
        from headerkit.cli.for_builds import write_depfile  # noqa: PLC0415  (only builds want one)

        write_depfile(choices.depfile, results, plan, choices.config)
    return results


def _show(plan: Plan, results: Sequence[Result], choices: Choices, *, prints: bool) -> None:
    screen = Screen(choices.verbosity)
    if choices.json:
        print_json(results, plan.warnings)
        return
    if prints:
        sys.stdout.flush()
        for result in results:
            if not result.job.output:
                # The bytes that a file would get: UTF-8, LF, and whatever else a header's names are made of.
                sys.stdout.buffer.write(result.text.encode("utf-8", "surrogateescape"))
    else:
        print_lines(screen, results)
    if choices.report:
        print_ledger(screen, results, to_stderr=prints)
    screen.notes((*plan.warnings, *(note for result in results for note in result.notes)))
