from __future__ import annotations

import pytest

from headerkit.cffi_modules.diagnose import failure
from headerkit.plan import CffiModule

MODULE = CffiModule("pkg._x", "x.cdef.txt", "")

SAYINGS = {
    "gcc, no Python.h": (
        "build/_x.c:57:14: fatal error: Python.h: No such file or directory",
        "the headers of this Python are not installed",
    ),
    "clang, no header": (
        "csrc/x.c:1:10: fatal error: 'foo/bar.h' file not found",
        "no include directory holds foo/bar.h",
    ),
    "msvc, no header": (
        "x.c(1): fatal error C1083: Cannot open include file: 'foo/bar.h': No such file or directory",
        "no include directory holds foo/bar.h",
    ),
    "gnu ld, no library": (
        "/usr/bin/ld: cannot find -lfoo: No such file or directory",
        "the library foo is not installed where the linker looks",
    ),
    "apple ld, no library": (
        "ld: library 'foo' not found",
        "the library foo is not installed where the linker looks",
    ),
    "msvc, no library": (
        "LINK : fatal error LNK1181: cannot open input file 'foo.lib'",
        "the library foo is not installed where the linker looks",
    ),
    "gnu ld, no symbol": (
        "x.o: in function `f':\nx.c:3: undefined reference to `foo_open'",
        "foo_open is in no source and no library of this module",
    ),
    "apple ld, no symbol": (
        'Undefined symbols for architecture arm64:\n  "_foo_open", referenced from:\n      _f in x.o',
        "foo_open is in no source and no library of this module",
    ),
    "msvc, no symbol": (
        "x.obj : error LNK2001: unresolved external symbol foo_open",
        "foo_open is in no source and no library of this module",
    ),
    "no compiler": (
        "CompileError: [Errno 2] No such file or directory: 'arm-cc'",
        "there is no C compiler, or CC names one that does not exist",
    ),
    "no msvc": (
        "DistutilsPlatformError: Unable to find vcvarsall.bat",
        "there is no C compiler, or CC names one that does not exist",
    ),
    "no setuptools": (
        "ModuleNotFoundError: No module named 'setuptools'",
        "setuptools is not installed in the environment that builds",
    ),
    "unknown": ("Segmentation fault", "the compiler's own words stand above"),
}


@pytest.mark.parametrize("name", SAYINGS)
def test_the_likely_cause_follows_from_what_the_compiler_said(name):
    output, cause = SAYINGS[name]
    error = failure(MODULE, output)
    assert error.cause == cause
    assert error.hint
    assert output.splitlines()[-1].strip() in error.message


def test_a_long_output_is_cut_at_its_start_and_its_first_error_leads():
    output = "x.c:1:1: error: first\n" + "".join(f"note {number}\n" for number in range(100))
    lines = failure(MODULE, output).message.splitlines()
    assert lines[:2] == ["pkg._x: x.c:1:1: error: first", "  | ... 61 lines ..."]
    assert lines[-1] == "  | note 99"
    assert len(lines) == 42


def test_an_empty_output_still_makes_a_message():
    assert failure(MODULE, "").message == "pkg._x: no message"


def test_a_difference_is_the_cause_where_it_is_the_first_error():
    differs = "_x.c:9:5: error: conflicting types for 'f'; have 'int(int)'\n"
    assert failure(MODULE, differs).cause == "the cdef and the headers that the compiler sees differ"
    after = failure(MODULE, "csrc/x.c:1:1: error: expected ')'\n" + differs)
    assert after.cause == "the compiler's own words stand above"
