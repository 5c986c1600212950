"""Whether a build with CMake is going to miss the store, said before CMake has run.

What the project's settings ask for is known. What CMakeLists.txt asks for is not; but what it asked for last time is in
the store. A header is *current* when the store has an entry for it whose files below the project are what they were.
A build misses for certain when a header that has entries is not current, or when one that the settings name has none.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.digest import place_digest
from headerkit.planning import make_plan
from headerkit.requirements import certain_misses
from headerkit.settings import load_settings
from headerkit.store.closure import closure_from_json
from headerkit.store.guarded import Refused
from headerkit.store.inventory import load_entry, stored_entries
from headerkit.target import host_target, normalize

if TYPE_CHECKING:
    from headerkit.store import Closure

__all__ = ["is_miss_certain"]


def is_miss_certain(root: str) -> bool:
    """Whether a build of the project at `root` will have to parse a header here. Raises HeaderkitError."""
    settings = load_settings(root)
    if settings.cache.locked:
        return False
    target = normalize(settings.target) if settings.target else host_target()
    headers = _stored_headers(os.path.join(settings.root, settings.store_dir), settings.root, target)
    if not all(headers.values()):
        return True
    if settings.headers or settings.cffi:
        return any(unit.header not in headers for unit in certain_misses(make_plan(settings)))
    return not headers


def _stored_headers(store: str, root: str, target: str) -> dict[str, bool]:
    """The headers that the store has entries of for the target, and whether each is current."""
    headers: dict[str, bool] = {}
    same: dict[tuple[str, str], bool] = {}
    for stored in stored_entries(store):
        try:
            entry, _ = load_entry(stored, payload=False)
            closure = closure_from_json(entry.closure)
        except (Refused, ValueError):
            continue
        header = str(entry.identity["header"])
        if entry.identity["target"] == target and not _is_gone(root, header, closure):
            headers[header] = headers.get(header, False) or _is_current(root, closure, same)
    return headers


def _is_gone(root: str, header: str, closure: Closure) -> bool:
    """Whether the header was one of the project's and is no more: nothing asks for the entry any longer."""
    own = f"project:{header}"
    return any(portable == own for portable, _ in closure.files) and not os.path.exists(os.path.join(root, header))


def _is_current(root: str, closure: Closure, same: dict[tuple[str, str], bool]) -> bool:
    for file in closure.files:
        scheme, _, name = file[0].partition(":")
        if scheme == "project":
            if file not in same:
                same[file] = _is_same(os.path.join(root, *name.split("/")), file[1])
            if not same[file]:
                return False
    return True


def _is_same(path: str, digest: str) -> bool:
    """Whether there stands what stood there when the entry was made. What cannot be read is not the same."""
    try:
        return place_digest(path, digest) == digest
    except OSError:
        return False
