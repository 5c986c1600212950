"""The wrapper's project, with one backend or another inside."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[2] / "packages"


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Path:
    """The project with its store filled, as it would be committed."""
    project = tmp_path_factory.mktemp("filled") / "wrapped"
    shutil.copytree(PACKAGES / "wrapped", project)
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
        project = tmp_path / "wrapped"
        shutil.copytree(filled, project)
        settings = (filled / "pyproject.toml").read_text()
        shutil.copytree(PACKAGES / "hosts" / f"wrapper-{name}", project, dirs_exist_ok=True)
        text = (project / "pyproject.toml").read_text()
        if requires is not None:
            listed = ", ".join(f'"{each}"' for each in requires)
            text = re.sub(r"requires = \[.*\]", f"requires = [{listed}]", text, count=1)
        if build is not None:
            text = re.sub(r'inner-backend = ".*"', lambda _: build, text, count=1)
        (project / "pyproject.toml").write_text(f"{text}\n{settings}")
        identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"]
        for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "all"]):
            subprocess.run(["git", *command], cwd=project, check=True)
        return project

    return make


@pytest.fixture
def break_store():
    """Edits a header, so that the store misses."""

    def edit(project: Path) -> None:
        header = project / "include" / "mini" / "types.h"
        header.write_text(header.read_text().replace("MINI_BASE 10", "MINI_BASE 16"))

    return edit
