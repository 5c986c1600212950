"""Reading and writing files of a store, of which nothing is trusted but its place.

Reading refuses symbolic links, anything that is not a regular file, and sizes beyond the limit. Writing is done in one
step (`headerkit.replacing`).
"""

from __future__ import annotations

import os
import stat

from headerkit import replacing
from headerkit.digest import read_all
from headerkit.errors import StoreError
from headerkit.replacing import is_temporary, pid_of_temporary, remove_file

__all__ = [
    "METADATA_LIMIT",
    "PAYLOAD_LIMIT",
    "Refused",
    "is_temporary",
    "make_folder",
    "read_regular",
    "remove_leftovers",
    "replace_file",
    "unwritable",
    "write_file",
]

METADATA_LIMIT = 16 << 20
PAYLOAD_LIMIT = 512 << 20
"""Bytes that one file of a store may have; what is bigger was not made by headerkit."""

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
_LEFTOVER_AGE = 3600
_WINDOWS = os.name == "nt"


class Refused(Exception):  # noqa: N818  (an answer, not an error: the caller turns it into a miss)
    """A file of the store is there and must not be used; the text says why."""


def read_regular(path: str, limit: int) -> bytes | None:
    """The bytes of a regular file; None where there is none. Raises Refused, or OSError."""
    try:
        if not hasattr(os, "O_NOFOLLOW") and os.path.islink(path):
            msg = "it is a symbolic link"
            raise Refused(msg)
        fd = os.open(path, _READ)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        # ELOOP is how O_NOFOLLOW answers; Windows answers a folder with EACCES.
        if os.path.islink(path):
            msg = "it is a symbolic link"
            raise Refused(msg) from error
        if os.path.isdir(path):
            msg = "it is a folder"
            raise Refused(msg) from error
        raise
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            msg = "it is a folder" if stat.S_ISDIR(status.st_mode) else "it is not a regular file"
            raise Refused(msg)
        if status.st_size > limit:
            msg = f"it has {status.st_size} bytes, and {limit} is the limit"
            raise Refused(msg)
        return read_all(fd, status.st_size)
    finally:
        os.close(fd)


def replace_file(path: str, data: bytes) -> bool:
    """Make `path` hold `data`, in one step; False when it did already. Makes its folder. Raises StoreError."""
    try:
        if read_regular(path, max(METADATA_LIMIT, len(data))) == data:
            return False
    except (Refused, OSError):
        pass  # Whatever stands there is replaced.
    write_file(path, data)
    return True


def write_file(path: str, data: bytes) -> None:
    """Make `path` hold `data`, in one step, whatever it held. Makes its folder. Raises StoreError."""
    try:
        replacing.replace_file(path, data)
    except OSError as error:
        raise unwritable(path, error) from error


def make_folder(path: str) -> bool:
    """Make a folder; False when something of that name is there already. Raises StoreError."""
    try:
        os.mkdir(path)
    except FileExistsError:
        return False
    except FileNotFoundError:
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.mkdir(path)
        except FileExistsError:
            return False
        except OSError as error:
            raise unwritable(path, error) from error
    except OSError as error:
        raise unwritable(path, error) from error
    return True


def remove_leftovers(folder: str, *, every: bool = False) -> int:
    """Remove what killed writers left in a folder; `every` takes those of living ones too. The number removed.

    Taking a living writer's file costs that writer another attempt and nothing else.
    """
    removed = 0
    try:
        names = [name for name in os.listdir(folder) if is_temporary(name)]
    except OSError:
        return 0
    for name in names:
        path = os.path.join(folder, name)
        if every or not _is_alive(name, path):
            removed += remove_file(path)
    return removed


def _is_alive(name: str, path: str) -> bool:
    pid = pid_of_temporary(name)
    if not _WINDOWS and pid.isdecimal():  # Windows has no signal 0
        try:
            os.kill(int(pid), 0)
        except (ProcessLookupError, OverflowError):
            return False
        except OSError:
            pass
    import time  # noqa: PLC0415  (rarely here)

    try:
        return abs(time.time() - os.lstat(path).st_mtime) < _LEFTOVER_AGE
    except OSError:
        return False


def unwritable(path: str, error: OSError) -> StoreError:
    """The error that says that a place of the store cannot be written."""
    msg = f"cannot write {path}: {error.strerror or error}"
    return StoreError(
        msg,
        cause="the store's folder is read-only, full, or someone else's",
        hint="make the folder writable, or name another one with --store-dir",
    )
