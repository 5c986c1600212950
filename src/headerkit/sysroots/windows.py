"""Units of Visual C++, whose own headers are on Windows alone: mingw's say the same of the system.

A library's own text sees Visual C++. mingw's headers are for gcc: the few that ask which compiler reads them come from
`mingw/` among the builtin headers, which let clang pose as gcc for as long as each lasts.
"""

from __future__ import annotations

import os

from headerkit.target import normalize

__all__ = ["MINGW_WRAPPERS", "pose", "reading_mingw"]

# Visual Studio 2022; libclang's own idea, said outright because it differs from release to release.
_VERSION = "19.33"
MINGW_WRAPPERS = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "backends", "libclang", "include", "mingw"
)


def pose(target: str) -> tuple[str, ...]:
    """The arguments with which clang is the Visual C++ of every machine; none for other targets.

    They follow from the target alone, whatever is installed.
    """
    return (f"-fms-compatibility-version={_VERSION}",) if _is_visual_cs(target) else ()


def reading_mingw(target: str) -> tuple[str, ...]:
    """The arguments with which clang, as Visual C++, reads mingw's headers; none for other targets."""
    return ("-isystem", MINGW_WRAPPERS) if _is_visual_cs(target) else ()


def _is_visual_cs(target: str) -> bool:
    return normalize(target).endswith("-windows-msvc")
