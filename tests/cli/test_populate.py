"""`headerkit cache populate`: one machine fills the store for every target, and each is then a hit without libclang."""

from __future__ import annotations

import json
import os

import pytest

from headerkit.errors import UsageError
from headerkit.sysroots import sysroot_of
from headerkit.sysroots.zig import zig_folder
from headerkit.target import host_target, short
from headerkit.targets.wheels import WHEEL_TARGETS

needs_zig = pytest.mark.skipif(not zig_folder(), reason="the ziglang package is not installed")

HEADER = """\
#include <stdio.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <wchar.h>
struct many { char c; long l; long double d; time_t t; wchar_t w; uint64_t u; };
#define ALL_ONES ~0UL
#ifdef _WIN32
int on_windows(void);
#endif
int f(FILE *f, struct many *a, struct tm *tm);
"""
SETTINGS = """
[[tool.headerkit.headers]]
pattern = "a.h"
[tool.headerkit.output]
ctypes = "a.py"
json = "a.json"
"""


@pytest.fixture
def project(project):
    project.settings(SETTINGS)
    project.file("a.h", HEADER)
    sysroot_of.cache_clear()
    yield project
    sysroot_of.cache_clear()


def without_headers(monkeypatch):
    monkeypatch.setattr("headerkit.sysroots.cross_packages.cross_include_dirs", lambda _: ())
    monkeypatch.setattr("headerkit.sysroots.zig.zig_folder", lambda: "")
    sysroot_of.cache_clear()


@needs_zig
def test_every_target_of_wheels_is_filled_and_then_a_hit_without_libclang_or_headers(project, monkeypatch):
    filled = project.run("cache", "populate", "--target", "all")
    assert filled.code == 0, filled.err
    assert filled.err == ""
    assert filled.out.splitlines()[-1] == f"the store has {len(WHEEL_TARGETS)} targets; commit it"
    assert not [name for name in project.files() if name in ("a.py", "a.json")]

    monkeypatch.setenv("HEADERKIT_LIBCLANG", "/nowhere")
    without_headers(monkeypatch)
    texts = {}
    for target in WHEEL_TARGETS:
        monkeypatch.setenv("HEADERKIT_TARGET", target)
        assert project.run("--locked", "-q").code == 0
        texts[target] = json.loads(project.read("a.json"))
        assert texts[target]["target"] == target
    sizes = {
        target: next(d for d in text["declarations"] if d.get("name") == "many")["size"]
        for target, text in texts.items()
    }
    assert sizes["x86_64-unknown-linux-gnu"] == 64
    assert (sizes["i686-unknown-linux-gnu"], sizes["i686-unknown-linux-musl"]) == (36, 40)  # time_t has 4 and 8 bytes
    assert (sizes["armv7-unknown-linux-gnueabihf"], sizes["x86_64-pc-windows-msvc"]) == (32, 40)
    ones = {
        target: next(m for m in text["macros"] if m["macro"] == "ALL_ONES")["value"] for target, text in texts.items()
    }
    assert ones["x86_64-unknown-linux-gnu"] == 2**64 - 1
    assert ones["x86_64-pc-windows-msvc"] == ones["i686-unknown-linux-musl"] == 2**32 - 1
    windows = {
        target for target, text in texts.items() if any(d.get("function") == "on_windows" for d in text["declarations"])
    }
    assert windows == {target for target in WHEEL_TARGETS if "windows" in target}


@needs_zig
def test_a_second_run_parses_nothing_and_writes_nothing(project):
    first = project.run("cache", "populate", "--target", "*-linux-*")
    assert first.code == 0
    before = {path: (project.root / path).stat().st_mtime_ns for path in project.files()}
    again = project.run("cache", "populate", "--target", "*-linux-*")
    assert again.code == 0
    assert {line.split()[0] for line in again.out.splitlines()[:-1]} == {"hit"}
    assert before == {path: (project.root / path).stat().st_mtime_ns for path in project.files()}


@pytest.mark.parametrize("target", ["x86_64-pc-windows-msvc", "aarch64-apple-darwin"])
@needs_zig
def test_no_header_of_a_c_library_counts_as_a_librarys(project, monkeypatch, target):
    project.file("a.h", HEADER.replace("wchar.h", "signal.h") + "#ifdef _WIN32\n#include <windows.h>\n#endif\n")
    assert project.run("cache", "populate", "--target", target, "-q").code == 0
    monkeypatch.setenv("HEADERKIT_TARGET", target)
    without_headers(monkeypatch)
    assert project.run("--locked", "-q") == (0, "", "")
    project.settings(f'{SETTINGS}[tool.headerkit.cache]\nsystem = "verify"\n')
    assert project.run("--locked")[0] == 0


@needs_zig
def test_a_target_that_fails_leaves_the_others_filled(project):
    project.file("a.h", '#ifdef __APPLE__\n#error "no Macs"\n#endif\nint f(void);\n')
    ran = project.run("cache", "populate", "--target", "x86_64-linux-musl", "--target", "*-darwin", "--json")
    assert ran.code == 6
    found = {one["target"]: one for one in json.loads(ran.out)["targets"]}
    assert found["x86_64-unknown-linux-musl"]["status"] == "filled"
    assert found["aarch64-apple-darwin"]["status"] == "failed"
    assert "no Macs" in found["aarch64-apple-darwin"]["error"]
    shown = project.run("cache", "populate", "--target", "x86_64-linux-musl", "--target", "*-darwin")
    assert shown.code == 6
    assert shown.out.splitlines()[-1] == "2 of 3 targets could not be filled"
    assert shown.out.startswith("hit    x86_64-linux-musl")
    assert shown.out.count("failed x86_64-darwin, aarch64-darwin\n       a.h does not parse\n") == 1


def test_a_folder_with_a_systems_headers_is_one_targets(project, tmp_path):
    target = "riscv64-unknown-linux-gnu"
    include = tmp_path / "root" / "usr" / "include"
    include.mkdir(parents=True)
    (include / "stdio.h").write_text("typedef struct here FILE;\n")
    project.file("a.h", "#include <stdio.h>\nFILE *f(void);\n")
    ran = project.run("cache", "populate", "--target", target, "--sysroot", f"{target}={tmp_path}/root", "--json")
    assert ran.code == 0
    (one,) = json.loads(ran.out)["targets"]
    assert one["headers_from"] == f"{tmp_path}/root"
    # No identity says whose headers they were: the entry serves a machine that has its own.
    assert str(tmp_path / "root") not in "".join(project.read(name) for name in project.files() if ".headerkit" in name)
    assert project.run("--target", target, "--locked").code == 0


def test_the_settings_name_the_targets(project):
    project.settings(
        f'{SETTINGS}\n[tool.headerkit.cache.populate]\nplatforms = ["linux/amd64"]\npython_versions = ["3.12"]\n'
    )
    ran = project.run("cache", "populate", "--dry-run", "--json")
    assert [one["target"] for one in json.loads(ran.out)["targets"]] == ["x86_64-unknown-linux-gnu"]
    ran = project.run("cache", "populate", "--dry-run", "--target", "x86_64-linux-musl", "--json")
    assert [one["target"] for one in json.loads(ran.out)["targets"]] == ["x86_64-unknown-linux-musl"]
    project.settings(f'{SETTINGS}\n[tool.headerkit.cache.populate]\ntargets = ["x86_64-linux-gnu", "nonsense"]\n')
    ran = project.run("cache", "populate")
    assert ran.code == 13
    assert "tool.headerkit.cache.populate.targets[1]: no target matches 'nonsense'" in ran.err


@needs_zig
def test_check_looks_at_every_target_of_the_settings(project):
    project.settings(f'{SETTINGS}\n[tool.headerkit.cache.populate]\ntargets = ["{host_target()}", "*-darwin"]\n')
    assert project.run("-q").code == 0
    ran = project.run("check")
    assert ran.code == 3
    assert "stale a.h  ctypes  aarch64-darwin\n" in ran.out
    assert ran.out.endswith("4 of 6 outputs are not up to date; try: headerkit cache populate\n")
    assert project.run("cache", "populate").code == 0
    ran = project.run("check")
    assert (ran.code, ran.out, ran.err) == (0, "all 6 outputs are up to date\n", "")
    project.file("a.h", HEADER + "int more;\n")
    assert project.run("-q").code == 0
    assert project.run("check").code == 3
    assert project.run("check", "--target", host_target()).code == 0
    project.settings(f"{SETTINGS}\n[tool.headerkit.cache.populate]\ncibuildwheel = true\n")

    def without():
        msg = "cibuildwheel is not installed"
        raise UsageError(msg)

    project.monkeypatch.setattr("headerkit.targets.cibuildwheel._command", without)
    ran = project.run("check")
    assert ran.code == 0
    assert "the targets of the wheels were not looked at: " in ran.err


def test_a_dry_run_parses_nothing(project, monkeypatch):
    monkeypatch.setenv("HEADERKIT_LIBCLANG", "/nowhere")
    ran = project.run("cache", "populate", "--target", host_target(), "--dry-run")
    assert (ran.code, ran.out) == (0, f"{short(host_target())}  2 outputs, 0 in the store  (this machine)\n")


def test_without_a_target_the_remedy_is_named(project):
    ran = project.run("cache", "populate")
    assert ran.code == 2
    assert "headerkit cache populate --target all" in ran.err


def test_a_target_without_system_headers_names_the_package_that_has_them(project, monkeypatch):
    without_headers(monkeypatch)
    ran = project.run("cache", "populate", "--target", "s390x-linux-gnu")
    assert ran.code == 6
    assert "headerkit[cross]" in ran.out


@needs_zig
def test_a_header_whose_settings_name_a_target_keeps_it(project):
    project.file("b.h", "long b(void);\n")
    entry = '[[tool.headerkit.headers]]\npattern = "b.h"\ntarget = "s390x-linux-gnu"\n'
    project.settings(f"{SETTINGS.replace('a.py', '{stem}.py').replace('a.json', '{stem}.json')}\n{entry}")
    ran = project.run("cache", "populate", "--target", "x86_64-linux-gnu", "--target", "aarch64-linux-gnu", "--json")
    assert ran.code == 0, ran.err
    found = {one["target"]: {out["header"] for out in one["outputs"]} for one in json.loads(ran.out)["targets"]}
    assert found == {
        "x86_64-unknown-linux-gnu": {"a.h"},
        "aarch64-unknown-linux-gnu": {"a.h"},
        "s390x-unknown-linux-gnu": {"b.h"},
    }


@needs_zig
def test_the_same_from_two_folders_is_byte_for_byte_the_same(project, tmp_path, monkeypatch):
    stores = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for file in ("a.h", "pyproject.toml"):
            (tmp_path / name / file).write_bytes((project.root / file).read_bytes())
        monkeypatch.chdir(tmp_path / name)
        assert project.run("cache", "populate", "--target", "all", "-q").code == 0
        store = tmp_path / name / ".headerkit"
        stores.append({path.relative_to(store): path.read_bytes() for path in store.rglob("*") if path.is_file()})
    assert stores[0] == stores[1]
    assert not [path for path, data in stores[0].items() if os.fsencode(tmp_path) in data or b"ziglang" in data]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--timeout", "soon"], "--timeout: expected a number of seconds, got 'soon'"),
        (["--image", "=x"], "--image: expected [TARGET=]VALUE, got '=x'"),
        (["--platform", "linux/z80"], "no target for the container platform 'linux/z80'"),
    ],
)
def test_what_is_said_wrongly_is_told(project, arguments, said):
    ran = project.run("cache", "populate", "--target", "all", *arguments)
    assert ran.code != 0
    assert said in ran.err
