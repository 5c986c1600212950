"""The wrapper's project, with each backend inside."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "packages" / "wrapped"


@dataclass
class Inner:
    """A backend: what it is required by, what its pyproject says further, and what files it wants."""

    name: str
    requires: list[str]
    settings: str = ""
    files: dict[str, str] = field(default_factory=dict)
    project: str = 'name = "wrapped"\nversion = "1.0"\ndependencies = ["cffi"]\n'


PACKAGES = 'packages = ["src/wrapped"]'
MESON = """\
project('wrapped', version: '1.0')
py = import('python').find_installation(pure: true)
py.install_sources('src/wrapped/__init__.py', 'src/wrapped/_mini.cdef.txt', subdir: 'wrapped')
"""
CMAKE = "cmake_minimum_required(VERSION 3.21)\nproject(wrapped LANGUAGES NONE)\n"

INNER = {
    "hatchling": Inner("hatchling.build", ["hatchling"], f"[tool.hatch.build.targets.wheel]\n{PACKAGES}\n"),
    "setuptools": Inner(
        "setuptools.build_meta", ["setuptools"], '[tool.setuptools.package-data]\nwrapped = ["*.cdef.txt"]\n'
    ),
    "flit_core": Inner(
        "flit_core.buildapi",
        ["flit_core"],
        project='name = "wrapped"\nversion = "1.0"\ndescription = "wrapped"\ndependencies = ["cffi"]\n',
    ),
    "poetry-core": Inner(
        "poetry.core.masonry.api",
        ["poetry-core"],
        '[tool.poetry]\npackages = [{ include = "wrapped", from = "src" }]\n',
    ),
    "pdm-backend": Inner("pdm.backend", ["pdm-backend"]),
    "uv_build": Inner("uv_build", ["uv_build"]),
    "meson-python": Inner("mesonpy", ["meson-python", "ninja"], files={"meson.build": MESON}),
    "scikit-build-core": Inner(
        "scikit_build_core.build",
        ["scikit-build-core"],
        f"[tool.scikit-build.wheel]\n{PACKAGES}\n",
        {"CMakeLists.txt": CMAKE},
    ),
}


def pytest_generate_tests(metafunc):
    if "inner" in metafunc.fixturenames:
        metafunc.parametrize("inner", INNER)


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Path:
    """The project with its store filled, as it would be committed."""
    project = tmp_path_factory.mktemp("filled") / "wrapped"
    shutil.copytree(PROJECT, project)
    (project / "settings.toml").rename(project / "pyproject.toml")
    subprocess.run([sys.executable, "-m", "headerkit", "--quiet"], cwd=project, check=True)
    (project / "src" / "wrapped" / "_mini.cdef.txt").unlink()
    return project


@pytest.fixture
def make(filled, tmp_path):
    """Makes the project with a backend inside the wrapper, committed to git as some backends expect.

    `requires` and `build` replace what `[build-system] requires` and `[tool.headerkit.build]` say by default.
    """

    def make(name: str, *, requires: list[str] | None = None, build: str | None = None) -> Path:
        inner = INNER[name]
        project = tmp_path / "wrapped"
        shutil.copytree(filled, project)
        listed = ", ".join(f'"{each}"' for each in (["headerkit", *inner.requires] if requires is None else requires))
        chosen = f'inner-backend = "{inner.name}"' if build is None else build
        (project / "pyproject.toml").write_text(
            f'[build-system]\nrequires = [{listed}]\nbuild-backend = "headerkit.build_backend"\n'
            f"[project]\n{inner.project}\n{inner.settings}\n{(filled / 'pyproject.toml').read_text()}\n"
            + (f"[tool.headerkit.build]\n{chosen}\n" if chosen else "")
        )
        for path, text in inner.files.items():
            (project / path).write_text(text)
        identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"]
        for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "all"]):
            subprocess.run(["git", *command], cwd=project, check=True)
        return project

    return make


@pytest.fixture(scope="session")
def requirements_of() -> dict[str, list[str]]:
    return {name: inner.requires for name, inner in INNER.items()}


@pytest.fixture
def break_store():
    """Edits a header, so that the store misses."""

    def edit(project: Path) -> None:
        header = project / "include" / "mini" / "types.h"
        header.write_text(header.read_text().replace("MINI_BASE 10", "MINI_BASE 16"))

    return edit
