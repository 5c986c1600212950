"""The arguments that clang gets for a unit.

Everything that could differ from machine to machine is said outright: the target, the language, the system's include
directories in a native compiler's order, our own builtin headers. Nothing is left to the environment.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from headerkit.backends.libclang.builtin_headers import SHIMS, compiler_headers
from headerkit.errors import ParseError
from headerkit.light_classes import NamedTuple
from headerkit.portable import directory_args, path_args
from headerkit.sysroots import Sysroot, release_args, sysroot_of
from headerkit.target import host_target, normalize

if TYPE_CHECKING:
    from headerkit.backends.libclang.library import Library
    from headerkit.unit import Unit

__all__ = ["Arguments", "clang_arguments"]

# A user's word for the headers' place: then the system's directories are the user's (or the driver's) matter.
_OWN_SYSROOT = ("--sysroot", "-isysroot", "-nostdinc", "-nostdlibinc")
# A parse may not depend on the day: variables and attributes can hold these macros (a macro made of them has no value).
_REPRODUCIBLE = (
    "-Wno-builtin-macro-redefined",
    '-D__DATE__="Jan  1 1970"',
    '-D__TIME__="00:00:00"',
    '-D__TIMESTAMP__="Thu Jan  1 00:00:00 1970"',
)
_HIDING = (
    "--config",
    "-include-pch",
    "-ivfsoverlay",
    "-fmodule",
    "-fprebuilt-module-path",
    "-fplugin",
    "-load",
    "-working-directory",
    "-resource-dir",
    "@",
)
# Other spellings of `-I`, `-isystem` and `-include`: one is enough for whoever reads arguments.
_SPELLED_OTHERWISE = (
    "--include",
    "--imacros",
    "-iprefix",
    "-iwith",
    "-internal-",
    "-cxx-isystem",
    "-c-isystem",
    "-stdlib++-isystem",
    "-isystem-after",
)
_FORWARDED = "-Wp,"
# What makes clang compile for another machine, byte order, system or calling convention than `--target` says. `-march=`
# and its like choose among a target's processors, which agree about every layout.
_RETARGETING = frozenset(
    (
        *("-target", "--target", "-triple", "-target-abi", "-arch"),
        *("-m16", "-m32", "-m64", "-mx32", "-maix32", "-maix64", "-miamcu", "-mgp32", "-mgp64"),
        *("-EB", "-EL", "--EB", "--EL", "-meb", "-mel", "-mbig-endian", "-mlittle-endian"),
    )
)
_RETARGETING_BY_VALUE = ("--target=", "-mabi=", "-mtargetos=")
_OF_THIS_MACHINE = ("-march=native", "-mcpu=native", "-mtune=native")


class Arguments(NamedTuple):
    """clang's arguments, and the directories they imply (`builtin` and `system` in search order)."""

    argv: tuple[str, ...]
    builtin: tuple[str, ...]
    system: tuple[str, ...]
    fallback: str = ""
    """A real compiler's own headers, searched last."""


def clang_arguments(unit: Unit, library: Library | None = None) -> Arguments:
    """The arguments for a unit, in clang's search order: the user's, builtin ones, the system's.

    With `library`, a real compiler's headers that suit it come last of all.
    """
    _check(unit.args, unit.target)
    argv = ["-x", "c"]
    if any(not os.path.isabs(path) for _, _, path in path_args(unit.args)):
        # `-include config.h` starts from the project, wherever the process runs.
        argv.append(f"-working-directory={unit.root}")
    if not any(argument.startswith(("-std=", "--std")) for argument in unit.args):
        argv.append("-std=gnu17")
    argv.append(f"--target={unit.target}")
    # Every diagnostic that stops a unit is reported, no guess is made about a misspelt name (probes fail by design),
    # and plain comments count as documentation.
    argv += ["-ferror-limit=0", "-fno-spell-checking", "-fparse-all-comments"]
    argv += _REPRODUCIBLE
    argv += [f"-fmacro-prefix-map={folder}{os.sep}=" for folder in _folders_of_this_machine(unit)]
    builtin = [SHIMS]
    fallback = compiler_headers(library.path, library.major) if library is not None else ""
    system: tuple[str, ...] = ()
    own_sysroot = any(argument.startswith(_OWN_SYSROOT) for argument in unit.args)
    sysroot = Sysroot() if own_sysroot else sysroot_of(unit.target, unit.sysroot)
    argv += release_args(unit.target)
    argv += sysroot.args
    argv += [f"-I{include_dir.path}" for include_dir in unit.include_dirs if include_dir.path]
    argv += [f"-D{define}" for define in unit.defines]
    argv += unit.args
    if not (own_sysroot or _driver_finds_headers(unit)):
        system = sysroot.include_dirs
        argv += ["-nostdinc", "-isystem", SHIMS]
        argv += [part for path in system for part in ("-isystem", path)]
    else:
        argv += ["-isystem", SHIMS]
    if fallback:
        builtin.append(fallback)
        argv += ["-idirafter", fallback]
    # What a user makes errors of for a compiler are warnings here: they are reported, and stop nothing.
    argv.append("-Wno-error")
    return Arguments(tuple(argv), tuple(builtin), system, fallback)


def _driver_finds_headers(unit: Unit) -> bool:
    """Whether the system's headers are where clang's driver looks: in Xcode's SDK, in Visual C++'s folders."""
    return not sys.platform.startswith("linux") and not unit.sysroot and normalize(unit.target) == host_target()


def _folders_of_this_machine(unit: Unit) -> list[str]:
    """What `__FILE__` is to begin without, the longest last, which wins."""
    folders = {unit.root, *(include_dir.path for include_dir in unit.include_dirs), os.path.dirname(unit.path)}
    folders.update(os.path.join(unit.root, folder) for _, _, folder in directory_args(unit.args))
    return sorted(filter(None, folders), key=lambda folder: (len(folder), folder))


def _check(args: tuple[str, ...], target: str) -> None:
    """Raise ParseError for what makes clang read files of which nobody would know, or compile for another target."""
    for index, whole in enumerate(args):
        for arg in whole.split(",")[1:] if whole.startswith(_FORWARDED) else (whole,):
            if arg.startswith((*_HIDING, *_SPELLED_OTHERWISE)) or (whole != arg and arg.startswith(("-I", "-i"))):
                msg = f"the argument {whole} makes clang read files that an entry of the store could not name"
                raise ParseError(msg, hint="say the same with include_dirs, defines and args such as -include")
            if arg in _OF_THIS_MACHINE:
                msg = f"the argument {whole} means another processor on each machine"
                raise ParseError(msg, hint="name the processor, as in -march=x86-64-v2")
            if arg.startswith(_RETARGETING_BY_VALUE) or (
                arg in _RETARGETING and not _is_of_target(arg, "".join(args[index + 1 : index + 2]), target)
            ):
                msg = f"the argument {whole} may make clang compile for another target than {target}"
                raise ParseError(msg, hint='name the target itself: `target = "..."` in the settings, or --target')


def _is_of_target(arg: str, value: str, target: str) -> bool:
    """Whether the argument says what the target does already: packages give `-m64`, or `-arch arm64` on macOS."""
    machine = target.partition("-")[0]
    if arg == "-arch":
        return normalize(f"{value or machine}-apple-darwin").partition("-")[0] == machine
    is_64_bit = "64" in machine or machine == "s390x"
    return (arg == "-m64" and is_64_bit and not target.endswith("x32")) or (arg == "-m32" and not is_64_bit)
