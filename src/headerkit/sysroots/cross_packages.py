"""Where the C library's headers of another target are on a Linux machine: the packages for cross compilers.

| who put them there | target | folder |
|---|---|---|
| Debian `libc6-dev:arm64` | `aarch64-linux-gnu` | `/usr/include/aarch64-linux-gnu`, `/usr/include` |
| Debian `musl-dev` | `x86_64-linux-musl` | `/usr/include/x86_64-linux-musl` |
| Debian `libc6-dev-arm64-cross`, Arch | `aarch64-linux-gnu` | `/usr/aarch64-linux-gnu/include` |
| Fedora | `aarch64-linux-gnu` | `/usr/aarch64-linux-gnu/sys-root/usr/include` |
| Gentoo `crossdev` | `aarch64-unknown-linux-gnu` | `/usr/aarch64-unknown-linux-gnu/usr/include` |
| `mingw-w64` | `x86_64-windows-gnu` | `/usr/x86_64-w64-mingw32/include` |
"""

from __future__ import annotations

import os

from headerkit.target import normalize, short

__all__ = ["cross_include_dirs", "debian_package", "multiarch"]

_GNU_MACHINES = {"armv7": "arm", "armv6": "arm"}
_MULTIARCH_MACHINES = {"i686": "i386", **_GNU_MACHINES}
_DEBIAN_PORTS = {"aarch64": "arm64", "x86_64": "amd64", "i686": "i386", "powerpc64le": "ppc64el"}


def cross_include_dirs(target: str) -> tuple[str, ...]:
    """The existing folders that hold the C library's headers of a target, in search order."""
    for places in _places(target):
        if os.path.isfile(os.path.join(places[0], "sys/cdefs.h" if len(places) > 1 else "stdio.h")):
            return tuple(place for place in places if os.path.isdir(place))
    return ()


def _places(target: str) -> list[tuple[str, ...]]:
    canonical = normalize(target)
    machine, _, system, *_ = canonical.split("-")
    if system == "windows":
        return [(f"/usr/{machine}-w64-mingw32/include",)] if canonical.endswith("-gnu") else []
    if system != "linux":
        return []
    folder = multiarch(target)
    names = dict.fromkeys((_spelled(target, _GNU_MACHINES), short(target), canonical))
    found: list[tuple[str, ...]] = [(f"/usr/include/{folder}",)] if "-musl" in folder else []
    if "-gnu" in folder:
        found.append((f"/usr/include/{folder}", "/usr/include"))
    for name in names:
        found += [(f"/usr/{name}/{place}",) for place in ("include", "sys-root/usr/include", "usr/include")]
    return found


def multiarch(target: str) -> str:
    """The name of a target's folder below `/usr/include` and `/usr/lib` (Debian's multiarch tuple)."""
    return _spelled(target, _MULTIARCH_MACHINES)


def _spelled(target: str, machines: dict[str, str]) -> str:
    machine, _, rest = short(target).partition("-")
    return f"{machines.get(machine, machine)}-{rest}"


def debian_package(target: str) -> str:
    """The package of Debian that holds the C library's headers of a target, "" where there is none."""
    machine, _, system, *environment = normalize(target).split("-")
    libc = "".join(environment)
    if system == "windows" and libc == "gnu":
        return f"mingw-w64-{machine.replace('_', '-')}-dev"
    if system == "linux" and libc == "musl":
        return f"musl-dev:{_DEBIAN_PORTS.get(machine, machine)}"
    if system != "linux" or not libc.startswith("gnu"):
        return ""
    port = "armhf" if libc == "gnueabihf" else "armel" if libc == "gnueabi" else _DEBIAN_PORTS.get(machine, machine)
    return f"libc6-dev-{port}-cross"
