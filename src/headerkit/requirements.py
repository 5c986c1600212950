"""What a build of a project needs in its environment, for the hooks that a front end asks before it builds.

libclang is asked for only when a store miss is certain, no variable names one, and a wheel of it exists for the
platform: a requirement that cannot be installed would fail a build that the system's libclang could have served. Where
there is a wheel it is preferred to the system's, so that isolated builds do not depend on the machine.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from headerkit.store import Found, Store
from headerkit.writers import writer_facts

if TYPE_CHECKING:
    from headerkit.plan import Job, Plan
    from headerkit.unit import Unit

__all__ = ["COMPILE", "LIBCLANG", "build_requirements", "certain_misses", "has_libclang_wheel"]

LIBCLANG = "libclang>=16"
COMPILE = ("cffi>=2.1", "setuptools>=77")

# (sys.platform, machine) with a wheel; musl's Linux has one for x86_64 only.
_WHEELS = frozenset(
    [
        *(("linux", machine) for machine in ("x86_64", "aarch64", "armv7l")),
        *(("darwin", machine) for machine in ("x86_64", "arm64")),
        *(("win32", machine) for machine in ("amd64", "arm64")),
    ]
)


def build_requirements(plan: Plan, *, compiles: bool) -> list[str]:
    """The requirements (PEP 508) of building this plan here; `compiles` says that its cffi modules are compiled too."""
    needed = list(COMPILE) if compiles and plan.modules else []
    if certain_misses(plan) and has_libclang_wheel() and not _libclang_chosen():
        needed.append(LIBCLANG)
    return needed


def certain_misses(plan: Plan) -> tuple[Unit, ...]:
    """The units that a run of the plan would have to parse. None under `locked`, where a run fails instead."""
    if plan.cache.locked:
        return ()
    store = Store(plan.store_dir)
    missing = dict.fromkeys(job.unit for job in plan.jobs if not _has_output(store, job, plan))
    if plan.cache.no_ir:
        return tuple(missing)
    return tuple(unit for unit in missing if not isinstance(store.find_ir(unit, policy=plan.cache), Found))


def _has_output(store: Store, job: Job, plan: Plan) -> bool:
    if plan.cache.no_output or not writer_facts(job.writer).cache_output:
        return False
    found = store.find_output(job.unit, job.writer, options=job.options, rules=job.rules, policy=plan.cache)
    return isinstance(found, Found)


def has_libclang_wheel() -> bool:
    """Whether a wheel of libclang can be installed on this platform."""
    import sysconfig  # noqa: PLC0415  (only after a miss)

    platform = sysconfig.get_platform()
    machine = platform.rpartition("-")[2].lower()
    if machine == "universal2":
        return True
    if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        return machine == "x86_64"
    return (sys.platform, machine) in _WHEELS


def _libclang_chosen() -> bool:
    from headerkit.backends.libclang.library import VARIABLES  # noqa: PLC0415  (only after a miss)

    return any(os.environ.get(variable) for variable in VARIABLES)
