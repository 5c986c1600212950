"""Releases of CPython that are newer than those installed here, as Pyodide has them: a build from the store alone.

There is no libclang and no process to start: what is left is what most who install a package run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import headerkit
from headerkit.errors import LockedError

SOURCE = Path(headerkit.__file__).parent.parent
PYODIDES = [path for path in os.environ.get("HEADERKIT_TEST_PYODIDES", "").split(os.pathsep) if path]
"""Folders of the npm package `pyodide`, one for each release of Python; .ci/run installs them."""
TARGET = "x86_64-unknown-linux-gnu"
WRITERS = ("cffi", "ctypes", "cython", "lua", "pyi")
HEADER = """
/** A point. */
typedef struct point { int x : 3, y; double *z[4]; union { float f; char c; }; } point;
enum color { RED = 1, GREEN = ~0U };
typedef int (*visit)(const point *, enum color, void *data);
point *each(visit, ...) __attribute__((deprecated("use one")));
static inline int one(void) { return 1; }
#define LIMIT (RED + 2)
#define NAME "a" "b"
"""
SETTINGS = """
[tool.headerkit]
target = "x86_64-unknown-linux-gnu"
[[tool.headerkit.headers]]
pattern = "*.h"
[tool.headerkit.rules]
rename = [{ kind = "function", pattern = "/^each$/", to = "every" }]
[tool.headerkit.output]
"""
RUN = """
const [home, source, project, commands] = process.argv.slice(2);
const { loadPyodide } = await import(`${home}/pyodide.mjs`);
const python = await loadPyodide();
for (const [name, folder] of [["/source", source], ["/project", project]]) {
    python.FS.mkdir(name);
    python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, name);
}
python.globals.set("commands", commands);
console.log(python.runPython(`
import contextlib, io, json, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "/source")
os.chdir("/project")
from headerkit.__main__ import main
ran = []
for command in json.loads(commands):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(command)
    ran.append([code, out.getvalue(), err.getvalue()])
json.dumps(ran)
`));
"""


@pytest.fixture(params=PYODIDES or [""], ids=lambda path: os.path.basename(path) or "none")
def newest(request, tmp_path):
    """Run commands of headerkit's, in order, in a project's folder: (exit code, standard output, standard error)."""
    if not request.param or shutil.which("node") is None:
        pytest.skip("needs node, and HEADERKIT_TEST_PYODIDES to name folders of the npm package pyodide")
    (tmp_path / "run.mjs").write_text(RUN)

    def run(project: Path, *commands: list[str]) -> list[tuple[int, str, str]]:
        arguments = [request.param, str(SOURCE), str(project), json.dumps(commands)]
        done = subprocess.run(
            ["node", str(tmp_path / "run.mjs"), *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return [tuple(ran) for ran in json.loads(done.stdout.splitlines()[-1])]

    return run


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.h").write_text(HEADER)
    outputs = "".join(f'{writer} = "out/{{stem}}.{writer}"\n' for writer in WRITERS)
    (folder / "pyproject.toml").write_text(SETTINGS + outputs)
    subprocess.run([sys.executable, "-m", "headerkit", "-q"], cwd=folder, check=True)
    return folder


def outputs_of(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "out").iterdir()}


def test_the_store_serves_what_it_served_here(newest, project):
    expected = outputs_of(project)
    assert len(expected) == len(WRITERS)
    shutil.rmtree(project / "out")
    locked, checked = newest(project, ["--locked", "--json"], ["check"])
    assert locked[0] == 0, locked
    assert {result["status"] for result in json.loads(locked[1])["results"]} == {"hit"}
    assert outputs_of(project) == expected
    assert checked[0] == 0, checked


def test_the_writers_say_the_same_of_a_stored_ir(newest, project):
    expected = outputs_of(project)
    shutil.rmtree(project / "out")
    shutil.rmtree(project / ".headerkit" / "output")
    (ran,) = newest(project, ["--json"])
    assert ran[0] == 0, ran
    assert {result["status"] for result in json.loads(ran[1])["results"]} == {"ir-hit"}
    assert outputs_of(project) == expected


def test_a_changed_header_is_told(newest, project):
    (project / "a.h").write_text(HEADER + "int more(void);\n")
    checked, explained, locked = newest(project, ["check"], ["explain"], ["--locked"])
    assert (checked[0], locked[0]) == (3, LockedError.exit_code)
    assert "a.h changed since the entry was made" in explained[1]
