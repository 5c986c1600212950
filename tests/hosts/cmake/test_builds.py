"""CMake builds by every generator, with the oldest and the newest CMake: they hit, follow edits, and settle."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile

import pytest

NO_LIBCLANG = {"HEADERKIT_LIBCLANG": "/nowhere/libclang.so"}
GENERATORS = ("Ninja", "Unix Makefiles", "Ninja Multi-Config")


PYTHON = f"-DPython_EXECUTABLE={sys.executable}"


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize("version", ["oldest", "newest"])
def test_the_example_is_built_from_its_store_and_settles(cmake, sample, tmp_path, version, generator):
    project = cmake(sample("cmake-plain", tmp_path / "source"), version=version)
    project.configure(generator=generator, **NO_LIBCLANG)
    said = project.build("--config", "Debug", **NO_LIBCLANG)
    assert "hit    include/stats/stats.h" in said
    assert project.made("--config", "Debug", **NO_LIBCLANG) == []
    tests = [str(project.programs / "ctest"), "--test-dir", str(project.build_dir), "-C", "Debug"]
    done = subprocess.run(tests, env=project.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    project.succeed("--install", project.build_dir, "--config", "Debug", "--prefix", tmp_path / "installed")
    installed = sorted(
        path.relative_to(tmp_path / "installed").as_posix() for path in (tmp_path / "installed").rglob("*.*")
    )
    assert [re.sub(r"\.cpython.*", ".so", name) for name in installed] == [
        "lib/_stats.so",
        "lib/libstats.so",
        "share/stats/stats.json",
    ]


@pytest.mark.parametrize("generator", GENERATORS)
def test_an_edited_transitive_header_regenerates_and_nothing_else_does(cmake, package, generator):
    project = cmake(package("cmake-line"))
    project.configure(PYTHON, "-DCMAKE_BUILD_TYPE=Release", generator=generator)
    project.build("--config", "Release")
    cdef = project.build_dir / "line.cdef.txt"
    assert "line_unit z;" not in cdef.read_text()

    point = project.source / "include/line/point.h"
    point.write_text(point.read_text().replace("line_unit x, y;", "line_unit x, y, z;"))
    said = project.build("--config", "Release")
    assert "Generating line.cdef.txt" in said
    assert "Generating more.cdef.txt" in said
    assert "line_unit z;" in cdef.read_text()
    assert project.made("--config", "Release") == []

    os.utime(project.source / "include/line/unrelated.h")
    assert project.made("--config", "Release") == []

    # A comment is read, and changes no output: what is made from the output is left alone by Ninja.
    point.write_text(point.read_text() + "// a point\n")
    said = project.build("--config", "Release")
    assert "Generating line.cdef.txt" in said
    if generator == "Ninja":
        assert "Generating the C source" not in said
    assert project.made("--config", "Release") == []


@pytest.mark.parametrize("generator", ["Ninja", "Unix Makefiles"])
def test_changed_definitions_and_settings_regenerate(cmake, package, generator):
    project = cmake(package("cmake-line"))
    (project.source / "pyproject.toml").write_text("[tool.headerkit]\n")
    project.configure(PYTHON, generator=generator)
    project.build()
    cdef = project.build_dir / "line.cdef.txt"
    assert "typedef int line_unit;" in cdef.read_text()
    project.configure("-DLINE_WIDE=ON", generator=generator)
    project.build()
    assert "typedef long line_unit;" in cdef.read_text()
    (project.source / "pyproject.toml").write_text(
        "[tool.headerkit.writer.cffi]\nextra_cdef = ['int made_up(void);']\n"
    )
    project.build("--target", "line_cdef")
    assert "int made_up(void);" in cdef.read_text()


def test_targets_give_what_they_give_to_a_c_source_of_the_configuration(cmake, package):
    project = cmake(package("cmake-line"), version="oldest")
    project.configure(PYTHON, generator="Ninja Multi-Config")
    project.build("--config", "Debug")
    assert "int line_debug(void);" in (project.build_dir / "line.cdef.txt").read_text()
    code = "import _line; l = _line.ffi.new('struct line *', [[1, 2], [4, 6]]); print(_line.lib.line_length(l))"
    assert project.python(code) == "7"
    assert project.python("import _more; print(_more.lib.LINE_LIMIT, _more.__file__.endswith('.abi3.so'))") == "16 True"
    assert project.python("import _again; print(_again.ffi.sizeof('struct line'))") == "16"


def test_a_fetched_library_has_one_entry_wherever_it_lies(cmake, package, tmp_path):
    package("cmake-fetch")
    with tarfile.open(tmp_path / "ring.tar", "w") as archive:
        archive.add(tmp_path / "source/fetched", "ring")
    fetched = f"-DRING_ARCHIVE={tmp_path / 'ring.tar'}"
    source = tmp_path / "source/binding"

    inside = cmake(source, build_dir=source / "a build")
    inside.configure(PYTHON, fetched)
    assert "parsed" in inside.build()
    entries = sorted(path.name for path in (source / ".headerkit/ir").iterdir())
    assert len(entries) == 2
    for path in (source / ".headerkit").rglob("*.json"):
        assert "a build" not in path.read_text()
        assert str(tmp_path) not in path.read_text()

    outside = cmake(source, build_dir=tmp_path / "outside")
    outside.configure(PYTHON, fetched, generator="Unix Makefiles")
    assert outside.build(**NO_LIBCLANG).count("hit ") == 2

    local = cmake(source, version="oldest", build_dir=tmp_path / "local")
    local.configure(PYTHON, f"-DFETCHCONTENT_SOURCE_DIR_RING={tmp_path / 'source/fetched'}")
    assert local.build(**NO_LIBCLANG).count("hit ") == 2

    inside.succeed("--install", inside.build_dir, "--prefix", tmp_path / "prefix")
    installed = cmake(source, build_dir=tmp_path / "installed")
    installed.configure(PYTHON, "-DRING_INSTALLED=ON", f"-DCMAKE_PREFIX_PATH={tmp_path / 'prefix'}")
    installed.build()
    code = "import _ring; r = _ring.ffi.new('struct ring *'); _ring.lib.ring_push(r, 5); print(r.values[0])"
    assert installed.python(code) == inside.python(code) == "5"
    assert inside.python("import _ring; print(_ring.lib.RING_FLAG_WRAP)") == "1"
    assert sorted(path.name for path in (source / ".headerkit/ir").iterdir()) == entries


def test_it_works_in_a_superbuild_in_a_path_with_spaces_and_with_a_launcher(cmake, package, tmp_path, cmakedir):
    shutil.move(package("cmake-line"), tmp_path / "my $ources #1" / "line")
    launcher = tmp_path / "launch er"
    launcher.write_text(f'#!/bin/sh\necho launched >> "{tmp_path}/launched"\nexec "$@"\n')
    launcher.chmod(0o755)
    (tmp_path / "my $ources #1" / "CMakeLists.txt").write_text(
        f"""
cmake_minimum_required(VERSION 3.21)
project(super LANGUAGES NONE)
include(ExternalProject)
ExternalProject_Add(line SOURCE_DIR "${{CMAKE_SOURCE_DIR}}/line" BINARY_DIR "${{CMAKE_BINARY_DIR}}/the line"
  CMAKE_ARGS -DCMAKE_INSTALL_PREFIX=<INSTALL_DIR> {PYTHON} "-Dheaderkit_DIR={cmakedir}"
             "-DCMAKE_C_COMPILER_LAUNCHER={launcher}" INSTALL_DIR "${{CMAKE_BINARY_DIR}}/installed")
"""
    )
    project = cmake(tmp_path / "my $ources #1")
    project.configure()
    project.build()
    names = sorted(path.name.partition(".")[0] for path in (project.build_dir / "installed/linepkg").iterdir())
    assert names == ["_again", "_line", "_more"]
    assert (tmp_path / "launched").read_text().count("launched") >= 4
    inner = cmake(tmp_path / "my $ources #1/line", build_dir=project.build_dir / "the line")
    assert inner.made() == []
    os.utime(inner.source / "include/line/point.h")
    assert "Generating line.cdef.txt" in inner.build()


@pytest.mark.parametrize(
    ("soabi", "name"), [("", "_line.so"), ("cpython-313-elsewhere", "_line.cpython-313-elsewhere.so")]
)
@pytest.mark.parametrize("version", ["oldest", "newest"])
def test_cross_compiling_a_module_is_named_by_what_is_known_of_the_other_python(
    cmake, package, tmp_path, version, soabi, name
):
    project = cmake(package("cmake-line"), version=version)
    toolchain = tmp_path / "toolchain.cmake"
    toolchain.write_text("set(CMAKE_SYSTEM_NAME Linux)\nset(HEADERKIT_TARGET x86_64-unknown-linux-gnu)\n")
    options = [f"-DPython_INCLUDE_DIR={sysconfig.get_path('include')}", *([f"-DPython_SOABI={soabi}"] if soabi else [])]
    project.configure(PYTHON, f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", *options)
    project.build()
    made = sorted(path.name for path in project.build_dir.rglob("*.so"))
    assert made == sorted(["_again" + name[5:], name, "_more.abi3.so"])


def test_project_does_what_the_settings_say(cmake, sample, tmp_path):
    source = sample("hatch-cffi", tmp_path / "source")
    shutil.rmtree(source / ".headerkit", ignore_errors=True)
    (source / "CMakeLists.txt").write_text(
        """
cmake_minimum_required(VERSION 3.21)
project(vecpkg LANGUAGES C)
find_package(headerkit CONFIG REQUIRED)
headerkit_generate(PROJECT)
headerkit_add_cffi_module(_vec MODULE vecpkg._vec CDEF headerkit)
"""
    )
    project = cmake(source)
    project.configure(PYTHON)
    assert "Generating src/vecpkg/_vec.cdef.txt" in project.build()
    assert project.made() == []
    os.utime(source / "include/vec/types.h")
    assert "Generating src/vecpkg/_vec.cdef.txt" in project.build()
    assert project.python("import _vec; print(_vec.lib.vec_version() >> 16)") == "1"
    settings = source / "pyproject.toml"
    settings.write_text(settings.read_text().replace('module = "vecpkg._vec"', 'module = "vecpkg._other"'))
    assert "the settings have no cffi module vecpkg._vec; they have: vecpkg._other" in flat(project.refuse())


def flat(text: str) -> str:
    """CMake breaks long lines of its messages."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("variable", ["Python3_EXECUTABLE", ""])
def test_the_python_at_hand_is_used_or_else_looked_for(cmake, sample, tmp_path, variable):
    source = sample("cmake-plain", tmp_path / "source")
    lists = (source / "CMakeLists.txt").read_text()
    start, end = lists.index("# Or:"), lists.index("find_package(headerkit")
    (source / "CMakeLists.txt").write_text(lists[:start] + lists[end:])
    project = cmake(source)
    project.configure(*([f"-D{variable}={sys.executable}"] if variable else []))
    project.build(**NO_LIBCLANG)
    (module,) = project.build_dir.glob("_stats.*.so")
    assert module.name == f"_stats.{module.name.split('.')[1]}.so"
    assert project.python("import _stats; print(_stats.ffi.sizeof('stats_window'))") == "72"


def test_two_builds_of_one_tree_at_once_do_not_disturb_each_other(cmake, package, tmp_path):
    source = package("cmake-line")
    projects = [cmake(source, build_dir=tmp_path / name) for name in ("one", "two")]
    for project in projects:
        project.configure(PYTHON)
    commands = [[str(p.programs / "cmake"), "--build", str(p.build_dir), "--target", "line_cdef"] for p in projects]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    assert [process.communicate()[0] is None or process.returncode for process in running] == [0, 0]
    texts = {(project.build_dir / "line.cdef.txt").read_text() for project in projects}
    assert len(texts) == 1
    (tmp_path / "one/line.cdef.txt").unlink()
    assert "hit " in projects[0].build("--target", "line_cdef", **NO_LIBCLANG)


def test_a_miss_without_libclang_says_what_changed_and_what_to_do(cmake, sample, tmp_path):
    project = cmake(sample("cmake-plain", tmp_path / "source"))
    window = project.source / "include/stats/window.h"
    window.write_text(window.read_text().replace("unsigned count", "unsigned long count"))
    project.configure(**NO_LIBCLANG)
    said = project.refuse(**NO_LIBCLANG)
    assert "include/stats/stats.h: the store has no valid entry for" in said
    assert "include/stats/window.h changed" in said
    assert "Traceback" not in said
    assert not (project.build_dir / "stats.cdef.txt").exists()
    said = project.refuse(HEADERKIT_LOCKED="1")
    assert "and it is locked" in said
    assert "try:   the same build with libclang at hand, and not locked   (then commit the store)" in said


def test_a_store_of_a_newer_format_is_refused_with_the_cure(cmake, sample, tmp_path):
    project = cmake(sample("cmake-plain", tmp_path / "source"))
    (project.source / ".headerkit/store.json").write_text('{"format": 2}\n')
    project.configure()
    said = project.refuse()
    assert "the store has format 2, and this headerkit reads format 1" in said
    assert "pip install -U headerkit" in said


def test_a_ctypes_module_is_installed_beside_its_library_and_calls_it(cmake, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "pair.h").write_text("struct pair { int a, b; };\nint pair_sum(const struct pair *pair);\n")
    (source / "pair.c").write_text('#include "pair.h"\nint pair_sum(const struct pair *p) { return p->a + p->b; }\n')
    (source / "CMakeLists.txt").write_text(
        """
cmake_minimum_required(VERSION 3.21)
project(pair LANGUAGES C)
find_package(headerkit CONFIG REQUIRED)
add_library(pair SHARED pair.c)
headerkit_generate(pair_py WRITER ctypes pyi HEADERS pair.h OUTPUT _pair.py _pair.pyi
                   ARGS --writer-opt "ctypes:library=./libpair.so")
install(TARGETS pair LIBRARY DESTINATION pairpkg)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/_pair.py" "${CMAKE_CURRENT_BINARY_DIR}/_pair.pyi" DESTINATION pairpkg)
"""
    )
    project = cmake(source)
    project.configure(PYTHON)
    project.build()
    project.succeed("--install", project.build_dir, "--prefix", tmp_path / "site")
    code = "import pairpkg._pair as p, ctypes; print(p.pair_sum(ctypes.byref(p.pair(2, 3))))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "site", capture_output=True, text=True, check=False
    )
    assert done.stdout == "5\n", done.stderr
