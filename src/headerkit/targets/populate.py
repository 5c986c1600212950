"""Filling the store for every target from one machine: which targets, with whose headers, and what became of each.

Nothing of another machine is run: libclang parses for any target, and `headerkit.sysroots` has the system's headers.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import HeaderkitError, TargetError, UsageError
from headerkit.generation import run
from headerkit.light_classes import NamedTuple, replace
from headerkit.planning import make_plan
from headerkit.settings.problems import item, member
from headerkit.store.check import check_jobs
from headerkit.sysroots import sysroot_of
from headerkit.target import host_target, short
from headerkit.targets.wheels import matching, platform_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from headerkit.generation import Result
    from headerkit.plan import Job, Plan
    from headerkit.settings import Overrides, Settings

__all__ = ["Asked", "Chosen", "Filled", "choose_targets", "fill", "plan_others", "plan_targets", "source_of", "unpack"]


class Asked(NamedTuple):
    """What a command line says over the settings.

    `targets` are patterns (`headerkit.targets.wheels.matching`). `images` and `sysroots` are (pattern, value) pairs; an
    empty pattern means every target that is asked for, for images every Linux one. Folders are absolute.
    """

    targets: tuple[str, ...] = ()
    cibuildwheel: bool = False
    images: tuple[tuple[str, str], ...] = ()
    sysroots: tuple[tuple[str, str], ...] = ()


class Chosen(NamedTuple):
    """Canonical triples, and by triple the folder (absolute) or else the image that is named for a target's headers."""

    targets: tuple[str, ...]
    images: Mapping[str, str]
    sysroots: Mapping[str, str]
    notes: tuple[str, ...] = ()


class Filled(NamedTuple):
    """What became of one target: its results, and the errors of the headers that have none."""

    target: str
    results: tuple[Result, ...]
    errors: tuple[HeaderkitError, ...] = ()


def choose_targets(settings: Settings, asked: Asked | None = None) -> Chosen:
    """The targets that are asked for, else those of `[tool.headerkit.cache.populate]`; none is no error.

    Raises TargetError for a pattern that means nothing and a folder without headers, UsageError for an image or a
    folder that is asked for none of the targets, and what `wheel_targets` raises.
    """
    asked = asked or Asked()
    wanted = settings.cache.populate
    where = member(member(settings.where, "cache"), "populate")
    patterns = [("", pattern) for pattern in asked.targets]
    cibuildwheel = asked.cibuildwheel
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
    images = _by_target(wanted.images, member(where, "images"))
    sysroots = {
        target: os.path.normpath(os.path.join(settings.root, folder))
        for target, folder in _by_target(wanted.sysroots, member(where, "sysroots")).items()
    }
    asked_images = _asked_by_target(asked.images, "--image", [target for target in targets if "-linux-" in target])
    for target in asked_images:  # what is said now counts for more
        sysroots.pop(target, None)
    images.update(asked_images)
    sysroots.update(_asked_by_target(asked.sysroots, "--sysroot", list(targets)))
    sysroots = {target: folder for target, folder in sysroots.items() if target in targets}
    for target, folder in sysroots.items():
        if not sysroot_of(target, folder).include_dirs:
            msg = f"{folder} has no usr/include, and was to have the system headers of {short(target)}"
            raise TargetError(msg, hint="name the folder that mirrors the root of such a system")
    images = {target: image for target, image in images.items() if target in targets and target not in sysroots}
    return Chosen(tuple(targets), images, sysroots, notes)


def _matching(pattern: str, place: str) -> tuple[str, ...]:
    try:
        return matching(pattern)
    except TargetError as error:
        if place:
            error.message = f"{place}: {error.message}"
        raise


def _by_target(settings: Mapping[str, str], where: str) -> dict[str, str]:
    return {
        target: value for pattern, value in settings.items() for target in _matching(pattern, member(where, pattern))
    }


def _asked_by_target(pairs: Iterable[tuple[str, str]], flag: str, targets: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pattern, value in pairs:
        meant = [target for target in (_matching(pattern, flag) if pattern else targets) if target in targets]
        if not meant:
            shown = f"{pattern}={value}" if pattern else value
            msg = f"{flag} {shown}: no target that is asked for could take it"
            raise UsageError(msg, hint=f"name the target with --target too{'' if pattern else ' (images have Linux)'}")
        found.update(dict.fromkeys(meant, value))
    return found


def plan_targets(settings: Settings, overrides: Overrides, chosen: Chosen) -> Plan:
    """One plan of all that the settings (or `overrides.headers`) name, for each target; no output file is written.

    A header whose settings name its target keeps that one. Headers of images are not looked for yet (`unpack`). Raises
    what `make_plan` raises; UsageError without targets.
    """
    jobs: list[Job] = []
    others: list[Job] = []
    plan: Plan | None = None
    for target in chosen.targets:
        plan = make_plan(replace(settings, target=target), overrides)
        for job in plan.jobs:
            planned = _for_store(job, chosen.sysroots.get(job.unit.target, ""))
            if job.unit.target == target:
                jobs.append(planned)
            elif planned not in others:
                others.append(planned)
    if plan is None:
        msg = "no target is named"
        raise UsageError(msg, hint="headerkit cache populate --target all")
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


def unpack(
    plan: Plan, images: Mapping[str, str], *, timeout: int, anew: bool = False, say: Callable[[str], None] | None = None
) -> tuple[Plan, dict[str, HeaderkitError]]:
    """The plan with the headers of its targets' images, where something has to be parsed for them (`anew`: anyway).

    The plan is without those targets whose image cannot be had; the errors say why, by target.
    """
    if not images:
        return plan, {}
    from headerkit.targets.images import image_sysroot  # noqa: PLC0415  (few projects name one)

    folders: dict[str, str] = {}
    errors: dict[str, HeaderkitError] = {}
    for target, image in images.items():
        jobs = [job for job in plan.jobs if job.unit.target == target]
        if not anew and all(one.current for one in check_jobs(plan.store_dir, jobs, plan.cache)):
            continue
        libc = "musl" if "-musl" in target else "gnu"
        try:
            folders[target] = image_sysroot(image, platform_of(target), libc=libc, timeout=timeout, say=say)
        except HeaderkitError as error:
            errors[target] = error
    jobs = [
        job._replace(unit=job.unit._replace(sysroot=folders.get(job.unit.target, job.unit.sysroot)))
        for job in plan.jobs
        if job.unit.target not in errors
    ]
    return plan._replace(jobs=tuple(jobs)), errors


def plan_others(settings: Settings, overrides: Overrides, plan: Plan, *, parse: bool) -> Plan:
    """The plan with the jobs for those targets besides that `[tool.headerkit.cache.populate]` names.

    `parse` says that headers will be parsed or compiled: then images are unpacked, and errors of theirs raised. Where
    cibuildwheel is to be asked and cannot be, a warning of the plan says so.
    """
    try:
        chosen = choose_targets(settings)
    except UsageError as error:
        left_out = f"the targets of the wheels were not looked at: {error.message}"
        wanted = replace(settings.cache.populate, cibuildwheel=False)
        settings = replace(settings, cache=replace(settings.cache, populate=wanted))
        chosen = choose_targets(settings)._replace(notes=(left_out,))
    own = {job.unit.target for job in plan.jobs}
    targets = [target for target in chosen.targets if target not in own]
    plan = plan._replace(warnings=(*plan.warnings, *chosen.notes))
    if not targets:
        return plan
    others = plan_targets(settings, overrides, chosen._replace(targets=tuple(targets)))
    if parse:
        others, errors = unpack(others, chosen.images, timeout=settings.cache.populate.timeout, anew=True)
        if errors:
            raise next(iter(errors.values()))
    jobs = (job for job in others.jobs if job.unit.target not in own)
    return plan._replace(jobs=(*plan.jobs, *jobs))


def source_of(target: str, chosen: Chosen) -> str:
    """Whose system headers a target is parsed with, in a word or two; "" where there are none on this machine."""
    return chosen.sysroots.get(target) or chosen.images.get(target) or sysroot_of(target).source


def fill(plan: Plan, *, anew: bool = False, progress: Callable[[Result], None] | None = None) -> tuple[Filled, ...]:
    """Run the plan, and say for each of its targets what became of it, in the plan's order.

    An error that concerns one header for one target leaves all others to be filled. `anew` makes entries again that are
    valid. Raises any other error (no libclang, a store that cannot be written, LockedError), and UsageError where the
    settings switch the store off.
    """
    if plan.cache.no_ir and plan.cache.no_output:
        msg = "the store is switched off (no_cache), and nothing else is filled"
        raise UsageError(msg, hint="leave out no_cache and HEADERKIT_NO_CACHE")
    targets = dict.fromkeys(job.unit.target for job in plan.jobs)
    errors: dict[str, dict[HeaderkitError, None]] = {target: {} for target in targets}

    def failed(job: Job, error: HeaderkitError) -> None:
        errors[job.unit.target][error] = None

    results = run(plan, refresh=True, need_store=True, anew=anew, progress=progress, failed=failed)
    return tuple(
        Filled(target, tuple(result for result in results if result.job.unit.target == target), tuple(errors[target]))
        for target in targets
    )
