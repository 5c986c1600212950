"""A zig that is installed and does not run: whoever needs its headers is told so, and why."""

from __future__ import annotations

import sys

import pytest

from headerkit.backends import get_backend
from headerkit.cli import run_command
from headerkit.errors import ParseError
from headerkit.sysroots import sysroot_of, zig
from headerkit.targets.layout_compilers import remedy
from headerkit.unit import Unit

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="scripts stand in for zig")

TARGET = "riscv64-unknown-linux-musl"


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Put a ziglang package in front whose zig has these bytes; its path comes back."""

    def make(content: bytes | None, mode: int = 0o755) -> str:
        package = tmp_path / "site" / "ziglang"
        (package / "lib" / "include").mkdir(parents=True)
        (package / "lib" / "include" / "stddef.h").touch()
        if content is not None:
            (package / "zig").write_bytes(content)
            (package / "zig").chmod(mode)
        monkeypatch.setattr("sys.path", [str(tmp_path / "site"), *sys.path])
        return str(package / "zig")

    monkeypatch.setattr(zig, "_problems", {})
    monkeypatch.setattr(zig, "_SECONDS", 0.5)
    monkeypatch.setattr("headerkit.sysroots.cross_packages.cross_include_dirs", lambda _: ())
    sysroot_of.cache_clear()
    yield make
    sysroot_of.cache_clear()


def missing_stdio(tmp_path) -> ParseError:
    with pytest.raises(ParseError) as caught:
        get_backend("libclang").parse(Unit(str(tmp_path), "a.h", TARGET, code="#include <stdio.h>\n"))
    return caught.value


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (None, 0, "No such file or directory"),
        (b"\x7fELF garbage", 0o755, "Exec format error"),
        (b"#!/bin/sh\n", 0o644, "Permission denied"),
        (b"#!/bin/sh\nexec sleep 60\n", 0o755, "no answer in 0.5 seconds"),
        (b"#!/bin/sh\nkill -ILL $$\n", 0o755, "exit code -4"),
        (b"#!/bin/sh\necho 'zig: libfoo not found' >&2\nexit 1\n", 0o755, "exit code 1, zig: libfoo not found"),
        (b"#!/bin/sh\n", 0o755, "it says nothing"),
    ],
    ids=["absent", "another machine's", "not executable", "hangs", "crashes", "fails", "says nothing"],
)
def test_a_parse_for_another_target_names_a_zig_that_does_not_run(broken, tmp_path, content, mode, problem):
    path = broken(content, mode)
    error = missing_stdio(tmp_path)
    assert error.cause == (
        f"the C library's headers for {TARGET} are not installed; looked in no directory at all; "
        f"{path} does not run: {problem}"
    )
    assert error.hint.startswith("pip install --force-reinstall --no-cache-dir ziglang, or install them (Debian: ")


def test_a_zig_that_hangs_is_waited_for_once(broken, tmp_path, monkeypatch):
    log = tmp_path / "log"
    broken(b"#!/bin/sh\necho x >> %s\nexec sleep 60\n" % str(log).encode())
    missing_stdio(tmp_path)
    monkeypatch.setattr("headerkit.sysroots.zig._SECONDS", 60)
    assert zig.zig_headers("aarch64-unknown-linux-gnu") is None
    assert zig.zig_problem().endswith("no answer in 0.5 seconds")
    assert log.read_text() == "x\n"


def test_doctor_names_it(broken, capsys):
    path = broken(b"#!/bin/sh\nexit 3\n")
    run_command(["doctor"])
    wanted = f"{path} does not run: exit code 3; try: pip install --force-reinstall --no-cache-dir ziglang\n"
    assert wanted in capsys.readouterr().out
    run_command(["doctor", "--json"])
    assert f'"zig_problem": "{path} does not run: exit code 3"' in capsys.readouterr().out


def test_populate_names_it_whether_or_not_a_header_needs_the_system(broken, tmp_path, monkeypatch, capsys):
    path = broken(b"#!/bin/sh\nexit 3\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.h").write_text("int f(void);\n")
    (tmp_path / "b.h").write_text("#include <stdio.h>\n")
    (tmp_path / "pyproject.toml").write_text('[tool.headerkit]\nheaders = [{ pattern = "a.h" }]\nwriters = ["json"]\n')
    assert run_command(["cache", "populate", "--target", "riscv64-linux-musl"]) == 0
    said = capsys.readouterr()
    note = f"no system headers were found for riscv64-linux-musl: {path} does not run: exit code 3\n"
    assert note in said.out + said.err
    (tmp_path / "pyproject.toml").write_text('[tool.headerkit]\nheaders = [{ pattern = "b.h" }]\nwriters = ["json"]\n')
    assert run_command(["cache", "populate", "--target", "riscv64-linux-musl"]) != 0
    said = capsys.readouterr()
    assert f"{path} does not run: exit code 3" in said.out + said.err


def test_the_check_of_layouts_names_it(broken):
    path = broken(None)
    assert remedy(TARGET).startswith(f"pip install --force-reinstall ziglang ({path} does not run: No such file")


@pytest.mark.skipif(not zig.zig_folder(), reason="the ziglang package is not installed")
def test_a_zig_that_runs_has_no_problem():
    assert zig.zig_problem() == ""
    assert zig.zig_headers("nonsense-unknown-linux-gnu") is None
    assert zig.zig_problem() == ""
