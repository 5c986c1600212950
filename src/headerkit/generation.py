"""Runs a plan: store hit, else IR from the store, else a parse; then the writer; then the files.

Texts are all made before the first output file is written, so that an error leaves the outputs as they were. Store
entries are put as soon as they exist: each is whole by itself. The hit path imports no backend and no writer.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from headerkit.errors import LibclangUnavailableError, LockedError, OutputError, StoreError
from headerkit.store import Found, Store
from headerkit.writers import writer_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from headerkit.backends.protocol import Parsed
    from headerkit.ir import Header
    from headerkit.plan import CachePolicy, Job, Plan
    from headerkit.store import Closure
    from headerkit.unit import Unit
    from headerkit.writers.protocol import LedgerEntry

__all__ = ["Result", "Status", "fulfil", "run", "write_if_changed"]

Status = Literal["hit", "ir-hit", "parsed"]

POOL_FROM = 4
"""So many units to parse pay for starting worker processes."""


@dataclass(frozen=True, slots=True)
class Result:
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


@dataclass(slots=True)
class _Work:
    """One unit that the store could not serve, with the jobs that wait for it."""

    unit: Unit
    jobs: list[tuple[int, Job]] = field(default_factory=list)
    reasons: tuple[str, ...] = ()
    ir_text: str | None = None
    closure: Closure | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What a worker made of one unit: the IR's text (None when it came from the store), and each job's text and ledger.

    `seconds` is the wall time of parsing or of reading the IR; each output has the time of its own writer.
    """

    ir_text: str | None
    closure: Closure | None
    outputs: tuple[tuple[str, tuple[LedgerEntry, ...], float], ...]
    notes: tuple[str, ...]
    seconds: float


def run(
    plan: Plan,
    *,
    report: bool = False,
    refresh: bool = False,
    need_store: bool = False,
    progress: Callable[[Result], None] | None = None,
) -> tuple[Result, ...]:
    """Run every job of the plan; the results come in the plan's order.

    `report` fills each result's ledger (the writer runs even on a hit). `refresh` makes outputs anew that an older
    writer made, where a build would serve them. `need_store` makes a store that cannot be written an error, where a
    build only notes it. `progress` is called once for each result as soon as its text exists.

    Raises what a backend or a writer raises, LockedError, LibclangUnavailableError, StoreError and OutputError.
    """
    store = Store(plan.store_dir)
    results: dict[int, Result] = {}

    def done(index: int, result: Result) -> None:
        results[index] = result
        if progress is not None:
            progress(result)

    missing: dict[Unit, _Work] = {}
    for index, job in enumerate(plan.jobs):
        start = time.perf_counter()
        found = None if report else _find_output(store, job, plan.cache, refresh=refresh)
        if isinstance(found, Found):
            seconds = time.perf_counter() - start
            done(index, Result(job, "hit", found.text, seconds, notes=found.notes, closure=found.closure))
            continue
        work = missing.setdefault(job.unit, _Work(job.unit))
        work.jobs.append((index, job))
        work.reasons = work.reasons or (found or ())
    works = list(missing.values())
    if works:
        from headerkit.planning.options import check_options  # noqa: PLC0415  (imports the writers)

        check_options(job for work in works for _, job in work.jobs)
    for work in works:
        _find_ir(store, work, plan.cache)
    with contextlib.closing(_fulfil_all(works)) as made_in_turn:
        for work, made in zip(works, made_in_turn, strict=True):
            notes = (*made.notes, *_keep(store, work, made, plan.cache, need_store=need_store))
            status: Status = "ir-hit" if made.ir_text is None else "parsed"
            shared = made.seconds  # the first job of a unit carries what they share: reading or parsing the header
            for (index, job), (text, ledger, seconds) in zip(work.jobs, made.outputs, strict=True):
                whole = seconds + shared
                done(index, Result(job, status, text, whole, False, notes, work.reasons, ledger, made.closure))  # noqa: FBT003
                notes, shared = (), 0.0
    return tuple(_write_output(results[index]) for index in range(len(plan.jobs)))


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


def _find_ir(store: Store, work: _Work, policy: CachePolicy) -> None:
    if policy.no_ir:
        work.reasons = work.reasons or ("the IR cache is off",)
    else:
        found = store.find_ir(work.unit, policy=policy)
        if isinstance(found, Found):
            work.ir_text, work.closure = found.text, found.closure
            return
        work.reasons = work.reasons or found.reasons
    if policy.locked:
        msg = f"{work.unit.header}: the store has no valid entry for {work.unit.target}, and it is locked"
        raise LockedError(msg, cause="; ".join(work.reasons), hint=_repair(work))


def _repair(work: _Work) -> str:
    command = next((job.command for _, job in work.jobs if job.command), "headerkit")
    return f"{command}   (then commit the store)"


def _fulfil_all(works: Sequence[_Work]) -> Generator[Made, None, None]:
    """Make the texts of all units one after another, in worker processes when several have to be parsed."""
    to_parse = sum(work.ir_text is None for work in works)
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if to_parse < POOL_FROM or processors < 2:
        yield from map(_fulfil_one, works)
        return
    import multiprocessing  # noqa: PLC0415  (only here is a pool worth its import)
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang (macOS, embedders)
    pool = ProcessPoolExecutor(min(processors, to_parse), mp_context=context, initializer=_end_on_ctrl_c)
    try:
        yield from pool.map(_fulfil_one, works)
    finally:
        pool.shutdown(cancel_futures=True)


def _end_on_ctrl_c() -> None:
    """Let Ctrl-C end a worker at once: one that raised KeyboardInterrupt would go on with the unit it is given next."""
    import signal  # noqa: PLC0415  (workers alone need it)

    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _fulfil_one(work: _Work) -> Made:
    try:
        return fulfil(work.unit, [job for _, job in work.jobs], work.ir_text, work.closure)
    except LibclangUnavailableError as error:
        msg = f"{work.unit.header}: the store has no valid entry for {work.unit.target}, and {error.message}"
        raise LibclangUnavailableError(msg, cause="; ".join(work.reasons) or error.cause, hint=error.hint) from error


def fulfil(unit: Unit, jobs: Sequence[Job], ir_text: str | None = None, closure: Closure | None = None) -> Made:
    """Make the texts of one unit's jobs from its IR, parsing it first when `ir_text` is None. Stores nothing.

    `closure` is that of the IR. Raises what the backend and the writers raise.
    """
    from headerkit import ir_json  # noqa: PLC0415  (not needed on a hit)

    start = time.perf_counter()
    parsed: Parsed | None = None
    header: Header | None = None
    if ir_text is not None:
        with contextlib.suppress(ValueError):  # IR of another version is as good as none
            header = ir_json.load(ir_text)
    if header is None:
        from headerkit.backends import get_backend  # noqa: PLC0415  (not needed on a hit)
        from headerkit.store.closure import take_closure  # noqa: PLC0415

        parsed = get_backend(unit.backend).parse(unit)
        header = parsed.header
        ir_text, closure = ir_json.dump(header), take_closure(unit, parsed)
    else:
        ir_text = None
    shared = time.perf_counter() - start
    notes = list(parsed.warnings) if parsed else []
    outputs = []
    for job in jobs:
        start = time.perf_counter()
        text, ledger, warnings = _write(header, job)
        notes += warnings
        outputs.append((text, ledger, time.perf_counter() - start))
    return Made(ir_text, closure, tuple(outputs), tuple(notes), shared)


def _write(header: Header, job: Job) -> tuple[str, tuple[LedgerEntry, ...], tuple[str, ...]]:
    """Select what the rules leave, and run the writer."""
    from headerkit.writers import get_writer  # noqa: PLC0415  (not needed on a hit)
    from headerkit.writers.protocol import LedgerEntry  # noqa: PLC0415

    filtered = tuple(LedgerEntry(kind, name, "filtered", reason) for kind, name, reason in header.left_out)
    warnings: tuple[str, ...] = ()
    if job.rules:
        from headerkit.selection import select  # noqa: PLC0415  (not needed on a hit)

        header, by_rule, warnings = select(header, job.rules)
        filtered += by_rule
    output = get_writer(job.writer, dict(job.options), command=job.command).write(header)
    if isinstance(output, str):
        return output, filtered, warnings
    return output.text, (*filtered, *output.ledger), warnings


def _keep(store: Store, work: _Work, made: Made, policy: CachePolicy, *, need_store: bool) -> tuple[str, ...]:
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
    return replace(result, written=True)


def write_if_changed(path: str, text: str) -> bool:
    """Write UTF-8 text with LF line ends, whole or not at all; True when the file's bytes changed.

    Missing folders are made. Raises OutputError.
    """
    data = text.encode("utf-8", "surrogateescape")
    try:
        with open(path, "rb") as old:
            if old.read() == data:
                return False
    except OSError:
        pass
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        try:
            with open(temporary, "wb") as new:
                new.write(data)
            os.replace(temporary, path)
        except BaseException:
            if os.path.lexists(temporary):
                os.unlink(temporary)
            raise
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror or error}"
        raise OutputError(msg, hint="choose another output path, or make the folder writable") from error
    return True
