"""Files that are no headers: folders, pipes, what may not be read, and a gigabyte of anything."""

from __future__ import annotations

import os
import stat

from headerkit.errors import HeaderNotFoundError, ParseError

__all__ = ["LARGEST", "check_header", "check_included", "check_size"]

LARGEST = 64 << 20
"""Bytes of a file of the library's own. The largest of real headers have a quarter of it, and each byte costs forty."""
LARGEST_OF_OTHERS = 512 << 20
"""Bytes of a file that clang alone reads."""


def check_header(path: str, shown: str) -> None:
    """Raise for a unit's header that cannot be read: HeaderNotFoundError where it is no file, else ParseError."""
    what = _what_else(path)
    if what:
        msg = f"{shown} {what}"
        raise HeaderNotFoundError(msg, cause=f"looked for {path}", hint="name a header file, relative to the project")
    if not os.access(path, os.R_OK):
        msg = f"{shown} may not be read"
        raise ParseError(msg, cause=f"the permissions of {path}", hint=f"chmod a+r {path}")
    check_size(path)


def check_included(path: str) -> None:
    """Raise ParseError for a pipe that an `#include` names: clang would wait for its text for ever."""
    if os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode):
        msg = f"{path} {_what_else(path)}"
        raise ParseError(msg, cause="an #include names it", hint="put a header file in its place")


def check_size(path: str, *, owned: bool = True) -> None:
    """Raise ParseError for a file that would fill the memory."""
    size, largest = os.path.getsize(path), LARGEST if owned else LARGEST_OF_OTHERS
    if size > largest:
        whose = "a header of the library" if owned else "a file that it includes"
        msg = f"{path} has {size / (1 << 20):,.0f} MB: {whose} may have {largest >> 20} MB"
        raise ParseError(msg, cause="its declarations would fill the memory", hint="name a header, or split this one")


def _what_else(path: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return "does not exist"
    if stat.S_ISREG(mode):
        return ""
    return "is a folder, not a header" if stat.S_ISDIR(mode) else "is a pipe or a device, not a header"
