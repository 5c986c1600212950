"""Portable paths: how a file is named in anything that may be committed.

| spelling | the file |
|---|---|
| `project:include/a.h` | below the project root |
| `include[0]:nng/nng.h` | below the unit's first include directory, which lies outside the project |
| `system:openssl/ssl.h` | below a system include directory |
| `builtin:stddef.h` | a compiler's own header |
| `code:umbrella.h` | the unit's `code` |

Longest match wins, the project over an include directory below it. Paths are compared as given and as resolved through
symbolic links, so that a linked include directory still names its files by the name they were included with.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.unit import Unit

__all__ = ["PathMap", "system_include_dirs"]


def system_include_dirs(target: str) -> tuple[str, ...]:
    """Where a native compiler for `target` looks for installed headers, in search order; existing folders only."""
    if sys.platform == "win32":
        return ()
    machine, _, rest = target.partition("-")
    short = "-".join([{"i686": "i386", "i586": "i386"}.get(machine, machine), *rest.split("-")[-2:]])
    candidates = ("/usr/local/include", f"/usr/include/{short}", "/usr/include")
    return tuple(path for path in candidates if os.path.isdir(path))


class PathMap:
    """Translates between absolute and portable paths for one unit."""

    def __init__(self, unit: Unit, *, system: Iterable[str] | None = None, builtin: Iterable[str] = ()) -> None:
        system_dirs = tuple(system_include_dirs(unit.target) if system is None else system)
        self._builtin = tuple(builtin)
        self._dirs: list[tuple[str, str]] = []
        for path in self._builtin:
            self._add("builtin", path)
        self._add("project", unit.root)
        for index, include_dir in enumerate(unit.include_dirs):
            self._add(f"include[{index}]", include_dir.path)
        for path in system_dirs:
            self._add("system", path)
        self._roots: dict[str, list[str]] = {}
        for scheme, folder in self._dirs:
            self._roots.setdefault(scheme, []).append(folder)
        self._code = os.path.join(unit.root, unit.header) if unit.code is not None else None
        self._known: dict[str, str] = {}

    def _add(self, scheme: str, path: str) -> None:
        spelled = os.path.normpath(path)
        for folder in dict.fromkeys((spelled, os.path.realpath(spelled))):
            self._dirs.append((scheme, folder.rstrip(os.sep) + os.sep))

    def portable(self, path: str) -> str:
        """The portable path of an absolute one. A file below none of the folders is `system:` and its last name."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._portable(path)
        return known

    def _portable(self, path: str) -> str:
        if path == self._code:
            return f"code:{os.path.basename(path)}"
        spelled = os.path.normpath(path)
        for candidate in dict.fromkeys((spelled, os.path.realpath(spelled))):
            best = ("", "")
            for scheme, folder in self._dirs:
                # The project wins over an include directory inside it; a builtin or system folder over a project
                # that happens to contain it (a build in / or in a home folder that holds a toolchain).
                if candidate.startswith(folder) and (
                    len(folder) > len(best[1]) and not self._inside_project(best, scheme)
                ):
                    best = (scheme, folder)
            if best[0]:
                return f"{best[0]}:{candidate[len(best[1]) :].replace(os.sep, '/')}"
        return f"system:{os.path.basename(spelled)}"

    @staticmethod
    def _inside_project(best: tuple[str, str], scheme: str) -> bool:
        return best[0] == "project" and scheme.startswith("include[")

    def resolve(self, portable: str) -> str | None:
        """The absolute path that a portable one names here, existing or not; None for `code:` and `builtin:`.

        Raises ValueError for a spelling that no portable path has, or one that leaves its folder.
        """
        scheme, colon, name = portable.partition(":")
        parts = name.split("/")
        if not colon or not name or ".." in parts or "" in parts or "\\" in name or "\0" in name:
            msg = f"not a portable path: {portable!r}"
            raise ValueError(msg)
        if scheme in ("code", "builtin"):
            return None
        roots = self._roots.get(scheme)
        if roots is None:
            if scheme == "system" or scheme.startswith("include["):
                return None
            msg = f"not a portable path: {portable!r}"
            raise ValueError(msg)
        paths = [folder + name.replace("/", os.sep) for folder in roots]
        return next((path for path in paths if os.path.lexists(path)), paths[0])
