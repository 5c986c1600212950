"""Checking that all is up to date, by digests alone: entries against headers, output files against entries."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headerkit.portable import below
from headerkit.store.explain import explain_miss
from headerkit.store.store import Found, Store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from headerkit.plan import CachePolicy, Job

__all__ = ["Checked", "check_jobs"]


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a job's entry and output file are what its headers and settings ask for; the reasons say what is not.

    `unwritten` says that nothing is wrong but that there is no output file.
    """

    job: Job
    current: bool
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unwritten: bool = False


def check_jobs(
    store: str,
    jobs: Iterable[Job],
    policy: CachePolicy,
    *,
    uncached: Collection[str] = (),
    versions: Mapping[str, str] | None = None,
) -> tuple[Checked, ...]:
    """Check every job without libclang. `uncached` are writers whose outputs no store keeps: their IR is checked.

    `versions` are the writers' `cache_version`: what another version of a writer made is as good, and a note says so.
    Raises StoreError for a store of a newer format.
    """
    opened = Store(store)
    versions = versions or {}
    return tuple(
        _check(opened, job, policy, cached=job.writer not in uncached, version=versions.get(job.writer)) for job in jobs
    )


def _check(store: Store, job: Job, policy: CachePolicy, *, cached: bool, version: str | None) -> Checked:
    if not cached:
        ir = store.find_ir(job.unit, policy=policy)
        if isinstance(ir, Found):
            return Checked(job, current=True, notes=ir.notes)
        return Checked(job, current=False, reasons=ir.reasons)
    found = store.find_output(job.unit, job.writer, options=job.options, rules=job.rules, policy=policy)
    if not isinstance(found, Found):
        return Checked(job, current=False, reasons=explain_miss(store.path, job, policy) or found.reasons)
    reasons = _output_reasons(job, found.text)
    notes = found.notes
    if version not in (None, found.made_by):
        made = f"another version of the {job.writer} writer made what the store has"
        notes = (*notes, f"{made}: builds take it, headerkit renews it")
    return Checked(job, not reasons, reasons, notes, bool(reasons) and not os.path.lexists(job.output))


def _output_reasons(job: Job, text: str) -> tuple[str, ...]:
    if not job.output:
        return ()
    name = below(job.unit.root, job.output) or job.output
    try:
        with open(job.output, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return (f"{name} has not been written",)
    except OSError as error:
        return (f"{name} cannot be read: {error.strerror or error}",)
    if data.replace(b"\r\n", b"\n") != text.encode("utf-8").replace(b"\r\n", b"\n"):
        return (f"{name} differs from what its header gives",)
    return ()
