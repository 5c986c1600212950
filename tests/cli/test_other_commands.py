from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Project


def test_the_c_source_of_a_module_is_written_once(project: Project):
    pytest.importorskip("cffi")
    project.file("x.cdef.txt", "int abs(int);\n")
    project.file("x.csrc.c", "#include <stdlib.h>\n")
    arguments = ("cffi-source", "pkg._x", "x.cdef.txt", "x.csrc.c", "build/_x.c", "--depfile", "build/_x.d")
    assert project.run(*arguments) == (0, "", "")
    assert "#include <stdlib.h>" in project.read("build/_x.c")
    assert "x.cdef.txt" in project.read("build/_x.d")
    before = (project.root / "build/_x.c").stat().st_mtime_ns
    project.run(*arguments)
    assert (project.root / "build/_x.c").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pkg._x", "nope.txt", "x.c", "out.c"), "nope.txt: no such file"),
        (("pkg-x", "x.c", "x.c", "out.c"), "'pkg-x' is not a module name"),
        (("pkg._x", "x.c"), "the following arguments are required: CSRC, OUT"),
    ],
)
def test_a_c_source_needs_its_parts(project: Project, arguments: tuple[str, ...], message: str):
    project.file("x.c")
    ran = project.run("cffi-source", *arguments)
    assert (ran.code, message in ran.err) == (2, True)


def test_libclang_that_is_installed_is_used_as_it_is(project: Project):
    pytest.importorskip("clang")
    pytest.importorskip("pip")
    version = subprocess.run(
        [sys.executable, "-c", "import importlib.metadata as m; print(m.version('libclang'))"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    if not version:
        pytest.skip("libclang came from another package")
    ran = project.run("install-libclang", "--version", version)
    assert ran.code == 0
    assert "headerkit uses " in ran.out


def test_a_libclang_that_is_nowhere_is_an_honest_failure(project: Project):
    pytest.importorskip("pip")
    project.monkeypatch.setenv("PIP_NO_INDEX", "1")
    ran = project.run("install-libclang", "--version", "0.0.1")
    assert ran.code == 7
    assert "libclang==0.0.1 was not installed" in ran.err
