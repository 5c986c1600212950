"""Find libclang: what the user names, then the installed wheel, then the system.

The wheels `libclang` and `libclang-ng` both put the library into a top-level package `clang`, folder `native`; it is
found on `sys.path` without importing that package.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import load, parse_function, string_reader
from headerkit.errors import LibclangUnavailableError
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headerkit.backends.libclang.abi import Clang

__all__ = ["Candidate", "Library", "candidates", "find_libclang", "is_available", "load_candidate"]

VARIABLES = ("HEADERKIT_LIBCLANG", "LIBCLANG_PATH")
OLDEST, NEWEST = 14, 22
INSTALL = "headerkit install-libclang, or: pip install 'headerkit[clang]'"


class Candidate(NamedTuple):
    """A file that may be libclang, and how it was found."""

    path: str
    source: str


class Library(NamedTuple):
    """A loaded libclang. `version` is its own text, `major` the LLVM release (0 when the text does not say)."""

    clang: Clang
    parse: Callable[..., int]
    path: str
    source: str
    version: str
    major: int


_loaded: dict[str, Library] = {}


def find_libclang() -> Library:
    """Load the first candidate that loads.

    Raises LibclangUnavailableError that lists what was tried. What a variable names is taken or refused: falling back
    to another library behind the user's back would make the build depend on what else is installed.
    """
    tried: list[str] = []
    for candidate in candidates():
        library = _loaded.get(candidate.path)
        if library is None:
            try:
                library = _loaded[candidate.path] = load_candidate(candidate)
            except OSError as error:
                tried.append(f"{candidate.source}: {candidate.path}: {_reason(error)}")
                if candidate.source in VARIABLES:
                    msg = f"{candidate.source} names a libclang that cannot be used: {candidate.path}"
                    raise LibclangUnavailableError(
                        msg, cause=_reason(error), hint=f"unset {candidate.source}, or name a libclang for this machine"
                    ) from error
                continue
        return library
    msg = "libclang was not found"
    cause = "; ".join(tried) or "looked at HEADERKIT_LIBCLANG, LIBCLANG_PATH, the installed wheel and the system"
    raise LibclangUnavailableError(msg, cause=cause, hint=INSTALL)


def is_available() -> bool:
    """Whether there is a file that looks like libclang. Cheap: nothing is loaded."""
    return any(os.path.exists(candidate.path) for candidate in candidates())


def load_candidate(candidate: Candidate) -> Library:
    """Load one file. Raises OSError when it is no libclang for this machine."""
    if not os.path.exists(candidate.path) and os.path.dirname(candidate.path):
        msg = "no such file"
        raise OSError(msg)
    clang = load(candidate.path)
    version = string_reader(clang)(clang.clang_getClangVersion())
    _, _, number = version.partition("version ")
    major = number.partition(".")[0]
    return Library(
        clang,
        parse_function(candidate.path),
        candidate.path,
        candidate.source,
        version,
        int(major) if major.isdecimal() else 0,
    )


def _reason(error: OSError) -> str:
    return str(error).partition("\n")[0]


def candidates() -> Iterator[Candidate]:
    """Every place to look, the best first; those of the system only where a file is."""
    for variable in VARIABLES:
        value = os.environ.get(variable)
        if value:
            yield Candidate(_in_folder(value) if os.path.isdir(value) else value, variable)
    for folder in sys.path:
        native = os.path.join(folder or os.curdir, "clang", "native")
        for name in _wheel_names():
            path = os.path.join(native, name)
            if os.path.isfile(path):
                yield Candidate(path, "wheel")
    yield from _system()


def _wheel_names() -> tuple[str, ...]:
    if sys.platform == "win32":
        return ("libclang.dll",)
    if sys.platform == "darwin":
        return ("libclang.dylib",)
    return ("libclang.so",)


def _in_folder(folder: str) -> str:
    import glob  # noqa: PLC0415 - most runs find the wheel, and each import counts in a run of 60 ms

    names = [*_wheel_names(), "libclang.so.1", "libclang-[0-9]*.so*", "libclang.so.*"]
    for name in names:
        found = sorted(glob.glob(os.path.join(glob.escape(folder), name)), key=_newest_first)
        if found:
            return found[0]
    return os.path.join(folder, _wheel_names()[0])


def _newest_first(path: str) -> tuple[int, str]:
    numbers = [int(number) for number in re.findall(r"\d+", path)]
    fit = [number for number in numbers if OLDEST <= number <= NEWEST]
    return (-max(fit, default=0), path)


def _system() -> Iterator[Candidate]:
    import ctypes.util  # noqa: PLC0415 - see _in_folder
    import glob  # noqa: PLC0415

    if sys.platform == "win32":
        for variable in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"):
            path = os.path.join(os.environ.get(variable, ""), "LLVM", "bin", "libclang.dll")
            if os.path.isfile(path):
                yield Candidate(path, "system")
        return
    if sys.platform == "darwin":
        patterns = (
            "/opt/homebrew/opt/llvm*/lib/libclang.dylib",
            "/usr/local/opt/llvm*/lib/libclang.dylib",
            "/Library/Developer/CommandLineTools/usr/lib/libclang.dylib",
            "/Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/lib/libclang.dylib",
        )
    else:
        patterns = (
            "/usr/lib/llvm-*/lib/libclang.so.1",
            "/usr/lib/llvm-*/lib/libclang-[0-9]*.so*",
            "/usr/lib64/libclang.so*",
            "/usr/lib/libclang.so*",
            "/usr/lib/*/libclang-[0-9]*.so*",
            "/usr/lib/llvm*/lib*/libclang.so*",
        )
    found = sorted((path for pattern in patterns for path in glob.glob(pattern)), key=_newest_first)
    first: dict[str, str] = {}
    for path in found:
        first.setdefault(os.path.realpath(path), path)
    for path in first.values():
        yield Candidate(path, "system")
    named = ctypes.util.find_library("clang")
    if named:
        yield Candidate(named, "system")
