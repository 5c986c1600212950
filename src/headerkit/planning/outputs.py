"""Where outputs go: templates `{stem} {name} {dir}`, checked to stay in the project and apart from each other."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.settings.problems import did_you_mean, quoted

if TYPE_CHECKING:
    from headerkit.plan import Job
    from headerkit.planning.context import Context

__all__ = ["OutputTemplate", "check_outputs"]

_PLACEHOLDERS = ("dir", "name", "stem")
_BRACES = r"\{([^{}]*)\}|[{}]"


class OutputTemplate:
    """One template, from a key of the settings or (`asked`) from the command line."""

    def __init__(self, context: Context, text: str, where: str, *, asked: bool = False) -> None:
        self._context = context
        self._text = text
        self._where = where
        self._pattern = "{" in text or "}" in text
        # On the command line a plain path is the user's own word: from where he stands, and anywhere.
        self._literal = asked and not self._pattern
        self._printed = asked and text == "-"
        self._good = self._check()

    def _check(self) -> bool:
        if not self._text or self._text.endswith(("/", os.sep)):
            self._context.problems.add(self._where, f"{quoted(self._text)} names no file")
            return False
        for found in re.finditer(_BRACES, self._text) if self._pattern else ():
            if found[1] not in _PLACEHOLDERS:
                wrong = found[1] or ""
                known = "{stem}, {name} and {dir}"
                what = f"unknown placeholder {quoted(found[0])} in {quoted(self._text)}; known are {known}"
                self._context.problems.add(self._where, what + did_you_mean(wrong, _PLACEHOLDERS))
                return False
        return True

    def path(self, header: str) -> str:
        """The absolute path of the output for a header (by its name).

        "" for standard output, and where there is a problem, which is noted.
        """
        if self._printed or not self._good:
            return ""
        context = self._context
        name = os.path.basename(header)
        values = {"name": name, "stem": os.path.splitext(name)[0], "dir": os.path.dirname(header) or "."}
        text = re.sub(_BRACES, lambda found: values[found[1]], self._text) if self._pattern else self._text
        path = os.path.normpath(os.path.join(context.base if self._literal else context.root, text))
        if not self._literal and context.below_root(path) in (None, "."):
            context.problems.add(self._where, f"{quoted(self._text)} leaves the project: it would write {quoted(path)}")
            return ""
        if os.path.isdir(path):
            context.problems.add(self._where, f"{quoted(text)} is a folder; an output is a file")
            return ""
        return path


def check_outputs(context: Context, jobs: list[Job], where: list[str]) -> None:
    """Note every output that two jobs would write, or that would overwrite a header. `where` goes with `jobs`."""
    writers: dict[str, Job] = {}
    headers = {job.unit.path: job for job in jobs if job.unit.path}
    for job, place in zip(jobs, where, strict=True):
        if not job.output:
            continue
        shown = context.below_root(job.output) or job.output
        other = writers.setdefault(os.path.normcase(job.output), job)
        if job.output in headers:
            context.problems.add(place, f"{quoted(shown)} would overwrite a header")
        elif other is not job:
            first, second = _name(other, job), _name(job, other)
            remedy = "; use {stem}, {name} or {dir} in the template" if job.writer == other.writer else ""
            context.problems.add(place, f"{first} and {second} would both write {quoted(shown)}{remedy}")


def _name(job: Job, other: Job) -> str:
    return quoted(job.unit.header) + (f" ({job.writer})" if job.writer != other.writer else "")
