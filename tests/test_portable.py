"""Portable paths: one name for a file on every machine, and no name that leaves its folder."""

from __future__ import annotations

import ntpath
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headerkit.portable import PathMap, below, directory_args
from headerkit.unit import IncludeDir, Unit

ROOT = "/srv/p"


def unit(**facts) -> Unit:
    facts.setdefault("path", f"{ROOT}/include/a.h")
    return Unit(root=ROOT, header="include/a.h", target="x86_64-unknown-linux-gnu", **facts)


RICH = unit(
    include_dirs=(
        IncludeDir("include", f"{ROOT}/include"),
        IncludeDir("${SDK}", "/opt/sdk"),
        IncludeDir("pkg-config:lib", "/opt/lib/include"),
        IncludeDir("pkg-config:lib", "/opt/lib/more"),
        IncludeDir("pkg-config:none", ""),
        IncludeDir("../shared", "/srv/shared"),
        IncludeDir("/usr/include", "/usr/include"),
        IncludeDir("${BUILD}", f"{ROOT}/build/gen"),
    ),
    args=("-isystem", "/opt/arg", "-DX", "-I/opt/joined"),
)


def paths(of: Unit = RICH) -> PathMap:
    return PathMap(of, system=("/usr/local/include", "/usr/include"), builtin=("/usr/lib/clang/18/include",))


@pytest.mark.parametrize(
    ("path", "portable"),
    [
        ("/srv/p/include/a.h", "project:include/a.h"),
        ("/srv/p/include/../other/b.h", "project:other/b.h"),
        ("/opt/sdk/sub/x.h", "include[1]:sub/x.h"),
        ("/opt/lib/include/l.h", "pkg-config[lib]:l.h"),
        ("/opt/lib/more/m.h", "pkg-config[lib]:m.h"),
        ("/srv/shared/s.h", "include[2]:s.h"),
        ("/usr/include/zlib.h", "system:zlib.h"),
        ("/usr/local/include/zlib.h", "system:zlib.h"),
        ("/opt/arg/y.h", "args[1]:y.h"),
        ("/opt/joined/z.h", "args[3]:z.h"),
        ("/usr/lib/clang/18/include/stddef.h", "builtin:stddef.h"),
        ("/srv/p/build/gen/g.h", "include[4]:g.h"),
        ("/srv/other/o.h", "outside:o.h"),
        ("/srv/pp/o.h", "outside:o.h"),
    ],
)
def test_a_file_is_named_by_the_folder_it_is_found_in(path, portable):
    assert paths().portable(path) == portable
    if not portable.startswith(("builtin:", "outside:")):
        assert os.path.normpath(path).endswith(portable.partition(":")[2])


def test_an_umbrella_is_named_as_code():
    assert paths(unit(code="#include <a.h>\n", path="")).portable(f"{ROOT}/include/a.h") == "code:a.h"


def test_a_header_that_lies_nowhere_else_names_its_folder():
    of = unit(path="/srv/x/y.h")
    assert paths(of).portable("/srv/x/y.h") == "header:y.h"
    assert paths(of).portable("/srv/x/sub/z.h") == "header:sub/z.h"
    assert paths(of).resolve("header:y.h") == "/srv/x/y.h"
    assert paths(unit(path="/usr/include/zlib.h")).portable("/usr/include/zconf.h") == "system:zconf.h"


def test_a_linked_include_directory_names_its_files_by_the_name_they_were_included_with(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.h").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    linked = unit(include_dirs=(IncludeDir("link", str(tmp_path / "link")),))
    assert PathMap(linked).portable(str(tmp_path / "link" / "x.h")) == "include[0]:x.h"
    assert PathMap(linked).portable(str(tmp_path / "real" / "x.h")) == "include[0]:x.h"


@pytest.mark.parametrize(
    ("portable", "path"),
    [
        ("project:include/a.h", "/srv/p/include/a.h"),
        ("include[1]:x.h", "/opt/sdk/x.h"),
        ("include[9]:x.h", None),
        ("args[1]:x.h", "/opt/arg/x.h"),
        ("pkg-config[none]:x.h", None),
        ("pkg-config[other]:x.h", None),
        ("code:a.h", None),
        ("builtin:stddef.h", None),
        ("outside:x.h", None),
    ],
)
def test_a_portable_path_is_found_again(portable, path):
    assert paths().resolve(portable) == path


@pytest.mark.parametrize(
    "portable",
    [
        "",
        "x.h",
        "project:",
        "project:../x.h",
        "project:a/../../x.h",
        "project:/etc/passwd",
        "project:a//b.h",
        "project:./a.h",
        "project:a/.",
        "project:a/",
        "project:a\\..\\b.h",
        "project:a\0b",
        "nowhere:a.h",
        "include:a.h",
        "include[0:a.h",
        "C:/x.h",
        "/etc/passwd",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_portable_path_is_refused(portable):
    with pytest.raises(ValueError, match=r"^not a portable path: "):
        paths().resolve(portable)


def test_directories_among_arguments_are_found_joined_and_apart():
    args = ("-I", "a", "-Ib", "-isystem", "c", "-isystemd", "-DX=-Ie", "-iquote", "f", "-idirafterg", "-I")
    assert list(directory_args(args)) == [
        (1, "-I", "a"),
        (2, "-I", "b"),
        (4, "-isystem", "c"),
        (5, "-isystem", "d"),
        (8, "-iquote", "f"),
        (9, "-idirafter", "g"),
    ]


@pytest.mark.parametrize("args", [("--sysroot=/opt/sys",), ("--sysroot", "/opt/sys"), ("-isysroot", "/opt/sys")])
def test_a_sysroot_holds_the_system(args):
    of = unit(args=args)
    for path, name in (
        ("usr/include/zlib.h", "zlib.h"),
        ("usr/include/x86_64-linux-gnu/bits/types.h", "bits/types.h"),
        ("Library/x.h", "Library/x.h"),
    ):
        assert PathMap(of, system=()).portable(f"/opt/sys/{path}") == f"system:{name}"


NAMES = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda name: name not in (".", "..")
)
FOLDERS = st.sampled_from(["/srv/p", "/opt/sdk", "/opt/lib/include", "/opt/lib/more", "/srv/shared", "/opt/arg"])


@given(FOLDERS, st.lists(NAMES, min_size=1, max_size=5))
def test_naming_a_file_and_finding_it_again_gives_the_file(folder, parts):
    path = "/".join((folder, *parts))
    portable = paths().portable(path)
    assert not os.path.isabs(portable)
    found = paths().resolve(portable)
    # One package may have several directories; which one holds the file is looked up when it is there.
    assert found == path or (portable.startswith("pkg-config[") and os.path.basename(found) == os.path.basename(path))


@given(st.text(max_size=40))
def test_no_text_at_all_resolves_to_a_place_outside_its_folder(text):
    for portable in (text, f"project:{text}", f"include[1]:{text}", f"system:{text}"):
        try:
            found = paths().resolve(portable)
        except ValueError:
            continue
        if found is not None:
            folder = {"p": "/srv/p/", "i": "/opt/sdk/"}.get(portable[0], "/usr/")
            assert os.path.normpath(found).startswith(folder)


def test_an_argument_may_be_handed_on_word_by_word():
    assert list(directory_args(("-Xclang", "-isystem", "-Xclang", "sdk"))) == [(3, "-isystem", "sdk")]


@pytest.mark.parametrize(
    ("path", "relative"),
    [("/a/b/c.h", "b/c.h"), ("/a", "."), ("/ab/c.h", None), ("/c.h", None), ("/a/..b/c.h", "..b/c.h")],
)
def test_a_path_lies_below_a_folder_or_elsewhere(path, relative):
    assert below("/a", path) == relative


def test_a_file_on_another_drive_lies_elsewhere(monkeypatch):
    monkeypatch.setattr("headerkit.portable.os.path.relpath", ntpath.relpath)
    assert below("D:\\project", "C:\\Users\\x\\a.h") is None
