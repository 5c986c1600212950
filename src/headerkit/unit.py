"""The unit: one translation unit asked for, and the output asked of it.

Everything here is computed from the settings before anything happens; the store makes the identity from it, a backend
parses it. Order is kept everywhere: include directories, defines and arguments mean what their order says. Named
tuples: every run makes these classes, and a dataclass takes four times as long to make.
"""

from __future__ import annotations

from headerkit.light_classes import NamedTuple

__all__ = ["IncludeDir", "Unit"]


class IncludeDir(NamedTuple):
    """An include directory: as the user wrote it (`${VAR}` unexpanded), and where it is on this machine (absolute)."""

    spelled: str
    path: str


class Unit(NamedTuple):
    """One translation unit.

    `header` is the header's path below `root` with forward slashes, else (a system header, an umbrella) its name as it
    would be included. `path` is the header's absolute path; "" where only the include path can find it. `code` is the
    umbrella's text; then `header` only names it. `spelled_args` and `spelled_defines` are as the user wrote them, where
    `args` and `defines` have `${VAR}` expanded; each pair has the same length. `owned` are the globs that replace the
    default of what belongs to the library (empty: the default). `sysroot` is a folder that has the target's system
    headers where such a system has them (`usr/include`), absolute; "" for those that this machine has.
    """

    root: str
    header: str
    target: str
    path: str = ""
    code: str | None = None
    backend: str = "libclang"
    include_dirs: tuple[IncludeDir, ...] = ()
    defines: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    spelled_defines: tuple[str, ...] = ()
    spelled_args: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    sysroot: str = ""
