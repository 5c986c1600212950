"""Target triples: machine, vendor, system and C library, in one canonical spelling.

`x86_64-unknown-linux-gnu`, `aarch64-unknown-linux-musl`, `aarch64-apple-darwin`, `x86_64-pc-windows-msvc`. A triple
says everything that a C header's layout depends on; a version that some spell at its end (`darwin22.1.0`, `gnu.2.17`)
does not belong to it. Imports stay light: each run of headerkit comes here.
"""

from __future__ import annotations

import os
import re
import sys

from headerkit.errors import TargetError

__all__ = ["host_target", "normalize", "short"]

_MACHINES = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "arm64": "aarch64",
    "i386": "i686",
    "i486": "i686",
    "i586": "i686",
    "x86": "i686",
    "armv7l": "armv7",
    "armv7a": "armv7",
    "armhf": "armv7",
    "armv6l": "armv6",
    "powerpc64le": "powerpc64le",
    "ppc64le": "powerpc64le",
    "ppc64": "powerpc64",
}
_WINDOWS = {"win-amd64": "x86_64", "win32": "i686", "win-arm64": "aarch64", "win-arm32": "armv7"}
_EVEN_UNSAID = {"linux": "gnu", "windows": "msvc"}
_VENDORS = {"windows": "pc", "darwin": "apple", "ios": "apple"}
_ANY_VENDOR = frozenset(
    ("unknown", "pc", "apple", "alpine", "redhat", "suse", "none", "w64", "ibm", "debian", "gentoo")
)
_host: list[str] = []


def host_target() -> str:
    """The target of the running Python: what an extension module for it is compiled for."""
    if not _host:
        _host.append(normalize(_host_triple()))
    return _host[0]


def _host_triple() -> str:
    import sysconfig  # noqa: PLC0415 - costs 3 ms, and only the first question needs it

    if sys.platform == "win32":
        return sysconfig.get_platform()
    if sys.platform == "darwin":
        # HOST_GNU_TYPE of a universal2 Python names the machine it was built on.
        return f"{os.uname().machine}-apple-darwin"
    triple = sysconfig.get_config_var("HOST_GNU_TYPE")
    return str(triple) if triple else f"{os.uname().machine}-linux-gnu"


def normalize(triple: str) -> str:
    """The canonical spelling of any usual one. Raises TargetError for what is no triple."""
    given = triple.strip().lower()
    if given in _WINDOWS:
        return f"{_WINDOWS[given]}-pc-windows-msvc"
    machine, *rest = given.replace("_64_", "_64-").split("-")
    if not machine or not rest or not all(re.fullmatch(r"[a-z0-9_.+]+", part) for part in (machine, *rest)):
        msg = f"not a target triple: {triple!r}"
        raise TargetError(msg, hint="write it as machine-vendor-system-libc, e.g. x86_64-unknown-linux-gnu")
    machine = _MACHINES.get(machine, machine)
    if rest[0] in _ANY_VENDOR and len(rest) > 1:
        rest = rest[1:]
    elif len(rest) > 2:
        rest = rest[-2:]
    system = _without_version(rest[0])
    environment = re.sub(r"\.[\d.]+$", "", rest[1]) if len(rest) > 1 else ""
    if system.startswith(("macos", "osx")):
        system = "darwin"
    elif system.startswith(("win", "mingw")):
        environment = environment or ("gnu" if system.startswith("mingw") else "msvc")
        system = "windows"
    environment = environment or _EVEN_UNSAID.get(system, "")
    if machine == "armv7" and environment in ("gnu", "musl"):
        environment += "eabihf"
    parts = [machine, _VENDORS.get(system, "unknown"), system]
    return "-".join([*parts, environment] if environment else parts)


def _without_version(system: str) -> str:
    return re.sub(r"[\d.]+$", "", system) or system


def short(triple: str) -> str:
    """The canonical triple without its vendor: `x86_64-linux-gnu`, `aarch64-darwin`, `x86_64-windows-msvc`."""
    machine, _vendor, *rest = normalize(triple).split("-")
    return "-".join([machine, *rest])
