"""Portable paths: how a file is named in anything that may be committed.

| spelling | the file |
|---|---|
| `project:include/a.h` | below the project root |
| `include[0]:nng/nng.h` | below the unit's first include directory (pkg-config's not counted), outside the project |
| `pkg-config[nng]:nng/nng.h` | below an include directory that pkg-config gave (spelled `pkg-config:nng`) |
| `cmake[nng]:nng/nng.h` | below an include directory that a target of the build has (spelled `${cmake:nng}`) |
| `args[2]:nng/nng.h` | below the directory that the unit's third argument names (`DIRECTORY_FLAGS`) |
| `header:b.h` | below the folder of the unit's header, where that lies in none of the above |
| `system:openssl/ssl.h` | below a system include directory |
| `builtin:stddef.h` | a compiler's own header |
| `code:umbrella.h` | the unit's `code` |
| `outside:b.h` | anywhere else: no other machine can find it |

Longest match wins, the project over an include directory below it, unless a variable or a package says where that
directory is: then it may lie elsewhere on another machine. Paths are compared as given and as resolved through
symbolic links, so that a linked include directory still names its files by the name they were included with.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headerkit.unit import Unit

__all__ = [
    "DIRECTORY_FLAGS",
    "EMBED_FLAGS",
    "PathMap",
    "below",
    "collapsed",
    "directory_args",
    "has_libc_only",
    "path_args",
    "pkg_config_name",
    "sysroot_dirs",
    "system_include_dirs",
]

EMBED_FLAGS = ("--embed-dir=", "--embed-dir")
"""Arguments that name a directory to search for what `#embed` reads."""
DIRECTORY_FLAGS = ("-I", "-isystem", "-iquote", "-idirafter", *EMBED_FLAGS)
"""Arguments that name a directory to search, joined to their value or followed by it."""

_SYSROOT_FLAGS = ("--sysroot", "--sysroot=", "-isysroot")
_PATH_FLAGS = (*DIRECTORY_FLAGS, "-include", "-imacros", "--sysroot", "-isysroot")
_JOINED_FLAGS = ("--sysroot=", "-isysroot", "-include", "-imacros")
_FORWARDING = ("-Xclang", "-Xpreprocessor")
"""Arguments in front of each word of another one."""
_UNRESOLVED = ("code", "builtin", "outside")
_PKG_CONFIG = "pkg-config:"
PROVIDED = "${cmake:"
"""What the spelling of a directory begins with that a target of the build provides; no variable is called so."""


def system_include_dirs(unit: Unit) -> tuple[str, ...]:
    """Where a compiler for the unit's target looks for installed headers, in search order; existing folders only."""
    from headerkit.sysroots import sysroot_of  # noqa: PLC0415  (not needed with an explicit sysroot)

    return sysroot_of(unit.target, unit.sysroot).include_dirs


def has_libc_only(unit: Unit) -> bool:
    """Whether the system headers that a unit is parsed with hold no library's, whatever a header there is called."""
    from headerkit.sysroots import sysroot_of  # noqa: PLC0415  (as above)

    return not sysroot_dirs(unit) and sysroot_of(unit.target, unit.sysroot).libc_only


def below(root: str, path: str) -> str | None:
    """A path from a folder above it, with forward slashes ("." for the folder itself); None where it lies elsewhere."""
    try:
        relative = os.path.relpath(path, root).replace(os.sep, "/")
    except ValueError:  # Windows: on another drive
        return None
    return None if relative == os.pardir or relative.startswith("../") else relative


def collapsed(path: str) -> str:
    """An absolute path without `.` and `..`, where the system finds it: `..` behind a symbolic link leads elsewhere."""
    plain = os.path.normpath(path)
    if f"{os.sep}..{os.sep}" not in path.replace("/", os.sep):
        return plain
    folder, name = os.path.split(path)
    real = os.path.realpath(folder)
    return plain if real == os.path.realpath(os.path.dirname(plain)) else os.path.join(real, name)


def pkg_config_name(spelled: str) -> str | None:
    """The package of an include directory or flag that pkg-config gave (spelled `pkg-config:NAME`), else None."""
    return spelled[len(_PKG_CONFIG) :] if spelled.startswith(_PKG_CONFIG) else None


def provider(spelled: str) -> str | None:
    """The scheme, `pkg-config[NAME]` or `cmake[NAME]`, of a directory known only by who provides it; None for others.

    A provider may have one directory here and three on another machine.
    """
    package = pkg_config_name(spelled)
    if package is not None:
        return f"pkg-config[{package}]"
    if not spelled.startswith(PROVIDED):
        return None
    # A target's name may have colons (`nng::nng`), and the first one ends a scheme.
    return f"cmake[{spelled[len(PROVIDED) : -1].replace(':', '.')}]"


def directory_args(args: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    """Yield (index of the value's argument, flag, directory) for each argument that names a directory to search."""
    pending = ""
    for index, arg in enumerate(args):
        if arg in _FORWARDING:
            continue
        if pending:
            yield index, pending, arg
            pending = ""
        elif arg in DIRECTORY_FLAGS:
            pending = arg
        else:
            for flag in DIRECTORY_FLAGS:
                if arg.startswith(flag):
                    yield index, flag, arg[len(flag) :]
                    break


def path_args(args: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    """Yield (index of the value's argument, flag, path) for each argument whose value is a path at all."""
    pending = ""
    for index, arg in enumerate(args):
        if arg in _FORWARDING:
            continue
        if pending:
            yield index, pending, arg
            pending = ""
        elif arg in _PATH_FLAGS:
            pending = arg
        else:
            for flag in (*DIRECTORY_FLAGS, *_JOINED_FLAGS):
                if arg.startswith(flag):
                    yield index, flag, arg[len(flag) :]
                    break


def sysroot_dirs(unit: Unit) -> tuple[str, ...]:
    """Where the system's headers are in the sysroot that a unit's arguments name."""
    for _, flag, path in path_args(unit.args):
        if flag in _SYSROOT_FLAGS:
            from headerkit.sysroots import system_places  # noqa: PLC0415  (few units have a sysroot)

            root = os.path.join(unit.root, path)
            return (*(root + place for place in system_places(unit.target)), root)
    return ()


def _folders(unit: Unit, system_dirs: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield (scheme, absolute folder) of all that a unit searches besides the builtin headers."""
    yield "project", unit.root
    index = 0
    for include_dir in unit.include_dirs:
        scheme = provider(include_dir.spelled)
        if scheme is None:
            scheme = f"include[{index}]"
            index += 1
        # An include directory that is a system one anyway (as clang, which drops such a duplicate).
        if include_dir.path and include_dir.path not in system_dirs:
            yield scheme, include_dir.path
    if unit.args:
        for position, _, directory in directory_args(unit.args):
            path = os.path.join(unit.root, directory)
            if path not in system_dirs:
                yield f"args[{position}]", path
    for path in system_dirs:
        yield "system", path


def _moving_schemes(unit: Unit) -> Iterator[str]:
    """The schemes of include directories that are elsewhere on another machine, even if below the project here."""
    index = 0
    for include_dir in unit.include_dirs:
        scheme = provider(include_dir.spelled)
        if scheme is not None:
            yield scheme
        else:
            if "${" in include_dir.spelled.replace("$${", ""):
                yield f"include[{index}]"
            index += 1


def _movable(unit: Unit) -> frozenset[str]:
    """The schemes of directories that `${VAR}` names."""
    plain = [each.spelled for each in unit.include_dirs if pkg_config_name(each.spelled) is None]
    schemes = {f"include[{index}]" for index, spelled in enumerate(plain) if "${" in spelled}
    if len(unit.spelled_args) == len(unit.args):
        schemes |= {f"args[{index}]" for index, _, _ in directory_args(unit.args) if "${" in unit.spelled_args[index]}
    return frozenset(schemes)


class PathMap:
    """Translates between absolute and portable paths for one unit."""

    def __init__(self, unit: Unit, *, system: Iterable[str] | None = None, builtin: Iterable[str] = ()) -> None:
        system_dirs = tuple(system_include_dirs(unit) if system is None else system)
        if unit.args:
            system_dirs = (*sysroot_dirs(unit), *system_dirs)
        self._builtin = tuple(builtin)
        self._folders = tuple(_folders(unit, system_dirs))
        self._header_folder = os.path.dirname(unit.path)
        # A header in the folder of a build is none of the project's: its name is not its path below the root.
        self._header_is_built = unit.path != os.path.join(unit.root, *unit.header.split("/"))
        self._moving = tuple(_moving_schemes(unit))
        self._roots: dict[str, list[str]] = {}
        for scheme, folder in self._folders:
            self._roots.setdefault(scheme, []).append(folder)
        if self._header_folder:
            self._roots["header"] = [self._header_folder]
        self._code = os.path.join(unit.root, unit.header) if unit.code is not None else None
        self._dirs: list[tuple[str, str]] = []
        self._movable = _movable(unit)
        self._known: dict[str, str] = {}

    def _prepare(self) -> None:
        # Only naming needs the resolved folders: resolving symbolic links is what a store hit need not pay for.
        for path in self._builtin:
            self._add("builtin", path)
        for scheme, path in self._folders:
            self._add(scheme, path)
        if self._header_folder:
            self._add("header", self._header_folder)

    def _add(self, scheme: str, path: str) -> None:
        spelled = os.path.normpath(path)
        for folder in dict.fromkeys((spelled, os.path.realpath(spelled))):
            self._dirs.append((scheme, os.path.normcase(folder.rstrip(os.sep) + os.sep)))

    def portable(self, path: str) -> str:
        """The portable path of an absolute one. A file below none of the folders is `outside:` and its last name."""
        known = self._known.get(path)
        if known is None:
            if not self._dirs:
                self._prepare()
            known = self._known[path] = self._portable(path)
        return known

    def _portable(self, path: str) -> str:
        if path == self._code:
            return f"code:{os.path.basename(path)}"
        spelled = os.path.normpath(path)
        # Nearly every file is found as it is spelled, and to resolve a path asks for each folder on its way.
        return self._below(spelled) or self._below(os.path.realpath(spelled)) or f"outside:{os.path.basename(spelled)}"

    def _below(self, path: str) -> str:
        """The portable path of a file below one of the folders; "" for others."""
        best = ("", "")
        comparable = os.path.normcase(path)
        for scheme, folder in self._dirs:
            if comparable.startswith(folder) and self._better(scheme, folder, best):
                best = (scheme, folder)
        return f"{best[0]}:{path[len(best[1]) :].replace(os.sep, '/')}" if best[0] else ""

    def _better(self, scheme: str, folder: str, best: tuple[str, str]) -> bool:
        # The project wins over an include directory inside it; a builtin or system folder over a project that happens
        # to contain it (a build in / or in a home folder that holds a toolchain). The header's folder is a last resort.
        if scheme == "header":
            return not best[0] or (best[0] == "project" and self._header_is_built)
        if best[0] == "project" and scheme not in ("builtin", "system", *self._moving):
            return False
        return len(folder) > len(best[1])

    def overlaps(self) -> bool:
        """Whether a folder that a variable names lies within another one, or around it: a file there has two names."""
        moving = [folder + os.sep for scheme, folder in self._folders if scheme in self._movable]
        folders = [folder + os.sep for scheme, folder in self._folders if scheme != "system"]
        return any(
            one != other and (one.startswith(other) or other.startswith(one)) for one in moving for other in folders
        )

    def roots(self, portable: str) -> list[str]:
        """The folders that a portable path may lie below; none for a scheme that names nothing on its own."""
        return self._roots.get(portable.partition(":")[0], [])

    def resolve(self, portable: str) -> str | None:
        """The absolute path that a portable one names here, existing or not.

        None for a scheme that names nothing on its own (`code:`, `builtin:`, `outside:`) or that this unit has no
        folder for. Raises ValueError for a spelling that no portable path has, or one that leaves its folder.
        """
        scheme, colon, name = portable.partition(":")
        if not colon or not _is_plain(name) or not _is_scheme(scheme):
            msg = f"not a portable path: {portable!r}"
            raise ValueError(msg)
        if scheme in _UNRESOLVED:
            return None
        roots = self._roots.get(scheme)
        if roots is None:
            return None
        if len(roots) == 1:
            return f"{roots[0]}{os.sep}{name}"
        paths = [f"{folder}{os.sep}{name}" for folder in roots]
        return next((path for path in paths if os.path.lexists(path)), paths[0])


def _is_plain(name: str) -> bool:
    """Whether a stored name stays in its folder on every system."""
    if not name or "\\" in name or "\0" in name or (sys.platform == "win32" and ":" in name):
        return False
    # The common case first: no dot component can hide where there is no "/." and no leading dot.
    if name[0] not in "./" and "/." not in name and "//" not in name and name[-1] != "/":
        return True
    return not any(part in ("", ".", "..") for part in name.split("/"))


def _is_scheme(scheme: str) -> bool:
    if scheme in ("project", "system", "header", *_UNRESOLVED):
        return True
    return scheme.endswith("]") and scheme.startswith(("include[", "pkg-config[", "cmake[", "args["))
