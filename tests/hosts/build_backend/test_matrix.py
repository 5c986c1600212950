"""The wrapper around every backend, from every front end, on a hit: no libclang anywhere."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CALL = "import wrapped; print(wrapped.lib.abs(-7), wrapped.ffi.sizeof('mini_div'), wrapped.lib.MINI_BASE)"


def call(front_ends, venv: Path, wheel: Path) -> str:
    python = front_ends.venv(venv)
    assert front_ends.pip(python, "install", wheel).status == 0
    return front_ends.succeed(python, "-c", CALL, cwd=venv).said


def test_sdist_and_wheel_from_it_are_built_on_a_hit_without_libclang(
    inner, make, front_ends, no_libclang, contents, tmp_path
):
    project = make(inner)
    done = front_ends.build(project, **no_libclang)
    assert done.status == 0, done.said
    assert "headerkit" in done.installed
    assert "libclang" not in done.installed
    (sdist,) = (project / "dist").glob("*.tar.gz")
    (wheel,) = (project / "dist").glob("*.whl")
    stored = [str(path.relative_to(project)) for path in (project / ".headerkit").rglob("*") if path.is_file()]
    listed = contents(sdist)
    assert set(listed) >= {*stored, "include/mini/mini.h", "include/mini/types.h"}
    assert len(listed) == len(set(listed))
    assert "wrapped/_mini.cdef.txt" in contents(wheel)
    assert call(front_ends, tmp_path / "venv", wheel) == "7 8 10\n"


def test_pip_installs_it_editable_on_a_hit(inner, make, front_ends, no_libclang, requirements_of, tmp_path):
    project = make(inner)
    python = front_ends.venv(tmp_path / "venv")
    options, path = [], front_ends.environment["PATH"]
    if inner == "meson-python":  # its editable installs rebuild on import with the ninja that they were made with
        assert front_ends.pip(python, "install", "headerkit", *requirements_of[inner]).status == 0
        options, path = ["--no-build-isolation"], f"{python.parent}{os.pathsep}{path}"
    done = front_ends.pip(python, "install", *options, "--editable", project, PATH=path, **no_libclang)
    assert done.status == 0, done.said
    said = front_ends.succeed(python, "-c", CALL, cwd=tmp_path, PATH=path)
    assert said.said.splitlines()[-1] == "7 8 10"


def test_uv_builds_a_wheel_on_a_hit(inner, make, front_ends, no_libclang, uv, contents):
    project = make(inner)
    done = front_ends.run(uv, "build", "--wheel", "--python", sys.executable, project, **no_libclang)
    assert done.status == 0, done.said
    (wheel,) = (project / "dist").glob("*.whl")
    assert "wrapped/_mini.cdef.txt" in contents(wheel)


def test_every_python_builds_it(interpreter, make, front_ends, no_libclang, tmp_path):
    project = make("setuptools")
    python = front_ends.venv(tmp_path / "venv", interpreter)
    done = front_ends.pip(python, "install", project, **no_libclang)
    assert done.status == 0, done.said
    assert front_ends.succeed(python, "-c", CALL, cwd=tmp_path).said == "7 8 10\n"
