"""Settings -> plan: everything that a run will do, decided and checked before anything is done.

A *job* is one header's output by one writer. Nothing here writes, parses a header or asks the store; a problem anywhere
means that nothing is run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import HeaderNotFoundError, SettingsError, UsageError, WriterError
from headerkit.plan import CachePolicy, Job, Plan
from headerkit.planning.context import Context
from headerkit.planning.headers import asked_headers, settings_headers
from headerkit.planning.options import merged_options
from headerkit.planning.outputs import OutputTemplate, check_outputs
from headerkit.planning.units import check_defaults, header_unit
from headerkit.settings.overrides import Overrides
from headerkit.settings.problems import member, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from headerkit.planning.headers import Header
    from headerkit.planning.modules import PlannedModule
    from headerkit.selection import Rule
    from headerkit.settings import Settings
    from headerkit.unit import Unit

__all__ = ["make_plan", "store_folder"]

_NOTHING = "the settings name no header and no cffi module, so there is nothing to do"


def store_folder(settings: Settings) -> str:
    """The store's folder, absolute."""
    return os.path.normpath(os.path.join(settings.root, settings.store_dir))


def cache_policy(settings: Settings) -> CachePolicy:
    """How this run uses the store."""
    cache = settings.cache
    return CachePolicy(
        no_ir=cache.no_cache or cache.no_ir_cache,
        no_output=cache.no_cache or cache.no_output_cache,
        locked=cache.locked,
        system=cache.system,
    )


def make_plan(settings: Settings, overrides: Overrides | None = None) -> Plan:
    """Make the plan of all that the settings name, or of the headers that `overrides` names.

    `settings` are those that `load_settings` made with the same overrides. Raises SettingsError (or UsageError) with
    every problem and its path, HeaderNotFoundError where headers are all that is missing.
    """
    return _Planner(Context(settings, overrides or Overrides())).plan()


class _Planner:
    """Collects jobs; `_where` says for each which setting asks for it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._settings = context.settings
        self._overrides = context.overrides
        self._jobs: list[Job] = []
        self._where: list[str] = []
        self._rules = _rules(context)
        self._asked_outputs = self._read_asked_outputs()

    def plan(self) -> Plan:
        context, settings = self._context, self._settings
        headers = asked_headers(context) if self._overrides.headers else settings_headers(context)
        planned = self._plan_modules(headers)
        for header in headers:
            self._add_header(header, has_module=bool(planned))
        modules = [found.module for found in planned if self._add_module(found)]
        if not settings.headers and not settings.cffi and not self._overrides.headers:
            hint = "headerkit init   (or name a header: headerkit HEADER -w cffi)"
            raise SettingsError(self._in_file(_NOTHING), hint=hint)
        check_outputs(context, self._jobs, self._where)
        self._raise_problems()
        return Plan(
            root=context.root,
            store_dir=store_folder(settings),
            jobs=tuple(self._jobs),
            modules=() if self._overrides.headers else tuple(modules),
            cache=cache_policy(settings),
            warnings=tuple(dict.fromkeys((*settings.warnings, *context.warnings))),
        )

    def _plan_modules(self, headers: list[Header]) -> list[PlannedModule]:
        """The settings' modules; where headers were named, without a writer, only those that bind one of them."""
        asked = self._overrides.headers
        if not self._settings.cffi or (asked and (self._overrides.writers or self._asked_outputs)):
            return []
        from headerkit.planning.modules import plan_modules  # noqa: PLC0415  (only projects with modules need it)

        names = {header.name for header in headers}
        return [planned for planned in plan_modules(self._context) if not asked or names & set(planned.headers)]

    def _add_module(self, planned: PlannedModule) -> bool:
        """Add the job that writes a module's cdef, if one does; whether the module is to be compiled."""
        if planned.unit is None:
            return True
        before = len(self._jobs)
        self._add_job(planned.unit, "cffi", planned.options, planned.module.cdef, planned.where)
        if not any(dict(job.options).get("mode") == "abi" for job in self._jobs[before:]):
            return True
        if planned.module.sources:
            what = "is compiled in mode 'api' alone; in mode 'abi' the module is loaded by ffi.dlopen"
            self._context.problems.add(member(planned.where, "sources"), what)
        return False

    def _in_file(self, message: str) -> str:
        file = self._settings.file
        return f"{os.path.basename(file)}: {message}" if file else message

    def _raise_problems(self) -> None:
        context = self._context
        if context.missing:
            check_defaults(context)
        if context.missing and not context.problems:
            lines = [f"{where}: {what}" if where else what for where, what in context.missing]
            msg = lines[0] if len(lines) == 1 else "\n".join(["these headers are missing:", *(f"  {x}" for x in lines)])
            raise HeaderNotFoundError(msg)
        kinds = {type(error) for error in context.unknown.values()}
        if len(kinds) == 1 and not context.problems and not context.missing:
            # Nothing else is wrong: the class, and so the exit code, can say what is.
            lines = [f"{where}: {error.message}" for where, error in context.unknown.items()]
            raise kinds.pop()("\n".join(lines), hint=next(iter(context.unknown.values())).hint)
        for where, what in (*context.missing, *((where, error.message) for where, error in context.unknown.items())):
            context.problems.add(where, what)
        context.problems.raise_any(os.path.basename(self._settings.file))

    def _read_asked_outputs(self) -> dict[str, OutputTemplate]:
        templates: dict[str, OutputTemplate] = {}
        for writer, text in self._overrides.outputs:
            if writer in templates:
                self._context.problems.add("-o", f"the writer {quoted(writer)} has two outputs")
            templates[writer] = OutputTemplate(self._context, text, f"-o {writer}", asked=True)
        return templates

    def _add_header(self, header: Header, *, has_module: bool) -> None:
        writers = self._writers(header, has_module=has_module)
        unit = header_unit(self._context, header)
        for writer in writers:
            tables = [
                (member(member(entry.where, "writer_options"), writer), entry.writer_options[writer])
                for entry in header.entries
                if writer in entry.writer_options
            ]
            output, where = self._output(header, writer)
            self._add_job(unit, writer, tables, output, where)

    def _add_job(
        self, unit: Unit, writer: str, tables: Iterable[tuple[str, Mapping[str, object]]], output: str, where: str
    ) -> None:
        if not self._is_writer(writer, where):
            return
        options, places = merged_options(self._context, writer, tables)
        self._jobs.append(Job(unit, writer, options, self._rules, output, _command(unit, writer), places))
        self._where.append(where)

    def _writers(self, header: Header, *, has_module: bool) -> tuple[str, ...]:
        """The writers of a header: asked for, else chosen, else those that have an output, else all.

        A header that is named without a writer, and has none in the settings, is bound by its modules alone.
        """
        asked = (*self._overrides.writers, *self._asked_outputs)
        if asked:
            return tuple(dict.fromkeys(asked))
        chosen = next((entry.writers for entry in reversed(header.entries) if entry.writers), self._settings.writers)
        if chosen:
            return tuple(dict.fromkeys(chosen))
        outputs = [*self._settings.output, *(writer for entry in header.entries for writer in entry.output)]
        if outputs:
            return tuple(dict.fromkeys(outputs))
        if self._overrides.headers and not header.entries:
            if has_module:
                return ()
            msg = f"no writer is chosen for {header.name}"
            raise UsageError(msg, hint="-w cffi   (or writers in the settings)")
        from headerkit.writers import writer_facts, writer_names  # noqa: PLC0415  (rare, and asks every plug-in)

        return tuple(name for name in writer_names() if writer_facts(name).cache_output)

    def _output(self, header: Header, writer: str) -> tuple[str, str]:
        """A job's output, and the setting that says so."""
        if writer in self._asked_outputs:
            return self._asked_outputs[writer].path(header.name), f"-o {writer}"
        if self._overrides.headers and self._overrides.writers:
            return "", f"-w {writer}"
        for entry in reversed(header.entries):
            if writer in entry.output:
                where = member(member(entry.where, "output"), writer)
                return OutputTemplate(self._context, entry.output[writer], where).path(header.name), where
        if writer in self._settings.output:
            where = member(member(self._settings.where, "output"), writer)
            return OutputTemplate(self._context, self._settings.output[writer], where).path(header.name), where
        return "", member(self._settings.where, "writers")

    def _is_writer(self, writer: str, where: str) -> bool:
        from headerkit.writers import writer_facts  # noqa: PLC0415  (settings alone need no registry)

        try:
            writer_facts(writer)
        except WriterError as error:
            self._context.unknown[where] = error
            return False
        return True


def _command(unit: Unit, writer: str) -> str:
    """The command that makes an output again: the same one for the same unit, whoever asks for it."""
    code = " --code ..." if unit.code is not None else ""
    return f"headerkit {unit.header}{code} -w {writer}"


def _rules(context: Context) -> tuple[Rule, ...]:
    settings = context.settings.rules
    if not (settings.allow or settings.block or settings.opaque or settings.rename):
        return ()
    from headerkit.planning.rules import read_rules  # noqa: PLC0415  (most projects have no rules)

    return read_rules(context)
