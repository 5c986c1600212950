"""Where the system's headers of a target are: this machine's own, those of a cross compiler's package, or zig's.

| target | headers |
|---|---|
| this machine's, on Linux | its include directories, in a compiler's order; zig's where there is no C library's |
| this machine's, elsewhere | the compiler driver knows more of them (Xcode's SDK, Visual C++) |
| another one, a folder given for it | below that folder, as from the root of such a system |
| another one | a cross compiler's package (`cross_packages`), else the `ziglang` package (`zig`) |

The target pins what is there, so the store only names these headers, and none of this is part of an identity.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache

from headerkit.light_classes import NamedTuple
from headerkit.target import host_target, normalize

__all__ = ["Sysroot", "release_args", "sysroot_of", "system_places"]

# The releases that CPython's own binaries are made for.
_MAC_RELEASES = {"x86_64": "10.13", "aarch64": "11.0"}


class Sysroot(NamedTuple):
    """The system headers of a target: absolute folders in search order, and the arguments for clang that they need.

    `source` says in a word or two whose they are; it is "" where none were found, and `args` may stand alone then.
    `libc_only` says that nothing but the C library's and the kernel's own headers lies in these folders.
    """

    include_dirs: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    source: str = ""
    libc_only: bool = False


@lru_cache(maxsize=64)
def sysroot_of(target: str, root: str = "") -> Sysroot:
    """The headers of a target; `root` is the folder that mirrors such a system, "" to look on this machine.

    Empty where there are none.
    """
    if root:
        places = (root + place for place in system_places(target))
        return Sysroot(tuple(filter(os.path.isdir, places)), (), root)
    if normalize(target) == host_target():
        return _native(target)
    from headerkit.sysroots.cross_packages import cross_include_dirs  # noqa: PLC0415  (native units are the rule)

    folders = cross_include_dirs(target)
    if folders:
        return Sysroot(folders, (), "a cross compiler's package")
    from headerkit.sysroots.windows import reading_mingw  # noqa: PLC0415  (as above)
    from headerkit.sysroots.zig import zig_headers  # noqa: PLC0415  (as above)

    found = zig_headers(target)
    if found is None:
        return Sysroot()
    # The macros are those of zig's own mingw, which is another compiler than Visual C++.
    return Sysroot(found.include_dirs, reading_mingw(target) or found.args, "ziglang", libc_only=True)


def _native(target: str) -> Sysroot:
    folders = () if sys.platform == "win32" else tuple(filter(os.path.isdir, system_places(target)))
    if sys.platform.startswith("linux") and not any(os.path.isfile(f"{folder}/stdio.h") for folder in folders):
        from headerkit.sysroots.zig import zig_headers  # noqa: PLC0415  (where nobody compiles)

        found = zig_headers(target)
        if found is not None:
            return Sysroot((*folders, *found.include_dirs), found.args, "ziglang")
    return Sysroot(folders, (), "this machine")


def system_places(target: str) -> tuple[str, str, str]:
    """Where a system for `target` keeps its headers, from its root, in search order."""
    machine, _, rest = target.partition("-")
    short = "-".join([{"i686": "i386", "i586": "i386"}.get(machine, machine), *rest.split("-")[-2:]])
    return "/usr/local/include", f"/usr/include/{short}", "/usr/include"


def release_args(target: str) -> tuple[str, ...]:
    """The releases of system and compiler that are parsed for, as arguments, not those of each machine."""
    machine, _, system, *_ = normalize(target).split("-")
    if system == "windows":
        from headerkit.sysroots.windows import pose  # noqa: PLC0415  (for its targets alone)

        return pose(target)
    wanted = _MAC_RELEASES.get(machine) if system == "darwin" else None
    return (f"-mmacosx-version-min={wanted}",) if wanted else ()
