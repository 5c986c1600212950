"""A header that asks for a library with `__has_include` where there is none, and a machine that has it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headerkit.__main__ import main
from headerkit.backends import get_backend
from headerkit.backends.libclang.library import is_available
from headerkit.ir_json import dump
from headerkit.ir_version import JSON_HEAD
from headerkit.plan import CachePolicy
from headerkit.store import Found, Missed, Store, take_closure
from headerkit.store.check import check_jobs
from headerkit.store.explain import explain
from headerkit.sysroots import sysroot_of, system_places
from headerkit.unit import IncludeDir

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not is_available(), reason="parses with libclang")

TARGET = "riscv64-unknown-linux-gnu"
TRUST = CachePolicy()
VERIFY = CachePolicy(system="verify")
ASKS = "#if __has_include(<zlib.h>)\n#include <zlib.h>\nint with_zlib(z_t z);\n#endif\nint a;\n"
APPEARED = "zlib.h is on this machine, and was not where the entry was made"
NOTE = f"{APPEARED}; the entry was made without it and is used (system = trust)"


class Systems:
    """Folders that mirror a system of the target: `bare` has a C library alone."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.bare = self.make("bare")

    def make(self, name: str, **headers: str) -> str:
        """A system that has these headers, `zlib` being zlib.h."""
        root = self.top / name
        for place in system_places(TARGET):
            (root / place[1:]).mkdir(parents=True, exist_ok=True)
        (root / "usr/include/stdio.h").write_text("typedef struct file FILE;\n")
        for header, text in headers.items():
            (root / f"usr/include/{header}.h").write_text(text)
        return str(root)


@pytest.fixture
def systems(tmp_path):
    sysroot_of.cache_clear()
    yield Systems(tmp_path / "systems")
    sysroot_of.cache_clear()


@pytest.fixture
def zlib(systems):
    return systems.make("zlib", zlib="typedef struct z *z_t;\n")


def fill(project, unit):
    parsed = get_backend("libclang").parse(unit)
    closure = take_closure(unit, parsed)
    Store(project.store_path).put_ir(unit, closure, dump(parsed.header))
    return closure


def look(project, unit, policy=TRUST):
    return Store(project.store_path).find_ir(unit, policy=policy)


def asking(make_project, text=ASKS):
    return make_project("p", {"include/a.h": text})


@pytest.mark.parametrize(
    "text",
    [
        ASKS,
        ASKS.replace("(<zlib.h>)", '("zlib.h")'),
        ASKS.replace("(<zlib.h>)", "(<./zlib.h>)"),
        f"#define ZLIB <zlib.h>\n{ASKS.replace('(<zlib.h>)', '(ZLIB)')}",
        f"#define HAS(x) __has_include(x)\n{ASKS.replace('__has_include', 'HAS')}",
    ],
)
def test_a_library_that_appears_is_told_of_under_trust_and_is_a_miss_under_verify(text, make_project, systems, zlib):
    project = asking(make_project, text)
    without = project.unit(target=TARGET, sysroot=systems.bare)
    here = without._replace(sysroot=zlib)
    assert "system:zlib.h" in fill(project, without).absent
    for policy in (TRUST, VERIFY):
        assert look(project, without, policy).notes == ()
    found = look(project, here)
    assert found.notes == (NOTE,)
    assert "with_zlib" not in found.text
    assert look(project, here, VERIFY) == Missed((f"{APPEARED} (system = verify)",))

    fill(project, here)
    for policy in (TRUST, VERIFY):
        found = look(project, here, policy)
        assert found.notes == ()
        assert "with_zlib" in found.text
        assert not [portable for portable in found.closure.absent if portable.startswith("system:")]
    assert look(project, without, VERIFY) == Missed(("zlib.h is not on this machine (system = verify)",))


@pytest.mark.parametrize("place", system_places(TARGET))
def test_it_is_looked_for_in_every_folder_of_the_system(place, make_project, systems):
    project = asking(make_project)
    unit = project.unit(target=TARGET, sysroot=systems.bare)
    fill(project, unit)
    there = f"{systems.bare}{place}/zlib.h"
    with open(there, "w") as file:
        file.write("typedef int z_t;\n")
    assert look(project, unit).notes == (NOTE,)


def test_a_link_that_leads_nowhere_hides_no_library_in_a_later_folder(make_project, systems, zlib, tmp_path):
    link = tmp_path / "systems/zlib/usr/local/include/zlib.h"
    link.symlink_to("nowhere.h")
    project = asking(make_project)
    unit = project.unit(target=TARGET, sysroot=systems.bare)
    fill(project, unit)
    assert look(project, unit._replace(sysroot=zlib)).notes == (NOTE,)
    (tmp_path / "systems/zlib/usr/include/zlib.h").unlink()
    assert look(project, unit._replace(sysroot=zlib)).notes == ()


def test_one_run_keeps_two_systems_of_one_target_apart(make_project, systems, zlib):
    project = asking(make_project)
    unit = project.unit(target=TARGET, sysroot=systems.bare)
    fill(project, unit)
    store = Store(project.store_path)
    for sysroot, notes in ((systems.bare, ()), (zlib, (NOTE,)), (systems.bare, ())):
        assert store.find_ir(unit._replace(sysroot=sysroot), policy=TRUST).notes == notes


@pytest.mark.parametrize(
    "name",
    [
        "stdbit.h",  # the C library's, if a later one's
        "sys/epoll.h",
        "immintrin.h",  # the compiler's
        "../../zlib.h",  # above a system's folder
    ],
)
def test_what_is_no_librarys_is_not_noted(name, make_project, systems):
    project = asking(make_project, f"#if __has_include(<{name}>)\nint b;\n#endif\nint a;\n")
    closure = fill(project, project.unit(target=TARGET, sysroot=systems.bare))
    assert not [portable for portable in closure.absent if portable.startswith("system:")]


def test_a_library_that_is_found_is_noted_as_before_whichever_folder_lacks_it(make_project, systems, zlib):
    project = asking(make_project, "#if __has_include(<zlib.h>)\nint b;\n#endif\n#include <stdio.h>\nint a;\n")
    closure = fill(project, project.unit(target=TARGET, sysroot=zlib))
    assert [portable for portable, _ in closure.library] == ["system:zlib.h"]
    assert not [portable for portable in closure.absent if portable.startswith("system:")]


def test_another_librarys_question_is_noted_too(make_project, systems, zlib):
    dep = "#if __has_include(<zlib.h>)\ntypedef int dep_t;\n#else\ntypedef long dep_t;\n#endif\n"
    project = asking(make_project, "#include <dep.h>\ndep_t a;\n")
    unit = project.unit(target=TARGET, sysroot=systems.make("dep", dep=dep))
    assert "system:zlib.h" in fill(project, unit).absent
    both = systems.make("both", dep=dep, zlib="typedef int z_t;\n")
    assert look(project, unit._replace(sysroot=both)).notes == (NOTE,)


def test_what_a_library_asks_for_with_quotes_is_noted_beside_it_too(make_project, systems, tmp_path):
    root = tmp_path / "systems/bare/usr/include"
    (root / "dep").mkdir()
    (root / "dep/dep.h").write_text('#if __has_include("config.h")\n#include "config.h"\n#endif\n')
    project = asking(make_project, "#include <dep/dep.h>\nint a;\n")
    unit = project.unit(target=TARGET, sysroot=systems.bare)
    assert {"system:config.h", "system:dep/config.h"} <= set(fill(project, unit).absent)
    (root / "dep/config.h").write_text("typedef int config_t;\n")
    assert look(project, unit).notes[0].startswith("dep/config.h is on this machine")


def test_a_header_that_is_found_behind_the_system_is_told_of_once_the_system_has_it(make_project, systems, zlib):
    project = make_project(
        "p", {"include/a.h": "#include <zlib.h>\nint a(z_t z);\n", "own/zlib.h": "typedef int z_t;\n"}
    )
    unit = project.unit(target=TARGET, sysroot=systems.bare, args=("-idirafter", str(project.root / "own")))
    assert "system:zlib.h" in fill(project, unit).absent
    assert look(project, unit, VERIFY).notes == ()
    assert look(project, unit._replace(sysroot=zlib)).notes == (NOTE,)
    assert look(project, unit._replace(sysroot=zlib), VERIFY) == Missed((f"{APPEARED} (system = verify)",))


def test_a_library_with_a_folder_of_libcs_name_is_noted_by_its_header(make_project, systems, tmp_path):
    project = asking(make_project, "#if __has_include(<gfx/sys/x.h>)\nint b;\n#endif\nint a;\n")
    unit = project.unit(target=TARGET, sysroot=systems.bare)
    assert "system:gfx/sys/x.h" in fill(project, unit).absent
    (tmp_path / "systems/bare/usr/include/gfx/sys").mkdir(parents=True)
    assert look(project, unit).notes == ()
    (tmp_path / "systems/bare/usr/include/gfx/sys/x.h").write_text("")
    assert look(project, unit).notes[0].startswith("gfx/sys/x.h is on this machine")


def test_a_header_that_appears_in_the_project_is_a_miss_beside_a_library_that_appears(make_project, systems, zlib):
    project = asking(make_project)
    unit = project.unit(target=TARGET, sysroot=systems.bare)
    fill(project, unit)
    project.write("include/zlib.h", "typedef int z_t;\n")
    reason = "include/zlib.h appeared, and would be found first"
    assert look(project, unit._replace(sysroot=zlib)) == Missed((reason,))
    verify = look(project, unit._replace(sysroot=zlib), VERIFY)
    assert verify == Missed((reason, f"{APPEARED} (system = verify)"))


def test_one_line_tells_of_a_library_that_differs_and_of_one_that_appeared(make_project, systems):
    project = asking(make_project, f"#include <dep.h>\n{ASKS}")
    unit = project.unit(target=TARGET, sysroot=systems.make("old", dep="int dep;\n"))
    fill(project, unit)
    here = unit._replace(sysroot=systems.make("new", dep="long dep;\n", zlib="typedef int z_t;\n"))
    assert look(project, here).notes == (
        (
            "dep.h differs on this machine (and 1 more); "
            "the entry was made for another version and is used (system = trust)"
        ),
    )
    reasons = ("dep.h differs on this machine (system = verify)", f"{APPEARED} (system = verify)")
    assert look(project, here, VERIFY) == Missed(reasons)


def test_a_sysroot_of_the_arguments_is_looked_through_as_the_systems_own(make_project):
    project = make_project("p", {"include/a.h": ASKS, "root/usr/include/stdio.h": ""})
    unit = project.unit(target=TARGET, args=("--sysroot=root",))
    assert "system:zlib.h" in fill(project, unit).absent
    assert look(project, unit).notes == ()
    project.write("root/usr/include/zlib.h", "typedef int z_t;\n")
    assert look(project, unit).notes == (NOTE,)
    assert look(project, unit, VERIFY) == Missed((f"{APPEARED} (system = verify)",))
    closure = fill(project, unit)
    assert not [portable for portable in closure.absent if portable.startswith("system:")]


def test_a_unit_with_a_folder_of_the_systems_among_its_own_notes_it_once(make_project, systems, zlib):
    project = asking(make_project)
    unit = project.unit(
        target=TARGET, sysroot=systems.bare, include_dirs=(IncludeDir("*/include", f"{systems.bare}/usr/include"),)
    )
    assert [portable for portable in fill(project, unit).absent if portable.endswith("zlib.h")] == ["system:zlib.h"]


@pytest.mark.parametrize("policy", [TRUST, VERIFY])
@pytest.mark.parametrize("name", ["system:../zlib.h", "system:", "system:/zlib.h"])
def test_a_name_that_no_parse_notes_makes_an_entry_no_hit(name, policy, project):
    unit = project.unit()
    closure = project.closure(unit)._replace(absent=(name,))
    Store(project.store_path).put_ir(unit, closure, f"{JSON_HEAD}}}\n")
    (reason,) = look(project, unit, policy).reasons
    assert reason.endswith(f"is refused: not a portable path: {name!r}")


def test_explain_and_check_say_the_same(make_project, systems, zlib):
    project = asking(make_project)
    unit = project.unit(target=TARGET, sysroot=systems.bare)
    closure = fill(project, unit)
    store = Store(project.store_path)
    store.put_output(unit, "cffi", options=(), rules=(), closure=closure, text="int a;\n", suffix=".txt", made_by="1")
    job = project.job(unit._replace(sysroot=zlib))
    for told in (explain(project.store_path, [job], TRUST), check_jobs(project.store_path, [job], TRUST)):
        assert [one.notes for one in told] == [(NOTE,)] * len(told)
        assert not any(one.reasons for one in told)
    for told in (explain(project.store_path, [job], VERIFY), check_jobs(project.store_path, [job], VERIFY)):
        assert [one.reasons for one in told] == [(f"{APPEARED} (system = verify)",)] * len(told)


def test_a_store_that_one_machine_filled_for_all_targets_tells_a_machine_that_has_the_library(
    make_project, systems, zlib, monkeypatch, capsys
):
    project = asking(make_project)

    def settings(more: str) -> None:
        project.write(
            "pyproject.toml", f'[tool.headerkit]\nheaders = [{{ pattern = "include/a.h" }}]\nwriters = ["json"]\n{more}'
        )

    def run(*arguments: str) -> tuple[int, dict]:
        capsys.readouterr()
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    def has(sysroot: str, *, system: str = "trust") -> None:
        """This machine has that system; the settings say what is to be made of it."""
        settings(
            f'[tool.headerkit.cache]\nsystem = "{system}"\n[tool.headerkit.cache.populate]\n'
            f'targets = ["{TARGET}"]\nsysroots = {{ {TARGET} = "{sysroot}" }}\n'
        )

    def checked() -> dict:
        """What `headerkit check` says of the target; the host's own entry is of no matter here."""
        (one,) = (one for one in run("check")[1]["checked"] if one["target"] == TARGET)
        return one

    monkeypatch.chdir(project.root)
    has(systems.bare)
    code, filled = run("cache", "populate")
    assert (code, filled["targets"][0]["status"]) == (0, "filled")
    assert "with_zlib" not in (project.entry("output/json") / "output.json").read_text()

    has(zlib)
    code, again = run("cache", "populate")
    assert (code, again["targets"][0]["notes"]) == (0, [NOTE])
    assert (checked()["current"], checked()["notes"]) == (True, [NOTE])

    has(zlib, system="verify")
    assert (checked()["current"], checked()["reasons"]) == (False, [f"{APPEARED} (system = verify)"])
    _, filled = run("cache", "populate")
    assert filled["targets"][0]["notes"] == []
    assert (checked()["current"], checked()["notes"]) == (True, [])
    assert "with_zlib" in (project.entry("output/json") / "output.json").read_text()


def test_an_entry_without_such_names_stays_what_it_was(make_project, systems, zlib):
    project = asking(make_project)
    unit = project.unit(target=TARGET, sysroot=systems.bare)
    parsed = get_backend("libclang").parse(unit)
    absent = tuple(portable for portable in parsed.absent if not portable.startswith("system:"))
    closure = take_closure(unit, replace(parsed, absent=absent))
    Store(project.store_path).put_ir(unit, closure, dump(parsed.header))
    found = look(project, unit._replace(sysroot=zlib), VERIFY)
    assert isinstance(found, Found)
    assert found.notes == ()
