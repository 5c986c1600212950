"""mingw's headers for units of Visual C++, which is on Windows alone: they say the same of the system.

clang has to look like mingw's gcc for them. Layouts stay those of the target.
"""

from __future__ import annotations

from headerkit.target import normalize

__all__ = ["pose"]

_POSE_AS_MINGW = (
    "-U_MSC_VER",
    "-D__MINGW32__=1",
    "-D__GNUC__=4",
    "-D__GNUC_MINOR__=2",
    "-D__GNUC_PATCHLEVEL__=1",
)
_OF_MACHINE = {
    "x86_64": ("-D__MINGW64__=1",),
    "aarch64": ("-D__MINGW64__=1", "-D__aarch64__=1", "-D_ARM64_=1"),
    "i686": ("-D__i386__=1", "-D_X86_=1"),
}


def pose(target: str) -> tuple[str, ...]:
    """The arguments with which clang reads mingw's headers for a target of Visual C++; none for other targets.

    They follow from the target alone, whatever is installed.
    """
    machine, _, _, *environment = normalize(target).split("-")
    return (*_POSE_AS_MINGW, *_OF_MACHINE.get(machine, ())) if environment == ["msvc"] else ()
