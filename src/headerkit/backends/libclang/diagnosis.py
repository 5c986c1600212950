"""What the libclang backend finds on this machine, for a person who asks why it does not work."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass

from headerkit.backends.libclang import library
from headerkit.backends.libclang.arguments import clang_arguments
from headerkit.backends.libclang.backend import LibclangBackend
from headerkit.backends.libclang.builtin_headers import SHIMS, compiler_headers
from headerkit.errors import HeaderkitError, LibclangUnavailableError
from headerkit.sysroots import sysroot_of
from headerkit.target import host_target, normalize
from headerkit.unit import Unit

__all__ = ["Diagnosis", "Tried", "diagnose"]


@dataclass(frozen=True, slots=True)
class Tried:
    """A libclang: where, how it was come by, its version ("" when it does not load) and what is wrong with it."""

    path: str
    source: str
    version: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was found. `source` says whose the system's headers are (`headerkit.sysroots`).

    `error` is why a parse of `#include <stdio.h>` failed, None when it did not.
    """

    target: str
    libraries: tuple[Tried, ...]
    used: str
    builtin_headers: str
    compiler_headers: str
    system: tuple[str, ...]
    source: str
    error: HeaderkitError | None


def diagnose(target: str = "") -> Diagnosis:
    """Load each libclang there is, then parse a small unit for a target (this machine's) with the one to be used."""
    target = normalize(target) if target else host_target()
    tried = tuple(_try(candidate) for candidate in library.candidates())
    used, real = "", ""
    error: HeaderkitError | None = None
    try:
        found = library.find_libclang()
        used = found.path
        real = compiler_headers(found.path, found.major)
    except LibclangUnavailableError as problem:
        error = problem
    with tempfile.TemporaryDirectory() as root:
        unit = Unit(root, "doctor.h", target, code="#include <stdio.h>\n#include <stdint.h>\n")
        system = clang_arguments(unit).system
        if error is None:
            error = _parse(unit)
    return Diagnosis(target, tried, used, SHIMS, real, system, sysroot_of(target).source, error)


def _parse(unit: Unit) -> HeaderkitError | None:
    try:
        LibclangBackend().parse(unit)
    except HeaderkitError as problem:
        return problem
    return None


def _try(candidate: library.Candidate) -> Tried:
    if os.path.dirname(candidate.path) and not os.path.exists(candidate.path):
        return Tried(candidate.path, candidate.source, "", "no such file")
    try:
        found = library.load_candidate(candidate)
    except OSError as error:
        return Tried(candidate.path, candidate.source, "", str(error).partition("\n")[0])
    problem = ""
    if found.major and not library.OLDEST <= found.major <= library.NEWEST:
        problem = f"release {found.major} is not one of those tested ({library.OLDEST} to {library.NEWEST})"
    return Tried(candidate.path, candidate.source, found.version, problem)
