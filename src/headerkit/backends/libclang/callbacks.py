"""Exceptions in functions that clang calls: ctypes only prints them, and the visit ends as if it had seen everything.

Ctrl-C comes to whatever Python code runs, so also there; half of a header must not pass for the whole.
"""

from __future__ import annotations

import _thread
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["BrokenVisitError", "KeptExceptions"]


class BrokenVisitError(RuntimeError):
    """A visit ended early: an exception in the function that is called with each node, which `KeptExceptions` has."""


class KeptExceptions:
    """While it lasts, what is raised in a callback on this thread is kept and not printed; at its end it is raised."""

    def __enter__(self) -> None:
        self._thread = _thread.get_ident()
        self._kept: BaseException | None = None
        self._before = sys.unraisablehook
        sys.unraisablehook = self._keep

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        sys.unraisablehook = self._before
        kept, self._kept = self._kept, None
        if kept is not None:
            raise kept from None

    def _keep(self, unraisable: sys.UnraisableHookArgs, /) -> None:
        mine = "ctypes callback" in (unraisable.err_msg or "") and _thread.get_ident() == self._thread
        if not mine or unraisable.exc_value is None:
            self._before(unraisable)
        elif self._kept is None:
            self._kept = unraisable.exc_value
