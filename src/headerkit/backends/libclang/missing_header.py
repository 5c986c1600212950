"""What to do about a header that was not found: where it was looked for, and who may have it."""

from __future__ import annotations

import os
import re
from itertools import islice
from typing import TYPE_CHECKING

from headerkit.backends.libclang.warnings import include_folders, missing_folders
from headerkit.portable import path_args
from headerkit.target import host_target, normalize, short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.backends.libclang.arguments import Arguments
    from headerkit.unit import Unit

__all__ = ["missing_header"]

# Headers that every C library on Linux has: without them all of it is missing.
_LIBC = frozenset(
    (
        *("assert.h", "ctype.h", "errno.h", "fcntl.h", "features.h", "inttypes.h", "limits.h", "locale.h", "math.h"),
        *("netinet/in.h", "pthread.h", "setjmp.h", "signal.h", "stdint.h", "stdio.h", "stdlib.h", "string.h"),
        *("strings.h", "sys/socket.h", "sys/stat.h", "sys/time.h", "sys/types.h", "time.h", "unistd.h", "wchar.h"),
    )
)
_FOLDERS_LOOKED_AT = 1000
_SYSTEMS_FOLDERS = frozenset(("arpa", "asm", "asm-generic", "bits", "linux", "mach", "net", "netinet", "sys"))
"""Where systems, and no libraries, have headers of their own; most systems lack those of another."""
_FOLDERS = frozenset(("include", "includes", "inc", "headers", "src", "source", "lib", "csrc", "api", "vendor"))
"""What projects call the folders of their headers, and nobody a package."""
_MACROS = {"linux": "__linux__", "darwin": "__APPLE__", "windows": "_WIN32"}
_SYSROOT = "a folder with that system's headers: headerkit cache populate --sysroot {}=DIR"


def missing_header(name: str, unit: Unit, arguments: Arguments) -> tuple[str, str]:
    """(cause, hint) of a header's absence."""
    places = ", ".join(_searched(unit, arguments)) or "no directory at all"
    foreign = normalize(unit.target) != host_target()
    has_libc = foreign and any(os.path.isfile(os.path.join(path, "stdio.h")) for path in arguments.system)
    if has_libc and name.split("/", 1)[0] in _SYSTEMS_FOLDERS and name not in _LIBC:
        macro = _MACROS.get(normalize(unit.target).split("-")[2], "of what that system defines")
        return (
            f"{unit.target} has no {name} among the headers that are here for it; looked in {places}",
            f"leave its #include out there (#ifndef {macro}), or name {_sysroot(unit)}",
        )
    if has_libc and name in _LIBC:
        ask = "#ifdef _WIN32" if "-windows-" in unit.target else "#ifdef of what only that system defines"
        return f"{unit.target} has no {name}", f"leave its #include out there ({ask})"
    if name in _LIBC and foreign:
        cause = f"the C library's headers for {unit.target} are not installed; looked in {places}"
        return f"{cause}{_broken_zig()}", _cross_hint(unit)
    if name in _LIBC:
        return (
            f"the C library's headers are not installed; looked in {places}{_broken_zig()}",
            "install them (Debian: apt install libc6-dev; Alpine: apk add musl-dev; Fedora: dnf install glibc-devel)",
        )
    stem = re.sub(r"\W.*", "", name.rsplit("/", 1)[-1]) or name
    package = name.split("/", 1)[0] if "/" in name else stem
    if foreign:
        own = f"-I DIR (include_dirs) with the folder that holds {name} for {unit.target}"
        return f"looked for {name} in {places}", f"{own}, or name {_sysroot(unit)}"
    if name.split("/", 1)[0] in _FOLDERS:
        return (
            f"{name} is not a file below {unit.root}, and there is none in {places}",
            f"correct its path{_like(name, unit.root)}, or -I DIR (include_dirs) with the folder that holds {name}",
        )
    found = _below(name, arguments.system)
    if found:
        module = _module_of(found, package, arguments.system)
        ask = f'pkg_config = ["{module}"], or ' if module else ""
        return f"looked for {name} in {places}; it is in {found}", f"{ask}-I {found} (include_dirs)"
    install = f"install its package (Debian: apt install lib{package.lower().replace('_', '-')}-dev)"
    hint = f'-I DIR (include_dirs) with the folder that holds {name}, pkg_config = ["{package}"], or {install}'
    return f"looked for {name} in {places}", hint


def _below(name: str, system: Iterable[str]) -> str:
    """The folder right below one of the system's that has the header; "" where none has."""
    for path in system:
        try:
            folders = sorted(entry.path for entry in os.scandir(path) if entry.is_dir())
        except OSError:
            continue
        for folder in folders:
            if os.path.isfile(os.path.join(folder, name)):
                return folder
    return ""


def _module_of(folder: str, package: str, system: Iterable[str]) -> str:
    """The module of pkg-config that names a folder of headers: the one most like the package; "" where none does."""
    names = re.compile(rf"^Cflags:.*/{re.escape(os.path.basename(folder))}(?=[/\s]|$)", re.MULTILINE)
    found = []
    for path in dict.fromkeys(re.sub(r"/include\b", word, path) for path in system for word in ("/lib", "/share")):
        modules = os.path.join(path, "pkgconfig")
        try:
            for file in os.listdir(modules):
                with open(os.path.join(modules, file), encoding="utf-8", errors="replace") as text:
                    if names.search(text.read()):
                        found.append(file.removesuffix(".pc"))
        except OSError:
            continue
    return min(found, key=lambda module: (package.lower() not in module.lower(), len(module), module), default="")


def _like(name: str, root: str) -> str:
    """Where the project has a file of that name, for a hint. The root may be a whole disk: part of it is read."""
    base = os.path.basename(name)
    folders = islice(os.walk(root), _FOLDERS_LOOKED_AT)
    found = next((os.path.join(folder, base) for folder, _, files in folders if base in files), "")
    return f" (there is {os.path.relpath(found, root).replace(os.sep, '/')})" if found else ""


def _searched(unit: Unit, arguments: Arguments) -> list[str]:
    missing = missing_folders(unit)
    named = dict.fromkeys(spelled for spelled, _ in include_folders(unit))
    searched = [f"{item} (which does not exist)" if item in missing else item for item in named]
    searched += [f"the sysroot {path}" for _, flag, path in path_args(unit.args) if flag.lstrip("-").endswith(_ROOTS)]
    return [*searched, *arguments.system]


_ROOTS = ("sysroot", "sysroot=")


def _cross_hint(unit: Unit) -> str:
    from headerkit.sysroots.cross_packages import debian_package  # noqa: PLC0415 - only this error needs it
    from headerkit.sysroots.zig import zig_folder, zig_problem  # noqa: PLC0415

    # The package has them for every target that wheels are made for; where it is there and runs, it lacks this one.
    zig = [] if zig_folder() else ["pip install 'headerkit[cross]' (the C libraries' headers in the ziglang package)"]
    if zig_problem():
        zig = ["pip install --force-reinstall --no-cache-dir ziglang"]
    if "-darwin" in normalize(unit.target):
        return " or ".join(
            [*zig, f"name the SDK of Xcode: headerkit cache populate --sysroot {short(unit.target)}=SDK"]
        )
    if "-windows-msvc" in normalize(unit.target):
        folders = "-I DIR (include_dirs) with the include folders of Visual C++ and of the Windows SDK (ucrt)"
        return " or ".join([*zig, folders])
    package = debian_package(unit.target)
    install = [f"install them (Debian: apt install {package})"] if package else []
    return ", or ".join([*zig, *install, f"name {_sysroot(unit)}"])


def _broken_zig() -> str:
    from headerkit.sysroots.zig import zig_problem  # noqa: PLC0415 - as above

    problem = zig_problem()
    return f"; {problem}" if problem else ""


def _sysroot(unit: Unit) -> str:
    return _SYSROOT.format(short(unit.target))
