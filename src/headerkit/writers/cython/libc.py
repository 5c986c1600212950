"""Types of the C library that Cython already declares.

A type that is cimported is the same type for every module that uses it: a `FILE *` from one .pxd can be given to a
function of another. The tables hold what every Cython 3 has.
"""

from __future__ import annotations

__all__ = ["cimport_of"]

_TYPEDEFS = {
    "libc.stdint": (
        "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t intmax_t uintmax_t "
        "int_least8_t int_least16_t int_least32_t int_least64_t uint_least8_t uint_least16_t uint_least32_t "
        "uint_least64_t int_fast8_t int_fast16_t int_fast32_t int_fast64_t uint_fast8_t uint_fast16_t uint_fast32_t "
        "uint_fast64_t"
    ),
    "libc.stddef": "wchar_t",
    "libc.stdio": "FILE fpos_t",
    "libc.time": "clock_t time_t",
    "libc.setjmp": "jmp_buf",
    "libc.signal": "sig_atomic_t",
    "libc.stdlib": "div_t ldiv_t",
    "posix.types": (
        "blkcnt_t blksize_t clockid_t dev_t gid_t id_t ino_t mode_t nlink_t off_t pid_t sigset_t suseconds_t "
        "uid_t"  # not timer_t: Cython's is an int, C's may be a pointer
    ),
    "posix.signal": "siginfo_t stack_t",
    "cpython.ref": "PyObject",
    "posix.select": "fd_set",
}
_TAGS = {
    "libc.time": "tm",
    "libc.locale": "lconv",
    "posix.time": "timeval timespec itimerval itimerspec",
    "posix.resource": "rlimit rusage",
    "posix.uio": "iovec",
    "posix.fcntl": "flock",
}
_RENAMED = {"struct stat": ("posix.stat", "struct_stat"), "struct sigaction": ("posix.signal", "sigaction_t")}
# Built into the language: nothing is cimported.
_BUILT_IN = ("size_t", "ssize_t", "ptrdiff_t")

_WHERE: dict[str, tuple[str, str]] = {
    **{name: ("", name) for name in _BUILT_IN},
    **{name: (module, name) for module, names in _TYPEDEFS.items() for name in names.split()},
    **{f"struct {name}": (module, name) for module, names in _TAGS.items() for name in names.split()},
    **_RENAMED,
}


def cimport_of(spelling: str, target: str) -> tuple[str, str] | None:
    """Say where Cython declares `FILE` or `struct tm`: (module, its name there); the module is "" when it is built in.

    None where it does not, or where the target has no such header.
    """
    found = _WHERE.get(spelling)
    if found and found[0].startswith("posix.") and "windows" in target:
        return None
    return found
