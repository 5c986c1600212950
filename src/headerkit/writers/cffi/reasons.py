"""Why something is left out of a cdef."""

from __future__ import annotations

__all__ = ["UnsayableError"]


class UnsayableError(Exception):
    """A cdef cannot say this; the text is the reason, for the ledger. Never leaves the writer."""
