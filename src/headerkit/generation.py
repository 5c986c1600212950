"""Runs a plan: store hit, else IR from the store, else a parse; then the writer; then the files.

Texts are all made before the first output file is written, so that an error leaves the outputs as they were. Store
entries are put as soon as they exist: each is whole by itself. The hit path imports no backend, no writer and nothing
that only a miss needs (`headerkit.making`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from headerkit.errors import HeaderkitError, LockedError, OutputError, StoreError
from headerkit.light_classes import NamedTuple
from headerkit.store import Found, Store
from headerkit.writers import writer_facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from headerkit.making import Made, Work
    from headerkit.plan import CachePolicy, Job, Plan
    from headerkit.store import Closure
    from headerkit.unit import Unit
    from headerkit.writers.protocol import LedgerEntry

__all__ = ["Result", "Status", "run", "write_if_changed"]

Status = Literal["hit", "ir-hit", "parsed"]


class Result(NamedTuple):
    """What became of one job. `seconds` is wall time; `written` says that the output file's bytes changed.

    `reasons` are why the store could not serve it; `closure` is what the output depends on (None where nothing could be
    said about it).
    """

    job: Job
    status: Status
    text: str
    seconds: float
    written: bool = False
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    closure: Closure | None = None


def run(
    plan: Plan,
    *,
    report: bool = False,
    refresh: bool = False,
    need_store: bool = False,
    anew: bool = False,
    processes: bool = True,
    progress: Callable[[Result], None] | None = None,
    failed: Callable[[Job, HeaderkitError], None] | None = None,
) -> tuple[Result, ...]:
    """Run every job of the plan; the results come in the plan's order.

    `report` fills each result's ledger (the writer runs even on a hit). `refresh` regenerates outputs that an older
    writer made; without it they are served as they are. With `need_store` a store that cannot be written is an error,
    without it a note. `anew` parses and writes all of it again, whatever the store has. `processes` lets worker
    processes parse, which import the program's main module anew. `progress` is called once for each result as soon as
    its text exists. With `failed`, an error that concerns one header is handed to it with each of the header's jobs,
    which then have no result, and the run goes on.

    Raises what a backend or a writer raises, LockedError, LibclangUnavailableError, StoreError and OutputError.
    """
    store = Store(plan.store_dir)
    results: dict[int, Result] = {}

    def done(index: int, result: Result) -> None:
        results[index] = result
        if progress is not None:
            progress(result)

    missing: dict[Unit, list[tuple[int, Job]]] = {}
    reasons: dict[Unit, tuple[str, ...]] = {}
    for index, job in enumerate(plan.jobs):
        start = time.perf_counter()
        found = None if report or anew else _find_output(store, job, plan.cache, refresh=refresh)
        if isinstance(found, Found):
            seconds = time.perf_counter() - start
            done(index, Result(job, "hit", found.text, seconds, notes=found.notes, closure=found.closure))
            continue
        missing.setdefault(job.unit, []).append((index, job))
        reasons[job.unit] = reasons.get(job.unit) or found or ()
    if missing:
        from headerkit.making import Work  # noqa: PLC0415  (not needed on a hit)

        works = [Work(unit, tuple(jobs), reasons[unit]) for unit, jobs in missing.items()]
        _make_missing(store, works, plan.cache, done, failed, need_store=need_store, anew=anew, processes=processes)
    return tuple(_write_output(results[index]) for index in sorted(results))


def _find_output(store: Store, job: Job, policy: CachePolicy, *, refresh: bool) -> Found | tuple[str, ...]:
    """Look for a job's output: the entry, or why there is none."""
    facts = writer_facts(job.writer)
    if policy.no_output or not facts.cache_output:
        return ()
    found = store.find_output(job.unit, job.writer, options=job.options, rules=job.rules, policy=policy)
    if not isinstance(found, Found):
        return found.reasons
    if refresh and found.made_by != facts.cache_version:
        return (f"the stored {job.writer} output was made by an older writer",)
    return found


def _make_missing(
    store: Store,
    works: list[Work],
    policy: CachePolicy,
    done: Callable[[int, Result], None],
    failed: Callable[[Job, HeaderkitError], None] | None,
    *,
    need_store: bool,
    anew: bool,
    processes: bool,
) -> None:
    """Make what the store could not serve and keep it; call `done` with each result, `failed` with each error."""
    from headerkit.making import make_all  # noqa: PLC0415  (not needed on a hit)
    from headerkit.planning.options import check_options  # noqa: PLC0415  (imports the writers)

    check_options(job for work in works for _, job in work.jobs)
    works = [_with_ir(store, work, policy, anew=anew) for work in works]
    made_in_turn = make_all(works, keep_going=failed is not None, processes=processes)
    try:
        for work, made in zip(works, made_in_turn, strict=True):
            if isinstance(made, HeaderkitError):
                assert failed is not None  # noqa: S101  (errors are handed over for it alone)
                for _, job in work.jobs:
                    failed(job, made)
                continue
            notes = (*made.notes, *_keep(store, work, made, policy, need_store=need_store))
            status: Status = "ir-hit" if made.ir_text is None else "parsed"
            shared = made.seconds  # the first job of a unit carries what they share: reading or parsing the header
            for (index, job), (text, ledger, seconds) in zip(work.jobs, made.outputs, strict=True):
                whole = seconds + shared
                done(index, Result(job, status, text, whole, False, notes, work.reasons, ledger, made.closure))  # noqa: FBT003
                notes, shared = (), 0.0
    finally:
        made_in_turn.close()  # which ends the workers, also after an error


def _with_ir(store: Store, work: Work, policy: CachePolicy, *, anew: bool) -> Work:
    """The work with its IR from the store, or with why there is none. Raises LockedError."""
    if policy.no_ir or anew:
        reasons: tuple[str, ...] = ("the IR cache is off" if policy.no_ir else "all is made anew",)
    else:
        found = store.find_ir(work.unit, policy=policy)
        if isinstance(found, Found):
            return work._replace(ir_text=found.text, closure=found.closure)
        reasons = found.reasons
    reasons = tuple(dict.fromkeys((*work.reasons, *reasons)))  # the output's, and the IR's where they differ
    if policy.locked:
        msg = f"{work.unit.header}: the store has no valid entry for {work.unit.target}, and it is locked"
        raise LockedError(msg, cause="; ".join(reasons), hint=_repair(work.unit))
    return work._replace(reasons=reasons)


def _repair(unit: Unit) -> str:
    """The command that fills the store for a build, whose plan is all of the settings; other hosts say their own."""
    from headerkit.target import host_target  # noqa: PLC0415  (only this error needs it)

    command = "" if unit.target == host_target() else f" cache populate --target {unit.target}"
    return f"headerkit{command}   (not locked; then commit the store)"


def _keep(store: Store, work: Work, made: Made, policy: CachePolicy, *, need_store: bool) -> tuple[str, ...]:
    """Put what was made into the store; the notes say when that was not possible."""
    try:
        if made.ir_text is not None and made.closure is not None and not policy.no_ir:
            store.put_ir(work.unit, made.closure, made.ir_text)
        for (_, job), (text, _, _) in zip(work.jobs, made.outputs, strict=True):
            facts = writer_facts(job.writer)
            if facts.cache_output and made.closure is not None and not policy.no_output:
                store.put_output(
                    job.unit,
                    job.writer,
                    options=job.options,
                    rules=job.rules,
                    closure=made.closure,
                    text=text,
                    suffix=facts.suffix,
                    made_by=facts.cache_version,
                )
    except StoreError as error:
        if need_store:
            raise
        return (f"the store was not filled: {error.message}",)
    return ()


def _write_output(result: Result) -> Result:
    if not result.job.output:
        return result
    written = write_if_changed(result.job.output, result.text)
    if not written:
        return result
    return result._replace(written=True)


def write_if_changed(path: str, text: str) -> bool:
    """Write UTF-8 text with LF line ends, whole or not at all; True when the file's bytes changed.

    Missing folders are made. Raises OutputError.
    """
    from headerkit import replacing  # noqa: PLC0415  (a hit mostly finds its file as it is)

    try:
        return replacing.write_if_changed(path, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror or error}"
        raise OutputError(msg, hint="choose another output path, or make the folder writable") from error
