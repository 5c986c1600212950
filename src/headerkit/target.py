"""Target triples: machine, vendor, system and C library, in one canonical spelling.

`x86_64-unknown-linux-gnu`, `aarch64-unknown-linux-musl`, `aarch64-apple-darwin`, `x86_64-pc-windows-msvc`. A triple
says everything that a C header's layout depends on; a version that some spell at its end (`darwin22.1.0`, `gnu.2.17`)
does not belong to it. Imports stay light: each run of headerkit comes here.
"""

from __future__ import annotations

import os
import sys
from itertools import pairwise

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
    "armv8l": "armv7",
    "armhf": "armv7",
    "armv6l": "armv6",
    "powerpc64le": "powerpc64le",
    "ppc64le": "powerpc64le",
    "ppc64": "powerpc64",
}
_WINDOWS = {"win-amd64": "x86_64", "win32": "i686", "win-arm64": "aarch64", "win-arm32": "armv7"}
_VISUAL_C = {"x86": "win32", "x64": "win-amd64", "arm64": "win-arm64"}
_MAC_MACHINES = frozenset(("x86_64", "arm64"))
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.+")
_ONE_ABI = ("x86_64", "aarch64", "ppc64le", "s390x", "riscv64")
"""Machines, by the kernel's name, whose 64-bit glibc has one triple."""
_EVEN_UNSAID = {"linux": "gnu", "windows": "msvc"}
_VENDORS = {"windows": "pc", "darwin": "apple", "ios": "apple"}
_SYSTEMS = frozenset(
    (
        *("linux", "uclinux", "darwin", "macos", "macosx", "osx", "ios", "tvos", "watchos", "visionos", "xros"),
        *("win", "windows", "mingw", "cygwin", "msys", "freebsd", "kfreebsd", "netbsd", "openbsd", "dragonfly"),
        *("solaris", "illumos", "aix", "zos", "haiku", "emscripten", "wasi", "fuchsia", "redox", "serenity", "minix"),
    )
)
"""What a triple may name as its system: whatever stands before it is the vendor, who names himself as he likes."""
_ANY_VENDOR = frozenset(
    ("unknown", "pc", "apple", "alpine", "redhat", "suse", "none", "w64", "ibm", "debian", "gentoo")
)
_host: list[str] = []


def host_target() -> str:
    """The target of the running Python: what an extension module is compiled for, also where that is cross-compiled."""
    if not _host:
        _host.append(normalize(_host_triple()))
    return _host[0]


def _host_triple() -> str:
    if _is_plain_glibc():
        return f"{os.uname().machine}-linux-gnu"
    import sysconfig  # noqa: PLC0415  (it knows every case, and costs 4 ms)

    if sys.platform == "win32":
        platform = sysconfig.get_platform()
        if platform.startswith("mingw"):  # MSYS2's own Python, which compiles with its own gcc or clang
            return platform
        # As setuptools compiles: what Visual C++'s environment is set up for, cibuildwheel's for ARM64 too.
        return _VISUAL_C.get(os.environ.get("VSCMD_ARG_TGT_ARCH", ""), platform)
    if sys.platform == "darwin":
        return f"{_mac_machine()}-apple-darwin"
    triple = sysconfig.get_config_var("HOST_GNU_TYPE")
    return str(triple) if triple else f"{os.uname().machine}-linux-gnu"


def _mac_machine() -> str:
    """The machine that is compiled for: cibuildwheel and others say so; of a universal binary, this machine's half."""
    named = os.environ.get("_PYTHON_HOST_PLATFORM", "").rpartition("-")[2]
    if named in _MAC_MACHINES:
        return named
    flags = os.environ.get("ARCHFLAGS", "").split()
    machines = {machine for flag, machine in pairwise(flags) if flag == "-arch"}
    # HOST_GNU_TYPE of a universal2 Python would name the machine it was built on.
    return machines.pop() if len(machines) == 1 and machines <= _MAC_MACHINES else os.uname().machine


def _is_plain_glibc() -> bool:
    """Whether the kernel and the C library say of the running Python all that its configuration would."""
    if sys.platform != "linux" or sys.maxsize < 1 << 32 or os.uname().machine not in _ONE_ABI:
        return False
    # So crossenv and its like say that another platform is compiled for.
    if "_PYTHON_HOST_PLATFORM" in os.environ or "_PYTHON_SYSCONFIGDATA_NAME" in os.environ:
        return False
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (OSError, ValueError):  # as musl answers
        return False


def normalize(triple: str) -> str:
    """The canonical spelling of any usual one. Raises TargetError for what is no triple."""
    given = triple.strip().lower()
    if given in _WINDOWS:
        return f"{_WINDOWS[given]}-pc-windows-msvc"
    if given.startswith("x86-64-"):  # as Debian spells it in names of packages; x86 alone is i686
        given = f"x86_64{given[6:]}"
    elif given.startswith("mingw_"):  # MSYS2: mingw_x86_64_ucrt_gnu, mingw_i686
        given = f"{'x86_64' if given[6:].startswith('x86_64') else given[6:].partition('_')[0]}-w64-mingw32"
    machine, *rest = given.replace("_64_", "_64-").split("-")
    named = rest[1:] if rest[:1] == [""] else rest  # NetBSD's Python leaves out the vendor's name alone: x86_64--netbsd
    if not machine or not named or not all(part and _PLAIN.issuperset(part) for part in (machine, *named)):
        msg = f"not a target triple: {triple!r}"
        raise TargetError(msg, hint="write it as machine-vendor-system-libc, e.g. x86_64-unknown-linux-gnu")
    machine = _MACHINES.get(machine, machine)
    known = [index for index, part in enumerate(named) if _without_version(part) in _SYSTEMS]
    if known:
        rest = named[known[0] :]
    elif named[0] in _ANY_VENDOR and len(named) > 1:
        rest = named[1:]
    else:
        rest = named[-2:]
    system = _without_version(rest[0])
    environment = rest[1] if len(rest) > 1 else ""
    if "." in environment:
        import re  # noqa: PLC0415  (zig's spelling alone has a version there)

        environment = re.sub(r"\.[\d.]+$", "", environment)
    if system.startswith(("macos", "osx")):
        system = "darwin"
    elif system.startswith(("win", "mingw")):
        environment = environment or ("gnu" if system.startswith("mingw") else "msvc")
        system = "windows"
    environment = environment or _EVEN_UNSAID.get(system, "")
    if machine == "armv7" and environment in ("gnu", "musl"):
        environment += "eabihf"
    elif machine == "arm" and environment.endswith("eabihf"):
        machine = "armv7"  # so Debian's armhf Python calls itself: the ABI is one
    parts = [machine, _VENDORS.get(system, "unknown"), system]
    return "-".join([*parts, environment] if environment else parts)


def _without_version(system: str) -> str:
    return system.rstrip("0123456789.") or system


def short(triple: str) -> str:
    """The canonical triple without its vendor: `x86_64-linux-gnu`, `aarch64-darwin`, `x86_64-windows-msvc`."""
    machine, _vendor, *rest = normalize(triple).split("-")
    return "-".join([machine, *rest])
