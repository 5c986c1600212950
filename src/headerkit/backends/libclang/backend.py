"""A unit, parsed: the order in which the other modules do their work."""

from __future__ import annotations

import _thread
import sys
from typing import TYPE_CHECKING

from headerkit.backends.libclang.arguments import clang_arguments
from headerkit.backends.libclang.callbacks import KeptExceptions
from headerkit.backends.libclang.environment import CleanEnvironment
from headerkit.backends.libclang.input_files import check_header
from headerkit.backends.libclang.library import find_libclang
from headerkit.backends.libclang.machines import check_folders
from headerkit.backends.libclang.main_file import compose
from headerkit.backends.libclang.prescan import prescan
from headerkit.backends.libclang.probes import Probe, choose, text
from headerkit.backends.libclang.reading import Reading
from headerkit.backends.libclang.translation_unit import DECLARATIONS, TranslationUnit
from headerkit.backends.libclang.verdict import judge
from headerkit.backends.protocol import Parsed
from headerkit.collection import NoCollection
from headerkit.errors import LibclangUnavailableError
from headerkit.target import host_target, normalize

if TYPE_CHECKING:
    from headerkit.backends.libclang.arguments import Arguments
    from headerkit.backends.libclang.library import Library
    from headerkit.backends.libclang.scan import Scan
    from headerkit.unit import Unit

__all__ = ["LibclangBackend"]

# clang's environment is the process's, and a parse clears part of it. (`threading` takes 2 ms to import for its Lock.)
_lock = _thread.allocate_lock()

# Earlier releases differ from gcc somewhere (14 in the alignment of s390x's 128-bit integers).
_FOR_OTHER_TARGETS = 18

# One parse nearly always; another for a missing builtin header, an own file not foreseen, a probe that ate others.
_ATTEMPTS = 4


class LibclangBackend:
    """The backend `libclang`."""

    name = "libclang"

    def parse(self, unit: Unit) -> Parsed:
        """Parse one unit (see `headerkit.backends.protocol.Backend`)."""
        if unit.path and unit.code is None:
            check_header(unit.path, unit.header)
        library = find_libclang()
        if library.major < _FOR_OTHER_TARGETS and normalize(unit.target) != host_target():
            msg = f"{unit.header}: libclang {library.major} may lay out records for {unit.target} in its own way"
            hint = f"pip install 'headerkit[cross]'   (libclang {_FOR_OTHER_TARGETS} or later)"
            raise LibclangUnavailableError(msg, cause=f"it is {library.path} ({library.source})", hint=hint)
        check_folders(unit)
        with _lock, KeptExceptions(), CleanEnvironment(), NoCollection(), _DeepNesting():
            return _parse(unit, library)


def _parse(unit: Unit, library: Library) -> Parsed:
    arguments = clang_arguments(unit)
    scans = prescan(unit, arguments)
    probes = choose(scans.values())
    for attempt in range(_ATTEMPTS):
        main = compose(unit, [text(number, probe) for number, probe in enumerate(probes)])
        with TranslationUnit(library, main, arguments.argv) as parsed:
            verdict = judge(unit, arguments, parsed, probes)
            if verdict.missing and not arguments.fallback:
                # A header that only a real compiler has (`omp.h`, `cpuid.h`): look for one, and read its.
                arguments = clang_arguments(unit, library)
                if arguments.fallback:
                    continue
            if verdict.error is not None:
                raise verdict.error
            reading = Reading(
                unit,
                arguments,
                parsed,
                probes=probes,
                refused=verdict.refused,
                guessed=verdict.guessed,
                scans=scans,
            )
            last = attempt == _ATTEMPTS - 1
            if not last and reading.swallowed():
                probes = [probe for number, probe in enumerate(probes) if number not in verdict.refused]
            elif not last and (missed := reading.missed()):
                probes += missed
            else:
                result = reading.result()
                break
    else:
        raise AssertionError  # the last attempt breaks or raises
    if any(b"__GNUC" in text for text in reading.own_texts):
        from headerkit.backends.libclang.version_checks import asks_for_version, poses_on  # noqa: PLC0415 - many never speak of it

        if poses_on(unit.target) and asks_for_version(reading.own_texts, scans.values()):
            result = _as_gcc_agrees(unit, library, arguments, result, scans)
    return result


def _as_gcc_agrees(
    unit: Unit, library: Library, arguments: Arguments, result: Parsed, scans: dict[str, Scan]
) -> Parsed:
    """The answer without what a modern gcc does not see. It depends on what either of the two parses read."""
    from headerkit.backends.libclang.compilers import (  # noqa: PLC0415 - few ask for it
        POSE,
        agreed,
        compared,
        seen_by,
        with_bodies,
    )

    names = compared(result.header)
    main = compose(unit, [text(number, Probe(name, value=False)) for number, name in enumerate(names)])
    argv = (*arguments.argv, *POSE)
    with TranslationUnit(library, main, argv, DECLARATIONS) as posed:
        seen = seen_by(posed, names, with_bodies(result.header))
        read = posed.files_read()
    files, absent = result.files, result.absent
    if not read <= {file.path for file in files} | {main.path}:
        # Headers for newer versions alone: a preprocessing record tells what they depend on, and this parse had none.
        with TranslationUnit(library, compose(unit), argv) as posed:
            also = Reading(unit, arguments, posed, probes=(), refused=frozenset(), guessed=frozenset(), scans=scans)
            others, found = also.dependencies()
        files = tuple({file.portable: file for file in (*found, *files)}.values())
        absent = tuple(dict.fromkeys((*absent, *others)))
    header = result.header if seen is None else agreed(result.header, seen)
    return Parsed(header, files, absent, result.warnings)


class _DeepNesting:
    """In a `with`: C nests declarations as deep as clang allows (256 brackets), and each level takes several calls."""

    def __enter__(self) -> None:
        self._limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(self._limit, 10_000))

    def __exit__(self, *_: object) -> None:
        sys.setrecursionlimit(self._limit)
