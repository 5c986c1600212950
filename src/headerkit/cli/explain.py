"""`headerkit explain [HEADER ...]`: hit or miss, for each target, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.cli.arguments import Parser, add_choice_options, add_header_options, add_screen_options, plan_from
from headerkit.cli.screen import Screen
from headerkit.store.explain import explain

if TYPE_CHECKING:
    from headerkit.store.explain import Explanation

__all__ = ["run"]

_DESCRIPTION = """\
Say for each header, target and writer whether the store has what is asked for, and if not, which file, flag, option
or target is different. Without headers: for all that the settings name."""


def run(arguments: list[str]) -> int:
    """Explain; the exit status is 0 for hits and misses alike."""
    parser = Parser("explain", _DESCRIPTION)
    add_header_options(parser)
    add_choice_options(parser)
    add_screen_options(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    found = parser.parse(arguments)
    plan = plan_from(found)
    explanations = explain(plan.store_dir, plan.jobs, plan.cache)
    if found.json:
        import json  # noqa: PLC0415  (only --json needs it)
        from dataclasses import asdict  # noqa: PLC0415

        print(json.dumps({"version": 1, "explanations": [asdict(one) for one in explanations]}, indent=2))
        return 0
    screen = Screen(found.verbosity)
    for one in explanations:
        _print(screen, one)
    screen.notes((*plan.warnings, *(note for one in explanations for note in one.notes)))
    return 0


def _print(screen: Screen, one: Explanation) -> None:
    status = screen.paint("hit ", "green") if one.hit else screen.paint("miss", "yellow")
    asked = "" if one.asked else " (another target)"
    screen.line(f"{status} {one.header}  {one.writer or 'IR'}  {one.target}{asked}")
    for reason in one.reasons:
        screen.line(f"       {reason}")
    if one.entry:
        screen.detail(f"       entry {one.entry}")
