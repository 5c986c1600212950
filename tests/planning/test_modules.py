from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

from headerkit.errors import HeaderkitError, HeaderNotFoundError, SettingsError
from headerkit.planning.packages import _words, check_packages

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Project

MODULE = '[[tool.headerkit.cffi]]\nmodule = "vecpkg._vec"\n'


@pytest.fixture
def vec(project: Project) -> Project:
    project.file("src/vecpkg/__init__.py", "")
    project.file("include/vec/vec.h")
    project.file("include/vec/more.h")
    project.file("csrc/vec.c")
    project.file("csrc/lib/extra.c")
    return project


def refusal(project: Project, toml: str) -> str:
    with pytest.raises(HeaderkitError) as caught:
        project.plan(toml)
    return str(caught.value)


def test_a_module_of_one_header_binds_that_header(vec: Project):
    toml = 'include_dirs = ["include"]\ndefines = ["ALL"]\n' + MODULE + 'headers = ["include/vec/vec.h"]\n'
    toml += 'sources = ["csrc/**/*.c"]\ndefine_macros = ["VEC=1", "FLAG"]\nlibraries = ["m"]\nabi3 = true\n'
    toml += 'extra_cdef = [\'extern "Python" void f(int);\']\nmode = "api"\n'
    plan = vec.plan(toml)
    (job,), (module,) = plan.jobs, plan.modules
    assert (job.unit.header, job.unit.code, job.writer) == ("include/vec/vec.h", None, "cffi")
    assert job.unit.defines == ("ALL", "VEC=1", "FLAG")
    assert dict(job.options) == {"extra_cdef": ('extern "Python" void f(int);',), "mode": "api"}
    assert job.output == module.cdef == str(vec.root / "src/vecpkg/_vec.cdef.txt")
    assert module.csrc == "#include <vec/vec.h>\n"
    assert module.sources == tuple(str(vec.root / name) for name in ("csrc/lib/extra.c", "csrc/vec.c"))
    assert module.define_macros == (("ALL", None), ("VEC", "1"), ("FLAG", None))
    assert [each.path for each in module.include_dirs] == [str(vec.root / "include")]
    assert (module.libraries, module.abi3) == (("m",), "3.10")


def test_several_headers_are_one_umbrella_named_after_the_module(vec: Project):
    toml = 'include_dirs = ["include"]\n' + MODULE + 'headers = ["include/vec/vec.h", "stdio.h"]\n'
    plan = vec.plan(toml)
    assert plan.jobs[0].unit.header == "vecpkg._vec.h"
    assert plan.jobs[0].unit.code == plan.modules[0].csrc == "#include <vec/vec.h>\n#include <stdio.h>\n"


def test_a_header_beyond_the_include_directories_is_included_from_the_root(vec: Project):
    (module,) = vec.plan(MODULE + 'headers = ["include/vec/vec.h"]\n').modules
    assert module.csrc == '#include "include/vec/vec.h"\n'
    assert [each.path for each in module.include_dirs] == [str(vec.root)]


def test_a_header_that_another_directory_hides_is_included_from_the_root(vec: Project):
    vec.file("first/vec/vec.h")
    toml = 'include_dirs = ["first", "include"]\n' + MODULE + 'headers = ["include/vec/vec.h"]\n'
    assert vec.plan(toml).modules[0].csrc == '#include "include/vec/vec.h"\n'


def test_code_and_csrc_are_taken_as_they_stand(vec: Project):
    vec.file("csrc/front.c", "#include <front.h>\n")
    plan = vec.plan(MODULE + 'code = "#include <stdio.h>"\n')
    assert (plan.jobs[0].unit.code, plan.modules[0].csrc) == ("#include <stdio.h>\n", "#include <stdio.h>")
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\ncsrc = "csrc/front.c"\n')
    assert plan.modules[0].csrc == "#include <front.h>\n"


def test_a_module_in_abi_mode_is_not_compiled(vec: Project):
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\nmode = "abi"\n')
    assert (len(plan.jobs), plan.modules) == (1, ())
    plan = vec.plan('writer = { cffi = { mode = "abi" } }\n' + MODULE + 'headers = ["stdio.h"]\n')
    assert plan.modules == ()
    text = refusal(vec, MODULE + 'headers = ["stdio.h"]\nmode = "abi"\nsources = ["csrc/vec.c"]\n')
    assert "cffi[0].sources: is compiled in mode 'api' alone" in text


def test_a_cdef_written_elsewhere_needs_no_job(vec: Project):
    vec.file("my.cdef.txt")
    plan = vec.plan(MODULE + 'cdef = "my.cdef.txt"\nheaders = ["stdio.h"]\n')
    assert plan.jobs == ()
    assert plan.modules[0].cdef == str(vec.root / "my.cdef.txt")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("", "cffi[0]: expected one of 'headers', 'code' and 'cdef'"),
        ('code = "x"\nheaders = ["stdio.h"]', "cffi[0]: expected one of"),
        ('cdef = "x.txt"', "cffi[0]: with 'cdef' alone, 'csrc' or 'headers' must say"),
        ('headers = ["stdio.h"]\nsources = ["nope.c"]', "cffi[0].sources[0]: no such file: 'nope.c'"),
        ('headers = ["stdio.h"]\nsources = ["nope/*.c"]', "cffi[0].sources[0]: no file matches 'nope/*.c'"),
        ('headers = ["stdio.h"]\ncsrc = "nope.c"', "cffi[0].csrc: 'nope.c': No such file or directory"),
        (
            'headers = ["stdio.h"]\nabi3 = "2.7"',
            "cffi[0].abi3: expected true, false or a Python from '3.10' on, got '2.7'",
        ),
        (
            'headers = ["stdio.h"]\nincludes = ["vecpkg._vce"]',
            "cffi[0].includes[0]: no [[cffi]] entry makes 'vecpkg._vce'; did you",
        ),
        ('headers = ["stdio.h"]\nmode = "x"', "cffi[0].mode: expected 'api' or 'abi', got 'x'"),
    ],
)
def test_what_cannot_be_built_is_refused(vec: Project, keys: str, message: str):
    assert message in refusal(vec, f"{MODULE}{keys}\n")


@pytest.mark.parametrize("name", ["vecpkg.", "1vec", "vec-pkg._vec", ""])
def test_a_module_has_a_modules_name(vec: Project, name: str):
    assert f"cffi[0].module: '{name}' is not a module name" in refusal(
        vec, f'[[tool.headerkit.cffi]]\nmodule = "{name}"\nheaders = ["stdio.h"]\n'
    )


def test_a_module_without_a_package_folder_needs_an_output(vec: Project):
    toml = '[[tool.headerkit.cffi]]\nmodule = "other._vec"\nheaders = ["stdio.h"]\n'
    assert "neither src/other nor other is a folder of the project" in refusal(vec, toml)
    assert vec.plan(toml + 'output = "out/x.txt"\n').modules[0].cdef == str(vec.root / "out/x.txt")


def test_two_modules_of_one_name_are_refused(vec: Project):
    toml = (MODULE + 'headers = ["stdio.h"]\n') * 2
    assert "the module 'vecpkg._vec' is described twice" in refusal(vec, toml)


def test_a_missing_header_of_a_module_is_named(vec: Project):
    with pytest.raises(
        HeaderNotFoundError, match=r"cffi\[0\]\.headers\[0\]: the header 'include/vec/vex.h' does not exist"
    ):
        vec.plan(MODULE + 'headers = ["include/vec/vex.h"]\n')


@pytest.mark.parametrize(
    ("requires", "abi3"), [(">=3.9", "3.10"), (">=3.12", "3.12"), ("~=3.11", "3.11"), (">3", "3.10")]
)
def test_abi3_true_means_the_oldest_python_of_the_project(vec: Project, requires: str, abi3: str):
    vec.settings(MODULE + 'headers = ["stdio.h"]\nabi3 = true\n')
    path = vec.root / "pyproject.toml"
    path.write_text(f'[project]\nname = "x"\nrequires-python = "{requires}"\n' + path.read_text())
    assert vec.plan().modules[0].abi3 == abi3


def test_a_named_header_brings_the_modules_that_bind_it(vec: Project):
    vec.settings(MODULE + 'headers = ["include/vec/vec.h", "include/vec/more.h"]\n')
    plan = vec.plan(headers=("include/vec/more.h",))
    assert [(job.writer, os.path.basename(job.output)) for job in plan.jobs] == [("cffi", "_vec.cdef.txt")]
    assert plan.modules == ()


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "pc"
    folder.mkdir()
    monkeypatch.setenv("PKG_CONFIG_PATH", str(folder))
    monkeypatch.delenv("PKG_CONFIG", raising=False)
    monkeypatch.setattr("headerkit.planning.packages._KNOWN", {})
    return folder


def test_a_package_gives_directories_macros_and_libraries_under_its_name(vec: Project, packages: Path):
    (packages / "hkdemo.pc").write_text(
        "Name: hkdemo\nDescription: x\nVersion: 1\n"
        "Cflags: -I/opt/hkdemo/include -DHK=1 -pthread\nLibs: -L/opt/hkdemo/lib -lhkdemo -Wl,-z,now\n"
    )
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\npkg_config = ["hkdemo"]\n')
    unit, module = plan.jobs[0].unit, plan.modules[0]
    assert [(each.spelled, each.path) for each in unit.include_dirs] == [("pkg-config:hkdemo", "/opt/hkdemo/include")]
    assert (unit.defines, unit.spelled_defines) == (("HK=1",), ("pkg-config:hkdemo",))
    assert (unit.args, unit.spelled_args) == (("-pthread",), ("pkg-config:hkdemo",))
    assert module.libraries == ("hkdemo",)
    assert module.library_dirs == ("/opt/hkdemo/lib",)
    assert module.define_macros == (("HK", "1"),)
    assert module.extra_link_args == ("-Wl,-z,now",)
    assert plan.warnings == ()


def test_a_package_without_directories_is_still_part_of_the_identity(vec: Project, packages: Path):
    (packages / "hkbare.pc").write_text("Name: hkbare\nDescription: x\nVersion: 1\nLibs: -lhkbare\n")
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\npkg_config = ["hkbare"]\n')
    assert [(each.spelled, each.path) for each in plan.jobs[0].unit.include_dirs] == [("pkg-config:hkbare", "")]
    assert plan.modules[0].include_dirs == ()


def test_a_package_that_is_not_found_is_a_warning_since_the_store_may_know_the_answer(vec: Project, packages: Path):
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\npkg_config = ["hk-absent"]\n')
    assert plan.jobs[0].unit.include_dirs[0].spelled == "pkg-config:hk-absent"
    assert "does not know 'hk-absent'" in plan.warnings[0]


def test_without_the_program_it_is_said(vec: Project, packages: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(packages))
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\npkg_config = ["hkdemo"]\n')
    assert plan.warnings == ("pkg-config: neither pkg-config nor pkgconf is installed, so 'hkdemo' adds nothing",)


def test_the_program_that_a_variable_names_is_the_one(vec: Project, packages: Path, monkeypatch: pytest.MonkeyPatch):
    (packages / "hkstatic.pc").write_text(
        "Name: hkstatic\nDescription: x\nVersion: 1\nLibs: -lhkstatic\nLibs.private: -lhkprivate\n"
    )
    toml = MODULE + 'headers = ["stdio.h"]\npkg_config = ["hkstatic"]\n'
    monkeypatch.setenv("PKG_CONFIG", "pkg-config --static")
    assert vec.plan(toml).modules[0].libraries == ("hkstatic", "hkprivate")
    monkeypatch.setattr("headerkit.planning.packages._KNOWN", {})
    monkeypatch.setenv("PKG_CONFIG", "/no/such/pkg-config")
    assert vec.plan(toml).warnings == (
        "pkg-config: PKG_CONFIG names '/no/such/pkg-config', which is not installed, so 'hkstatic' adds nothing",
    )


@pytest.mark.parametrize(
    ("cflags", "libs", "compiles", "links"),
    [
        ("-pthread", "-lx -pthread", ("-pthread",), ("-pthread",)),
        ("-F/Lib", "-F/Lib -framework Cocoa -lx", ("-F/Lib",), ("-F/Lib", "-framework", "Cocoa")),
        ("", "-weak_framework Metal -lx", (), ("-weak_framework", "Metal")),
        ("-arch arm64", "-arch arm64 -lx", ("-arch", "arm64"), ("-arch", "arm64")),
        ("-include x.h", "/opt/lib/libx.a -l x", ("-include", "x.h"), ("/opt/lib/libx.a",)),
    ],
)
def test_what_is_for_the_compiler_and_what_for_the_linker_is_asked_apart(
    vec: Project, packages: Path, cflags: str, libs: str, compiles: tuple[str, ...], links: tuple[str, ...]
):
    (packages / "hk.pc").write_text(f"Name: hk\nDescription: x\nVersion: 1\nCflags: {cflags}\nLibs: {libs}\n")
    module = vec.plan(MODULE + 'headers = ["stdio.h"]\npkg_config = ["hk"]\n').modules[0]
    assert (module.extra_compile_args, module.extra_link_args) == (compiles, links)
    assert module.libraries == ("x",)


def program(folder: Path, name: str, prints: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {shlex.quote(prints)}\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(os.sep == "\\", reason="needs a POSIX shell")
def test_flags_that_cannot_be_read_are_said_with_their_package(
    vec: Project, packages: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PKG_CONFIG", str(program(packages / "a b", "pkg-config", "-DX='")))
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\npkg_config = ["hkodd"]\n')
    why = f"the flags of 'hkodd' cannot be read (No closing quotation): {packages}/a b/pkg-config --cflags says -DX='"
    assert plan.warnings == (f"pkg-config: {why}",)
    with pytest.raises(SettingsError, match=r"^stdio\.h cannot be parsed: the flags of 'hkodd' cannot be read"):
        check_packages(plan.jobs[0].unit)


@pytest.mark.skipif(os.sep == "\\", reason="needs a POSIX shell")
def test_a_path_of_windows_keeps_its_backslashes(vec: Project, packages: Path, monkeypatch: pytest.MonkeyPatch):
    program(packages, "C:\\tools\\pkg-config.exe", "-lwindows")
    monkeypatch.setenv("PATH", str(packages), prepend=os.pathsep)
    monkeypatch.setenv("PKG_CONFIG", "C:\\tools\\pkg-config.exe")
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\npkg_config = ["hkwindows"]\n')
    assert plan.modules[0].extra_compile_args == ("-lwindows",)
    assert plan.modules[0].libraries == ("windows",)
    monkeypatch.setattr("os.sep", "\\")
    words = ["C:\\my tools\\pkg-config.exe", "--static"]
    assert _words('"C:\\my tools\\pkg-config.exe" --static') == words


def test_an_open_quotation_names_no_program(vec: Project, packages: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PKG_CONFIG", "pkg-config '--static")
    plan = vec.plan(MODULE + 'headers = ["stdio.h"]\npkg_config = ["hk"]\n')
    what = """PKG_CONFIG names "pkg-config '--static", which is not installed, so 'hk' adds nothing"""
    assert plan.warnings == (f"pkg-config: {what}",)


def test_a_flag_is_no_package(vec: Project, packages: Path):
    assert "'--exists' is not a package's name" in refusal(
        vec, MODULE + 'headers = ["stdio.h"]\npkg_config = ["--exists"]\n'
    )


@pytest.mark.skipif(os.sep == "\\", reason="Windows reads both separators")
def test_backslashes_of_a_windows_user_are_named_where_nothing_else_reads_them(vec: Project):
    vec.file("csrc/vec.c", "")
    headers = "headers = ['include\\vec\\vec.h']\n"
    assert refusal(vec, f"{MODULE}{headers}") == (
        "tool.headerkit.cffi[0].headers[0]: the header 'include\\vec\\vec.h' does not exist; "
        "did you mean 'include/vec/vec.h'?"
    )
    text = refusal(
        vec, MODULE + "headers = ['include\\*\\*.h']\nsources = ['csrc\\vec.c', 'c\\x.c']\ncsrc = 'csrc\\vec.c'\n"
    )
    assert "'include\\*\\*.h'; did you mean 'include/*/*.h'?" in text
    assert "sources[0]: no such file: 'csrc\\vec.c'; did you mean 'csrc/vec.c'?" in text
    assert text.count("did you mean") == 3
