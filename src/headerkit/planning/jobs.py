"""Units and writers -> jobs: which writers a header has, with which options, and where their outputs go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.errors import UsageError, WriterError
from headerkit.plan import Job
from headerkit.planning.options import merged_options
from headerkit.planning.outputs import OutputTemplate, check_outputs
from headerkit.planning.units import header_unit
from headerkit.settings.problems import member, quoted
from headerkit.writers import writer_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from headerkit.planning.context import Context
    from headerkit.planning.headers import Header
    from headerkit.planning.modules import PlannedModule
    from headerkit.selection import Rule
    from headerkit.unit import Unit

__all__ = ["Jobs"]


class Jobs:
    """Collects jobs; `_where` says for each which setting asks for it."""

    def __init__(self, context: Context) -> None:
        self.jobs: list[Job] = []
        self._where: list[str] = []
        self._context = context
        self._settings = context.settings
        self._overrides = context.overrides
        self._rules = _rules(context)
        self._asked_outputs = self._read_asked_outputs()

    def _read_asked_outputs(self) -> dict[str, OutputTemplate]:
        templates: dict[str, OutputTemplate] = {}
        for writer, text in self._overrides.outputs:
            if writer in templates:
                self._context.problems.add("-o", f"the writer {quoted(writer)} has two outputs")
            templates[writer] = OutputTemplate(self._context, text, f"-o {writer}", asked=True)
        return templates

    def add_header(self, header: Header, *, has_module: bool) -> None:
        """Add the jobs of a header; `has_module` says that cffi modules of the plan bind the headers named."""
        writers = self._writers(header, has_module=has_module)
        unit = header_unit(self._context, header)
        for writer in writers:
            tables = [
                (member(member(entry.where, "writer_options"), writer), entry.writer_options[writer])
                for entry in header.entries
                if writer in entry.writer_options
            ]
            output, where = self._output(header, writer)
            self._add(unit, writer, tables, output, where)

    def add_module(self, planned: PlannedModule) -> bool:
        """Add the job that writes a module's cdef, if one does; whether the module is to be compiled."""
        if planned.unit is None:
            return True
        options = self._add(planned.unit, "cffi", planned.options, planned.module.cdef, planned.where)
        if options.get("mode") != "abi":
            return True
        if planned.module.sources:
            what = "is compiled in mode 'api' alone; in mode 'abi' the module is loaded by ffi.dlopen"
            self._context.problems.add(member(planned.where, "sources"), what)
        return False

    def _add(
        self, unit: Unit, writer: str, tables: Iterable[tuple[str, Mapping[str, object]]], output: str, where: str
    ) -> dict[str, object]:
        """Add one job and give its options."""
        if not self._is_writer(writer, where):
            return {}
        options, places = merged_options(self._context, writer, tables)
        self.jobs.append(Job(unit, writer, options, self._rules, output, places))
        self._where.append(where)
        return dict(options)

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
        from headerkit.writers import writer_names  # noqa: PLC0415  (rare, and asks every plug-in)

        return tuple(name for name in writer_names() if writer_facts(name).cache_output)

    def _output(self, header: Header, writer: str) -> tuple[str, str]:
        """A job's output, and the setting that says so."""
        if writer in self._asked_outputs:
            return self._asked_outputs[writer].path(header.name), f"-o {writer}"
        if self._overrides.headers and self._overrides.writers:
            return "", f"-w {writer}"
        places = [(member(entry.where, "output"), entry.output) for entry in reversed(header.entries)]
        for place, templates in (*places, (member(self._settings.where, "output"), self._settings.output)):
            if writer in templates:
                where = member(place, writer)
                return OutputTemplate(self._context, templates[writer], where).path(header.name), where
        chosen = next((entry.where for entry in reversed(header.entries) if entry.writers), self._settings.where)
        return "", member(chosen, "writers")

    def _is_writer(self, writer: str, where: str) -> bool:
        try:
            writer_facts(writer)
        except WriterError as error:
            self._context.unknown[where, writer] = error
            return False
        return True

    def check(self) -> None:
        """Note what is wrong with all jobs together, and writers that the settings name and nothing runs."""
        check_outputs(self._context, self.jobs, self._where)
        settings = self._settings
        used = {job.writer for job in self.jobs}
        for writer, name, _ in self._overrides.writer_option_texts:
            where = f"--writer-opt {writer}:{name}"
            if writer not in used and self._is_writer(writer, where):
                self._context.problems.add(where, f"the writer {quoted(writer)} does not run; -w {writer} asks for it")
        tables: list[tuple[str, Mapping[str, object]]] = [
            (member(settings.where, "output"), settings.output),
            (member(settings.where, "writer"), settings.writer),
        ]
        for entry in settings.headers:
            tables.append((member(entry.where, "output"), entry.output))
            tables.append((member(entry.where, "writer_options"), entry.writer_options))
        for place, table in tables:
            for writer in table:
                known = writer in used or self._is_writer(writer, member(place, writer))
                if known and writer not in used and place.endswith("output") and not self._overrides.headers:
                    what = f"nothing is written there, as {quoted(writer)} is not among the writers"
                    self._context.warnings.append(f"{member(place, writer)}: {what}")


def _rules(context: Context) -> tuple[Rule, ...]:
    settings = context.settings.rules
    if not (settings.allow or settings.block or settings.opaque or settings.rename):
        return ()
    from headerkit.planning.rules import read_rules  # noqa: PLC0415  (most projects have no rules)

    return read_rules(context)
