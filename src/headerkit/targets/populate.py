"""Filling the store for every target from one machine: which targets, with whose headers, and what became of each.

Nothing of another machine is run: libclang parses for any target, and `headerkit.sysroots` has the system's headers.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import HeaderkitError, HeaderNotFoundError, ParseError, TargetError, UsageError, WriterError
from headerkit.generation import run
from headerkit.light_classes import NamedTuple, replace
from headerkit.planning import make_plan
from headerkit.settings.problems import item, member
from headerkit.sysroots import sysroot_of
from headerkit.target import host_target
from headerkit.targets.wheels import matching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from headerkit.generation import Result
    from headerkit.plan import Job, Plan
    from headerkit.settings import Overrides, Settings

__all__ = ["Chosen", "Filled", "choose_targets", "fill", "plan_others", "plan_targets", "source_of"]

# What may go wrong for one target and not for another; anything else would go wrong for all.
_OF_ONE_TARGET = (ParseError, TargetError, HeaderNotFoundError, WriterError)


class Chosen(NamedTuple):
    """Canonical triples, and by triple the image or the folder (absolute) that is named for a target's headers."""

    targets: tuple[str, ...]
    images: Mapping[str, str]
    sysroots: Mapping[str, str]
    notes: tuple[str, ...] = ()


class Filled(NamedTuple):
    """What became of one target: its results, or the error that ended them."""

    target: str
    results: tuple[Result, ...]
    error: HeaderkitError | None = None


def choose_targets(
    settings: Settings,
    *,
    asked: Iterable[str] = (),
    cibuildwheel: bool = False,
    images: Iterable[tuple[str, str]] = (),
    sysroots: Iterable[tuple[str, str]] = (),
) -> Chosen:
    """The targets that the command line asks for, else those of `[tool.headerkit.cache.populate]`; none is no error.

    `asked` are patterns (`headerkit.targets.wheels.matching`). `images` and `sysroots` are (pattern, value) pairs over
    those of the settings; an empty pattern means every target, for images every Linux one. Raises TargetError for a
    pattern that means nothing, and what `wheel_targets` raises.
    """
    wanted = settings.cache.populate
    where = member(member(settings.where, "cache"), "populate")
    patterns = [("", pattern) for pattern in asked]
    if not (patterns or cibuildwheel):
        for name in ("targets", "platforms"):
            found = getattr(wanted, name)
            patterns += [(item(member(where, name), index), pattern) for index, pattern in enumerate(found)]
        cibuildwheel = wanted.cibuildwheel
    targets = dict.fromkeys(target for place, pattern in patterns for target in _matching(pattern, place))
    notes: tuple[str, ...] = ()
    if cibuildwheel:
        from headerkit.targets.cibuildwheel import wheel_targets  # noqa: PLC0415  (only who asks for it needs it)

        wheels = wheel_targets(settings.root)
        targets.update(dict.fromkeys(wheels.targets))
        notes = tuple(f"{wheel} is left out: {reason}" for wheel, reason in wheels.left_out)
    return Chosen(
        tuple(targets),
        _by_target(targets, wanted.images, images, member(where, "images")),
        {
            target: os.path.normpath(os.path.join(settings.root, folder))
            for target, folder in _by_target(targets, wanted.sysroots, sysroots, member(where, "sysroots")).items()
        },
        notes,
    )


def _matching(pattern: str, place: str) -> tuple[str, ...]:
    try:
        return matching(pattern)
    except TargetError as error:
        if place:
            error.message = f"{place}: {error.message}"
        raise


def _by_target(
    targets: Iterable[str], settings: Mapping[str, str], asked: Iterable[tuple[str, str]], where: str
) -> dict[str, str]:
    found: dict[str, str] = {}
    for pattern, value in settings.items():
        found.update(dict.fromkeys(_matching(pattern, member(where, pattern)), value))
    for pattern, value in asked:
        meant = _matching(pattern, "") if pattern else [target for target in targets if "-linux-" in target]
        found.update(dict.fromkeys(meant, value))
    return {target: found[target] for target in targets if target in found}


def plan_targets(settings: Settings, overrides: Overrides, targets: Sequence[str], sysroots: Mapping[str, str]) -> Plan:
    """One plan of all that the settings (or `overrides.headers`) name, for each target; no output file is written.

    A header whose settings name its target keeps that one. `sysroots` are folders by target. Raises what `make_plan`
    raises; UsageError without targets.
    """
    if not targets:
        msg = "no target is named"
        raise UsageError(msg, hint="headerkit cache populate --target all")
    jobs: list[Job] = []
    others: list[Job] = []
    plan: Plan | None = None
    for target in targets:
        plan = make_plan(replace(settings, target=target), overrides)
        for job in plan.jobs:
            planned = _for_store(job, sysroots.get(job.unit.target, ""))
            if job.unit.target == target:
                jobs.append(planned)
            elif planned not in others:
                others.append(planned)
    assert plan is not None  # noqa: S101  (there is a target)
    own = [job for job in others if job not in jobs]
    return plan._replace(jobs=(*jobs, *own), modules=())


def _for_store(job: Job, sysroot: str) -> Job:
    """The job without its output file; for another target, without the path of a header of this machine's system."""
    unit = job.unit._replace(sysroot=sysroot)
    if unit.path and unit.target != host_target():
        system = sysroot_of(host_target()).include_dirs
        if any(unit.path.startswith(folder + os.sep) for folder in system) and not os.path.isabs(unit.header):
            unit = unit._replace(path="")  # found by its name among the target's
    return job._replace(unit=unit, output="")


def plan_others(settings: Settings, overrides: Overrides, plan: Plan) -> Plan:
    """The plan with the jobs of those targets besides that `[tool.headerkit.cache.populate]` names, for checking them.

    Where cibuildwheel is to be asked and cannot be, a warning of the plan says which targets are left out.
    """
    try:
        chosen = choose_targets(settings)
    except UsageError as error:
        left_out = f"the targets of the wheels were not looked at: {error.message}"
        wanted = replace(settings.cache.populate, cibuildwheel=False)
        settings = replace(settings, cache=replace(settings.cache, populate=wanted))
        chosen = choose_targets(settings)._replace(notes=(left_out,))
    if not chosen.targets:
        return plan._replace(warnings=(*plan.warnings, *chosen.notes))
    own = {job.unit.target for job in plan.jobs}
    others = plan_targets(settings, overrides, chosen.targets, chosen.sysroots)
    jobs = (job for job in others.jobs if job.unit.target not in own)
    return plan._replace(jobs=(*plan.jobs, *jobs), warnings=(*plan.warnings, *chosen.notes))


def source_of(target: str, chosen: Chosen) -> str:
    """Whose system headers a target is parsed with, in a word or two; "" where there are none on this machine."""
    return chosen.images.get(target) or chosen.sysroots.get(target) or sysroot_of(target).source


def fill(plan: Plan, *, progress: Callable[[Result], None] | None = None) -> tuple[Filled, ...]:
    """Run the plan, and say for each of its targets what became of it, in the plan's order.

    An error that concerns one target leaves the others to be filled. Raises any other (no libclang, a store that
    cannot be written, LockedError).
    """
    done: list[Result] = []

    def keep(result: Result) -> None:
        done.append(result)
        if progress is not None:
            progress(result)

    by_target: dict[str, list[Job]] = {}
    for job in plan.jobs:
        by_target.setdefault(job.unit.target, []).append(job)
    try:
        run(plan, refresh=True, need_store=True, progress=keep)
    except _OF_ONE_TARGET:
        return tuple(_fill_one(plan, target, tuple(jobs), done) for target, jobs in by_target.items())
    return tuple(Filled(target, _of(target, done)) for target in by_target)


def _fill_one(plan: Plan, target: str, jobs: tuple[Job, ...], done: Sequence[Result]) -> Filled:
    """What the run that ended early made of a target, or what one of its own makes of it."""
    results = _of(target, done)
    if len(results) == len(jobs):
        return Filled(target, results)
    try:
        return Filled(target, run(plan._replace(jobs=jobs), refresh=True, need_store=True))
    except _OF_ONE_TARGET as error:
        return Filled(target, (), error)


def _of(target: str, results: Iterable[Result]) -> tuple[Result, ...]:
    return tuple(result for result in results if result.job.unit.target == target)
