"""Explaining a hit or a miss: the header file, flag, option or target that makes it one.

This looks through the entries of the same header, which a lookup never does.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headerkit.store.difference import identity_differences
from headerkit.store.guarded import Refused
from headerkit.store.identity import output_identity, unit_identity
from headerkit.store.inventory import Stored, load_entry
from headerkit.store.layout import entry_folder, list_entries
from headerkit.store.slug import slug_prefix
from headerkit.store.store import Found, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headerkit.plan import CachePolicy, Job
    from headerkit.store.identity import Json
    from headerkit.unit import Unit

__all__ = ["Explanation", "explain", "explain_miss", "jobs_for_other_targets"]

_NAMED = 4
"""As many targets are named in a reason."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the store has for one header, target and layer.

    `writer` is "" for the IR. `entry` is the entry's folder below the store. `asked` says that the settings ask for
    this target; other targets are those that the store has entries for. `reasons` say why it is a miss.
    """

    header: str
    target: str
    writer: str
    hit: bool
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    entry: str = ""
    asked: bool = True


def explain(store: str, jobs: Iterable[Job], policy: CachePolicy) -> tuple[Explanation, ...]:
    """Explain the IR and the output of every job, for its target and for each other target that the store knows.

    Raises StoreError for a store of a newer format or one that cannot be read.
    """
    opened = Store(store)
    explained: dict[tuple[str, ...], Explanation] = {}
    for job in jobs:
        for writer in ("", job.writer):
            _explain_one(explained, opened, job, writer, policy)
            for target in _other_targets(store, job, writer):
                other = job._replace(unit=job.unit._replace(target=target))
                _explain_one(explained, opened, other, writer, policy, asked=False)
    return tuple(explained.values())


def jobs_for_other_targets(store: str, jobs: Iterable[Job]) -> tuple[Job, ...]:
    """The jobs, without output files, for each other target for which the store has an entry of the same identity."""
    return tuple(
        job._replace(unit=job.unit._replace(target=target), output="")
        for job in jobs
        for target in _other_targets(store, job, job.writer)
    )


def explain_miss(store: str, job: Job, policy: CachePolicy) -> tuple[str, ...]:
    """Why the store has no valid output for a job; nothing when it has one. Raises StoreError."""
    found = Store(store).find_output(job.unit, job.writer, options=job.options, rules=job.rules, policy=policy)
    if isinstance(found, Found):
        return ()
    return _reasons(store, _identity(job, job.writer), found.reasons)


def _explain_one(
    explained: dict[tuple[str, ...], Explanation],
    store: Store,
    job: Job,
    writer: str,
    policy: CachePolicy,
    *,
    asked: bool = True,
) -> None:
    identity = _identity(job, writer)
    place = entry_folder(identity)
    if place in explained:
        return
    unit: Unit = job.unit
    if writer:
        found = store.find_output(unit, writer, options=job.options, rules=job.rules, policy=policy)
    else:
        found = store.find_ir(unit, policy=policy)
    facts = Explanation(
        unit.header, unit.target, writer, hit=isinstance(found, Found), entry="/".join(place), asked=asked
    )
    if isinstance(found, Found):
        explained[place] = replace(facts, notes=found.notes)
    else:
        explained[place] = replace(facts, reasons=_reasons(store.path, identity, found.reasons))


def _reasons(store: str, identity: dict[str, Json], reasons: tuple[str, ...]) -> tuple[str, ...]:
    """The lookup's reasons; where there is no entry at all, what distinguishes the nearest one."""
    if os.path.lexists(os.path.join(store, *entry_folder(identity))):
        return reasons
    near = [identity_differences(identity, other) for other in _relatives(store, identity)]
    near = [lines for lines in near if lines]
    if not near:
        return (*reasons, "the store has no entry at all for this header and layer")
    targets = sorted(
        str(other["target"])
        for other in _relatives(store, identity)
        if {**other, "target": ""} == {**identity, "target": ""}
    )
    if targets:
        known = ", ".join(targets) if len(targets) <= _NAMED else f"{len(targets)} other targets"
        return (f"the store has it for {known}, and not for {identity['target']}",)
    return (*reasons, *min(near, key=len))


def _other_targets(store: str, job: Job, writer: str) -> list[str]:
    identity = _identity(job, writer)
    return sorted(
        {
            str(other["target"])
            for other in _relatives(store, identity)
            if other != identity and {**other, "target": ""} == {**identity, "target": ""}
        }
    )


def _relatives(store: str, identity: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """The identities of the layer's entries of the same header."""
    layer = entry_folder(identity)[:-1]
    prefix = slug_prefix(identity)
    for slug in list_entries(store, layer):
        if slug.startswith(prefix):
            stored = Stored("/".join((*layer, slug)), os.path.join(store, *layer, slug), layer, slug)
            try:
                entry, _ = load_entry(stored, payload=False)
            except Refused:
                continue
            if entry.identity.get("header") == identity["header"]:
                yield entry.identity


def _identity(job: Job, writer: str) -> dict[str, Json]:
    identity = unit_identity(job.unit)
    return output_identity(identity, writer, job.options, job.rules) if writer else identity
