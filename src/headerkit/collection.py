"""When Python's cyclic garbage collector is not worth its time.

A unit makes a hundred thousand objects that all live until its outputs are written. The collector would look through
them ten times meanwhile, to find next to nothing.
"""

from __future__ import annotations

import gc

__all__ = ["NoCollection"]


class NoCollection:
    """In a `with`: no cyclic garbage is collected inside."""

    def __enter__(self) -> None:
        self._collected = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._collected:
            gc.enable()
