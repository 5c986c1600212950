"""Settings -> plan: everything that a run will do, decided and checked before anything is done.

A *job* is one header's output by one writer. Nothing here writes, parses a header or asks the store; a problem anywhere
means that nothing is run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import SettingsError, UsageError
from headerkit.plan import CachePolicy, Plan
from headerkit.planning.context import Context
from headerkit.planning.headers import asked_headers, settings_headers
from headerkit.planning.jobs import Jobs
from headerkit.planning.units import check_defaults
from headerkit.portable import below
from headerkit.settings.overrides import Overrides

if TYPE_CHECKING:
    from headerkit.planning.headers import Header
    from headerkit.planning.modules import PlannedModule
    from headerkit.settings import Settings

__all__ = ["make_plan", "store_folder"]

_USUAL = ".headerkit"


def make_plan(settings: Settings, overrides: Overrides | None = None) -> Plan:
    """Make the plan of all that the settings name, or of the headers that `overrides` names.

    `settings` are those that `load_settings` made with the same overrides. Raises SettingsError (or UsageError) with
    every problem and its path; HeaderNotFoundError, WriterError or TargetError where nothing else is wrong.
    """
    context = Context(settings, overrides or Overrides())
    asked = bool(context.overrides.headers)
    if not asked:
        _check_headerless(context)
    if not (asked or settings.headers or settings.cffi):
        msg = "the settings name no header and no cffi module, so there is nothing to do"
        file = os.path.basename(settings.file)
        hint = "headerkit init   (or name a header: headerkit HEADER -w cffi)"
        if os.path.isfile(os.path.join(context.root, "CMakeLists.txt")):
            hint += "; what CMakeLists.txt binds is made by its build, and checked by one with HEADERKIT_LOCKED=1"
        raise SettingsError(f"{file}: {msg}" if file else msg, hint=hint)
    jobs = Jobs(context)
    headers = asked_headers(context) if asked else settings_headers(context)
    planned = _plan_modules(context, headers)
    for header in headers:
        jobs.add_header(header, has_module=bool(planned))
    modules = [found.module for found in planned if jobs.add_module(found)]
    jobs.check()
    if context.missing:
        check_defaults(context)
    context.raise_problems()
    return Plan(
        root=context.root,
        store_dir=store_folder(settings),
        jobs=tuple(jobs.jobs),
        modules=() if asked else tuple(modules),
        cache=_cache_policy(settings),
        warnings=tuple(dict.fromkeys((*settings.warnings, *context.warnings))),
    )


def _check_headerless(context: Context) -> None:
    """Refuse what would be ignored where no header is named."""
    asked = context.overrides
    if asked.code is not None:
        msg = "--code is the text of one header, and none is named"
        raise UsageError(msg, hint="headerkit NAME.h --code TEXT -w WRITER")
    flag = f"-w {asked.writers[0]}" if asked.writers else f"-o {asked.outputs[0][0]}" if asked.outputs else ""
    if flag and context.settings.cffi and not context.settings.headers:
        msg = f"{flag}: the settings name cffi modules alone, and no header to run a writer on"
        raise UsageError(msg, hint=f"headerkit HEADER {flag}")


def store_folder(settings: Settings) -> str:
    """The store's folder, absolute. Raises SettingsError where a link in the project leads to another place."""
    folder = os.path.normpath(os.path.join(settings.root, settings.store_dir))
    if settings.store_dir == _USUAL and os.path.islink(folder):
        led = os.path.realpath(folder)
        if below(os.path.realpath(settings.root), led) is None:
            msg = f"{folder} is a symbolic link that leads out of the project, to {led}"
            raise SettingsError(msg, hint="name that folder as store_dir, if it is meant; else remove the link")
    return folder


def _cache_policy(settings: Settings) -> CachePolicy:
    cache = settings.cache
    return CachePolicy(
        no_ir=cache.no_cache or cache.no_ir_cache,
        no_output=cache.no_cache or cache.no_output_cache,
        locked=cache.locked,
        system=cache.system,
    )


def _plan_modules(context: Context, headers: list[Header]) -> list[PlannedModule]:
    """The settings' modules; where headers were named, without a writer, only those that bind one of them."""
    asked = context.overrides
    if not context.settings.cffi or (asked.headers and (asked.writers or asked.outputs)):
        return []
    from headerkit.planning.modules import plan_modules  # noqa: PLC0415  (only projects with modules need it)

    names = {header.name for header in headers}
    return [planned for planned in plan_modules(context) if not asked.headers or names & set(planned.headers)]
