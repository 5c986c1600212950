"""A hit is what a parse would say now; anything else is a miss that names its cause."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from headerkit.backends.protocol import FileRead
from headerkit.errors import HeaderNotFoundError, StoreError
from headerkit.ir_version import JSON_HEAD
from headerkit.plan import CachePolicy
from headerkit.store import Found, Missed, Store, take_closure
from headerkit.unit import IncludeDir

VERIFY = CachePolicy(system="verify")


def test_what_was_put_is_found(project):
    unit = project.unit()
    project.put(unit)
    found = project.find(unit)
    assert isinstance(found, Found)
    assert (found.text, found.notes, found.made_by) == ("int f(void);\n", (), "1")
    assert found.closure == project.closure(unit)


def test_an_empty_store_misses_and_says_so(project):
    assert project.find(project.unit()) == Missed(("the store has no entry for include/a.h with these settings",))


@pytest.mark.parametrize("name", ["include/a.h", "include/sub/b.h"])
def test_a_changed_header_is_a_miss_however_deep_it_is_included(project, name):
    project.put(project.unit())
    project.write(name, "int changed;\n")
    assert project.find(project.unit()) == Missed((f"{name} changed since the entry was made",))


def test_a_deleted_header_is_a_miss(project):
    project.put(project.unit())
    (project.root / "include/sub/b.h").unlink()
    assert project.find(project.unit()) == Missed(("include/sub/b.h is missing",))


def test_a_folder_in_a_header_s_place_is_a_miss(project):
    project.put(project.unit())
    (project.root / "include/sub/b.h").unlink()
    (project.root / "include/sub/b.h").mkdir()
    assert project.find(project.unit()) == Missed(("include/sub/b.h is missing",))


def test_a_named_pipe_in_a_header_s_place_is_a_miss_and_does_not_hang(project):
    project.put(project.unit())
    (project.root / "include/sub/b.h").unlink()
    os.mkfifo(project.root / "include/sub/b.h")
    assert project.find(project.unit()) == Missed(("include/sub/b.h is missing",))


def test_a_header_that_appears_where_it_would_be_found_first_is_a_miss(project):
    project.write("include/a.h", "#include <dep.h>\n")
    project.write("late/dep.h", "int late;\n")
    unit = project.unit(include_dirs=("early", "late"))
    project.put(unit)
    assert isinstance(project.find(unit), Found)
    project.write("early/dep.h", "int early;\n")
    assert project.find(unit) == Missed(("early/dep.h appeared, and would be found first",))


def test_a_header_that_was_included_conditionally_and_not_there_is_a_miss_when_it_appears(project):
    unit = project.unit()
    parsed = project.parse(unit)
    parsed = replace(parsed, absent=(*parsed.absent, "project:include/optional.h"))
    Store(project.store_path).put_ir(unit, take_closure(unit, parsed), f"{JSON_HEAD}}}\n")
    assert isinstance(Store(project.store_path).find_ir(unit, policy=CachePolicy()), Found)
    project.write("include/optional.h", "")
    assert Store(project.store_path).find_ir(unit, policy=CachePolicy()) == Missed(
        ("include/optional.h appeared, and would be found first",)
    )


def test_a_moved_checkout_still_hits(project, tmp_path):
    project.put(project.unit())
    moved = type(project)(tmp_path / "elsewhere" / "deep")
    shutil.copytree(project.root, moved.root, dirs_exist_ok=True)
    shutil.rmtree(project.root)
    assert isinstance(moved.find(moved.unit()), Found)


def test_a_checkout_with_crlf_headers_and_a_crlf_store_still_hits(project):
    project.put(project.unit())
    for path in project.root.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    found = project.find(project.unit())
    assert isinstance(found, Found)
    assert found.text == "int f(void);\n"


def test_a_payload_with_crlf_of_its_own_is_served_as_it_was_put(project):
    project.put(project.unit(), output="a\r\nb\n")
    assert project.find(project.unit()).text == "a\r\nb\n"


def test_include_directories_are_not_sorted(project):
    project.write("include/a.h", "#include <dep.h>\n")
    project.write("one/dep.h", "int one;\n")
    project.write("two/dep.h", "int two;\n")
    project.put(project.unit(include_dirs=("one", "two")), output="one\n")
    assert isinstance(project.find(project.unit(include_dirs=("two", "one"))), Missed)
    project.put(project.unit(include_dirs=("two", "one")), output="two\n")
    assert project.find(project.unit(include_dirs=("one", "two"))).text == "one\n"


def test_glibc_and_musl_have_an_entry_each(project):
    project.put(project.unit(target="x86_64-unknown-linux-gnu"), output="glibc\n")
    assert isinstance(project.find(project.unit(target="x86_64-unknown-linux-musl")), Missed)
    project.put(project.unit(target="x86_64-unknown-linux-musl"), output="musl\n")
    assert project.find(project.unit(target="x86_64-unknown-linux-gnu")).text == "glibc\n"


def test_libc_headers_are_named_and_not_compared(project):
    closure = project.closure(project.unit())
    assert closure.named == ("system:stdio.h",)
    assert closure.library == ()


# -- libraries outside the project


@pytest.fixture
def library(project, tmp_path):
    """A unit whose header includes one of a library that pkg-config found."""
    prefix = tmp_path / "opt" / "include"
    prefix.mkdir(parents=True)
    (prefix / "lib.h").write_text("int lib_v1;\n")
    project.write("include/a.h", "#include <lib.h>\n")
    return project.unit(include_dirs=("include", IncludeDir("pkg-config:lib", str(prefix)))), prefix


def test_a_library_header_that_is_the_same_hits_without_a_note(project, library):
    unit, _ = library
    project.put(unit)
    assert project.find(unit).notes == ()
    assert project.find(unit, policy=VERIFY).notes == ()


def test_a_library_header_that_differs_is_trusted_with_one_line_that_says_so(project, library):
    unit, prefix = library
    project.put(unit)
    (prefix / "lib.h").write_text("int lib_v2;\n")
    assert project.find(unit).notes == (
        "lib.h (of lib) differs on this machine; the entry was made for another version and is used (system = trust)",
    )
    assert project.find(unit, policy=VERIFY) == Missed(("lib.h (of lib) differs on this machine (system = verify)",))


def test_a_library_that_is_not_installed_is_trusted_with_one_line_that_says_so(project, library):
    unit, _ = library
    project.put(unit)
    without = unit._replace(include_dirs=(unit.include_dirs[0], IncludeDir("pkg-config:lib", "")))
    assert project.find(without).notes[0].startswith("lib.h (of lib) is not on this machine;")
    assert project.find(without, policy=VERIFY) == Missed(("lib.h (of lib) is not on this machine (system = verify)",))


def test_a_library_in_two_directories_here_and_one_there_is_the_same_library(project, library, tmp_path):
    unit, _ = library
    project.put(unit)
    two = unit._replace(
        include_dirs=(unit.include_dirs[0], IncludeDir("pkg-config:lib", str(tmp_path)), unit.include_dirs[1])
    )
    assert project.find(two).notes == ()


def test_flags_of_pkg_config_that_differ_follow_the_same_rule(project):
    unit = project.unit(defines=("STATIC=1",), spelled_defines=("pkg-config:lib",))
    project.put(unit)
    other = project.unit(defines=("STATIC=2",), spelled_defines=("pkg-config:lib",))
    assert project.find(other).notes[0].startswith("the flags of pkg-config lib differ on this machine;")
    assert isinstance(project.find(other, policy=VERIFY), Missed)


def test_a_header_in_an_include_directory_outside_the_project_is_compared_in_every_policy(project, tmp_path):
    project.write("include/a.h", "#include <dep.h>\n")
    for name in ("one", "two"):
        (tmp_path / name / "inc").mkdir(parents=True)
        (tmp_path / name / "inc" / "dep.h").write_text("int dep;\n")
    one = project.unit(include_dirs=(IncludeDir("${DEP}/inc", str(tmp_path / "one/inc")),))
    project.put(one)
    two = project.unit(include_dirs=(IncludeDir("${DEP}/inc", str(tmp_path / "two/inc")),))
    assert isinstance(project.find(two), Found)
    (tmp_path / "two/inc/dep.h").write_text("int other;\n")
    assert project.find(two) == Missed(("dep.h (in ${DEP}/inc) changed since the entry was made",))


def test_directories_named_by_arguments_are_followed_as_include_directories_are(project, tmp_path):
    (tmp_path / "sdk").mkdir()
    (tmp_path / "sdk" / "dep.h").write_text("int dep;\n")
    unit = project.unit(args=("-isystem", str(tmp_path / "sdk")))
    read = FileRead("args[1]:dep.h", str(tmp_path / "sdk" / "dep.h"))
    closure = take_closure(unit, project.parsed(read))
    store = Store(project.store_path)
    store.put_ir(unit, closure, f"{JSON_HEAD}}}\n")
    assert isinstance(Store(project.store_path).find_ir(unit, policy=CachePolicy()), Found)
    (tmp_path / "sdk" / "dep.h").write_text("int changed;\n")
    assert Store(project.store_path).find_ir(unit, policy=CachePolicy()) == Missed(
        ("dep.h changed since the entry was made",)
    )


def test_a_file_that_no_other_machine_can_find_is_never_a_hit(project):
    unit = project.unit()
    outside = project.root.parent / "outside.h"
    outside.write_text("int o;\n")
    closure = take_closure(unit, project.parsed(FileRead("outside:outside.h", str(outside))))
    Store(project.store_path).put_ir(unit, closure, f"{JSON_HEAD}}}\n")
    assert Store(project.store_path).find_ir(unit, policy=CachePolicy()) == Missed(
        ("outside.h cannot be checked: add its folder to include_dirs",)
    )


def test_two_headers_of_one_name_outside_the_project_are_not_taken_for_each_other(project, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.h").write_text(f"int {name};\n")
    one = project.unit("x.h", path=str(tmp_path / "one/x.h"), include_dirs=())
    two = project.unit("x.h", path=str(tmp_path / "two/x.h"), include_dirs=())
    project.put(one)
    assert isinstance(project.find(one), Found)
    assert project.find(two) == Missed(("x.h changed since the entry was made",))
    inside = two._replace(include_dirs=(IncludeDir("*/two", str(tmp_path / "two")),))
    project.put(one._replace(include_dirs=inside.include_dirs))
    assert "x.h (in */two) lies elsewhere than the header that the entry was made from" in project.find(inside).reasons


# -- the moment of the parse


def test_a_header_edited_while_it_was_parsed_is_not_stored_under_its_new_digest(project):
    from headerkit.digest import content_digest  # noqa: PLC0415

    unit = project.unit()
    seen = Path(unit.path).read_bytes()
    project.write("include/a.h", "int edited;\n")
    read = FileRead("project:include/a.h", unit.path, content_digest(seen))
    Store(project.store_path).put_ir(unit, take_closure(unit, project.parsed(read)), f"{JSON_HEAD}}}\n")
    assert Store(project.store_path).find_ir(unit, policy=CachePolicy()) == Missed(
        ("include/a.h changed since the entry was made",)
    )


def test_a_header_removed_while_it_was_parsed_is_reported(project):
    unit = project.unit()
    parsed = project.parse(unit)
    (project.root / "include/sub/b.h").unlink()
    with pytest.raises(HeaderNotFoundError, match=r"^include/sub/b.h was read, and is gone"):
        take_closure(unit, parsed)


def test_a_header_that_cannot_be_read_again_is_an_error_of_the_store(project, monkeypatch):
    unit = project.unit()
    parsed = project.parse(unit)

    def refuse(*_args):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match=r"was read, and cannot be read again: Too many open files"):
        take_closure(unit, parsed)


def test_the_header_itself_is_in_the_closure_even_where_the_backend_forgot_it(project):
    closure = take_closure(project.unit(), project.parsed())
    assert [path for path, _ in closure.files] == ["project:include/a.h"]


def test_many_changes_are_told_in_few_lines(project):
    project.write("include/a.h", "".join(f'#include "h{number}.h"\n' for number in range(40)))
    for number in range(40):
        project.write(f"include/h{number}.h", "")
    project.put(project.unit())
    for number in range(40):
        project.write(f"include/h{number}.h", "int x;")
    reasons = project.find(project.unit()).reasons
    assert len(reasons) == 9
    assert reasons[-1] == "and 32 more"


def test_headers_of_two_folders_of_a_build_are_looked_for_each_in_its_own(project):
    store = Store(project.store_path)
    units = []
    for folder, name in (("one", "ca.h"), ("two", "cb.h")):
        path = project.write(f"build/{folder}/{name}", "int built;\n")
        units.append(project.unit(name, path=str(path), include_dirs=()))
    for unit in units:
        project.put(unit, store=store)
    found = Store(project.store_path)
    assert all(isinstance(found.find_ir(unit, policy=project.policy), Found) for unit in units)
