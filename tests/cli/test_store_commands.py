from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from headerkit import writers
from headerkit.generation import run
from headerkit.planning import make_plan
from headerkit.settings import load_settings
from headerkit.target import host_target, short

if TYPE_CHECKING:
    from conftest import Project


@pytest.fixture
def made(project: Project) -> Project:
    """A project with two headers whose outputs are made."""
    project.file("include/a.h", '#include "b.h"\nint a(B);\n')
    project.file("include/b.h", "typedef int B;\n")
    project.settings(
        '[[tool.headerkit.headers]]\npattern = "include/a.h"\n[tool.headerkit.output]\ncffi = "out/{stem}.txt"\n'
    )
    assert project.run().code == 0
    return project


def test_check_is_content_with_what_was_just_made(made: Project):
    assert made.run("check") == (0, "the output is up to date\n", "")
    assert made.run("check", "-q") == (0, "", "")


def test_check_says_what_is_stale_and_why(made: Project):
    made.file("include/b.h", "typedef long B;\n")
    ran = made.run("check")
    assert ran.code == 3
    assert ran.out.splitlines() == [
        "stale include/a.h  cffi",
        "      include/b.h changed since the entry was made",
        "1 of 1 outputs are not up to date; try: headerkit",
    ]
    last = made.run("check", "include/a.h", "-v", "-D", "A").out.splitlines()[-1]
    assert last.endswith("try: headerkit include/a.h -D A")
    made.run()
    assert made.run("check").code == 0


def test_check_compares_the_output_file(made: Project):
    made.file("out/a.txt", "edited by hand\n")
    ran = made.run("check")
    assert (ran.code, "out/a.txt differs from what its header gives" in ran.out) == (3, True)
    (made.root / "out/a.txt").unlink()
    assert "out/a.txt has not been written" in made.run("check").out


@pytest.mark.parametrize("again", [(), ("cache", "populate", "--target", short(host_target()))])
def test_check_notes_what_another_version_of_a_writer_made_and_the_commands_renew_it(
    made: Project, again: tuple[str, ...]
):
    row = writers._BUILTIN["cffi"]
    newer = row._replace(facts=row.facts._replace(cache_version="of a later release"))
    made.monkeypatch.setitem(writers._BUILTIN, "cffi", newer)
    note = "another version of the cffi writer made what the store has: builds take it, headerkit renews it"
    assert made.run("check") == (0, "the output is up to date\n", f"headerkit: {note}\n")
    assert json.loads(made.run("check", "--json").out)["checked"][0]["notes"] == [note]
    assert [result.status for result in run(make_plan(load_settings(str(made.root))))] == ["hit"]
    assert made.run(*again).code == 0
    assert made.run("check") == (0, "the output is up to date\n", "")


def test_check_is_there_as_json(made: Project):
    made.file("include/b.h", "typedef long B;\n")
    ran = made.run("check", "--json")
    checked = json.loads(ran.out)
    assert (ran.code, checked["current"]) == (3, False)
    assert checked["checked"][0]["reasons"] == ["include/b.h changed since the entry was made"]


def test_check_of_one_header_that_has_no_entry(made: Project):
    made.file("include/c.h", "int c(void);\n")
    assert made.run("check", "include/c.h", "-w", "cffi").code == 3
    assert made.run("check", "include/a.h").code == 0


def test_regenerating_proves_the_content(made: Project):
    assert made.run("check", "--regenerate").code == 0
    made.file("include/b.h", "typedef long B;\n")
    ran = made.run("check", "--regenerate")
    assert (ran.code, "out/a.txt differs from what its header gives" in ran.out) == (3, True)


def test_an_entry_is_the_same_however_its_unit_was_asked_for(project: Project):
    project.file("include/b.h", "int b(void);\n")
    project.file("a.h", "#include <b.h>\nint a(void);\n")
    project.settings("")
    writers = ("cffi", "cython", "ctypes", "lua", "pyi")
    for writer in writers:
        assert project.run("a.h", "-w", writer, "-I", "include").code == 0
    outputs = "".join(f'{writer} = "out/a.{writer}"\n' for writer in writers)
    project.settings(
        f'include_dirs = ["include"]\n[[tool.headerkit.headers]]\npattern = "a.h"\n[tool.headerkit.output]\n{outputs}'
    )
    assert project.run("--locked").code == 0
    checked = project.run("check", "--regenerate")
    assert (checked.code, checked.err) == (0, ""), checked.out


def test_explain_names_the_file_that_changed(made: Project):
    assert made.run("explain", "include/a.h").out.splitlines()[0].startswith("hit  include/a.h  IR  ")
    made.file("include/b.h", "typedef long B;\n")
    assert "include/b.h changed since the entry was made" in made.run("explain", "include/a.h").out


def test_explain_names_the_flag_that_is_new(made: Project):
    ran = made.run("explain", "include/a.h", "-D", "NEW=1")
    assert ran.code == 0
    assert ran.out.startswith("miss include/a.h  IR")
    assert "NEW=1" in ran.out


def test_explain_names_the_target_that_is_missing(made: Project):
    out = made.run("explain", "include/a.h", "--target", "aarch64-linux-gnu").out
    assert "miss include/a.h  IR  aarch64-unknown-linux-gnu" in out


def test_explain_is_there_as_json(made: Project):
    explanations = json.loads(made.run("explain", "--json").out)["explanations"]
    assert {(one["writer"], one["hit"]) for one in explanations} == {("", True), ("cffi", True)}


def test_status_counts_entries(made: Project):
    out = made.run("cache", "status").out
    assert out.startswith(str(made.root / ".headerkit"))
    assert "output/cffi      1 entry" in out
    layers = json.loads(made.run("cache", "status", "--json").out)["layers"]
    assert [(layer["name"], layer["entries"]) for layer in layers] == [("ir", 1), ("output/cffi", 1)]


def test_status_of_no_store(project: Project):
    assert "there is no store yet" in project.run("cache", "status").out


@pytest.mark.parametrize(
    ("flags", "left"), [((), []), (("--ir",), ["output/cffi"]), (("--output",), ["ir"]), (("--ir", "--output"), [])]
)
def test_clear_removes_what_is_named(made: Project, flags: tuple[str, ...], left: list[str]):
    ran = made.run("cache", "clear", "--store-dir", ".headerkit", *flags)
    assert ran.out == f"removed {2 - len(left)} {'entry' if left else 'entries'}\n"
    layers = json.loads(made.run("cache", "status", "--json").out)["layers"]
    assert [layer["name"] for layer in layers if layer["entries"]] == left


def test_the_index_can_be_rebuilt(made: Project):
    assert made.run("cache", "rebuild-index").out == "indexed 2 entries\n"
    assert (made.root / ".headerkit/ir/index.json").exists()


def test_verify_finds_a_damaged_payload(made: Project):
    assert made.run("cache", "verify").out == "verified 2 entries: 0 problems\n"
    payload = next((made.root / ".headerkit/output").rglob("output.*"))
    payload.write_text("something else\n")
    ran = made.run("cache", "verify")
    assert (ran.code, ran.out.splitlines()[-1]) == (8, "verified 2 entries: 1 problem")


def test_prune_removes_what_no_setting_asks_for(made: Project):
    made.run("include/b.h", "-w", "cffi")
    shown = made.run("cache", "prune", "--dry-run").out
    assert shown.splitlines()[-1] == "would remove 2 entries, kept 2"
    assert made.run("cache", "prune").out.splitlines()[-1] == "removed 2 entries, kept 2"
    assert made.run("--locked").code == 0


def test_stores_are_merged_with_a_report(made: Project):
    shutil.copytree(made.root / ".headerkit", made.root / "other")
    made.run("include/b.h", "-w", "cffi")
    ran = made.run("store", "merge", ".headerkit", "other/", "-o", "all")
    assert (ran.code, ran.out) == (0, "4 new, 2 skipped, 0 replaced\n")
    assert made.run("--store-dir", "all", "--locked").code == 0


def test_a_source_that_is_no_store_is_refused(made: Project):
    ran = made.run("store", "merge", "nowhere", "-o", "all")
    assert (ran.code, "nowhere: no such store" in ran.err) == (8, True)
    assert made.run("store", "merge", "-o", "all").code == 2


def test_commands_about_the_store_alone_do_not_read_the_rest_of_the_settings(project: Project):
    project.settings('include_dirs = ["${CERTAINLY_NOT_SET}"]\nstore_dir = "st"\n')
    assert str(project.root / "st") in project.run("cache", "status").out


def test_a_merge_has_limits_that_can_be_raised(made: Project):
    refused = made.run("store", "merge", ".headerkit", "-o", "merged", "--max-entries", "1")
    assert refused.code == 8
    assert "the merge has more than 1 entries" in refused.err
    assert "--max-entries NUMBER" in refused.err
    assert made.run("store", "merge", ".headerkit", "-o", "merged", "--max-entries", "100").code == 0


def test_the_limits_of_a_merge_are_settings_which_the_environment_and_flags_replace(made: Project, monkeypatch):
    merge = ("store", "merge", ".headerkit", "-o", "merged")
    with (made.root / "pyproject.toml").open("a") as settings:
        settings.write("[tool.headerkit.merge]\nmax_entries = 1\n")
    assert "more than 1 entries" in made.run(*merge).err
    monkeypatch.setenv("HEADERKIT_MERGE_MAX_ENTRIES", "2")
    assert made.run(*merge).code == 0
    monkeypatch.setenv("HEADERKIT_MERGE_MAX_TOTAL", "10")
    assert "more than 10 bytes" in made.run(*merge).err
    assert made.run(*merge, "--max-total", "1000000").code == 0
    monkeypatch.setenv("HEADERKIT_MERGE_MAX_FILE", "0")
    assert "HEADERKIT_MERGE_MAX_FILE: expected a whole number above 0, got '0'" in made.run(*merge).err
    wrong = made.run(*merge, "--max-file", "-5")
    assert (wrong.code, "--max-file: expected a whole number above 0" in wrong.err) == (2, True)


def test_verify_is_there_as_json(made: Project):
    assert json.loads(made.run("cache", "verify", "--json").out) == {"version": 1, "entries": 2, "problems": []}
    payload = next((made.root / ".headerkit/output").rglob("output.*"))
    payload.write_text("something else\n")
    ran = made.run("cache", "verify", "--json")
    (problem,) = json.loads(ran.out)["problems"]
    assert (ran.code, "damaged or edited" in problem) == (8, True)


def test_a_store_without_a_name_is_refused_wherever_it_is_asked_for(project: Project, monkeypatch):
    asked = project.run("cache", "status", "--store-dir", "")
    assert (asked.code, "--store-dir: names no folder" in asked.err) == (2, True)
    monkeypatch.setenv("HEADERKIT_STORE_DIR", "")  # as a workflow's unset input gives it: not said
    assert str(project.root / ".headerkit") in project.run("cache", "status").out
    project.settings('store_dir = ""\n')
    written = project.run("cache", "status")
    assert (written.code, "store_dir: names no folder" in written.err) == (4, True)


def test_an_output_that_is_not_there_is_none_where_git_ignores_it(project):
    project.file("a.h")
    project.settings('[[tool.headerkit.headers]]\npattern = "a.h"\noutput = { cffi = "out/a b.txt" }\n')
    assert project.run("-q").code == 0
    (project.root / "out" / "a b.txt").unlink()
    assert "out/a b.txt has not been written" in project.run("check").out
    subprocess.run(["git", "init", "-q"], cwd=project.root, check=True)
    assert project.run("check").code == 3
    project.file(".gitignore", "out/\n")
    ran = project.run("check", "-v")
    assert ran.code == 0
    assert "ok    a.h  cffi  out/a b.txt has not been written: version control ignores it\n" in ran.out
    assert project.run("check", "--regenerate").code == 0
    project.file("out/a b.txt", "int other(void);\n")
    assert project.run("check").code == 3
    (project.root / "out" / "a b.txt").unlink()
    project.file("a.h", "int g(void);\n")
    assert project.run("check").code == 3
