"""The template project in examples/custom-writer, installed by pip and used from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "custom-writer"

pytestmark = pytest.mark.builds


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    target = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(target),
    ]
    done = subprocess.run([*command, str(EXAMPLE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    paths = [str(target), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def run(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_its_own_tests_pass(tmp_path: Path, environment: dict[str, str]) -> None:
    done = run(
        tmp_path, environment, "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(EXAMPLE / "tests")
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_settings_the_store_and_the_report_treat_it_as_one_of_ours(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "a.h").write_text("struct s { int a; };\nint f(struct s *);\n#define LIMIT 3\n")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.headerkit]\noutput = { markdown = "{stem}.md" }\n[[tool.headerkit.headers]]\npattern = "a.h"\n'
        '[tool.headerkit.writer.markdown]\ntitle = "Mine"\n'
    )
    made = run(tmp_path, environment, "headerkit", "--report")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "a.md").read_text().startswith("# Mine\n")
    assert "this page lists functions and constants" in made.stdout + made.stderr
    (stored,) = (tmp_path / ".headerkit" / "output" / "markdown").glob("*/output.md")
    assert stored.read_text() == (tmp_path / "a.md").read_text()
    assert run(tmp_path, environment, "headerkit", "check").returncode == 0
    refused = run(tmp_path, environment, "headerkit", "a.h", "-w", "markdown", "--writer-opt", "markdown:titel=x")
    assert refused.returncode == 2
    assert "did you mean 'title'?" in refused.stderr
