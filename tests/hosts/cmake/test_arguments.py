"""Wrong arguments end the configuration with one message; projects without any language can generate."""

from __future__ import annotations

import re
import sys

import pytest

import headerkit

PYTHON = f"-DPython_EXECUTABLE={sys.executable}"
GENERATE = "headerkit_generate(a WRITER cffi HEADERS a.h OUTPUT a.cdef.txt)\n"

WRONG = {
    "headerkit_generate(a WRITER cffi OUTPUT a.txt)": (
        "headerkit_generate(a): give HEADERS, or CODE, or PROJECT for what pyproject.toml says"
    ),
    "headerkit_generate(a WRITER cffi HEADERS a.h CODE x OUTPUT a.txt)": (
        "headerkit_generate(a): give HEADERS or CODE, not both"
    ),
    "headerkit_generate(a HEADERS a.h OUTPUT a.txt)": "headerkit_generate(a): give a WRITER (cffi, ctypes,",
    "headerkit_generate(a WRITER cffi HEADERS a.h)": "headerkit_generate(a): give an OUTPUT, the file to write",
    "headerkit_generate(a WRITER cffi json HEADERS a.h OUTPUT a.txt)": (
        "headerkit_generate(a): 2 of WRITER and 1 of OUTPUT: give one OUTPUT for each WRITER"
    ),
    "headerkit_generate(a a.h WRITER cffi OUTPUT a.txt)": "headerkit_generate(a): unexpected arguments: a.h",
    "headerkit_generate(a WRITER cffi HEADERS a.h OUTPUT a.txt INCLUDE_DIRS include)": (
        "headerkit_generate(a): there is no argument INCLUDE_DIRS; there are HEADERS, CODE, WRITER, OUTPUT, INCLUDE_DIR"
    ),
    GENERATE + "headerkit_generate(b WRITER cffi HEADERS a.h OUTPUT a.cdef.txt)": (
        "a.cdef.txt is made by another rule already; choose another file"
    ),
    "headerkit_add_cffi_module(_a MODULE a CDEF a COMPILE_OPTIONS -O2)": (
        "headerkit_add_cffi_module(_a): unexpected arguments: COMPILE_OPTIONS -O2"
    ),
    "headerkit_add_cffi_module(_a MODULE a CDEF a SOURCES a.c LIBS m)": (
        "headerkit_add_cffi_module(_a): there is no argument LIBS; there are MODULE, CDEF, CSRC, SOURCES, LINK_LIB"
    ),
    "headerkit_generate(a WRITER cffi HEADERS OUTPUT a.txt)": "headerkit_generate(a): no value after HEADERS",
    "headerkit_generate(a WRITER cffi HEADERS $<1:a.h> OUTPUT a.txt)": (
        "HEADERS, OUTPUT and LINK_LIBRARIES take no generator expressions: $<1:a.h>"
    ),
    "headerkit_generate(a WRITER cffi HEADERS a.h /b.h OUTPUT a.txt)": "(a): /b.h lies outside the project",
    "headerkit_generate(include/a.h WRITER cffi HEADERS a.h OUTPUT a.txt)": (
        'the first argument is the name of the new target, and "include/a.h" cannot be one'
    ),
    GENERATE + "headerkit_generate(a WRITER cffi HEADERS a.h OUTPUT b.txt)": (
        "headerkit_generate(a): there is a target of this name already; choose another name"
    ),
    "headerkit_generate(a PROJECT HEADERS a.h)": (
        "headerkit_generate(a): with PROJECT the settings say what is made; remove HEADERS"
    ),
    "headerkit_generate(PROJECT nowhere)": "(headerkit): there is no pyproject.toml or .headerkit.toml in",
    "headerkit_add_cffi_module(_a CDEF a)": (
        'headerkit_add_cffi_module(_a): MODULE is the module\'s full name, like vecpkg._vec; got ""'
    ),
    "headerkit_add_cffi_module(_a MODULE a.b-c CDEF a)": 'like vecpkg._vec; got "a.b-c"',
    "headerkit_add_cffi_module(_a MODULE a)": (
        "headerkit_add_cffi_module(_a): give a CDEF: a target of headerkit_generate with WRITER cffi, or a file"
    ),
    "headerkit_add_cffi_module(_a MODULE a CDEF a.txt)": (
        "headerkit_add_cffi_module(_a): CDEF a.txt is neither a target nor a file"
    ),
    "add_custom_target(b)\nheaderkit_add_cffi_module(_a MODULE a CDEF b)": (
        "headerkit_add_cffi_module(_a): CDEF b is no target of headerkit_generate with WRITER cffi"
    ),
    "headerkit_add_cffi_module(_a MODULE a CDEF CMakeLists.txt)": (
        "headerkit_add_cffi_module(_a): give CSRC, a file with the #include lines that CDEF CMakeLists.txt needs"
    ),
    GENERATE + "headerkit_add_cffi_module(_a MODULE a CDEF a CSRC b.c)": (
        "headerkit_add_cffi_module(_a): CSRC b.c is no file"
    ),
    GENERATE + "headerkit_add_cffi_module(_a MODULE a CDEF a ABI3 cp310)": (
        "headerkit_add_cffi_module(_a): ABI3 is the oldest Python that the module loads on, like 3.10; got"
    ),
    GENERATE + "headerkit_add_cffi_module(_a MODULE a CDEF a)": (
        "headerkit_add_cffi_module(_a): the module is written in C; add C to the LANGUAGES of project()"
    ),
    "set(SKBUILD_SABI_VERSION 3.10)\n" + GENERATE + "headerkit_add_cffi_module(_a MODULE a CDEF a)": (
        "headerkit_add_cffi_module(_a): tool.scikit-build.wheel.py-api makes this an abi3 wheel; add ABI3"
    ),
    "set(SKBUILD_SABI_VERSION 3.10)\n" + GENERATE + "headerkit_add_cffi_module(_a MODULE a CDEF a ABI3 3.12)": (
        "headerkit_add_cffi_module(_a): ABI3 3.12 is newer than tool.scikit-build.wheel.py-api, 3.10: the wheel"
    ),
    "set(CMAKE_CROSSCOMPILING TRUE)\n" + GENERATE: (
        "headerkit_generate(a): cross-compiling, and nothing says for which target; set HEADERKIT_TARGET"
    ),
}


def flat(text: str) -> str:
    """CMake breaks the lines of its messages."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def project(cmake, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.h").write_text('#include "b.h"\nint a(struct b *);\n')
    (source / "b.h").write_text("#pragma once\nstruct b { int c; };\n")

    def write(text: str, package: str = "find_package(headerkit CONFIG REQUIRED)", **keywords):
        (source / "CMakeLists.txt").write_text(
            f"cmake_minimum_required(VERSION 3.21)\nproject(a LANGUAGES NONE)\n{package}\n{text}\n"
        )
        return cmake(source, **keywords)

    return write


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_wrong_arguments_are_refused(project, text):
    made = project(text, version="oldest")
    done = made("-S", made.source, "-B", made.build_dir, "-G", "Ninja", PYTHON)
    assert done.returncode == 1
    assert WRONG[text] in flat(done.stdout)
    assert done.stdout.count("CMake Error") == 1


def test_wrong_settings_are_refused_when_cmake_asks_for_the_plan(project):
    made = project("headerkit_generate(PROJECT)")
    (made.source / "pyproject.toml").write_text("[tool.headerkit]\nheders = 1\n")
    done = made("-S", made.source, "-B", made.build_dir, "-G", "Ninja", PYTHON)
    assert done.returncode == 1
    assert "pyproject.toml: tool.headerkit.heders: unknown key" in flat(done.stdout)


@pytest.mark.parametrize("version", ["oldest", "newest"])
def test_a_project_without_languages_generates_for_any_target(project, version):
    made = project(
        "headerkit_generate(a WRITER cffi json HEADERS a.h OUTPUT a.cdef.txt data/a.json EXCLUDE_FROM_ALL\n"
        "                   TARGET_TRIPLE aarch64-unknown-linux-musl ARGS --writer-opt cffi:mode=abi)\n"
        "headerkit_generate(both WRITER cffi HEADERS a.h b.h OUTPUT both.txt OPTIONS -std=c11 DEPENDS b.h)",
        version=version,
    )
    made.configure(PYTHON)
    said = made.build()
    assert "Generating both.txt" in said
    assert "a.cdef.txt" not in said
    assert "int c;" in (made.build_dir / "both.txt").read_text()
    made.build("--target", "a")
    assert '"target": "aarch64-unknown-linux-musl"' in (made.build_dir / "data/a.json").read_text()
    assert "int a(struct b *" in (made.build_dir / "a.cdef.txt").read_text()


def test_a_header_made_by_the_build_has_one_entry_in_every_build_folder(project, cmake, tmp_path):
    inside = project(
        'file(CONFIGURE OUTPUT made/c.h CONTENT [[#include "d.h"\nint c(struct d);\n]])\n'
        "file(CONFIGURE OUTPUT made/d.h CONTENT [[struct d { int e; };]])\n"
        'headerkit_generate(c WRITER cffi HEADERS "${CMAKE_CURRENT_BINARY_DIR}/made/c.h" OUTPUT c.cdef.txt)',
        build_dir=tmp_path / "source" / "build",
    )
    inside.configure(PYTHON)
    assert "parsed c.h" in inside.build()
    outside = cmake(inside.source, build_dir=tmp_path / "outside")
    outside.configure(PYTHON)
    assert "hit    c.h" in outside.build(HEADERKIT_LIBCLANG="/nowhere")
    header = inside.build_dir / "made/d.h"
    header.write_text(header.read_text().replace("int e", "long e"))
    inside.build()
    assert "long e;" in (inside.build_dir / "c.cdef.txt").read_text()


@pytest.mark.parametrize("place", ["source", "."], ids=["in the source tree", "around the source tree"])
def test_a_project_inside_its_build_folder_is_still_the_project(project, place, tmp_path):
    two = "headerkit_generate(two WRITER cffi HEADERS a.h b.h OUTPUT two.txt)"
    made = project(GENERATE + two, build_dir=tmp_path / place)
    (made.source / "pyproject.toml").touch()
    made.configure(PYTHON)
    assert "parsed a.h" in made.build()
    entries = [path.read_text() for path in made.source.glob(".headerkit/output/cffi/*/metadata.json")]
    assert ['"project:b.h"' in text for text in entries] == [True, True]


def test_a_header_that_vanished_since_the_store_was_filled_is_named(project):
    made = project(GENERATE)
    made.configure(PYTHON)
    made.build()
    (made.source / "b.h").unlink()
    said = made.refuse(HEADERKIT_LIBCLANG="/nowhere")
    assert "b.h" in said
    assert "the store has no valid entry" in said
    assert "Traceback" not in said
    (made.source / "a.h").unlink()
    assert "a.h" in made.refuse(HEADERKIT_LIBCLANG="/nowhere")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("1.0", True),
        ("1.0.0 EXACT", True),
        ("1.0...<2", True),
        ("0.5...1.0", True),
        ("0.5...<1.0", False),
        ("2.0", False),
        ("0.9", False),
    ],
)
def test_find_package_takes_one_major_version(project, asked, found):
    made = project('message("found=${headerkit_FOUND}")', package=f"find_package(headerkit {asked} CONFIG QUIET)")
    assert f"found={int(found)}" in made.configure(PYTHON)


def test_the_cmake_package_has_the_distributions_version(cmakedir):
    with open(f"{cmakedir}/headerkit-config-version.cmake", encoding="utf-8") as file:
        (version,) = re.findall(r'set\(PACKAGE_VERSION "(.*)"\)', file.read())
    assert version == ".".join(headerkit.__version__.split(".")[:3])


def test_a_cmake_that_is_too_old_is_told_which_one_is_needed(project):
    made = project("", package="set(CMAKE_VERSION 3.20.1)\nfind_package(headerkit CONFIG REQUIRED)")
    done = made("-S", made.source, "-B", made.build_dir, "-G", "Ninja", PYTHON)
    assert "headerkit needs CMake 3.21 or newer; this is 3.20.1" in flat(done.stdout)
