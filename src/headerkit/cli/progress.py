"""A progress bar while several headers are parsed, on a terminal, where rich is installed (`headerkit[rich]`)."""

from __future__ import annotations

import contextlib
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from headerkit.cli.screen import is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headerkit.generation import Result

__all__ = ["progress_bar"]

_WORTH_A_BAR = 4
"""So many jobs take long enough to be watched."""


@contextlib.contextmanager
def progress_bar(jobs: int) -> Iterator[Callable[[Result], None] | None]:
    """Give what is to be called with each result, or None where no bar is shown."""
    if jobs < _WORTH_A_BAR or is_plain(sys.stderr):
        yield None
        return
    try:
        # An optional extra, and slow to import; by name, so that types are checked alike with and without it.
        console, bar = import_module("rich.console"), import_module("rich.progress")
    except ImportError:
        yield None
        return
    with bar.Progress(console=console.Console(stderr=True), transient=True) as progress:
        task = progress.add_task("headers", total=jobs)

        def advance(result: Result) -> None:
            progress.update(task, advance=1, description=result.job.unit.header)

        yield advance
