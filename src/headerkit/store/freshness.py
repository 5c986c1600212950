"""Whether a closure still holds on this machine: what changed, vanished or would now be found first.

Digests and look-ups are remembered by absolute path for one run, so that a hundred headers that share includes read
each file once. Make a new `Freshness` for a new run: files may change between two.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from headerkit.digest import file_digest, place_digest
from headerkit.portable import PathMap, provider
from headerkit.store.closure import package_flags

if TYPE_CHECKING:
    from headerkit.store.closure import Closure
    from headerkit.unit import Unit

__all__ = ["Freshness"]

_SHOWN = 8
_SYSTEM = "system:"
_PLAIN_LENGTH = 64
"""That of a content digest: of what counts otherwise the digest is marked."""


class Freshness:
    """Compares closures with the files of this machine."""

    def __init__(self) -> None:
        self._digests: dict[str, str | None] = {}
        self._present: dict[str, bool] = {}
        self._places: dict[object, _Place] = {}

    def compare(
        self, closure: Closure, unit: Unit, system: Literal["trust", "verify"]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Why the closure does not hold (nothing: it does), and notes about library headers that differ or appeared.

        Raises ValueError for an absent name that no parse reports.
        """
        place = self._place(unit)
        reasons = self._origin(place, closure, unit)
        same = place.same
        for file in closure.files:
            if file not in same:
                reason = self._file(place, unit, *file)
                if reason:
                    reasons.append(reason)
                else:
                    same.add(file)
        appeared = [
            portable for portable in closure.absent if portable not in place.absent and self._is_there(place, portable)
        ]
        differing = self._library(place.paths, unit, closure)
        made = "made for another version" if differing else "made without it"
        for portable in appeared:
            if portable.startswith(_SYSTEM):
                differing.append(f"{describe(portable, unit)} is on this machine, and was not where the entry was made")
            else:
                reasons.append(f"{describe(portable, unit)} appeared, and would be found first")
        if differing and system == "verify":
            reasons += [f"{what} (system = verify)" for what in differing]
        if len(reasons) > _SHOWN:
            reasons[_SHOWN:] = [f"and {len(reasons) - _SHOWN} more"]
        notes: tuple[str, ...] = ()
        if differing and not reasons:
            more = f" (and {len(differing) - 1} more)" if len(differing) > 1 else ""
            notes = (f"{differing[0]}{more}; the entry was {made} and is used (system = trust)",)
        return tuple(reasons), notes

    def _place(self, unit: Unit) -> _Place:
        # Of all but the project's own headers the folder is one of the places by which files are named.
        own = unit.path == os.path.join(unit.root, *unit.header.split("/"))
        folder = None if own else os.path.dirname(unit.path)
        key = (unit.root, unit.include_dirs, unit.args, unit.target, unit.sysroot, folder)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = _Place(PathMap(unit))
        return place

    @staticmethod
    def _origin(place: _Place, closure: Closure, unit: Unit) -> list[str]:
        """Two headers outside the project may share a name: the closure must hold the very one that is asked for."""
        if unit.code is not None or not unit.path:
            return []
        named = {portable for portable, _ in (*closure.files, *closure.library)}.union(closure.named)
        if unit.path == f"{unit.root}{os.sep}{unit.header}" and f"project:{unit.header}" in named:
            return []  # nearly always, and it needs no symbolic link resolved
        origin = place.paths.portable(unit.path)
        if origin in named:
            return []
        return [f"{describe(origin, unit)} lies elsewhere than the header that the entry was made from"]

    def _file(self, place: _Place, unit: Unit, portable: str, digest: str) -> str:
        paths = place.paths
        try:
            path = paths.resolve(portable)
            if path is None:
                if portable.startswith("outside:what "):
                    return f"{describe(portable, unit)} cannot be told: name the file in the #if, without macros"
                if portable.startswith("outside:"):
                    return f"{describe(portable, unit)} cannot be checked: add its folder to include_dirs"
                return f"{describe(portable, unit)} is in none of this unit's include directories"
            if place.overlaps and paths.portable(path) != portable:
                return f"{describe(portable, unit)} lies in a folder that a variable names now"
            found = self._digest(path, digest)
        except (OSError, ValueError) as error:
            return f"{describe(portable, unit)} cannot be read: {getattr(error, 'strerror', None) or error}"
        if found is None:
            return f"{describe(portable, unit)} is missing"
        if found != digest:
            return f"{describe(portable, unit)} changed since the entry was made"
        return ""

    def _library(self, paths: PathMap, unit: Unit, closure: Closure) -> list[str]:
        differing: list[str] = []
        for portable, digest in closure.library:
            try:
                path = paths.resolve(portable)
                found = None if path is None else self._digest(path, digest)
            except (OSError, ValueError):
                found = None
            if found is None:
                differing.append(f"{describe(portable, unit)} is not on this machine")
            elif found != digest:
                differing.append(f"{describe(portable, unit)} differs on this machine")
        flags = package_flags(unit)
        if flags or closure.flags:
            stored = dict(closure.flags)
            differing += [
                f"the flags of pkg-config {package} differ on this machine"
                for package in sorted(flags.keys() | stored.keys())
                if flags.get(package) != stored.get(package)
            ]
        return differing

    def _digest(self, path: str, stored: str) -> str | None:
        """The digest of a file of the kind that is stored."""
        if len(stored) != _PLAIN_LENGTH:
            return place_digest(path, stored)
        if path not in self._digests:
            self._digests[path] = file_digest(path)
        return self._digests[path]

    def _is_there(self, place: _Place, portable: str) -> bool:
        path = place.paths.resolve(portable)
        if path is not None:
            found = self._present.get(path)
            if found is None:
                found = self._present[path] = _stands(path)
            if found or (portable.startswith(_SYSTEM) and _stands_behind_link(place.paths, portable, path)):
                return True
        place.absent.add(portable)
        return False


def _stands_behind_link(paths: PathMap, portable: str, path: str) -> bool:
    """Whether a later folder of the system has what stands in the first one as a link that leads nowhere."""
    name = portable[len(_SYSTEM) :]
    return os.path.islink(path) and any(_stands(f"{folder}{os.sep}{name}") for folder in paths.roots(portable))


def _stands(path: str) -> bool:
    """Whether anything is there for clang to open, or to fail on. A link that leads nowhere is nothing."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # a link in a circle, a folder that may not be entered: clang would stop there
        pass
    return True


class _Place:
    """What units with equal roots share: where things are, what was found the same, and what was found absent."""

    __slots__ = ("absent", "overlaps", "paths", "same")

    def __init__(self, paths: PathMap) -> None:
        self.paths = paths
        self.overlaps = paths.overlaps()
        self.same: set[tuple[str, str]] = set()
        self.absent: set[str] = set()


def describe(portable: str, unit: Unit) -> str:
    """A portable path for a person: the path below the project, else the name and the folder's spelling."""
    scheme, _, name = portable.partition(":")
    if scheme.startswith("include["):
        plain = [folder for folder in unit.include_dirs if provider(folder.spelled) is None]
        index = scheme[len("include[") : -1]
        if index.isdecimal() and int(index) < len(plain):
            return f"{name} (in {plain[int(index)].spelled})"
    if scheme.startswith(("pkg-config[", "cmake[")):
        return f"{name} (of {scheme.partition('[')[2][:-1]})"
    return name
