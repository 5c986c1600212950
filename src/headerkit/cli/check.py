"""`headerkit check`: compares outputs and store entries with what headers and settings give."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headerkit.cli.again import command_line
from headerkit.cli.arguments import Parser, add_choice_options, add_header_options, add_screen_options, overrides_from
from headerkit.cli.screen import Screen
from headerkit.errors import StaleError, UsageError
from headerkit.planning import make_plan
from headerkit.settings import load_settings
from headerkit.store.check import check_jobs
from headerkit.store.explain import jobs_for_other_targets
from headerkit.target import short
from headerkit.writers import writer_facts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Sequence

    from headerkit.plan import Job, Plan
    from headerkit.store.check import Checked

__all__ = ["run"]

_MANY = 3

_DESCRIPTION = """\
Check that every output and store entry is what its headers and settings give, by digests and without libclang.
The targets of [tool.headerkit.cache.populate] and those that the store has are looked at too, unless
--target names one.
An output file that is not there counts as up to date where git ignores it: a build writes it.
Exit status 0: all is up to date; 3: something is not, and its reasons are printed.

With --layouts, in place of that: let a C compiler of the target confirm the sizes, offsets and values that the headers
have there. Exit status 0: it confirms all; 15: it does not, or there is no compiler."""


def run(arguments: list[str]) -> int:
    """Check the settings' outputs, or those of the headers named."""
    parser = Parser("check", _DESCRIPTION)
    add_header_options(parser)
    add_choice_options(parser)
    add_screen_options(parser)
    parser.add_argument("--regenerate", action="store_true", help="parse again and compare contents (needs libclang)")
    parser.add_argument("--layouts", action="store_true", help="ask a C compiler of the target about sizes and values")
    parser.add_argument("--json", action="store_true", help="as JSON")
    found = parser.parse(arguments)
    if found.layouts:
        return _check_layouts(found)
    plan = _plan(found)
    checked = _check(plan, regenerate=found.regenerate)
    if found.json:
        _print_json(checked)
    else:
        again = command_line(arguments, "--regenerate", "-v", "--verbose", "-q", "--quiet")
        _print_lines(Screen(found.verbosity), checked, plan, again)
    return 0 if all(one.current for one in checked) else StaleError.exit_code


def _plan(found: argparse.Namespace) -> Plan:
    """The plan for this machine's target and, unless one is named, for those that the store has or should have."""
    overrides = overrides_from(found)
    settings = load_settings(overrides.base, config_file=found.config, command_line=overrides)
    plan = make_plan(settings, overrides)
    if overrides.target is not None:
        return plan
    own = plan.jobs
    wanted = settings.cache.populate
    if wanted.targets or wanted.platforms or wanted.cibuildwheel:
        from headerkit.targets.populate import plan_others  # noqa: PLC0415  (only for projects that name targets)

        plan = plan_others(settings, overrides, plan, parse=found.layouts or found.regenerate)
    if not found.layouts:
        planned = {_asked(job) for job in plan.jobs}
        known = (job for job in jobs_for_other_targets(plan.store_dir, own) if _asked(job) not in planned)
        plan = plan._replace(jobs=(*plan.jobs, *known))
    return plan


def _asked(job: Job) -> tuple[str, str, str]:
    return job.unit.header, job.unit.target, job.writer


def _check_layouts(found: argparse.Namespace) -> int:
    from headerkit.cli.layouts import check_layouts  # noqa: PLC0415  (needs what only a miss does)

    if found.regenerate:
        msg = "--layouts and --regenerate check different things"
        raise UsageError(msg, hint="headerkit check --regenerate && headerkit check --layouts")
    try:
        plan = _plan(found)
    except UsageError:
        if found.writers or found.outputs or not found.headers:
            raise
        # No output is made: a header that no setting names a writer for will do.
        found.writers = ["json"]
        plan = _plan(found)
    return check_layouts(plan, Screen(found.verbosity), as_json=found.json)


def _check(plan: Plan, *, regenerate: bool) -> Sequence[Checked]:
    facts = {writer: writer_facts(writer) for writer in dict.fromkeys(job.writer for job in plan.jobs)}
    uncached = {writer for writer, each in facts.items() if not each.cache_output}
    versions = {writer: each.cache_version for writer, each in facts.items()}
    checked = check_jobs(plan.store_dir, plan.jobs, plan.cache, uncached=uncached, versions=versions)
    unwritten = [one.job.output for one in checked if one.unwritten]
    if unwritten:
        from headerkit.cli.ignored import ignored_by_git  # noqa: PLC0415  (where all is written nobody asks)

        ignored = ignored_by_git(plan.root, unwritten)
        checked = tuple(
            replace(one, current=True) if one.unwritten and one.job.output in ignored else one for one in checked
        )
    if not regenerate:
        return checked
    from headerkit.cli.regenerate import check_regenerated  # noqa: PLC0415  (needs a backend and the writers)

    return check_regenerated(plan, checked)


def _print_lines(screen: Screen, checked: Sequence[Checked], plan: Plan, again: str) -> None:
    stale = [one for one in checked if not one.current]
    own = checked[0].job.unit.target if checked else ""
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in checked:
        unit = one.job.unit
        if not one.current:
            alike.setdefault((unit.header, one.job.writer, *one.reasons), []).append(unit.target)
            continue
        name = f"{unit.header}  {one.job.writer}" + (f"  {short(unit.target)}" if unit.target != own else "")
        unwritten = f"  {'; '.join(one.reasons)}: version control ignores it" if one.unwritten else ""
        screen.detail(f"{screen.paint('ok   ', 'green')} {name}{unwritten}")
    for (header, writer, *reasons), targets in alike.items():
        # An edited header concerns every target of the store, and for the same reason.
        named = f"  {', '.join(map(short, targets))}" if targets != [own] else ""
        screen.line(f"{screen.paint('stale', 'red')} {header}  {writer}{named}")
        for reason in reasons:
            screen.line(f"      {reason}")
    screen.notes((*plan.warnings, *(note for one in checked for note in one.notes)))
    if stale:
        others = dict.fromkeys(one.job.unit.target for one in stale if one.job.unit.target != own)
        if others:
            fill = f"headerkit cache populate{_target_flags(list(others), {one.job.unit.target for one in checked})}"
            again = f"{again} && {fill}" if len(others) < len({one.job.unit.target for one in stale}) else fill
        screen.line(f"{len(stale)} of {len(checked)} outputs are not up to date; try: {again}")
    else:
        screen.line(f"all {len(checked)} outputs are up to date" if len(checked) != 1 else "the output is up to date")


def _target_flags(stale: Sequence[str], known: Collection[str]) -> str:
    """What to add to `headerkit cache populate` for stale targets, of the `known` ones."""
    from headerkit.targets.wheels import WHEEL_TARGETS  # noqa: PLC0415  (only the advice needs it)

    if len(stale) > _MANY and set(stale) <= set(WHEEL_TARGETS) <= set(known):
        return " --target all"
    return "".join(f" --target {short(target)}" for target in stale)


def _print_json(checked: Sequence[Checked]) -> None:
    import json  # noqa: PLC0415  (only --json needs it)

    shown = [
        {
            "header": one.job.unit.header,
            "target": one.job.unit.target,
            "writer": one.job.writer,
            "output": one.job.output or None,
            "current": one.current,
            "reasons": list(one.reasons),
            "notes": list(one.notes),
        }
        for one in checked
    ]
    print(json.dumps({"version": 1, "current": all(one.current for one in checked), "checked": shown}, indent=2))
