"""A lock between processes that compile one module in one folder: the second waits, and then finds it compiled.

The operating system frees it when its holder ends, however that happens.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["locked"]


@contextlib.contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold the lock on the file `path`, which is made and never removed."""
    with open(path, "ab") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  exists only there
            import time  # noqa: PLC0415

            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                    break
                except OSError:
                    time.sleep(0.1)
        else:
            import fcntl  # noqa: PLC0415  exists only there

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
