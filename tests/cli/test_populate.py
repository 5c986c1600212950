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
    assert "no Macs" in found["aarch64-apple-darwin"]["errors"][0]
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
    again = "headerkit cache populate --target x86_64-darwin --target aarch64-darwin"
    assert ran.out.endswith(f"4 of 6 outputs are not up to date; try: {again}\n")
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
    assert ran.code == 3  # for the targets that the store has
    assert "the targets of the wheels were not looked at: " in ran.err


@needs_zig
def test_check_looks_at_every_target_that_the_store_has(project):
    target = "s390x-linux-musl"
    assert project.run("cache", "populate", "--target", target, "--target", host_target()).code == 0
    assert project.run("-q").code == 0
    assert project.run("check")[:2] == (0, "all 4 outputs are up to date\n")
    project.file("a.h", HEADER + "int more;\n")
    assert project.run("-q").code == 0
    ran = project.run("check")
    assert ran.code == 3
    assert ran.out.endswith(f"try: headerkit cache populate --target {target}\n")


@needs_zig
def test_a_header_that_fails_leaves_the_targets_others_filled(project):
    for name in ("a", "c", "d"):
        project.file(f"inc/{name}.h", f"int {name}(void);\n")
    project.file("inc/b.h", '#ifdef __APPLE__\n#error "no Macs"\n#endif\n')
    project.file("inc/e.h", "#ifdef __APPLE__\n#include <sys/epoll.h>\n#endif\n")
    arguments = ("inc/*.h", "-w", "cffi", "--target", "aarch64-darwin", "--target", "aarch64-linux-musl")
    ran = project.run("cache", "populate", *arguments, "--json")
    assert ran.code == 6
    mac, linux = json.loads(ran.out)["targets"]
    assert [out["header"] for out in mac["outputs"]] == ["inc/a.h", "inc/c.h", "inc/d.h"]
    assert len(mac["errors"]) == 2
    assert (linux["status"], len(linux["outputs"])) == ("filled", 5)
    quiet = project.run("cache", "populate", *arguments, "-q")
    assert (quiet.code, quiet.out) == (6, "")
    assert quiet.err.count("headerkit: aarch64-darwin: inc/") == 2
    assert "'sys/epoll.h' file not found" in quiet.err


def test_refresh_makes_valid_entries_again(project, tmp_path):
    target = "riscv64-unknown-linux-gnu"
    for name, value in (("one", 1), ("two", 2)):
        (tmp_path / name / "usr" / "include").mkdir(parents=True)
        (tmp_path / name / "usr" / "include" / "stdio.h").write_text(f"#define OF_LIBC {value}\n")
    project.file("a.h", "#include <stdio.h>\n#define HERE (OF_LIBC + 0)\n")

    def here(folder, *more):
        given = ("--target", target, "--sysroot", str(tmp_path / folder))
        assert project.run("cache", "populate", *given, *more).code == 0
        assert project.run("--target", target, "--locked", "-q").code == 0
        return json.loads(project.read("a.json"))["macros"][0]["value"]

    assert here("one") == 1
    assert here("two") == 1
    assert here("two", "--refresh") == 2


def test_an_image_is_asked_for_where_something_is_missing_and_fails_alone(project, monkeypatch):
    monkeypatch.setenv("HEADERKIT_CONTAINER_ENGINE", "/nowhere/engine")
    project.file("a.h", "int f(void);\n")
    mine = host_target()
    arguments = ("--target", mine, "--target", "x86_64-linux-musl", "--image", "x86_64-linux-musl=some/image")
    ran = project.run("cache", "populate", *arguments, "--json")
    assert ran.code == 13
    found = {one["target"]: one for one in json.loads(ran.out)["targets"]}
    assert found[mine]["status"] == "filled"
    assert "/nowhere/engine" in found["x86_64-unknown-linux-musl"]["errors"][0]
    assert project.run("cache", "populate", "--target", "x86_64-linux-musl").code == 0
    assert project.run("cache", "populate", *arguments).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--target", "*-darwin", "--image", "some/image"],
            "--image some/image: no target that is asked for could take it",
        ),
        (["--target", "all", "--sysroot", "mips64-linux-gnu=."], "--sysroot mips64-linux-gnu="),
        (["--target", "aarch64-linux-gnu", "--sysroot", "."], "has no usr/include, and was to have the system headers"),
    ],
)
def test_headers_that_no_target_could_take_are_told(project, arguments, said):
    ran = project.run("cache", "populate", *arguments)
    assert ran.code in (2, 13)
    assert said in ran.err


def test_a_store_that_is_switched_off_cannot_be_filled(project, monkeypatch):
    monkeypatch.setenv("HEADERKIT_NO_CACHE", "1")
    ran = project.run("cache", "populate", "--target", host_target())
    assert ran.code == 2
    assert "the store is switched off" in ran.err


def test_what_is_named_on_the_command_line_counts_before_the_settings_and_a_folder_before_an_image(project, tmp_path):
    (tmp_path / "root" / "usr" / "include").mkdir(parents=True)
    target = "riscv64-unknown-linux-gnu"
    images = f'[tool.headerkit.cache.populate]\ntargets = ["{target}"]\nimages = {{ "linux/riscv64" = "some/image" }}\n'
    project.settings(SETTINGS + images)

    def source(*given):
        ran = project.run("cache", "populate", "--dry-run", "--json", *given)
        return json.loads(ran.out)["targets"][0]

    assert source()["headers_from"] == "some/image"
    assert source("--sysroot", str(tmp_path / "root"))["headers_from"] == str(tmp_path / "root")
    project.settings(f'{SETTINGS}{images}sysroots = {{ "{target}" = "{tmp_path}/root" }}\n')
    assert source()["headers_from"] == str(tmp_path / "root")
    assert source("--image", f"{target}=other/image")["headers_from"] == "other/image"


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


@needs_zig
def test_check_names_one_command_for_all_targets_of_an_edited_header(project):
    assert project.run("-q").code == 0
    assert project.run("cache", "populate", "--target", "all").code == 0
    project.file("a.h", HEADER + "int more;\n")
    ran = project.run("check")
    count = 2 * len(WHEEL_TARGETS)
    again = "headerkit && headerkit cache populate --target all"
    assert ran.out.endswith(f"{count} of {count} outputs are not up to date; try: {again}\n")
    assert ran.out.count("a.h changed since the entry was made") <= 3
    assert project.run("-q").code == 0
    assert project.run("check").out.endswith("; try: headerkit cache populate --target all\n")
    assert project.run("cache", "populate", "--target", "all").code == 0
    assert project.run("check").code == 0
