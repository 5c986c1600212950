"""What clang is told besides the headers: every argument and variable leads to the same answer on every machine."""

from __future__ import annotations

import os
import shutil

import pytest

from headerkit.backends import get_backend
from headerkit.backends.libclang.library import is_available
from headerkit.errors import ParseError
from headerkit.ir_json import dump
from headerkit.plan import CachePolicy
from headerkit.store import Found, Missed, Store, take_closure
from headerkit.unit import IncludeDir

pytestmark = pytest.mark.skipif(not is_available(), reason="parses with libclang")


def parse(unit) -> str:
    return dump(get_backend("libclang").parse(unit).header)


@pytest.mark.parametrize(
    "args",
    [
        ("--include-directory=late",),
        ("--include", "late/c.h"),
        ("--imacros=late/c.h",),
        ("-iprefix", "late/", "-iwithprefix", "x"),
        ("-iwithsysroot/late",),
        ("-cxx-isystem", "late"),
        ("-Xclang", "-internal-isystem", "-Xclang", "late"),
        ("-Wp,-Ilate",),
        ("-Wp,-DX,-include,late/c.h",),
        ("-working-directory=late",),
        ("-resource-dir", "late"),
        ("-Xclang", "-load", "-Xclang", "late.so"),
    ],
)
def test_an_argument_that_names_files_where_nobody_looks_is_refused(args, project):
    with pytest.raises(ParseError, match=r"makes clang read files that an entry of the store could not name"):
        parse(project.unit(args=args))


@pytest.mark.parametrize("arg", ["-march=native", "-mcpu=native", "-mtune=native"])
def test_an_argument_that_means_the_machine_at_hand_is_refused(arg, project):
    with pytest.raises(ParseError, match=f"^the argument {arg} means another processor on each machine"):
        parse(project.unit(args=(arg,)))


OTHER_TARGETS = [
    ("-m32",),
    ("-mx32",),
    ("-m16",),
    ("-mabi=ms",),
    ("-target", "armv7-linux-gnueabihf"),
    ("--target=i686-linux-gnu",),
    ("-arch", "arm64"),
    ("-Xclang", "-triple", "-Xclang", "i686-linux-gnu"),
]


@pytest.mark.parametrize("args", OTHER_TARGETS, ids=" ".join)
def test_an_argument_that_means_another_target_is_refused(args, project):
    words = (
        r"^the argument \S+ may make clang compile for another target than x86_64-unknown-linux-gnu\n  try:   name the"
    )
    with pytest.raises(ParseError, match=words):
        parse(project.unit(args=args, target="x86_64-unknown-linux-gnu"))


@pytest.mark.parametrize(
    ("args", "target"),
    [
        (("-m64", "-march=x86-64-v2", "-mtune=generic", "-mavx2"), "x86_64-unknown-linux-gnu"),
        (("-m32",), "i686-unknown-linux-gnu"),
        (("-arch", "arm64", "-mcpu=apple-m1"), "aarch64-apple-darwin"),
    ],
)
def test_an_argument_that_says_what_the_target_does_passes(args, target, project):
    project.write("include/a.h", "long a;\n")  # no other machine's headers are needed
    assert parse(project.unit(args=args, target=target)) == parse(project.unit(target=target))


def test_flags_that_a_preprocessor_is_handed_pass(project):
    assert parse(project.unit(args=("-Wp,-D_FORTIFY_SOURCE=2",)))


@pytest.mark.parametrize(
    ("variable", "value", "target"),
    [
        ("MACOSX_DEPLOYMENT_TARGET", "14.1", "arm64-apple-darwin"),
        ("SOURCE_DATE_EPOCH", "no number", "x86_64-unknown-linux-gnu"),
        ("CPATH", "sdk", "x86_64-unknown-linux-gnu"),
    ],
)
def test_variables_that_clang_reads_do_not_matter(variable, value, target, make_project, monkeypatch):
    text = (
        "#define RELEASE __ENVIRONMENT_MAC_OS_X_VERSION_MIN_REQUIRED__\nstatic const char *day = __DATE__;\n"
        "#if __has_include(<sdk.h>)\nint sdk;\n#endif\n"
    )
    project = make_project("p", {"include/a.h": text, "sdk/sdk.h": ""})
    unit = project.unit(target=target, include_dirs=())
    before = parse(unit)
    monkeypatch.setenv(variable, str(project.root / value) if value == "sdk" else value)
    assert parse(unit) == before


def test_a_file_that_is_forced_in_is_the_project_s_wherever_the_process_runs(make_project, tmp_path, monkeypatch):
    files = {"include/a.h": "int a;\n", "conf.h": "typedef int here_t;\n"}
    project = make_project("p", files)
    (tmp_path / "conf.h").write_text("typedef long elsewhere_t;\n")
    unit = project.unit(args=("-include", "conf.h"), owned=("**",))
    monkeypatch.chdir(project.root)
    before = parse(unit)
    monkeypatch.chdir(tmp_path)
    assert parse(unit) == before
    assert "here_t" in before


def test_file_in_a_directory_of_an_argument_says_nothing_about_the_machine(make_project, tmp_path):
    project = make_project("p", {"include/a.h": "#include <sdk.h>\n"})
    seen = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sdk.h").write_text("#define WHERE __FILE__\nstatic const char *where = __FILE__;\n")
        unit = project.unit(args=("-isystem", str(tmp_path / name)), owned=("**",))
        seen.add(parse(unit))
    assert len(seen) == 1
    assert str(tmp_path) not in seen.pop()


def test_a_relative_glob_does_not_match_the_folder_of_a_checkout(make_project, tmp_path):
    texts = set()
    for name in ("plain", "vendor"):
        project = make_project(f"{name}/p", {"include/a.h": "#include <sdk.h>\nint a;\n"})
        (tmp_path / name / "sdk").mkdir()
        (tmp_path / name / "sdk/sdk.h").write_text("int sdk;\n")
        sdk = IncludeDir("${SDK}", str(tmp_path / name / "sdk"))
        texts.add(parse(project.unit(include_dirs=("include", sdk), owned=("**/vendor/**", "a.h"))))
    assert len(texts) == 1


@pytest.mark.parametrize("place", ["below the project", "the system's"])
def test_an_sdk_that_moves_into_the_project_or_becomes_the_system_s_is_another_question(place, make_project, tmp_path):
    """What is below the project is owned, what is the system's is trusted: the same header is something else there."""
    project = make_project("p", {"include/a.h": "#include <zlib.h>\n", "sdk/zlib.h": "int sdk;\n"})
    shutil.copytree(project.root / "sdk", tmp_path / "sdk")
    outside = project.unit(include_dirs=(IncludeDir("${SDK}", str(tmp_path / "sdk")),))
    parsed = get_backend("libclang").parse(outside)
    Store(project.store_path).put_ir(outside, take_closure(outside, parsed), dump(parsed.header))
    assert isinstance(Store(project.store_path).find_ir(outside, policy=CachePolicy()), Found)
    path = str(project.root / "sdk") if place == "below the project" else "/usr/include"
    other = outside._replace(include_dirs=(IncludeDir("${SDK}", path),))
    assert isinstance(Store(project.store_path).find_ir(other, policy=CachePolicy()), Missed)
    if place == "below the project":
        moved = shutil.copytree(project.root, tmp_path / "moved")
        there = other._replace(root=str(moved), path=str(moved / "include/a.h"))
        there = there._replace(include_dirs=(IncludeDir("${SDK}", str(moved / "sdk")),))
        parsed = get_backend("libclang").parse(other)
        Store(project.store_path).put_ir(other, take_closure(other, parsed), dump(parsed.header))
        assert isinstance(Store(project.store_path).find_ir(there, policy=CachePolicy()), Found)
        assert str(os.path.basename(tmp_path)) not in dump(parsed.header)
