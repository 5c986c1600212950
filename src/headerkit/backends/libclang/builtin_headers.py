"""The compiler's own headers: ours first, then a real compiler's for what ours leave out.

The `libclang` wheel has none, and each clang release has others. `include/` holds those that C itself asks of a
compiler, written against the target's predefined macros, and the vector types of the intrinsics' headers: with them
first, every libclang reads the same text. What they leave out (`omp.h`, `cpuid.h`, ...) comes from the clang headers
whose release is nearest to the library's, at last from gcc's.
"""

from __future__ import annotations

import os
import re

__all__ = ["SHIMS", "compiler_headers"]

SHIMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "include")


def compiler_headers(library_path: str, major: int) -> str:
    """The folder of a real compiler's own headers that suits libclang `major` best, or ""."""
    import glob  # noqa: PLC0415 - hardly any unit needs these headers

    from headerkit.sysroots.zig import zig_folder  # noqa: PLC0415

    own = _beside(library_path)
    if own:
        return own
    found = [
        *glob.glob("/usr/lib/llvm-*/lib/clang/*/include"),
        *glob.glob("/usr/lib/clang/*/include"),
        *glob.glob("/usr/lib64/clang/*/include"),
        *glob.glob("/opt/homebrew/opt/llvm*/lib/clang/*/include"),
        *glob.glob("/Library/Developer/CommandLineTools/usr/lib/clang/*/include"),
    ]
    clangs = [path for path in found if os.path.isfile(os.path.join(path, "stddef.h"))]
    exact = [path for path in clangs if _release(path) == major]
    if exact:
        return min(exact)
    zig = zig_folder()
    if zig:
        return os.path.join(zig, "lib", "include")
    if clangs:
        return min(clangs, key=lambda path: (abs(_release(path) - major), path))
    gcc = sorted(glob.glob("/usr/lib/gcc/*/*/include"), key=lambda path: (-_release(path), path))
    return gcc[0] if gcc else ""


def _beside(library_path: str) -> str:
    """The headers that came with the library: a resource folder near it."""
    import glob  # noqa: PLC0415 - as above

    folder = os.path.dirname(os.path.realpath(library_path))
    patterns = ("resource/include", "resource/*/include", "clang/*/include", "../lib/clang/*/include")
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(glob.escape(folder), pattern))):
            if os.path.isfile(os.path.join(path, "stddef.h")):
                return os.path.normpath(path)
    return ""


def _release(path: str) -> int:
    match = re.search(r"(\d+)[^/\\]*[/\\]include$", path)
    return int(match[1]) if match else 0
