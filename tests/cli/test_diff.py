"""`headerkit diff` as its users run it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

OLD = "#define A_VERSION 1\nint f(int);\nint gone(void);\n"
NEW = "#define A_VERSION 2\nint f(long);\nint come(void);\n"
SETTINGS = '[tool.headerkit]\n[[tool.headerkit.headers]]\npattern = "include/*.h"\n'


def headerkit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "headerkit", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose revision HEAD has the old header and whose tree has the new one."""
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    header = tmp_path / "include" / "a.h"
    header.parent.mkdir()
    header.write_text(OLD)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "old")
    header.write_text(NEW)
    (tmp_path / "old.h").write_text(OLD)
    return tmp_path


def test_two_headers_are_compared(project: Path) -> None:
    done = headerkit(project, "diff", "old.h", "include/a.h")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "old.h -> include/a.h: ABI break: 2, source break: 0, compatible: 2\n"
        "ABI break\n"
        "  function f changed: argument 1: int -> long  [project:include/a.h:2]\n"
        "  function gone removed  [project:old.h:3]\n"
        "Compatible\n"
        "  function come added  [project:include/a.h:3]\n"
        "  macro A_VERSION changed: 1 -> 2  [project:include/a.h:1]\n"
    )
    assert not (project / ".headerkit").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "abi"], 14),
        (["--fail-on", "abi", "--ignore", "f", "--ignore", "gone"], 0),
        (["--fail-on", "any", "--ignore", "f", "--ignore", "gone"], 14),
        (["--fail-on", "source", "--ignore", "*"], 0),
    ],
)
def test_the_exit_code_says_whether_something_broke(project: Path, arguments: list[str], code: int) -> None:
    assert headerkit(project, "diff", "old.h", "include/a.h", *arguments).returncode == code


def test_a_revision_is_compared_with_the_tree(project: Path) -> None:
    done = headerkit(project / "include", "diff", "--git", "HEAD", "--format", "json", "--fail-on", "abi")
    assert (done.returncode, done.stderr) == (14, "")
    (comparison,) = json.loads(done.stdout)["comparisons"]
    assert comparison["old"].startswith("HEAD: include/a.h")
    assert {c["name"]: c["verdict"] for c in comparison["changes"]} == {
        "f": "abi",
        "gone": "abi",
        "come": "compatible",
        "A_VERSION": "compatible",
    }


MODULES = """
[[tool.headerkit.cffi]]
module = "pkg._a"
headers = ["include/a.h"]

[[tool.headerkit.cffi]]
module = "pkg._a_long"
headers = ["include/a.h"]
define_macros = ["LONG"]

[[tool.headerkit.cffi]]
module = "pkg._both"
headers = ["include/a.h", "include/b.h"]
"""


def test_a_project_of_cffi_modules_alone_is_compared_by_its_modules(project: Path) -> None:
    header = project / "include" / "a.h"
    (project / "pyproject.toml").write_text(MODULES)
    (project / "src" / "pkg").mkdir(parents=True)
    (project / "src" / "pkg" / "__init__.py").write_text("")
    (project / "include" / "b.h").write_text("int b(void);\n")
    header.write_text("int f(int);\n#ifdef LONG\nlong g(int);\n#endif\n")
    git(project, "add", ".")
    git(project, "commit", "-qm", "modules")
    header.write_text("int f(int);\n#ifdef LONG\nlong g(long);\n#endif\n")
    (project / "include" / "b.h").write_text("int b(int);\n")
    done = headerkit(project, "diff", "--git", "HEAD", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    found = {each["old"]: [c["name"] for c in each["changes"]] for each in json.loads(done.stdout)["comparisons"]}
    target = next(name for name in found if name.startswith("HEAD: include/a.h"))
    assert found == {
        target: [],
        f"{target} for src/pkg/_a_long.cdef.txt": ["g"],
        target.replace("include/a.h", "pkg._both.h"): ["b"],
    }


OUTDATE = """
import sys
from pathlib import Path
from headerkit import ir_json
from headerkit.__main__ import main

stored, load = [Path(sys.argv[1]).read_text()], ir_json.load

def refuse_first(text):
    if text in stored:
        stored.remove(text)
        raise ValueError("of another version")
    return load(text)

ir_json.load = refuse_first
status = main(["diff", "--git", "HEAD"])
assert not stored
sys.exit(status)
"""


def test_stored_ir_of_another_version_is_as_good_as_none(project: Path) -> None:
    assert headerkit(project, "-w", "json", "-q").returncode == 0
    (stored,) = project.glob(".headerkit/ir/*/ir.json")
    (project / "outdate.py").write_text(OUTDATE)
    command = [sys.executable, "outdate.py", str(stored)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "function come added" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_linked_headers_are_compared_where_the_revision_has_them(project: Path) -> None:
    (project / "real.h").write_text(OLD)
    (project / "include" / "linked.h").symlink_to("../real.h")
    (project / "include" / "away.h").symlink_to(project / "pyproject.toml" / ".." / ".." / "away.h")
    git(project, "add", ".")
    git(project, "commit", "-qm", "links")
    (project / "real.h").write_text(NEW)
    (project / "include" / "away.h").unlink()
    done = headerkit(project, "diff", "--git", "HEAD", "include/linked.h")
    assert done.returncode == 0
    assert "function gone removed" in done.stdout
    note = "headerkit: symbolic links that lead out of the project count as absent in HEAD: include/away.h\n"
    assert done.stderr == note


def test_a_header_that_went_took_its_functions_with_it(project: Path) -> None:
    kept = project / "include" / "kept.h"
    kept.write_text("int kept(void);\n")
    git(project, "add", ".")
    git(project, "commit", "-qm", "two headers")
    (project / "include" / "a.h").unlink()
    done = headerkit(project, "diff", "--git", "HEAD", "--fail-on", "abi")
    assert done.returncode == 14
    assert "function come removed" in done.stdout
    assert "include/a.h (" in done.stderr
    assert "is in HEAD only" in done.stderr


def test_two_stores_are_compared_without_a_parse(project: Path) -> None:
    header = project / "include" / "a.h"
    for name, text in (("old", OLD), ("new", NEW)):
        header.write_text(text)
        assert headerkit(project, "include/a.h", "-w", "json", "--store-dir", name).returncode == 0
    header.rename(project / "include" / "b.h")
    assert headerkit(project, "include/b.h", "-w", "json", "--store-dir", "other").returncode == 0
    done = headerkit(project, "diff", "old", "other")
    assert (done.returncode, done.stdout) == (2, "")
    assert "old and other have no header in common" in done.stderr
    done = headerkit(project, "diff", "old", "new")
    assert (done.returncode, done.stderr) == (0, "")
    assert "function gone removed" in done.stdout


def test_a_kept_ir_is_compared_with_a_header(project: Path) -> None:
    kept = headerkit(project, "old.h", "-w", "json", "-o", "json:kept.json")
    assert kept.returncode == 0, kept.stderr
    assert "function gone removed" in headerkit(project, "diff", "kept.json", "include/a.h").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["old.h"], "expected OLD and NEW, got 1 of them"),
        (["include", "old.h"], "a store can only be compared with a store"),
        (["include", "include"], "there is no IR in it"),
        (["--git", "no-such-revision"], "--git: fatal: not a valid object name: no-such-revision"),
        (["--git", "--output=x"], "expected one argument"),
        (["pyproject.json", "old.h"], "No such file"),
    ],
)
def test_bad_input_is_told_in_one_message(project: Path, arguments: list[str], message: str) -> None:
    done = headerkit(project, "diff", *arguments)
    assert done.returncode in (2, 8)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
