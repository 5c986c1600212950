"""Merging stores: entries that verify are copied by identity; nothing in a source is followed or believed.

A plain copy of one store over another works as well. What a merge adds is that damaged, misplaced, oversized and
foreign things stay out, and a report.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headerkit.errors import StoreError
from headerkit.settings.model import MergeSettings
from headerkit.store.entry import (
    METADATA,
    decode_metadata,
    read_payload,
    verified_payload,
    write_entry,
    write_new_entry,
)
from headerkit.store.guarded import METADATA_LIMIT, Refused, read_regular
from headerkit.store.index import has_index, rebuild_index
from headerkit.store.inventory import Stored, place_entry, stored_entries
from headerkit.store.layout import check_format, check_plain_folders, layers, write_top_files
from headerkit.store.verify import foreign_things

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MergeResult", "store_merge"]


@dataclass(frozen=True, slots=True)
class MergeResult:
    """New entries, those that were there already, and those that a source replaced (a later source wins).

    `refused` says in one line each what was left out, and why.
    """

    new_entries: int = 0
    skipped_entries: int = 0
    replaced_entries: int = 0
    refused: tuple[str, ...] = ()


def store_merge(
    sources: Iterable[str | os.PathLike[str]], target: str | os.PathLike[str], *, limits: MergeSettings | None = None
) -> MergeResult:
    """Copy the entries of all sources, in order, into the store `target`, which is made where there is none.

    Raises StoreError: a source that is not a folder or of a newer format, a target that cannot be written, a limit
    reached. Entries copied until then stay; merging again goes on from there.
    """
    into = os.fspath(target)
    paths = [os.fspath(source) for source in sources]
    for path in paths:
        if not os.path.isdir(path):
            msg = f"{path}: no such store"
            raise StoreError(msg, hint="name the folder that holds ir/ and output/")
        inside = os.path.join(path, ".headerkit")
        if os.path.isdir(inside) and not layers(path):
            msg = f"{path} is a project, not a store"
            raise StoreError(msg, hint=f"name its store: {inside}")
        check_format(path)
    check_format(into)
    write_top_files(into)
    merge = _Merge(into, limits or MergeSettings())
    for path in paths:
        merge.add(path)
    if has_index(into) or any(map(has_index, paths)):
        rebuild_index(into)
    return MergeResult(merge.new, merge.skipped, merge.replaced, tuple(merge.refused))


class _Merge:
    def __init__(self, target: str, limits: MergeSettings) -> None:
        self.target = target
        self.limits = limits
        self.new = self.skipped = self.replaced = 0
        self.refused: list[str] = []
        self.entries = self.total = 0
        self.layer_folders: dict[tuple[str, ...], str] = {}

    def add(self, source: str) -> None:
        for stored in stored_entries(source):
            self.entries += 1
            self._limit("entries", self.entries, self.limits.max_entries, source)
            try:
                self._copy(stored, source)
            except Refused as error:
                self.refused.append(f"{source}: {stored.name}: {error}")
            except OSError as error:
                self.refused.append(f"{source}: {stored.name}: it cannot be read: {error.strerror or error}")
        self.refused += [f"{source}: {problem}" for problem in foreign_things(source)]

    def _copy(self, stored: Stored, source: str) -> None:
        metadata = read_regular(f"{stored.folder}{os.sep}{METADATA}", min(METADATA_LIMIT, self.limits.max_file))
        entry = place_entry(stored, metadata)
        data = verified_payload(stored.folder, entry, limit=self.limits.max_file)
        metadata = (metadata or b"").replace(b"\r\n", b"\n")
        self.total += len(metadata) + len(data)
        self._limit("total", self.total, self.limits.max_total, source)
        folder = f"{self._layer_folder(stored.layer)}{os.sep}{stored.slug}"
        if write_new_entry(folder, metadata, entry.payload, data):
            self.new += 1
            return
        self._check_folders((*stored.layer, stored.slug), above=len(stored.layer))
        known = os.path.lexists(f"{folder}{os.sep}{METADATA}")
        if known and self._stands(folder, metadata):
            self.skipped += 1
            return
        write_entry(folder, metadata, entry.payload, data)
        if known:
            self.replaced += 1
        else:
            self.new += 1

    def _layer_folder(self, layer: tuple[str, ...]) -> str:
        """The target's folder for a layer, which is a real one or none."""
        folder = self.layer_folders.get(layer)
        if folder is None:
            self._check_folders(layer)
            folder = self.layer_folders[layer] = os.path.join(self.target, *layer)
        return folder

    def _check_folders(self, folders: tuple[str, ...], above: int = 0) -> None:
        try:
            check_plain_folders(self.target, folders, above=above)
        except (Refused, OSError) as error:
            msg = f"{os.path.join(self.target, *folders)}: {error}, and nothing is written through it"
            raise StoreError(msg, hint="remove it, and merge again") from error

    def _limit(self, name: str, value: int, limit: int, source: str) -> None:
        if value > limit:
            what = "entries" if name == "entries" else "bytes"
            msg = f"{source}: the merge has more than {limit} {what}"
            raise StoreError(
                msg, hint=f"--max-{name} NUMBER (or merge.max_{name} in the settings), if the sources are yours"
            )

    @staticmethod
    def _stands(folder: str, metadata: bytes) -> bool:
        """Whether the target's entry is this one, and whole."""
        try:
            if read_regular(os.path.join(folder, METADATA), METADATA_LIMIT) != metadata:
                return False
            read_payload(folder, decode_metadata(metadata))
        except (Refused, OSError):
            return False
        return True
