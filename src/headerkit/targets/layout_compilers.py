"""Which C compiler of this machine makes code for a target, and how it is asked to compile a unit.

In this order: the one that an environment variable names; this machine's own, for its own target; a cross gcc under
its usual name; the clang inside the `ziglang` package with the headers that the unit was parsed with. gcc comes first
because it shares nothing with libclang.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from headerkit.backends.libclang.arguments import clang_arguments
from headerkit.backends.libclang.builtin_headers import SHIMS
from headerkit.backends.libclang.environment import clean_environment
from headerkit.errors import TargetError
from headerkit.light_classes import NamedTuple
from headerkit.sysroots import sysroot_of
from headerkit.sysroots.zig import zig_folder, zig_problem
from headerkit.target import host_target, normalize, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.unit import Unit

__all__ = ["Compiler", "compiler_for", "environment_variable", "remedy"]

_SECONDS = 60
_GNU_MACHINES = {"armv7": "arm", "armv6": "arm"}
_DEBIAN = {"x86_64": "x86-64", "armv7": "arm", "armv6": "arm"}
_DARWIN_MACHINES = {"aarch64": "arm64"}
_ONE_FAMILY = {"arm": "armv7", "armv6": "armv7"}
"""Machines that a compiler's name does not tell apart: what differs is no layout."""
_OF_GCC = ("-ftrack-macro-expansion=0", "-fno-diagnostics-show-caret", "-fdiagnostics-color=never", "-fmax-errors=0")
_OF_CLANG = ("-fno-caret-diagnostics", "-fno-color-diagnostics", "-ferror-limit=0")


class Compiler(NamedTuple):
    """A C compiler for one target: the command, its name and version for people, and whether it is a clang.

    `is_zigs` says that it has no headers of its own: it gets those of the parse.
    """

    command: tuple[str, ...]
    name: str
    is_clang: bool
    is_zigs: bool = False

    def arguments(self, unit: Unit) -> list[str]:
        """The whole command for a unit, but for the file and what to make of it; it is to run in the unit's root."""
        if self.is_zigs:
            own = os.path.join(zig_folder(), "lib", "include")
            said = [own if argument == SHIMS else argument for argument in clang_arguments(unit).argv]
            return [*self.command, *said, "-iquote", unit.root, *_OF_CLANG, "-w"]
        said = [*self.command, "-x", "c"]
        if not any(argument.startswith(("-std=", "--std")) for argument in unit.args):
            said.append("-std=gnu17")
        # The unit's text is a file elsewhere: what it quotes lies in the root.
        said += ["-iquote", unit.root]
        said += [f"-I{folder.path}" for folder in unit.include_dirs if folder.path]
        said += [f"-D{define}" for define in unit.defines]
        # What is an error to a careful library is none to the facts.
        careful = [argument for argument in unit.args if argument.startswith(("-W", "-pedantic"))]
        said += [argument for argument in unit.args if argument not in careful or argument.startswith("-Wp,")]
        if unit.sysroot:
            own = _output(*self.command, "-print-file-name=include").strip()
            system = (own, *sysroot_of(unit.target, unit.sysroot).include_dirs)
            said += ["-nostdinc", *(part for folder in system for part in ("-isystem", folder))]
        return [*said, *(_OF_CLANG if self.is_clang else _OF_GCC), "-w"]


def environment_variable(target: str) -> str:
    """The environment variable that names a compiler for a target: `HEADERKIT_CC_aarch64_unknown_linux_gnu`."""
    return "HEADERKIT_CC_" + re.sub(r"\W", "_", normalize(target))


def compiler_for(target: str) -> Compiler | None:
    """The compiler for a target; None where this machine has none. Raises TargetError for one that is named in vain."""
    name = environment_variable(target)
    said = os.environ.get(name)
    if said:
        command = tuple(shlex.split(said))
        if not command or _version(command) is None:
            msg = f"{name}: {said!r} does not run"
            raise TargetError(msg, hint=f"{name}=/path/to/compiler, or unset it")
        return _compiler(command)
    for command in _candidates(normalize(target)):
        if shutil.which(command[0]) and _version(command) is not None:
            return _compiler(command)
    folder = zig_folder()
    if folder:
        zig = (os.path.join(folder, "zig.exe" if sys.platform == "win32" else "zig"), "clang")
        if _version(zig) is not None:
            return _compiler(zig)._replace(is_zigs=True)
    return None


def remedy(target: str) -> str:
    """What to install where there is no compiler for a target."""
    machine, _, system, *environment = normalize(target).split("-")
    name = f"{environment_variable(target)}=COMMAND"
    if normalize(target) == host_target():
        return f"install gcc or clang, or name one: {name}"
    broken = zig_problem()
    ways = [f"pip install --force-reinstall ziglang ({broken})" if broken else "pip install headerkit[cross]"]
    debian = _DEBIAN.get(machine, machine).replace("_", "-")
    if system == "linux" and "gnu" in "".join(environment):
        ways.append(f"apt install gcc-{debian}-linux-{environment[0]}")
    elif system == "windows" and environment == ["gnu"]:
        ways.append(f"apt install gcc-mingw-w64-{debian}")
    return f"{' or '.join(ways)}, or name one: {name}"


def _compiler(command: tuple[str, ...]) -> Compiler:
    said = _version(command) or ""
    # `gcc (Debian 12.2.0-14) 12.2.0`, `Apple clang version 15.0.0 (clang-1500.3.9.4)`
    number = re.search(r" (\d[\w.+-]*)", re.sub(r"\([^)]*\)", "", said))
    name = " ".join([os.path.basename(command[0]), *command[1:], *([number[1]] if number else [])])
    return Compiler(command, name, "clang" in said)


def _candidates(target: str) -> Iterator[tuple[str, ...]]:
    """Commands that make code for the target, if they are there."""
    machine, _, system, *environment = target.split("-")
    libc = "".join(environment)
    native = [command for command in _native() if shutil.which(command[0])]
    if target == host_target():
        yield from (command for command in native if _makes(command) == _family(target))
    flag = {"i686": "-m32", "x86_64": "-m64"}.get(machine, "")
    if flag and system == "linux":
        # One compiler makes code for both, where their C libraries are there too.
        both = [_family(f"{one}{target[len(machine) :]}") for one in ("x86_64", "i686")]
        yield from ((*one, flag) for one in native if _makes(one) in both and _has_libc((*one, flag)))
    if system == "darwin" and sys.platform == "darwin":
        yield from ((*command, "-arch", _DARWIN_MACHINES.get(machine, machine)) for command in native)
    if system == "windows":
        if libc == "gnu":
            yield (f"{machine}-w64-mingw32-gcc",)
        return
    plain = short(target)
    for name in dict.fromkeys((plain.replace(machine, _GNU_MACHINES.get(machine, machine), 1), plain, target)):
        yield (f"{name}-gcc",)
    if libc == "musl" and host_target().partition("-")[0] == machine:
        yield ("musl-gcc",)


def _native() -> list[tuple[str, ...]]:
    named = tuple(shlex.split(os.environ.get("CC", "")))
    return [*([named] if named else []), ("cc",), ("gcc",), ("clang",)]


def _family(target: str) -> str:
    """The target without what a compiler's own triple does not say."""
    machine, _, rest = short(target).partition("-")
    return f"{_ONE_FAMILY.get(machine, machine)}-{rest}"


@lru_cache(maxsize=64)
def _makes(command: tuple[str, ...]) -> str:
    """The family of targets that a compiler makes code for, "" where it does not say."""
    try:
        return _family(_output(*command, "-dumpmachine"))
    except TargetError:
        return ""


@lru_cache(maxsize=64)
def _has_libc(command: tuple[str, ...]) -> bool:
    return bool(_output(*command, "-E", "-include", "stdio.h", "-x", "c", os.devnull))


@lru_cache(maxsize=64)
def _version(command: tuple[str, ...]) -> str | None:
    """The first line of what a compiler says that it is; None where it does not run."""
    return _output(*command, "--version").partition("\n")[0].strip() or None


def _output(*command: str) -> str:
    """What a compiler prints, "" where it fails."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            env={**clean_environment(), "LC_ALL": "C"},
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
