"""Running plans: what is served, what is made, what is written, and what stays untouched when something fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from operator import attrgetter
from typing import TYPE_CHECKING

import pytest

import headerkit
from headerkit.backends import get_backend, register_backend
from headerkit.errors import (
    HeaderNotFoundError,
    LibclangUnavailableError,
    LockedError,
    OutputError,
    ParseError,
    SettingsError,
)
from headerkit.generation import Result, run, write_if_changed
from headerkit.ir_version import JSON_HEAD
from headerkit.making import POOL_FROM
from headerkit.planning import make_plan
from headerkit.requirements import certain_misses
from headerkit.settings import load_settings
from headerkit.store import Found, Store
from headerkit.target import host_target
from headerkit.writers import register_writer

if TYPE_CHECKING:
    from pathlib import Path

    from headerkit.backends.protocol import Parsed
    from headerkit.ir import Header
    from headerkit.unit import Unit

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


@pytest.fixture
def many(project: Path) -> list[str]:
    """Headers enough for worker processes, besides the one that is there."""
    names = [f"n{number}.h" for number in range(POOL_FROM)]
    for name in names:
        (project / "include" / name).write_text(f"int {name[:-2]}(void);\n")
    return names


@pytest.mark.usefixtures("many")
def test_what_a_program_registers_is_known_for_any_number_of_headers(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for registry in ("writers._registered", "backends._factories", "backends._registered", "backends._made"):
        known = attrgetter(registry)(headerkit)
        monkeypatch.setattr(f"headerkit.{registry}", known.copy())

    class Mine:
        def write(self, header: Header) -> str:
            return f"{header.name} by mine\n"

    class Renamed:
        def parse(self, unit: Unit) -> Parsed:
            parsed = get_backend("libclang").parse(unit)
            parsed.header.name = f"{unit.header} by renamed"
            return parsed

    register_writer("mine", Mine)
    register_backend("renamed", Renamed)
    (project / "pyproject.toml").write_text(SETTINGS.replace("json = ", "mine = "))
    assert {result.text.split()[-1] for result in build() if result.job.writer == "mine"} == {"mine"}
    (project / "pyproject.toml").write_text(
        SETTINGS.replace("[tool.headerkit]", '[tool.headerkit]\nbackend = "renamed"')
    )
    assert all("by renamed" in result.text for result in build())


DIES = """
import os
from headerkit import making

fulfil = making.fulfil

def dies(unit, *rest):
    if unit.header == "include/n1.h":
        os.abort()
    return fulfil(unit, *rest)

making.fulfil = dies
"""


@pytest.mark.usefixtures("many")
def test_a_worker_process_that_dies_is_an_error_that_names_the_header(project: Path) -> None:
    (project / "sitecustomize.py").write_text(DIES)
    command = [sys.executable, "-m", "headerkit"]
    environ = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == ParseError.exit_code
    assert done.stderr.startswith("headerkit: include/n1.h: the process that read it ended without a word\n")
    (project / "sitecustomize.py").unlink()
    assert statuses(build())[:4] == ["hit"] * 4  # what was made before it is kept


@pytest.mark.usefixtures("many")
def test_a_fill_goes_on_after_a_worker_process_has_died(project: Path) -> None:
    (project / "sitecustomize.py").write_text(DIES)
    command = [sys.executable, "-m", "headerkit", "cache", "populate", "--target", host_target(), "--json"]
    environ = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, check=False)
    (target,) = json.loads(done.stdout)["targets"]
    assert (done.returncode, target["status"]) == (ParseError.exit_code, "failed")
    assert [error.partition(":")[0] for error in target["errors"]] == ["include/n1.h"]
    assert {output["header"] for output in target["outputs"]} == {
        "include/a.h",
        *(f"include/n{number}.h" for number in range(POOL_FROM) if number != 1),
    }


def test_stored_ir_of_another_version_is_none(project: Path) -> None:
    build()
    shutil.rmtree(project / ".headerkit" / "output")
    store, plan = Store(str(project / ".headerkit")), make_plan(load_settings())
    unit = plan.jobs[0].unit
    found = store.find_ir(unit, policy=plan.cache)
    assert isinstance(found, Found)
    assert found.text.startswith(JSON_HEAD)
    store.put_ir(unit, found.closure, found.text.replace('"version": 1,', '"version": 99,', 1))
    assert certain_misses(plan) == (unit,)
    with pytest.raises(LockedError, match=r"(?s)no valid entry.*the stored IR of include/a\.h is of another version"):
        run(plan._replace(cache=plan.cache._replace(locked=True)))
    assert statuses(run(plan)) == ["parsed", "parsed"]


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
