"""Hosts, front ends, kinds of builds, hit and miss, Pythons: real builds, of which each makes a cell of a table.

By default as many cells as it takes for every two values to meet in one of them; all of them with
`HEADERKIT_MATRIX=full`, from whose `--junit-xml` `tools/build_matrix.py` makes the table of the documentation.

On a hit libclang cannot be installed, and that no process of the build loaded the machine's is read from the log of the
dynamic loader (`LD_DEBUG`, glibc's). On a miss libclang is installed, and the same log says that it was loaded.
"""

from __future__ import annotations

import itertools
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = Path(__file__).parents[1] / "packages"
COMPILED = ("hatch", "scikit-build-core")
INNER = (
    *("hatchling", "setuptools", "flit_core", "poetry-core", "pdm-backend", "uv_build", "meson-python"),
    "scikit-build-core",
)
HOSTS = (*COMPILED, *(f"wrapper-{inner}" for inner in INNER))
FRONT_ENDS = {"pip": ("wheel", "editable", "sdist"), "build": ("wheel", "sdist"), "uv": ("wheel", "editable", "sdist")}
CALL = "import wrapped; print(wrapped.lib.abs(-7), wrapped.ffi.sizeof('mini_div'), wrapped.lib.MINI_BASE)"
LOADED = re.compile(r"file=(\S*libclang[^/\s]*) .*dynamically loaded by")


class Cell(NamedTuple):
    """One build: `kind` is what is built, where `sdist` is a wheel by way of a source distribution."""

    host: str
    front_end: str
    kind: str
    state: str
    python: str

    def __str__(self) -> str:
        return "-".join(self)

    @property
    def is_isolated(self) -> bool:
        """meson-python's editable installs build again on import, with what they were built with."""
        return (self.host, self.kind) != ("wrapper-meson-python", "editable")


def cells(pythons: Sequence[str]) -> list[Cell]:
    """The cells to be tried where there are these Pythons."""
    every = [
        Cell(host, front_end, kind, state, python)
        for host, (front_end, kinds) in itertools.product(HOSTS, FRONT_ENDS.items())
        for kind, state, python in itertools.product(kinds, ("hit", "miss"), pythons)
    ]
    return every if os.environ.get("HEADERKIT_MATRIX") == "full" else covering(every)


def covering(every: Sequence[Cell]) -> list[Cell]:
    """Some of these cells in which all pairs of values meet that meet in any: greedily, so nearly the fewest.

    Among equals it is the one of the rarest values, so that the cells are spread evenly.
    """
    pairs = {cell: set(itertools.combinations(enumerate(cell), 2)) for cell in every}
    lacking = set().union(*pairs.values())
    chosen: list[Cell] = []
    seen: Counter[str] = Counter()
    while lacking:
        best = max(every, key=lambda cell: (len(pairs[cell] & lacking), -sum(seen[value] for value in cell)))
        chosen.append(best)
        seen.update(best)
        lacking -= pairs[best]
    return chosen


@pytest.fixture(scope="module")
def projects(tmp_path_factory, front_ends, cmakedir):
    """Makes each host's project, committed: its store is complete on a hit, and lags behind an edit on a miss."""
    folder = tmp_path_factory.mktemp("matrix")

    def fill(project: Path, host: str) -> None:
        if host != "scikit-build-core":
            front_ends.succeed(sys.executable, "-m", "headerkit", "--quiet", cwd=project)
            return
        build = folder / "build"
        options = [f"-Dheaderkit_DIR={cmakedir}", f"-DPython_EXECUTABLE={sys.executable}"]
        front_ends.succeed("cmake", "-S", project, "-B", build, *options)
        front_ends.succeed("cmake", "--build", build, "--target", "mini_cdef")
        shutil.rmtree(build)

    def sources(host: str, target: Path) -> Path:
        for source in (PACKAGES / "wrapped", PACKAGES / "hosts" / host):
            shutil.copytree(source, target, dirs_exist_ok=True)
        settings = (target / "settings.toml").read_text()
        (target / "settings.toml").unlink()
        if host not in COMPILED:
            with (target / "pyproject.toml").open("a") as file:
                file.write(f"\n{settings}")
        return target

    def make(host: str, state: str) -> Path:
        project = folder / host / state / "wrapped"
        if not project.exists():
            filled = sources(host, folder / host / state / "filled")
            fill(filled, host)
            sources(host, project)
            shutil.copytree(filled / ".headerkit", project / ".headerkit")
            if state == "miss":
                header = project / "include" / "mini" / "types.h"
                header.write_text(header.read_text().replace("MINI_BASE 10", "MINI_BASE 16"))
            identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"]
            for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "all"]):
                subprocess.run(["git", *command], cwd=project, check=True)
        return project

    return make


@pytest.fixture(scope="module")
def cmakedir(front_ends) -> str:
    return front_ends.succeed(sys.executable, "-m", "headerkit", "--cmakedir").said.strip()


@pytest.fixture(scope="module")
def builders(interpreters, front_ends, tmp_path_factory) -> dict[str, Path]:
    """An environment with the front ends for each Python."""
    made = {}
    for version, interpreter in interpreters.items():
        made[version] = front_ends.venv(tmp_path_factory.mktemp("builders") / version, interpreter)
        done = front_ends.pip(made[version], "install", "build", "pip")
        assert done.status == 0, done.said
    return made


@pytest.fixture(scope="module")
def sdists(tmp_path_factory, projects, front_ends, no_libclang, uv):
    """Makes a host's sdist for pip, which makes none: without libclang, so that on a miss pip misses too."""
    folder = tmp_path_factory.mktemp("sdists")

    def make(host: str, state: str) -> Path:
        out = folder / host / state
        if not out.exists():
            project = shutil.copytree(projects(host, state), out / "project" / "wrapped")
            if host == "wrapper-meson-python":  # meson ends where an output is missing; an earlier build left one
                (project / "src" / "wrapped" / "_mini.cdef.txt").touch()
            command = [uv, "build", "--sdist", "--python", sys.executable, "--out-dir", out, project]
            front_ends.succeed(*command, **no_libclang)
        (sdist,) = out.glob("*.tar.gz")
        return sdist

    return make


def test_the_build_succeeds_and_what_it_made_works(
    cell, projects, sdists, builders, front_ends, without_libclang, interpreters, uv, tmp_path
):
    project = shutil.copytree(projects(cell.host, cell.state), tmp_path / "wrapped")
    ends = without_libclang if cell.state == "hit" else front_ends
    python = tmp_path / "venv" / "bin" / "python"
    front_ends.succeed(uv, "venv", "--quiet", "--python", interpreters[cell.python], tmp_path / "venv")
    log = tmp_path / "log"
    log.mkdir()
    spied = {"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": str(log / "loader")}
    out = tmp_path / "out"
    pip = (builders[cell.python], "-m", "pip")

    if cell.kind == "editable":
        options = []
        if not cell.is_isolated:
            needed = ["headerkit" if cell.state == "hit" else "headerkit[clang]", "meson-python", "ninja"]
            ends.succeed(uv, "pip", "install", "--quiet", "--python", python, *needed)
            spied["PATH"] = f"{python.parent}{os.pathsep}{ends.environment['PATH']}"
            options = ["--no-build-isolation"]
        command = [*pip, "--python", python, "install", "--verbose"]
        if cell.front_end == "uv":
            command = [uv, "pip", "install", "--python", python]
        done = ends.succeed(*command, *options, "--editable", project, **spied)
    else:
        options = ["--wheel"] if cell.kind == "wheel" else []
        commands = {
            "pip": [*pip, "wheel", "--verbose", "--no-deps", "--wheel-dir", out],
            "build": [builders[cell.python], "-m", "build", "--verbose", *options, "--outdir", out],
            "uv": [uv, "build", "--python", interpreters[cell.python], *options, "--out-dir", out],
        }
        source = project
        if (cell.front_end, cell.kind) == ("pip", "sdist"):
            source = sdists(cell.host, cell.state)
        done = ends.succeed(*commands[cell.front_end], source, **spied)
        (wheel,) = out.glob("*.whl")
        tag = "cp310-abi3-" if cell.host in COMPILED else "py3-none-any"
        assert wheel.name.startswith(f"wrapped-1.0-{tag}")
        if cell.kind == "sdist" and cell.state == "hit":
            holds_the_store(next(out.glob("*.tar.gz"), source), project)
        front_ends.succeed(uv, "pip", "install", "--quiet", "--python", python, wheel)

    loaded = {path for file in log.iterdir() for path in LOADED.findall(file.read_text(errors="replace"))}
    if cell.state == "hit":
        assert loaded == set()
        assert "libclang" not in done.installed
    elif platform.libc_ver()[0] == "glibc":
        assert {os.path.basename(os.path.dirname(path)) for path in loaded} == {"native"}  # the wheel's
        if cell.front_end != "uv" and cell.is_isolated:  # uv does not say
            assert "libclang" in done.installed
    said = front_ends.succeed(python, "-c", CALL, cwd=tmp_path, PATH=spied.get("PATH", ends.environment["PATH"])).said
    assert said.splitlines()[-1] == f"7 8 {10 if cell.state == 'hit' else 16}"


def holds_the_store(sdist: Path, project: Path) -> None:
    """Assert that the sdist holds the project's store and headers, once each."""
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    kept = [str(path.relative_to(project)) for path in (project / ".headerkit").rglob("*") if path.is_file()]
    assert set(names) >= {*kept, "include/mini/mini.h", "include/mini/types.h"}
    assert len(names) == len(set(names))


def test_in_the_cells_that_are_tried_by_default_all_values_meet():
    every = [Cell(*values) for values in itertools.product("ab", "cd", "efg", "hi", "jklm")]
    some = covering(every)
    assert len(some) < len(every) / 4
    for one, other in itertools.combinations(range(5), 2):
        assert {(c[one], c[other]) for c in some} == {(c[one], c[other]) for c in every}
