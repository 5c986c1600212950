"""The PEP 517 wrapper: `build-backend = "headerkit.build_backend"` around any other backend.

It generates what `[tool.headerkit]` says before the *inner* backend builds, which `[tool.headerkit.build]` names. What
PEP 517 and PEP 660 leave optional is there exactly when the inner backend has it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from headerkit.errors import HeaderkitError
from headerkit.inner_backend import InnerBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headerkit.plan import Plan

    ConfigSettings = Mapping[str, Any] | None

__all__ = [
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]

_OPTIONAL = ("build_editable", "prepare_metadata_for_build_wheel", "prepare_metadata_for_build_editable")


def get_requires_for_build_wheel(config_settings: ConfigSettings = None) -> list[str]:
    """PEP 517."""
    return _requirements("get_requires_for_build_wheel", config_settings)


def get_requires_for_build_editable(config_settings: ConfigSettings = None) -> list[str]:
    """PEP 660."""
    return _requirements("get_requires_for_build_editable", config_settings)


def get_requires_for_build_sdist(config_settings: ConfigSettings = None) -> list[str]:
    """PEP 517."""
    return _requirements("get_requires_for_build_sdist", config_settings)


def build_wheel(
    wheel_directory: str, config_settings: ConfigSettings = None, metadata_directory: str | None = None
) -> str:
    """PEP 517. A store miss without libclang fails."""
    return _build("build_wheel", wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory: str, config_settings: ConfigSettings = None) -> str:
    """PEP 517. A store miss without libclang is a warning; the store and the headers that it needs are added."""
    from headerkit.sdist import NO_HINDRANCE, complete, headers_needed, store_files  # noqa: PLC0415  (others do without)

    try:
        sdist_directory = os.path.abspath(sdist_directory)
        inner, plan = _prepare(config_settings, writable=True)
        try:
            _generate(plan)
        except NO_HINDRANCE as error:
            _say(f"warning: the sdist's store is not complete: {error}")
        name: str = inner.call("build_sdist", sdist_directory, inner.settings)
        archive = os.path.join(sdist_directory, name)
        added = complete(archive, plan.root, store_files(plan), headers_needed(plan))
        if added:
            _say(f"added to the sdist: {len(added)} files of the store and headers that the inner backend left out")
    except HeaderkitError as error:
        _fail(error)
    return name


def __getattr__(name: str) -> Callable[..., str]:
    """The optional hooks. Front ends take AttributeError for absence."""
    if name in _OPTIONAL:
        try:
            there = InnerBackend.of_project(os.getcwd()).may_have(name)
        except HeaderkitError as error:
            _fail(error)
        if there:
            return _OPTIONAL_HOOKS[name]
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def _build_editable(
    wheel_directory: str, config_settings: ConfigSettings = None, metadata_directory: str | None = None
) -> str:
    return _build("build_editable", wheel_directory, config_settings, metadata_directory)


def _prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: ConfigSettings = None) -> str:
    return _pass_on("prepare_metadata_for_build_wheel", metadata_directory, config_settings)


def _prepare_metadata_for_build_editable(metadata_directory: str, config_settings: ConfigSettings = None) -> str:
    return _pass_on("prepare_metadata_for_build_editable", metadata_directory, config_settings)


_OPTIONAL_HOOKS: dict[str, Callable[..., str]] = {
    "build_editable": _build_editable,
    "prepare_metadata_for_build_wheel": _prepare_metadata_for_build_wheel,
    "prepare_metadata_for_build_editable": _prepare_metadata_for_build_editable,
}


def _requirements(hook: str, config_settings: ConfigSettings) -> list[str]:
    from headerkit.requirements import build_requirements  # noqa: PLC0415  (the builds do without)

    try:
        inner, plan = _prepare(config_settings, writable=not hook.endswith("editable"))
        _generate_from_store(plan)
        # The inner backend compiles, and says itself what it needs for that.
        ours = build_requirements(plan, compiles=False)
        theirs = inner.call(hook, inner.settings) if inner.has(hook) else []
    except HeaderkitError as error:
        _fail(error)
    return [*theirs, *(requirement for requirement in ours if requirement not in theirs)]


def _build(hook: str, directory: str, config_settings: ConfigSettings, metadata_directory: str | None) -> str:
    try:
        directory = os.path.abspath(directory)
        metadata_directory = metadata_directory and os.path.abspath(metadata_directory)
        inner, plan = _prepare(config_settings, writable=not hook.endswith("editable"))
        _generate(plan)
        name: str = inner.call(hook, directory, inner.settings, metadata_directory)
    except HeaderkitError as error:
        _fail(error)
    return name


def _pass_on(hook: str, directory: str, config_settings: ConfigSettings) -> str:
    try:
        directory = os.path.abspath(directory)
        inner, plan = _prepare(config_settings, writable=not hook.endswith("editable"))
        _generate_from_store(plan)
        name: str = inner.call(hook, directory, inner.settings)
    except HeaderkitError as error:
        _fail(error)
    return name


def _prepare(config_settings: ConfigSettings, *, writable: bool) -> tuple[InnerBackend, Plan]:
    """`writable`: a copy of a project that cannot be written will do; an editable install needs the project itself."""
    from headerkit.planning import make_plan  # noqa: PLC0415  (looking for optional hooks does without)
    from headerkit.working_copy import enter_writable  # noqa: PLC0415

    inner = InnerBackend.of_project(os.getcwd(), config_settings)
    plan = make_plan(inner.project)
    return inner, enter_writable(plan) if writable else plan


def _generate_from_store(plan: Plan) -> None:
    """Write the outputs before a hook that builds nothing: setuptools runs setup.py for those too, which may read them.

    On a miss there is nothing to be done yet: libclang comes with the requirements, and metadata must not need it.
    """
    from headerkit.generation import run  # noqa: PLC0415  (looking for optional hooks does without)
    from headerkit.requirements import certain_misses  # noqa: PLC0415

    if not certain_misses(plan):
        run(plan)


def _generate(plan: Plan) -> None:
    from headerkit.generation import run  # noqa: PLC0415  (see above)

    for warning in plan.warnings:
        _say(f"warning: {warning}")
    for result in run(plan):
        for note in result.notes:
            _say(f"{result.job.unit.header}: {note}")


def _say(text: str) -> None:
    # Front ends show standard error; some parse standard output.
    print(f"headerkit: {text}", file=sys.stderr, flush=True)  # noqa: T201  (a host prints)


def _fail(error: HeaderkitError) -> NoReturn:
    """End the hook's process: front ends show a traceback, and lose the exit code, for anything else that is raised."""
    _say(f"error: {error}")
    raise SystemExit(error.exit_code) from error
