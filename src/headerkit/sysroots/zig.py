"""The libc headers inside the `ziglang` package: glibc's, musl's, macOS's and mingw's, for every machine zig knows.

zig itself is asked which folders and macros belong to a target: they differ from release to release.
"""

from __future__ import annotations

import os
import sys

from headerkit.light_classes import NamedTuple
from headerkit.target import normalize

__all__ = ["ZigHeaders", "zig_folder", "zig_headers", "zig_problem", "zig_target"]

_MACHINES = {"i686": "x86", "armv7": "arm", "armv6": "arm"}
_SEARCHED = r"^#include <\.\.\.> search starts here:\n((?: .*\n)*)"
_MACRO = r" -D (\S+)"
_LIBC = os.path.join("libc", "include", "generic-")
_GLIBC = "2.28"
_SECONDS = 60
_EVERY_ZIGS = "x86_64-linux-musl"
"""A target that each release of zig knows: who fails there fails everywhere."""
_problems: dict[str, str] = {}
"""By folder of the package, why its zig did not run: what hangs is waited for once in a process."""


class ZigHeaders(NamedTuple):
    """Absolute folders in search order, without the compiler's own headers, and macros as arguments (`-DNAME=1`)."""

    include_dirs: tuple[str, ...]
    args: tuple[str, ...]


def zig_folder() -> str:
    """The installed `ziglang` package, "" where there is none."""
    for folder in sys.path:
        path = os.path.join(folder or os.curdir, "ziglang")
        if os.path.isfile(os.path.join(path, "lib", "include", "stddef.h")):
            return os.path.abspath(path)
    return ""


def zig_target(target: str) -> str:
    """Zig's name of a target: `x86-linux-gnu`, `arm-linux-musleabihf`, `aarch64-macos`, `x86_64-windows-gnu`."""
    machine, _, system, *environment = normalize(target).split("-")
    machine = _MACHINES.get(machine, machine)
    if system == "darwin":
        return f"{machine}-macos"
    # zig has mingw's headers for Windows, whichever the compiler.
    return "-".join([machine, system, *(["gnu"] if system == "windows" else environment)])


def zig_headers(target: str) -> ZigHeaders | None:
    """What zig has for a target; None for one whose C library it lacks, without the package, and where it does not run.

    `zig_problem` says why it does not.
    """
    folder = zig_folder()
    if not folder or folder in _problems:
        return None
    import re  # noqa: PLC0415  (who has no zig need not pay for it)

    name = zig_target(target)
    # Of glibc the release of most wheels' images; some machines have it only in later ones.
    said = _ask(folder, f"{name}.{_GLIBC}") if "-linux-gnu" in name else ""
    if _LIBC not in said and folder not in _problems:
        said = _ask(folder, name)
    searched = re.search(_SEARCHED, said, re.MULTILINE)
    if searched is None:
        return None
    own = os.path.join(folder, "lib", "include")
    folders = [line[1:] for line in searched[1].splitlines()]
    kept = tuple(path for path in folders if os.path.realpath(path) != os.path.realpath(own))
    # For some pairs zig has the kernel's headers alone, and for others nothing: it does not say so.
    if not any(os.path.isfile(os.path.join(path, "stdio.h")) for path in kept):
        return None
    compiling = next((line for line in said.splitlines() if " -cc1 " in line), "")
    return ZigHeaders(kept, tuple(f"-D{macro}" for macro in re.findall(_MACRO, compiling)))


def zig_problem() -> str:
    """Why the installed zig does not run, with its place, for a message; "" where it runs, and where there is none."""
    folder = zig_folder()
    if not folder:
        return ""
    if folder not in _problems and not _ask(folder, _EVERY_ZIGS):
        _problems.setdefault(folder, "it says nothing")
    problem = _problems.get(folder, "")
    return f"{_program(folder)} does not run: {problem}" if problem else ""


def _program(folder: str) -> str:
    return os.path.join(folder, "zig.exe" if sys.platform == "win32" else "zig")


def _ask(folder: str, name: str) -> str:
    """All that zig says when it preprocesses nothing for a target, "" when it does not know it or cannot run."""
    import subprocess  # noqa: PLC0415  (units for other targets alone come here)
    import tempfile  # noqa: PLC0415

    program = _program(folder)
    command = [program, "cc", "-target", name, "-E", "-v", "-x", "c", os.devnull]
    with tempfile.TemporaryDirectory(prefix="headerkit-") as scratch:
        env = {**os.environ, "ZIG_LOCAL_CACHE_DIR": scratch, "ZIG_GLOBAL_CACHE_DIR": scratch}
        try:
            done = subprocess.run(
                command,
                cwd=scratch,
                env=env,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except OSError as error:
            _problems[folder] = error.strerror or str(error)
            return ""
        except subprocess.TimeoutExpired:
            _problems[folder] = f"no answer in {_SECONDS} seconds"
            return ""
    if done.returncode and name == _EVERY_ZIGS:
        last = done.stderr.strip().rpartition("\n")[2].strip()[:200]
        _problems[folder] = f"exit code {done.returncode}{f', {last}' if last else ''}"
    return done.stderr if done.returncode == 0 else ""
