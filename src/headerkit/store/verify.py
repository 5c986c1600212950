"""Verifying a store without its headers: every digest, every entry in its place, nothing foreign."""

from __future__ import annotations

import os
from dataclasses import dataclass

from headerkit.store.entry import METADATA
from headerkit.store.guarded import Refused
from headerkit.store.inventory import Stored, load_entry, stored_entries
from headerkit.store.layout import INDEX, TOP_FILES, check_format, is_writer_folder
from headerkit.store.slug import is_slug

__all__ = ["Verified", "foreign_things", "verify_store"]


@dataclass(frozen=True, slots=True)
class Verified:
    """The number of entries looked at, and one line for each that is damaged or does not belong there."""

    entries: int
    problems: tuple[str, ...]


def verify_store(store: str) -> Verified:
    """Check every entry of a store against its digests. Raises StoreError for a newer format."""
    check_format(store)
    problems: list[str] = []
    entries = 0
    for stored in stored_entries(store):
        entries += 1
        try:
            entry, _ = load_entry(stored)
        except Refused as error:
            problems.append(f"{stored.name}: {error}")
        else:
            problems += _foreign(stored, {METADATA, entry.payload})
    problems += foreign_things(store)
    return Verified(entries, tuple(problems))


def _foreign(stored: Stored, known: set[str]) -> list[str]:
    return [
        f"{stored.name}/{name}: no part of the entry" for name in sorted(os.listdir(stored.folder)) if name not in known
    ]


def foreign_things(store: str) -> list[str]:
    """What stands in the store's own folders and is neither theirs nor a layer's."""
    problems: list[str] = []

    def look(*folder: str, known: tuple[str, ...] = (), slugs: bool = False, writers: bool = False) -> list[str]:
        path = os.path.join(store, *folder)
        plain: list[str] = []
        if not os.path.isdir(path) or (folder and os.path.islink(path)):
            return plain
        with os.scandir(path) as items:
            for item in sorted(items, key=lambda item: item.name):
                name = "/".join((*folder, item.name))
                is_folder = item.is_dir(follow_symlinks=False)
                if item.is_symlink():
                    problems.append(f"{name}: a symbolic link, which is never followed")
                elif is_folder and ((slugs and is_slug(item.name)) or (writers and is_writer_folder(item.name))):
                    plain.append(item.name)
                elif item.name not in known:
                    problems.append(f"{name}: not part of a store")
        return plain

    look(known=(*TOP_FILES, "ir", "output"))
    look("ir", known=(INDEX,), slugs=True)
    for writer in look("output", writers=True):
        look("output", writer, known=(INDEX,), slugs=True)
    return problems
