"""A progress bar while several headers are parsed, on a terminal, where rich is installed (`headerkit[rich]`)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from headerkit.cli.screen import is_plain

if TYPE_CHECKING:
    from types import TracebackType

    from headerkit.generation import Result

__all__ = ["ProgressBar"]

_WORTH_A_BAR = 4
"""So many jobs take long enough to be watched."""


class ProgressBar:
    """Is called with each result; a bar appears with the first one that is no hit, and is gone at the end."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._wanted = jobs >= _WORTH_A_BAR and not is_plain(sys.stderr)
        self._done = 0
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> ProgressBar:  # noqa: PYI034  (typing.Self is of Python 3.11)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, result: Result) -> None:
        """Count a result."""
        self._done += 1
        if self._wanted and self._bar is None and result.status != "hit":
            self._start()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, description=result.job.unit.header)

    def _start(self) -> None:
        from importlib import import_module  # noqa: PLC0415  (an optional extra, slow to import; a hit needs no bar)

        try:
            console, progress = import_module("rich.console"), import_module("rich.progress")
        except ImportError:
            self._wanted = False
            return
        self._bar = progress.Progress(console=console.Console(stderr=True), transient=True)
        self._task = self._bar.add_task("headers", total=self._jobs)
        self._bar.start()
