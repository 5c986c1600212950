"""Pruning: entries that no setting asks for any more, damaged ones, and what killed writers left."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headerkit.errors import StoreError
from headerkit.store.guarded import Refused, remove_leftovers
from headerkit.store.identity import identity_digest, output_identity, unit_identity
from headerkit.store.inventory import load_entry, remove_entry, stored_entries
from headerkit.store.layout import check_format, layers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.plan import Job
    from headerkit.store.identity import Json

__all__ = ["Pruned", "prune_store"]


@dataclass(frozen=True, slots=True)
class Pruned:
    """The entries removed (`output/cffi/libclang.a...`), the number kept, and of leftover files removed."""

    removed: tuple[str, ...]
    kept: int
    leftovers: int


def prune_store(store: str, jobs: Iterable[Job], *, other_targets: bool = True, dry_run: bool = False) -> Pruned:
    """Remove what none of `jobs` asks for. Raises StoreError.

    `other_targets` keeps entries that differ from a wanted one in the target alone: another machine fills those.
    """
    check_format(store)
    wanted = {_key(identity, other_targets=other_targets) for job in jobs for identity in _identities(job)}
    removed: list[str] = []
    kept = leftovers = 0
    try:
        for stored in list(stored_entries(store)):
            try:
                entry, _ = load_entry(stored)
                keep = _key(entry.identity, other_targets=other_targets) in wanted
            except Refused:
                keep = False
            if keep:
                kept += 1
                leftovers += 0 if dry_run else remove_leftovers(stored.folder, every=True)
                continue
            removed.append(stored.name)
            if not dry_run:
                remove_entry(stored)
        if not dry_run:
            for folder in ((), ("output",), *layers(store)):
                leftovers += remove_leftovers(os.path.join(store, *folder), every=True)
    except OSError as error:
        msg = f"cannot prune {error.filename or store}: {error.strerror or error}"
        raise StoreError(msg, hint="make the store's folder writable") from error
    return Pruned(tuple(removed), kept, leftovers)


def _identities(job: Job) -> Iterable[dict[str, Json]]:
    identity = unit_identity(job.unit)
    yield identity
    yield output_identity(identity, job.writer, job.options, job.rules)


def _key(identity: dict[str, Json], *, other_targets: bool) -> str:
    if other_targets:
        identity = {**identity, "target": ""}
    return identity_digest(identity)
