"""What clang takes from the environment of a process."""

from __future__ import annotations

import _thread
import os
import sys

__all__ = ["CleanEnvironment", "clean_environment"]

# What the environment says to clang: where headers are, and for which release of a system (`-mmacosx-version-min`).
_LEAKING = (
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "OBJC_INCLUDE_PATH",
    "SDKROOT",
    "CCC_OVERRIDE_OPTIONS",
    "SOURCE_DATE_EPOCH",
    "MACOSX_DEPLOYMENT_TARGET",
    "IPHONEOS_DEPLOYMENT_TARGET",
    "TVOS_DEPLOYMENT_TARGET",
    "WATCHOS_DEPLOYMENT_TARGET",
    "XROS_DEPLOYMENT_TARGET",
    "DRIVERKIT_DEPLOYMENT_TARGET",
)
_NO_THREADS = "LIBCLANG_NOTHREADS"


class CleanEnvironment:
    """While it lasts, clang sees no include directories of the environment (`-nostdinc` does not keep them out).

    And it parses in the thread that asks it to, if that is the process's first one: a thread of its own costs 2 to 6 %
    of a parse, and is for those whose caller has little room for the stack. The environment is the process's: hold a
    lock.
    """

    def __enter__(self) -> None:
        self._kept = {name: os.environ.pop(name) for name in _LEAKING if name in os.environ}
        self._alone = _in_first_thread() and _NO_THREADS not in os.environ
        if self._alone:
            os.environ[_NO_THREADS] = "1"

    def __exit__(self, *_: object) -> None:
        os.environ.update(self._kept)
        if self._alone:
            os.environ.pop(_NO_THREADS, None)


def clean_environment() -> dict[str, str]:
    """The environment without the include directories that a compiler would take from it, for another process."""
    return {name: value for name, value in os.environ.items() if name not in _LEAKING}


def _in_first_thread() -> bool:
    """Whether this is the thread that the process began with, whose stack is large; False where that is not known."""
    return sys.platform == "linux" and _thread.get_native_id() == os.getpid()
