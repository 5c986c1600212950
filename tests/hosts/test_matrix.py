"""Hosts, front ends, kinds of builds, hit and miss: every combination, the Pythons taking turns.

On a hit no libclang exists at all: it can be neither installed nor found. On a miss it is installed.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[1] / "packages" / "wrapped"
PROJECT = '[project]\nname = "wrapped"\nversion = "1.0"\nrequires-python = ">=3.10"\ndependencies = ["cffi"]\n'
HOSTS = {
    "hatch": '[build-system]\nrequires = ["hatchling", "headerkit"]\nbuild-backend = "hatchling.build"\n'
    '[tool.hatch.build.targets.wheel]\npackages = ["src/wrapped"]\n[tool.hatch.build.hooks.headerkit]\n',
    "wrapper": '[build-system]\nrequires = ["headerkit", "setuptools"]\nbuild-backend = "headerkit.build_backend"\n'
    '[tool.setuptools.package-data]\nwrapped = ["*.cdef.txt"]\n',
}
KINDS = {"pip": ("wheel", "editable", "sdist"), "build": ("wheel", "sdist"), "uv": ("wheel", "editable", "sdist")}
CELLS = [
    (host, front_end, kind, state)
    for host, state in itertools.product(HOSTS, ("hit", "miss"))
    for front_end, kinds in KINDS.items()
    for kind in kinds
]
CALL = "import wrapped; print(wrapped.lib.abs(-7), wrapped.ffi.sizeof('mini_div'), wrapped.lib.MINI_BASE)"


@pytest.fixture(scope="module")
def projects(tmp_path_factory) -> dict[str, Path]:
    """The project for each host, with its store filled."""
    made = {}
    for host, settings in HOSTS.items():
        project = tmp_path_factory.mktemp("matrix") / host
        shutil.copytree(SAMPLE, project)
        (project / "pyproject.toml").write_text(settings + PROJECT + (project / "settings.toml").read_text())
        subprocess.run([sys.executable, "-m", "headerkit", "--quiet"], cwd=project, check=True)
        (project / "src" / "wrapped" / "_mini.cdef.txt").unlink()
        made[host] = project
    return made


@pytest.fixture(scope="module")
def builders(interpreters, front_ends, tmp_path_factory) -> dict[str, Path]:
    """An environment with `build` for each Python."""
    made = {}
    for version, interpreter in interpreters.items():
        python = front_ends.venv(tmp_path_factory.mktemp("builders") / version, interpreter)
        done = front_ends.pip(python, "install", "build", "pip")
        assert done.status == 0, done.said
        made[version] = python
    return made


def build(ends, front_end, kind, project, *, builder, uv, out):
    """Run the front end; returns what is to be installed, nothing for what is."""
    if front_end == "build":
        options = ["--wheel"] if kind == "wheel" else []
        done = ends.succeed(builder, "-m", "build", "--verbose", *options, "--outdir", out, project)
    elif front_end == "uv":
        options = ["--wheel"] if kind == "wheel" else []
        done = ends.succeed(uv, "build", "--python", builder, *options, "--out-dir", out, project)
    else:
        source = project
        if kind == "sdist":
            ends.succeed(uv, "build", "--sdist", "--python", builder, "--out-dir", out, project)
            (source,) = out.glob("*.tar.gz")
        done = ends.succeed(builder, "-m", "pip", "wheel", "--verbose", "--no-deps", "-w", out, source)
    (wheel,) = out.glob("*.whl")
    return done, wheel


@pytest.mark.parametrize(("number", "cell"), list(enumerate(CELLS)), ids=["-".join(cell) for cell in CELLS])
def test_it_builds_and_what_is_installed_works(
    number, cell, projects, builders, front_ends, without_libclang, interpreters, uv, tmp_path
):
    host, front_end, kind, state = cell
    project = tmp_path / "wrapped"
    shutil.copytree(projects[host], project)
    base = 10
    if state == "miss":
        base = 16
        header = project / "include" / "mini" / "types.h"
        header.write_text(header.read_text().replace("MINI_BASE 10", "MINI_BASE 16"))
    ends = without_libclang if state == "hit" else front_ends
    version = list(builders)[number % len(builders)]
    python = ends.venv(tmp_path / "venv", interpreters[version])
    if kind == "editable":
        install = ["pip", "install", "--verbose", "--editable", project]
        command = [uv, *install[:2], "--python", python, *install[3:]] if front_end == "uv" else None
        done = ends.succeed(*command) if command else ends.pip(python, *install[1:])
        assert done.status == 0, done.said
    else:
        done, wheel = build(ends, front_end, kind, project, builder=builders[version], uv=uv, out=tmp_path / "out")
        assert wheel.name == "wrapped-1.0-py3-none-any.whl"
        assert ends.pip(python, "install", wheel).status == 0
    # uv does not say what it installs, and makes the sdist for pip: that fills the store, so pip's build is a hit.
    if state == "miss" and front_end != "uv" and (front_end, kind) != ("pip", "sdist"):
        assert "libclang" in done.said
    assert front_ends.succeed(python, "-c", CALL, cwd=tmp_path).said == f"7 8 {base}\n"
