"""Files replaced in one step: a reader sees the old bytes, the new ones or no file, and never a part of them.

A writer that is killed leaves a file beside the target, whose name no other writer has (`is_temporary`).
"""

from __future__ import annotations

import os

__all__ = ["is_temporary", "pid_of_temporary", "remove_file", "replace_file", "write_if_changed"]

_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_SUFFIX = ".tmp"
_ATTEMPTS = 20
_WINDOWS = os.name == "nt"


def write_if_changed(path: str, data: bytes, *, mode: int = 0o666) -> bool:
    """Make `path` hold `data`; False when it did already. As `replace_file`."""
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return False
    except OSError:
        pass  # Whatever stands there is replaced, if it can be.
    replace_file(path, data, mode=mode)
    return True


def replace_file(path: str, data: bytes, *, mode: int = 0o666) -> None:
    """Make `path` a regular file that holds `data`, whatever it was; `mode` is cut by the umask. Makes its folder.

    Raises OSError; then nothing is left behind.
    """
    temporary = f"{path}.{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
    attempt = 0
    try:
        while not _replace_once(temporary, path, data, mode, last=attempt == _ATTEMPTS):
            attempt += 1
    except BaseException:
        remove_file(temporary)
        raise


def is_temporary(name: str) -> bool:
    """Whether a file's name is one that only an unfinished write has."""
    return name.endswith(_SUFFIX)


def pid_of_temporary(name: str) -> str:
    """What stands where a temporary file's name has its writer's process number."""
    return name[: -len(_SUFFIX)].rpartition(".")[2].partition("-")[0]


def remove_file(path: str) -> bool:
    """Remove a file; False where that cannot be done."""
    try:
        os.unlink(path)
    except OSError:
        return False
    return True


def _replace_once(temporary: str, path: str, data: bytes, mode: int, *, last: bool) -> bool:
    """Try once; False where another try may do better."""
    try:
        _write(temporary, data, mode)
        os.replace(temporary, path)
    except FileNotFoundError:
        # The folder is new, or another process cleared it between two steps.
        if last:
            raise
        os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
    except PermissionError:
        # Windows: another process has the file open at this moment.
        if last or not _WINDOWS:
            raise
        remove_file(temporary)
        _pause()
    else:
        return True
    return False


def _write(path: str, data: bytes, mode: int) -> None:
    fd = os.open(path, _WRITE, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
    finally:
        os.close(fd)


def _pause() -> None:
    import time  # noqa: PLC0415  (rarely here)

    time.sleep(0.02)
