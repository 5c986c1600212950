"""The plan: everything that will happen, as data, computed before anything happens.

What `--dry-run` and `headerkit plan --json` show is what `headerkit.generation` runs and what the hosts compile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from headerkit.selection import Rule
    from headerkit.unit import IncludeDir, Unit

__all__ = ["CachePolicy", "CffiModule", "Job", "Plan"]


class CachePolicy(NamedTuple):
    """How the store is used. `system` says what a library header outside the project that differs means."""

    no_ir: bool = False
    no_output: bool = False
    locked: bool = False
    system: Literal["trust", "verify"] = "trust"


class Job(NamedTuple):
    """One output: a unit, a writer, its options as (key, value) pairs sorted by key, and the file to write.

    `output` is an absolute path, or "" where the caller takes the text itself (standard output, an API call).
    """

    unit: Unit
    writer: str
    options: tuple[tuple[str, object], ...] = ()
    rules: tuple[Rule, ...] = ()
    output: str = ""
    option_places: tuple[tuple[str, str], ...] = ()
    """For each option the path of the setting that has it, for messages."""


class CffiModule(NamedTuple):
    """A cffi extension module to compile: `cdef` is the absolute path of its cdef (an output of a job, or the user's).

    Paths are absolute. `csrc` is C source text that goes in front (the `#include` lines). `abi3` is "" for none, else
    the oldest Python it must load on ("3.10").
    """

    module: str
    cdef: str
    csrc: str
    sources: tuple[str, ...] = ()
    include_dirs: tuple[IncludeDir, ...] = ()
    define_macros: tuple[tuple[str, str | None], ...] = ()
    libraries: tuple[str, ...] = ()
    library_dirs: tuple[str, ...] = ()
    extra_compile_args: tuple[str, ...] = ()
    extra_link_args: tuple[str, ...] = ()
    abi3: str = ""
    includes: tuple[str, ...] = ()
    """Modules whose types this one uses (`ffi.include`)."""


class Plan(NamedTuple):
    """All jobs and modules of one run. `root` and `store_dir` are absolute."""

    root: str
    store_dir: str
    jobs: tuple[Job, ...]
    modules: tuple[CffiModule, ...] = ()
    cache: CachePolicy = CachePolicy()
    warnings: tuple[str, ...] = ()
    """What the settings say that will not have the effect it seems to have; hosts show it."""
