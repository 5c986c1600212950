"""`headerkit check --layouts`, as people and programs see it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from headerkit import ir_json
from headerkit.target import host_target, short
from headerkit.targets import layout_compilers

if TYPE_CHECKING:
    from conftest import Project

TEXT = "struct a { char tag; long value; unsigned low : 3; int : 4; };\n"
HERE = short(host_target())


@pytest.fixture(autouse=True)
def _only_gcc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "gcc")


def plain(text: str) -> str:
    """Without versions and times."""
    text = re.sub(r"gcc [\d.]+", "gcc VERSION", text)
    return re.sub(r"\([\d.]+ m?s\)", "(TIME)", text)


def falsify(project: Project, old: str, new: str) -> None:
    """Change the IR in the store, as a wrong front end would have written it."""
    load = ir_json.load
    project.monkeypatch.setattr(ir_json, "load", lambda text: load(text.replace(old, new)))


def test_a_confirmed_header_is_one_line(project: Project):
    project.file("a.h", TEXT)
    ran = project.run("check", "--layouts", "a.h")
    assert (ran.code, ran.err) == (0, "")
    assert plain(ran.out).splitlines() == [
        f"ok      a.h  {HERE}  51 facts, 1 not checkable  gcc VERSION  (TIME)",
        "compilers confirm all 51 facts of 1 header",
    ]
    assert (
        "not checked: bits of struct a.#3: the bit-field has no name"
        in project.run("check", "--layouts", "a.h", "-v").out
    )


def test_all_headers_of_the_settings_are_checked_from_the_store(project: Project):
    project.file("a.h", TEXT)
    project.file("b.h", "#define B 3\n")
    project.settings('writers = ["cffi"]\n[[tool.headerkit.headers]]\npattern = "*.h"\n')
    assert project.run().code == 0
    project.monkeypatch.setenv("HEADERKIT_LOCKED", "1")  # nothing is parsed
    ran = project.run("check", "--layouts")
    assert (ran.code, ran.out.count("ok "), "of 2 headers" in ran.out) == (0, 2, True)
    project.file("b.h", "#define B 4\n")
    assert project.run("check", "--layouts").code == 11


def test_a_disagreement_names_the_fact_and_both_values(project: Project):
    project.file("a.h", TEXT)
    falsify(project, '"name": "value", "type": "long", "offset": 64', '"name": "value", "type": "long", "offset": 32')
    ran = project.run("check", "--layouts", "a.h")
    assert ran.code == 15
    assert plain(ran.out).splitlines() == [
        f"differs a.h  {HERE}  1 of 51 facts differ, 1 not checkable  gcc VERSION  (TIME)",
        "        offsetof(struct a, value): 4 in the IR, 8 to the compiler",
        "0 of 1 header verified: 1 with disagreements",
    ]


def test_verdicts_are_there_as_json(project: Project):
    project.file("a.h", TEXT)
    project.file("b.h", "#ifndef __clang__\n#error only for clang\n#endif\n")
    falsify(project, '"value", "type": "long", "offset": 64', '"value", "type": "long", "offset": 32')
    ran = project.run("check", "--layouts", "a.h", "b.h", "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["version"], found["verified"]) == (15, 1, False)
    assert found["warnings"][0].startswith("b.h: nothing is declared")
    first, second = found["layouts"]
    assert first.pop("seconds") > 0
    assert re.fullmatch(r"gcc [\d.]+", first.pop("compiler"))
    assert first == {
        "header": "a.h",
        "target": host_target(),
        "status": "disagrees",
        "facts": 51,
        "disagreements": [{"fact": "offsetof(struct a, value)", "ir": "4", "compiler": "8"}],
        "not_checkable": [{"fact": "bits of struct a.#3", "reason": "the bit-field has no name"}],
        "words": [],
        "hint": None,
    }
    assert second["status"] == "refused"
    assert second["words"][0].endswith("b.h:2:2: error: #error only for clang")


def test_a_header_that_the_compiler_refuses_is_told_in_its_words(project: Project):
    path = project.file("b.h", "#ifndef __clang__\n#error only for clang\n#endif\n")
    ran = project.run("check", "--layouts", "b.h")
    assert ran.code == 15
    assert plain(ran.out).splitlines() == [
        f"refused b.h  {HERE}  gcc VERSION refuses the header:",
        f"        {path}:2:2: error: #error only for clang",
        "0 of 1 header verified: 1 refused",
    ]


def test_what_no_compiler_was_there_for_is_not_verified(project: Project):
    project.file("a.h", TEXT)
    project.monkeypatch.setattr(layout_compilers, "_candidates", lambda _: [])
    project.monkeypatch.setattr(layout_compilers, "zig_folder", lambda: "")
    ran = project.run("check", "--layouts", "a.h")
    assert ran.code == 15
    assert ran.out.splitlines()[0] == (
        f"unverified a.h  {HERE}  no C compiler for this target was found; try: install gcc or clang, or name one: "
        f"{layout_compilers.environment_variable(host_target())}=COMMAND"
    )
    assert ran.out.splitlines()[1] == "0 of 1 header verified: 1 not asked about"


def test_layouts_and_regenerate_are_two_questions(project: Project):
    project.file("a.h", TEXT)
    ran = project.run("check", "--layouts", "--regenerate", "a.h")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "headerkit: --layouts and --regenerate check different things")


def test_a_header_that_cannot_be_read_stops_no_other_one(project: Project):
    project.file("a.h", "int x\n")
    project.file("b.h", TEXT)
    ran = project.run("check", "--layouts", "a.h", "b.h")
    lines = plain(ran.out).splitlines()
    assert (ran.code, lines[:2]) == (6, [f"unverified a.h  {HERE}  could not be read:", "        a.h does not parse"])
    assert lines[-2:] == [
        f"ok      b.h  {HERE}  51 facts, 1 not checkable  gcc VERSION  (TIME)",
        "1 of 2 headers verified: 1 not asked about",
    ]


def test_the_targets_of_the_settings_are_asked_too(project: Project):
    project.file("a.h", TEXT)
    target = "aarch64-unknown-linux-gnu"
    if layout_compilers.compiler_for(target) is None:
        pytest.skip(f"no compiler for {target} is installed")
    project.settings(
        f'[[tool.headerkit.headers]]\npattern = "a.h"\n[tool.headerkit.cache.populate]\ntargets = ["{target}"]\n'
    )
    ran = project.run("check", "--layouts", "--json")
    assert ran.code == 0
    assert [one["target"] for one in json.loads(ran.out)["layouts"]] == [host_target(), target]
