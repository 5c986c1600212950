"""Which files are the library's own: whose declarations a binding is made of.

By default: each header that the unit names; what an own file includes with quotes; what it includes from its own
folder (`openssl/...` for `openssl/ssl.h`; for a header at the top of an include directory, the folder of its name:
`glib/...` for `glib.h`); everything below the project, but for the system's headers. Globs replace all of it; one
matches a file's name as it was included, its path below the project or below an include directory (through symbolic
links too), or, if it is absolute itself, the file's absolute path.
`*` and `?` stay within one folder, `**` does not.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.glob_regex import glob_regex
from headerkit.portable import directory_args, sysroot_dirs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.unit import Unit

__all__ = ["Ownership"]


class Ownership:
    """The answer for one unit. Asked in the order of inclusion: an includer before what it includes."""

    def __init__(self, unit: Unit, system: Iterable[str] = (), builtin: Iterable[str] = ()) -> None:
        folder = os.path.normpath(unit.root)
        self._projects = _prefixes([folder])
        # An environment or a sysroot in the project's folder holds the system's headers, or a compiler's.
        pinned = _prefixes([*system, *builtin, *sysroot_dirs(unit)])
        self._pinned = tuple(each for each in pinned if each.startswith(self._projects) and each not in self._projects)
        # A project in / would own the whole system.
        self._project_owned = folder != os.path.dirname(folder)
        self._globs = {glob: re.compile(glob_regex(glob)) for glob in unit.owned}
        self._unmatched = dict.fromkeys(unit.owned)
        self._folders: set[str] = set()
        self._roots: tuple[str, ...] = self._projects
        if self._globs:
            searched = [item.path for item in unit.include_dirs if item.path]
            self._roots += _prefixes([*searched, *(path for _, _, path in directory_args(unit.args)), *system])

    def named(self, path: str, spelled: str) -> bool:
        """Whether a header that the unit itself includes is owned; its own folder is from now on."""
        if self._globs:
            return self._matches(path, spelled)
        folder, name = os.path.split(os.path.normpath(path))
        if "/" in spelled and not os.path.isabs(spelled):
            self._folders.add(folder + os.sep)
        else:
            self._folders.add(os.path.join(folder, os.path.splitext(name)[0]) + os.sep)
        return True

    def included(self, path: str, spelled: str, *, quoted: bool, includer_owned: bool) -> bool:
        """Whether a file is owned that another file includes."""
        if self._globs:
            return self._matches(path, spelled)
        normal = os.path.normpath(path)
        if self._project_owned and normal.startswith(self._projects) and not normal.startswith(self._pinned):
            return True
        return includer_owned and (quoted or normal.startswith(tuple(self._folders)))

    @property
    def unmatched(self) -> tuple[str, ...]:
        """The globs that matched no file so far."""
        return tuple(self._unmatched)

    def _matches(self, path: str, spelled: str) -> bool:
        absolute = dict.fromkeys((os.path.normpath(path), os.path.realpath(path)))
        # Where a link leads counts for a file that is below no root by its own name.
        below = next(
            filter(None, ([name[len(root) :] for root in self._roots if name.startswith(root)] for name in absolute)),
            [],
        )
        names = [name.replace(os.sep, "/") for name in dict.fromkeys((spelled, *below))]
        whole = [name.replace(os.sep, "/") for name in absolute]
        # A relative glob must not match the folders that a checkout happens to lie in.
        matching = [
            glob
            for glob, found in self._globs.items()
            if any(map(found.fullmatch, whole if os.path.isabs(glob) else names))
        ]
        for glob in matching:
            self._unmatched.pop(glob, None)
        return bool(matching)


def _prefixes(folders: Iterable[str]) -> tuple[str, ...]:
    """What the paths of files below these folders begin with, through symbolic links too."""
    found = [
        path.rstrip(os.sep) + os.sep for each in folders for path in (os.path.normpath(each), os.path.realpath(each))
    ]
    return tuple(dict.fromkeys(found))
