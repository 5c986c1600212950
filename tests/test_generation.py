"""Running plans: what is served, what is made, what is written, and what stays untouched when something fails."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

import headerkit
from headerkit.errors import (
    HeaderNotFoundError,
    LibclangUnavailableError,
    LockedError,
    OutputError,
    ParseError,
    SettingsError,
)
from headerkit.generation import Result, run, write_if_changed
from headerkit.making import POOL_FROM
from headerkit.planning import make_plan
from headerkit.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
[tool.headerkit]
include_dirs = ["include"]
[[tool.headerkit.headers]]
pattern = "include/*.h"
[tool.headerkit.output]
cffi = "out/{stem}.cdef.txt"
json = "out/{stem}.json"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "a.h").write_text('#include "deep.inc"\nint a_add(int left, deep_int right);\n')
    (tmp_path / "include" / "deep.inc").write_text("typedef long deep_int;\n")
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(**options: bool) -> tuple[Result, ...]:
    return run(make_plan(load_settings()), **options)


def statuses(results: tuple[Result, ...]) -> list[str]:
    return [result.status for result in results]


def without_libclang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADERKIT_LIBCLANG", os.devnull)


def test_the_first_run_parses_and_the_second_needs_no_libclang(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build()
    assert statuses(first) == ["parsed", "parsed"]
    assert all(result.written for result in first)
    without_libclang(monkeypatch)
    second = build()
    assert statuses(second) == ["hit", "hit"]
    assert not any(result.written for result in second)
    assert [result.text for result in first] == [result.text for result in second]


def test_an_edited_transitive_header_is_noticed(project: Path) -> None:
    build()
    (project / "include" / "deep.inc").write_text("typedef short deep_int;\n")
    assert statuses(build()) == ["parsed", "parsed"]
    assert "typedef short deep_int;" in (project / "out" / "a.cdef.txt").read_text()


def test_a_lost_output_entry_is_written_again_from_the_stored_ir(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [result.text for result in build()]
    for entry in (project / ".headerkit" / "output" / "cffi").glob("*/metadata.json"):
        entry.unlink()
    without_libclang(monkeypatch)
    results = build()
    assert statuses(results) == ["ir-hit", "hit"]
    assert [result.text for result in results] == texts


def test_a_miss_without_libclang_says_what_changed_and_what_to_type(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    (project / "include" / "deep.inc").write_text("typedef short deep_int;\n")
    without_libclang(monkeypatch)
    with pytest.raises(LibclangUnavailableError) as caught:
        build()
    assert caught.value.message.startswith("include/a.h: the store has no valid entry for ")
    assert "include/deep.inc changed since the entry was made" in caught.value.cause
    assert caught.value.hint


def test_locked_makes_a_miss_an_error_even_with_libclang(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    (project / "include" / "a.h").write_text("int other(void);\n")
    monkeypatch.setenv("HEADERKIT_LOCKED", "1")
    with pytest.raises(LockedError) as caught:
        build()
    assert caught.value.cause == "include/a.h changed since the entry was made"
    assert caught.value.hint == "headerkit   (not locked; then commit the store)"


def test_the_hint_of_a_locked_miss_names_a_target_that_is_not_this_pythons(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADERKIT_LOCKED", "1")
    monkeypatch.setenv("HEADERKIT_TARGET", "riscv64-unknown-linux-gnu")
    with pytest.raises(LockedError) as caught:
        build()
    assert caught.value.hint.startswith("headerkit cache populate --target riscv64-unknown-linux-gnu   (not")


def test_an_error_in_one_header_leaves_every_output_as_it_was(project: Path) -> None:
    build()
    before = {path: path.read_bytes() for path in (project / "out").iterdir()}
    (project / "include" / "a.h").write_text("int changed(void);\n")
    (project / "include" / "b.h").write_text("int broken(;\n")
    with pytest.raises(ParseError, match=r"b\.h:1"):
        build()
    assert {path: path.read_bytes() for path in (project / "out").iterdir()} == before


def test_without_the_cache_nothing_is_stored(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADERKIT_NO_CACHE", "1")
    assert statuses(build()) == ["parsed", "parsed"]
    assert statuses(build()) == ["parsed", "parsed"]
    assert not (project / ".headerkit").exists()


def test_many_headers_parsed_in_worker_processes_give_the_same_texts(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(POOL_FROM):
        (project / "include" / f"n{number}.h").write_text(f"#define N{number} {number}\nint n{number}(void);\n")
    together = build()
    monkeypatch.setattr("headerkit.making.POOL_FROM", 100)
    monkeypatch.setenv("HEADERKIT_NO_CACHE", "1")
    apart = build()
    assert set(statuses(together)) == set(statuses(apart)) == {"parsed"}
    assert [result.text for result in together] == [result.text for result in apart]


def test_a_worker_process_hands_its_error_over_whole(project: Path) -> None:
    for number in range(POOL_FROM):
        (project / "include" / f"n{number}.h").write_text("int broken(;\n")
    with pytest.raises(ParseError) as caught:
        build()
    assert "include/n0.h:1" in str(caught.value)


def test_a_store_that_cannot_be_written_is_a_note_in_a_build_and_an_error_for_the_developer(project: Path) -> None:
    (project / ".headerkit").write_text("a file in the way\n")
    results = build()
    assert statuses(results) == ["parsed", "parsed"]
    assert any("the store was not filled" in note for result in results for note in result.notes)
    with pytest.raises(headerkit.HeaderkitError):
        build(need_store=True)


def test_an_older_writers_output_is_served_to_a_build_and_made_anew_for_the_developer(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    monkeypatch.setattr("headerkit.generation.writer_facts", lambda _: _Newer)
    assert statuses(build()) == ["hit", "hit"]
    assert statuses(build(refresh=True)) == ["ir-hit", "ir-hit"]


class _Newer:
    cache_output = True
    cache_version = "of a later release"
    suffix = ".txt"


def test_a_report_accounts_for_every_declaration_also_on_a_hit(project: Path) -> None:
    build()
    results = build(report=True)
    assert statuses(results) == ["ir-hit", "ir-hit"]
    assert {(entry.kind, entry.name, entry.fate) for entry in results[0].ledger} == {
        ("function", "a_add", "emitted"),
        ("typedef", "deep_int", "emitted"),
    }


@pytest.mark.skipif(shutil.which("pkg-config") is None, reason="pkg-config is not installed")
def test_a_header_is_served_without_its_package_but_never_parsed_without_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "Name: hkdemo\nDescription: demo\nVersion: 1\nCflags: -DHKDEMO=1\n"
    (project / "hkdemo.pc").write_text(package)
    (project / "pyproject.toml").write_text(SETTINGS.replace("include_dirs", 'pkg_config = ["hkdemo"]\ninclude_dirs'))
    monkeypatch.setenv("PKG_CONFIG_PATH", str(project))
    monkeypatch.setattr("headerkit.planning.packages._KNOWN", {})
    assert statuses(build()) == ["parsed", "parsed"]
    (project / "hkdemo.pc").unlink()
    monkeypatch.setattr("headerkit.planning.packages._KNOWN", {})
    assert statuses(build()) == ["hit", "hit"]
    (project / "include" / "deep.inc").write_text("typedef short deep_int;\n")
    with pytest.raises(SettingsError, match=r"include/a\.h cannot be parsed: pkg-config does not know 'hkdemo'"):
        build()


def test_the_function_of_the_api_returns_the_text(project: Path) -> None:
    text = headerkit.generate("include/a.h", "cffi")
    assert "int a_add(int left, deep_int right);" in text
    results = headerkit.generate_all("include/a.h", ["cffi", "json"], output_paths={"json": "there/a.json"})
    assert list(results) == ["cffi", "json"]
    assert results["cffi"].status == "hit"
    assert (project / "there" / "a.json").read_text() == results["json"].text


def test_the_api_takes_code_defines_and_options(project: Path) -> None:
    text = headerkit.generate(
        "umbrella.h",
        "cffi",
        code="#ifdef WANTED\nint wanted(void);\n#endif\n",
        defines=["WANTED"],
        writer_options={"extra_cdef": ['extern "Python" void called(void);']},
        no_cache=True,
    )
    assert "int wanted(void);" in text
    assert text.rstrip().endswith('extern "Python" void called(void);')
    with pytest.raises(HeaderNotFoundError):
        headerkit.generate("include/none.h", "cffi")


def test_unchanged_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    assert write_if_changed(str(path), "one\n")
    os.utime(path, (1, 1))
    assert not write_if_changed(str(path), "one\n")
    assert path.stat().st_mtime == 1
    assert write_if_changed(str(path), "two\n")
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]


def test_an_output_that_cannot_be_written_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file/below: cannot be written: "):
        write_if_changed(str(tmp_path / "file" / "below"), "text\n")
