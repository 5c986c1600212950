"""The targets that wheels on PyPI are made for, by the names of each: triple, wheel platform, container platform.

A *family* is a wheel's platform tag without the version of the C library or system (`manylinux_x86_64`, as cibuildwheel
ends its identifiers): headers do not differ by that version. A *container platform* is system/machine[/variant] as
`docker --platform` takes it. A triple is the canonical one, which the running Python of such a wheel says of itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.errors import TargetError
from headerkit.light_classes import NamedTuple
from headerkit.target import normalize, short

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WHEEL_TARGETS", "matching", "one_target", "platform_of", "target_of_platform", "targets_of_tag"]


class _Wheel(NamedTuple):
    triple: str
    family: str
    platform: str


_TABLE = tuple(
    _Wheel(*row.split())
    for row in """
    x86_64-unknown-linux-gnu        manylinux_x86_64   linux/amd64
    i686-unknown-linux-gnu          manylinux_i686     linux/386
    aarch64-unknown-linux-gnu       manylinux_aarch64  linux/arm64
    powerpc64le-unknown-linux-gnu   manylinux_ppc64le  linux/ppc64le
    s390x-unknown-linux-gnu         manylinux_s390x    linux/s390x
    armv7-unknown-linux-gnueabihf   manylinux_armv7l   linux/arm/v7
    riscv64-unknown-linux-gnu       manylinux_riscv64  linux/riscv64
    x86_64-unknown-linux-musl       musllinux_x86_64   linux/amd64
    i686-unknown-linux-musl         musllinux_i686     linux/386
    aarch64-unknown-linux-musl      musllinux_aarch64  linux/arm64
    powerpc64le-unknown-linux-musl  musllinux_ppc64le  linux/ppc64le
    s390x-unknown-linux-musl        musllinux_s390x    linux/s390x
    armv7-unknown-linux-musleabihf  musllinux_armv7l   linux/arm/v7
    riscv64-unknown-linux-musl      musllinux_riscv64  linux/riscv64
    x86_64-apple-darwin             macosx_x86_64      darwin/amd64
    aarch64-apple-darwin            macosx_arm64       darwin/arm64
    x86_64-pc-windows-msvc          win_amd64          windows/amd64
    i686-pc-windows-msvc            win32              windows/386
    aarch64-pc-windows-msvc         win_arm64          windows/arm64
""".strip().splitlines()
)

WHEEL_TARGETS: tuple[str, ...] = tuple(wheel.triple for wheel in _TABLE)
"""The canonical triples, in the order in which they are always given."""

_OF_FAMILY: dict[str, tuple[str, ...]] = {wheel.family: (wheel.triple,) for wheel in _TABLE}
_OF_FAMILY["macosx_universal2"] = ("x86_64-apple-darwin", "aarch64-apple-darwin")

_VERSIONED = re.compile(r"^(manylinux|musllinux|macosx)(?:\d+|_\d+_\d+)_(?=[a-z])")
"""PEP 600's and PEP 656's tags, the older manylinux1, manylinux2010 and manylinux2014, and macOS's."""

_WITHOUT_HEADERS = {
    "pyodide": "headerkit has no libc headers for WebAssembly (Emscripten)",
    "pyemscripten": "headerkit has no libc headers for WebAssembly (Emscripten)",
    "emscripten": "headerkit has no libc headers for WebAssembly (Emscripten)",
    "wasi": "headerkit has no libc headers for WebAssembly (WASI)",
    "android": "headerkit has no libc headers for Android (Bionic)",
    "ios": "headerkit has no libc headers for iOS",
    "any": "such a wheel holds nothing that is compiled for a target",
}

_TAG_WORDS = frozenset(("manylinux", "musllinux", "macosx", "linux", "win", *_WITHOUT_HEADERS))
"""What platform tags begin with."""

# As containerd takes them (platforms/database.go), for what docker calls otherwise.
_SYSTEM_ALIASES = {"macos": "darwin"}
_MACHINE_ALIASES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "i386": "386",
    "aarch64": "arm64",
    "arm64/v8": "arm64",
    "arm": "arm/v7",
    "armhf": "arm/v7",
    "armel": "arm/v6",
}
_LEVEL = re.compile(r"(?<=amd64)/v[1-4]$")
"""x86-64's levels: instructions that a program may use, no other ABI."""

_SYSTEMS = frozenset(
    ("linux", "darwin", "windows", "freebsd", "netbsd", "openbsd", "solaris", "aix", "haiku", "cygwin", "ios", "wasi")
)
"""What Pythons run on. A triple with another word there is a slip of the hand, which clang would not notice."""

_ENVIRONMENTS = {
    "linux": re.compile(
        "(gnu|musl|uclibc)((eabi|eabihf)(t64)?|x32|abi64|abin32|f32|f64|sf|spe|_ilp32)?|android(eabi)?[0-9]*|eabi(hf)?|ohos|llvm|mlibc"
    ),
    "windows": re.compile(r"msvc|gnu|gnullvm|cygnus|itanium|coreclr"),
}
"""C libraries and ABIs of the systems that have several. Another word is a slip that clang would not notice either."""

_SAID = {
    **dict.fromkeys(("macos", "macosx", "osx", "mac", "apple"), "darwin"),
    **dict.fromkeys(("win", "win32"), "windows"),
    **dict.fromkeys(("amd64", "x64", "64bit"), "x86_64"),
    **dict.fromkeys(("x86", "i386", "32bit"), "i686"),
    **dict.fromkeys(("arm64", "arm64e"), "aarch64"),
    **dict.fromkeys(("glibc", "manylinux"), "gnu"),
    **dict.fromkeys(("alpine", "musllinux"), "musl"),
    "msvc": "windows",
    "ppc64le": "powerpc64le",
    "armv7l": "armv7",
}
"""What people call a part of a triple."""

_A_TRIPLE = "write it as machine-vendor-system-libc, e.g. x86_64-unknown-linux-gnu"
_FORMS = (
    "write a triple (x86_64-linux-gnu), a glob over triples (*-linux-*), a wheel's platform (musllinux_aarch64), "
    "a container's platform (linux/arm64) or all"
)


def targets_of_tag(tag: str) -> tuple[str, ...]:
    """The targets of a wheel's platform tag or family; two of `macosx_*_universal2`.

    `manylinux_2_28_x86_64`, `manylinux2014_aarch64`, `musllinux_x86_64`, `win_amd64`, and tags joined by dots as in a
    wheel's file name. Raises TargetError, with the reason as its cause, where one of them has no target here.
    """
    found: list[str] = []
    for single in tag.strip().lower().split("."):
        family = _VERSIONED.sub(r"\1_", single)
        if family.startswith("linux_"):  # as a build leaves a wheel that auditwheel then repairs
            family = f"many{family}"
        if family not in _OF_FAMILY:
            msg = f"no target for the wheel platform {single!r}"
            reason = _WITHOUT_HEADERS.get(single.partition("_")[0])
            if reason:
                raise TargetError(msg, cause=reason)
            hint = _nearest(family, _OF_FAMILY) or f"known are {', '.join(_OF_FAMILY)}"
            if family == "win64":
                hint = "did you mean 'win_amd64'?"
            raise TargetError(msg, cause="headerkit knows no wheels of that name", hint=hint)
        found.extend(_OF_FAMILY[family])
    return tuple(triple for triple in WHEEL_TARGETS if triple in found)


def platform_of(triple: str) -> str:
    """The container platform (`linux/arm64`) of a target that wheels are made for. Raises TargetError for others."""
    canonical = normalize(triple)
    for wheel in _TABLE:
        if wheel.triple == canonical:
            return wheel.platform
    msg = f"no container platform is known for the target {canonical}"
    raise TargetError(msg, cause="no wheels on PyPI are made for it")


def target_of_platform(platform: str, libc: str = "gnu") -> str:
    """The target of a container platform, as docker and containerd spell it (`linux/arm64/v8` is `linux/arm64`).

    `libc` is "gnu" or "musl" and matters for Linux alone. Raises TargetError.
    """
    if libc not in ("gnu", "musl"):
        msg = f"no target for the C library {libc!r}"
        raise TargetError(msg, hint="it is gnu or musl")
    system, _, machine = platform.strip().lower().partition("/")
    machine = _LEVEL.sub("", machine)
    name = f"{_SYSTEM_ALIASES.get(system, system)}/{_MACHINE_ALIASES.get(machine, machine)}"
    family = {"gnu": "manylinux_", "musl": "musllinux_"}[libc] if name.startswith("linux/") else ""
    for wheel in _TABLE:
        if wheel.platform == name and wheel.family.startswith(family):
            return wheel.triple
    msg = f"no target for the container platform {platform!r}"
    known = tuple(dict.fromkeys(wheel.platform for wheel in _TABLE))
    raise TargetError(msg, hint=_nearest(name, known) or f"known are {', '.join(known)}")


def matching(pattern: str) -> tuple[str, ...]:
    """The targets that a word of the user means: canonical triples in the order of WHEEL_TARGETS, one at least.

    `all`; a triple in any spelling, with a vendor or without; a wheel's platform tag; a container platform (its glibc
    target); or a glob over triples without their vendor (`*-linux-*`, `aarch64-*`), with it, and over families
    (`musllinux_*`). A triple that no wheels are made for is returned too. Raises TargetError for what matches nothing.
    """
    name = pattern.strip().lower()
    if name == "all":
        return WHEEL_TARGETS
    if "/" in name:
        return (target_of_platform(name),)
    if _is_glob(name):
        found = _globbed(name)
    elif _is_tag(name):
        found = targets_of_tag(name)
    else:
        found = _of_triple(name)
    if found:
        return found
    meant = _meant(name)
    near = f"did you mean {meant!r}?" if meant else _nearest(name, (*map(short, WHEEL_TARGETS), *_OF_FAMILY))
    msg = f"no target matches {pattern!r}"
    raise TargetError(msg, hint=near or _FORMS)


def _meant(name: str) -> str:
    """What to write for words that name parts of a triple in whatever order: a triple or a glob; "" for other words."""
    words = re.split("[^a-z0-9]+", re.sub("x86[_-]64", "amd64", name))
    parts = {_SAID.get(word, word) for word in words if word not in ("", "all")}
    if len(parts) == 1:
        (part,) = parts
        return next((glob for glob in (f"{part}-*", f"*-{part}", f"*-{part}-*") if _globbed(glob)), "")
    return next((short(triple) for triple in WHEEL_TARGETS if parts and parts <= set(triple.split("-"))), "")


def _is_glob(name: str) -> bool:
    return any(char in name for char in "*?[")


def _is_tag(name: str) -> bool:
    word = re.split("[^a-z]", name, maxsplit=1)[0]
    return word in _TAG_WORDS and word != name and "-" not in name


def _globbed(glob: str) -> tuple[str, ...]:
    from fnmatch import fnmatchcase  # noqa: PLC0415  (a glob alone needs it)

    return tuple(
        wheel.triple
        for wheel in _TABLE
        if any(fnmatchcase(name, glob) for name in (short(wheel.triple), wheel.triple, wheel.family))
    )


def _of_triple(name: str) -> tuple[str, ...]:
    try:
        triple = normalize(name)
    except TargetError:
        return ()
    return (triple,) if _is_known(triple) else ()


def _is_known(triple: str) -> bool:
    """Whether the system of a canonical triple is one, and so its C library where a system has several."""
    _, _, system, *environment = triple.split("-")
    known = _ENVIRONMENTS.get(system)
    return system in _SYSTEMS and (known is None or known.fullmatch("".join(environment)) is not None)


def one_target(name: str) -> str:
    """The canonical triple that a user wrote, in any usual spelling.

    Raises TargetError for what is no triple, with the target of a wheel's tag that is given instead as its hint, and
    for a slip in a C library's name, which clang would take for a system without one.
    """
    try:
        triple = normalize(name)
        if triple.split("-")[0] in _SYSTEMS:  # linux-arm64
            msg = f"not a target triple: {name!r}"
            raise TargetError(msg, hint=_A_TRIPLE)  # noqa: TRY301  (one place looks for what was meant)
    except TargetError as error:
        try:
            meant = matching(name)
        except TargetError as unknown:
            if unknown.hint.startswith("did you mean") and not _is_glob(unknown.hint.rstrip("?")):
                error.hint = unknown.hint
        else:
            error.hint = f"did you mean {' or '.join(repr(short(triple)) for triple in meant)}?"
        raise
    _, _, system, *environment = triple.split("-")
    if environment and system in _ENVIRONMENTS and not _is_known(triple):
        near = _nearest(short(triple), map(short, WHEEL_TARGETS))
        msg = f"no C library of {system} is called {environment[0]!r}: {name!r}"
        raise TargetError(msg, hint=near or _A_TRIPLE)
    return triple


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (only for the message)

    near = get_close_matches(name, known, n=1, cutoff=0.7)
    return f"did you mean {near[0]!r}?" if near else ""
