from __future__ import annotations

import os
from pathlib import Path

import pytest

from headerkit.cffi_modules import write_source
from headerkit.errors import CompileError, HeaderNotFoundError


def test_the_source_is_written_with_lf_and_only_when_it_changed(module, project, capfd):
    out = str(project / "made" / "_twice.c")
    assert write_source(module, out)
    data = Path(out).read_bytes()
    assert b"\r" not in data
    assert b"#include <twice.h>" in data
    before = os.stat(out)
    assert not write_source(module, out)
    assert os.stat(out).st_mtime_ns == before.st_mtime_ns
    assert os.listdir(project / "made") == ["_twice.c"]
    assert capfd.readouterr() == ("", "")


def test_the_depfile_names_the_output_as_given_and_the_cdef_with_spaces_escaped(module, project):
    depfile = project / "_twice.c.d"
    write_source(module, str(project / "x.c"), depfile=str(depfile))
    escaped = str(project).replace(" ", r"\ ")
    assert depfile.read_text() == f"{escaped}/x.c: {escaped}/twice.cdef.txt\n"


def test_a_cdef_that_cffi_refuses_is_an_error_with_its_file_and_line(module, project):
    (project / "twice.cdef.txt").write_text("int twice(int value);\nint broken(;\n")
    with pytest.raises(CompileError) as caught:
        write_source(module, str(project / "x.c"))
    assert caught.value.message.splitlines()[0] == (f"pkg._twice: cffi refuses the cdef {project}/twice.cdef.txt:2")
    assert not (project / "x.c").exists()


def test_a_missing_cdef_is_an_error_that_names_it(changed, project):
    with pytest.raises(HeaderNotFoundError, match=r"pkg\._twice: its cdef does not exist: .*gone\.cdef\.txt"):
        write_source(changed(cdef=str(project / "gone.cdef.txt")), str(project / "x.c"))


def test_an_included_module_is_named_in_the_source(changed, project):
    base = changed()
    (project / "more.cdef.txt").write_text("int first_of(struct pair *pair);\n")
    more = changed(module="pkg._more", cdef=str(project / "more.cdef.txt"), includes=("pkg._twice",))
    write_source(more, str(project / "more.c"), known={base.module: base, more.module: more})
    text = (project / "more.c").read_text()
    assert "pkg._twice" in text


def test_an_included_module_that_is_not_in_the_project_is_named(changed, project):
    with pytest.raises(CompileError, match=r"includes pkg\._gone, which is not a cffi module of this project"):
        write_source(changed(includes=("pkg._gone",)), str(project / "x.c"))
