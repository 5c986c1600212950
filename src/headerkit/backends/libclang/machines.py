"""Headers of one machine in a unit for another: they parse, and say wrong things.

Debian has `ffi.h`, `gmp.h` or `glibconfig.h` once for each machine, in folders of their names, and a machine's
`/usr/include` has its C library. For another target than this machine's that is an error; nobody would see a warning
again once the store has the entry.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.errors import TargetError
from headerkit.portable import directory_args, system_include_dirs
from headerkit.sysroots import sysroot_of
from headerkit.sysroots.cross_packages import multiarch
from headerkit.target import host_target, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.unit import Unit

__all__ = ["check_folders", "made_for_others"]

_MULTIARCH = r"/(?:include|lib)/(\w+-linux-(?:gnu|musl)\w*)/"
_HINT = "put headers that are made for it into a folder of their own, and name that with include_dirs (-I DIR)"


def check_folders(unit: Unit) -> None:
    """Raise TargetError where a unit for another target is to look into this machine's own system folders."""
    if normalize(unit.target) == host_target():
        return
    theirs = system_include_dirs(unit)
    ours = [path for path in sysroot_of(host_target()).include_dirs if path not in theirs]
    named = [item.path for item in unit.include_dirs if item.path]
    named += [os.path.join(unit.root, path) for _, _, path in directory_args(unit.args)]
    for path in named:
        if os.path.realpath(path) in map(os.path.realpath, ours) and os.path.isfile(os.path.join(path, "stdio.h")):
            msg = f"{unit.header}: {path} has the C library of this machine, not that of {unit.target}"
            raise TargetError(msg, hint=_HINT)


def made_for_others(unit: Unit, read: Iterable[str]) -> tuple[str, ...]:
    """Warnings about the files read (absolute paths) that are made for another machine than the unit's.

    Raises TargetError for the first where the unit is not for this machine.
    """
    own = multiarch(unit.target)
    # zig calls the folders of a target by its own names for machines.
    targets = tuple(folder + os.sep for folder in system_include_dirs(unit) if "-linux-" in folder)
    found: dict[str, str] = {}
    for path in read:
        if "-linux-" in path.replace(own, "") and not path.startswith(targets):  # which is so for next to none
            for name in re.findall(_MULTIARCH, path):
                if name != own:
                    found.setdefault(name, path)
    told = [f"{unit.header}: {path} is made for {name}, not for {unit.target}" for name, path in found.items()]
    if told and normalize(unit.target) != host_target():
        raise TargetError(told[0], hint=_HINT)
    return tuple(f"{text}: what it says may be wrong there" for text in told)
