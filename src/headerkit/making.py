"""Makes what the store could not serve: parses headers, or reads their IR from the store, and runs the writers.

A module of its own, and imported on a miss alone: the hit path starts faster without its classes.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from headerkit.errors import (
    HeaderkitError,
    HeaderNotFoundError,
    LibclangUnavailableError,
    ParseError,
    TargetError,
    WriterError,
)
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from concurrent.futures import ProcessPoolExecutor

    from headerkit.backends.protocol import Parsed
    from headerkit.ir import Header
    from headerkit.plan import Job
    from headerkit.store import Closure
    from headerkit.unit import Unit
    from headerkit.writers.protocol import LedgerEntry

__all__ = ["OF_ONE_UNIT", "POOL_FROM", "Made", "Work", "fulfil", "make_all"]

OF_ONE_UNIT = (ParseError, TargetError, HeaderNotFoundError, WriterError)
"""What may go wrong for one unit and not for another; anything else would go wrong for all."""
POOL_FROM = 4
"""So many units to parse pay for starting worker processes."""
_TOO_DEEP = "hundreds of pointers to pointers, or thousands of typedefs of each other"


class Work(NamedTuple):
    """One unit that the store could not serve, with the jobs that wait for it (by their place in the plan)."""

    unit: Unit
    jobs: tuple[tuple[int, Job], ...]
    reasons: tuple[str, ...] = ()
    ir_text: str | None = None
    closure: Closure | None = None


class Made(NamedTuple):
    """What a worker made of one unit: the IR's text (None when it came from the store), and each job's text and ledger.

    `seconds` is the wall time of parsing or of reading the IR; each output has the time of its own writer.
    """

    ir_text: str | None
    closure: Closure | None
    outputs: tuple[tuple[str, tuple[LedgerEntry, ...], float], ...]
    notes: tuple[str, ...]
    seconds: float


def make_all(
    works: Sequence[Work], *, keep_going: bool = False, processes: bool = True
) -> Generator[Made | HeaderkitError, None, None]:
    """Make the texts of all units one after another, in worker processes when several have to be parsed.

    With `keep_going` an error of `OF_ONE_UNIT` stands in the place of what its unit would have given. `processes` says
    that workers may be started: each imports the program's main module anew, for which not every program is made.
    """
    make = _fulfil_or_tell if keep_going else _fulfil_one
    to_parse = sum(work.ir_text is None for work in works)
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not processes or to_parse < POOL_FROM or processors < 2 or any(map(_is_of_this_process, works)):
        yield from map(make, works)
        return
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415  (only here is a pool worth its import)

    done = 0
    pool = _pool(min(processors, to_parse))
    try:
        for made in pool.map(make, works):
            yield made
            done += 1
    except BrokenProcessPool:
        pass
    finally:
        pool.shutdown(cancel_futures=True)
    # A worker died, and nobody says of which unit. What is left is made one by one: who dies now died of that unit.
    pool = _pool(1)
    try:
        for work in works[done:]:
            try:
                made = pool.submit(make, work).result()
            except BrokenProcessPool as error:
                made = _died(work)
                if not keep_going:
                    raise made from error
                pool.shutdown()
                pool = _pool(1)
            yield made
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    import multiprocessing  # noqa: PLC0415  (see above)
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang (macOS, embedders)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_end_on_ctrl_c)


def _is_of_this_process(work: Work) -> bool:
    """Whether a unit needs a backend or a writer that was registered here: a worker would not know it."""
    from headerkit.backends import is_registered as is_registered_backend  # noqa: PLC0415  (not needed on a hit)
    from headerkit.writers import is_registered  # noqa: PLC0415

    return is_registered_backend(work.unit.backend) or any(is_registered(job.writer) for _, job in work.jobs)


def _died(work: Work) -> ParseError:
    return ParseError(
        f"{work.unit.header}: the process that read it ended without a word",
        cause="a crash inside libclang, or no memory left",
        hint="try another libclang (headerkit doctor shows which there are), or parse fewer at once",
    )


def _end_on_ctrl_c() -> None:
    """Let Ctrl-C end a worker at once: one that raised KeyboardInterrupt would go on with the unit it is given next."""
    import signal  # noqa: PLC0415  (workers alone need it)

    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _fulfil_or_tell(work: Work) -> Made | HeaderkitError:
    try:
        return _fulfil_one(work)
    except OF_ONE_UNIT as error:
        return error


def _fulfil_one(work: Work) -> Made:
    from headerkit.collection import NoCollection  # noqa: PLC0415  (not needed on a hit)

    try:
        with NoCollection():
            return fulfil(work.unit, [job for _, job in work.jobs], work.ir_text, work.closure)
    except LibclangUnavailableError as error:
        msg = f"{work.unit.header}: the store has no valid entry for {work.unit.target}, and {error.message}"
        cause = "; ".join(filter(None, (*work.reasons, error.cause)))
        raise LibclangUnavailableError(msg, cause=cause, hint=error.hint) from error


def fulfil(unit: Unit, jobs: Sequence[Job], ir_text: str | None = None, closure: Closure | None = None) -> Made:
    """Make the texts of one unit's jobs from its IR, parsing it first when `ir_text` is None. Stores nothing.

    `closure` is that of the IR. Raises what the backend and the writers raise.
    """
    from headerkit import ir_json  # noqa: PLC0415  (not needed on a hit)

    start = time.perf_counter()
    parsed: Parsed | None = None
    header: Header | None = None
    if ir_text is not None:
        try:
            header = ir_json.load(ir_text)
        except ValueError:
            header = None  # of this version by its first line, and none all the same: as good as no IR
    if header is None:
        from headerkit.backends import get_backend  # noqa: PLC0415  (not needed on a hit)
        from headerkit.planning.packages import check_packages  # noqa: PLC0415
        from headerkit.store.closure import take_closure  # noqa: PLC0415

        check_packages(unit)
        try:
            parsed = get_backend(unit.backend).parse(unit)
            header = parsed.header
            ir_text, closure = ir_json.dump(header), take_closure(unit, parsed)
        except RecursionError as error:
            msg = f"{unit.header}: a type is nested deeper than Python can follow"
            raise ParseError(msg, cause=_TOO_DEEP) from error
    else:
        ir_text = None
    shared = time.perf_counter() - start
    notes = list(parsed.warnings) if parsed else []
    outputs = []
    for job in jobs:
        start = time.perf_counter()
        try:
            text, ledger, warnings = _write(header, job)
        except RecursionError as error:
            msg = f"{unit.header}: the writer {job.writer} cannot follow a type that is nested so deep"
            raise WriterError(msg, cause=_TOO_DEEP) from error
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
    output = get_writer(job.writer, dict(job.options)).write(header)
    if isinstance(output, str):
        return output, filtered, warnings
    return output.text, (*filtered, *output.ledger), warnings
