"""Machines that lack something: the C library's headers, every compiler, libclang. For real: folders are hidden."""

from __future__ import annotations

import glob
import os
import shlex
import subprocess
import sys
import sysconfig

import pytest

from headerkit.backends.libclang.library import candidates

LIBC = ("/usr/include", "/usr/local/include")
ZIG = os.path.join(sysconfig.get_path("purelib"), "ziglang")
COMPILERS = (*glob.glob("/usr/lib/gcc*"), *glob.glob("/usr/lib/llvm-*"), *glob.glob("/usr/lib/clang"), ZIG)


def hiding(folders, *command, cwd=None, **environment):
    """Run a command in a mount namespace where folders are empty and nothing but this Python is on the PATH."""
    mounts = [f"/bin/mount -t tmpfs none {shlex.quote(path)}" for path in folders if os.path.isdir(path)]
    script = " && ".join([*mounts, f"exec {shlex.join(command)}"])
    env = {"PATH": os.path.dirname(sys.executable), **environment}
    unshared = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script]
    return subprocess.run(unshared, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def may_hide():
    try:
        return hiding(["/usr/local/include"], sys.executable, "-c", "print(1)").stdout == "1\n"
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not may_hide(), reason="only root may hide folders, and not everywhere")


def libraries():
    """What is not in the folders that are hidden."""
    found = {os.path.realpath(item.path): item.source for item in candidates()}
    return [
        pytest.param(path, id=source if source == "wheel" else os.path.basename(path))
        for path, source in found.items()
        if not path.startswith(COMPILERS)
    ]


@pytest.fixture
def headerkit(project):
    (project / "a.h").write_text("#include <stdio.h>\nint f(FILE *to);\n")
    (project / "free.h").write_text("#include <stdint.h>\n#include <stdarg.h>\nint g(uint8_t n, va_list rest);\n")

    def run(hidden, *arguments, **environment):
        return hiding(hidden, sys.executable, "-m", "headerkit", *arguments, cwd=project, **environment)

    return run


@pytest.mark.parametrize("library", libraries())
def test_without_a_compiler_the_c_librarys_headers_suffice(headerkit, library):
    ran = headerkit(COMPILERS, "a.h", "-w", "cffi", "--no-cache", HEADERKIT_LIBCLANG=library)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "int f(FILE *to);" in ran.stdout


@pytest.mark.parametrize("library", libraries())
def test_without_the_c_librarys_headers_the_message_names_their_package(headerkit, library):
    ran = headerkit((*COMPILERS, *LIBC), "a.h", "-w", "cffi", "--no-cache", HEADERKIT_LIBCLANG=library)
    assert ran.returncode == 6
    assert ran.stdout == ""
    assert ran.stderr.splitlines()[:2] == [
        "headerkit: a.h does not parse",
        "  a.h:1: fatal error: 'stdio.h' file not found",
    ]
    assert "cause: the C library's headers are not installed; looked in /usr/" in ran.stderr
    assert "try:   install them (Debian: apt install libc6-dev; Alpine: apk add musl-dev;" in ran.stderr


@pytest.mark.parametrize("library", libraries())
def test_what_c_itself_asks_of_a_compiler_needs_nothing_installed(headerkit, library):
    ran = headerkit((*COMPILERS, *LIBC), "free.h", "-w", "cffi", "--no-cache", HEADERKIT_LIBCLANG=library)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "int g(uint8_t n, va_list rest);" in ran.stdout


def test_doctor_says_what_is_missing(headerkit):
    bare = headerkit((*COMPILERS, *LIBC), "doctor")
    assert bare.returncode == 6
    assert "C compiler  none (compiles cffi modules)" in bare.stdout
    assert "pkg-config  none (answers the setting pkg_config)" in bare.stdout
    assert "of a compiler, where those do not suffice" not in bare.stdout
    assert "result      headers cannot be parsed here\n" in bare.stdout
    assert "apt install libc6-dev" in bare.stdout
    compilerless = headerkit(COMPILERS, "doctor")
    assert compilerless.returncode == 0
    assert compilerless.stdout.endswith("result      headers can be parsed here\n")


def test_doctor_looks_for_the_headers_of_another_target(headerkit):
    hidden = (*LIBC, *glob.glob("/usr/aarch64-linux-gnu"), ZIG)
    ran = headerkit(hidden, "doctor", "--target", "aarch64-linux-gnu")
    assert ran.returncode == 6
    assert "target      aarch64-unknown-linux-gnu\n" in ran.stdout
    assert "apt install libc6-dev-arm64-cross" in ran.stdout


@pytest.mark.skipif(not os.path.isdir(ZIG), reason="the ziglang package is not installed")
def test_the_ziglang_package_stands_in_for_headers_that_are_not_installed(headerkit):
    ran = headerkit(LIBC, "a.h", "-w", "cffi", "--no-cache")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "int f(FILE *to);" in ran.stdout
    assert "ziglang)\n" in headerkit(LIBC, "doctor").stdout
