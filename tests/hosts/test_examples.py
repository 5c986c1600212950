"""Every example builds from its committed store without libclang, what is installed runs, and its README is true."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
READMES = sorted(path.parent.name for path in FOLDER.glob("*/README.md"))

EXAMPLES = {
    "hatch-cffi": ("import vecpkg; print(vecpkg.version())", "(1, 4)"),
    "hatch-ctypes": ("import zpkg; print(zpkg.decompress(zpkg.compress(b'ab' * 500), 1000) == b'ab' * 500)", "True"),
    "pep517-flit-ctypes": ("import xmlevents; print(xmlevents.elements('<a><b/><b/></a>'))", "['a', 'b', 'b']"),
    "pep517-setuptools": ("import rgbpkg; print(round(rgbpkg.luminance(0x336699), 3))", "0.372"),
}
PURE = {"hatch-ctypes", "pep517-flit-ctypes"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_builds_on_a_hit_installs_and_runs(name, sample, front_ends, no_libclang, tmp_path):
    project = sample(name, tmp_path / "p")
    done = front_ends.build(project, **no_libclang)
    assert done.status == 0, done.said
    assert "libclang" not in done.installed
    (wheel,) = (project / "dist").glob("*.whl")
    assert wheel.name.endswith("-none-any.whl") == (name in PURE)
    python = front_ends.venv(tmp_path / "venv")
    assert front_ends.pip(python, "install", wheel).status == 0
    code, said = EXAMPLES[name]
    assert front_ends.succeed(python, "-c", code, cwd=tmp_path).said.strip() == said


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_committed_store_is_up_to_date(name, sample, front_ends, tmp_path):
    # Outputs are ignored by version control, so only the store is: a locked run has to find everything.
    project = sample(name, tmp_path / "p")
    front_ends.succeed(sys.executable, "-m", "headerkit", "--locked", cwd=project)


@pytest.mark.parametrize("name", READMES)
def test_the_readme_is_followed_to_the_letter(name, sample, front_ends, tmp_path):
    project = sample(name, tmp_path / "p")
    text = (project / "README.md").read_text()
    assert len(text.splitlines()) <= 20
    (block,) = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
    assert commands
    python = front_ends.venv(tmp_path / "venv")
    assert front_ends.pip(python, "install", "pip").status == 0
    path = f"{python.parent}{os.pathsep}{front_ends.environment['PATH']}"
    for command in commands:
        if "pytest" in command:  # it is not among the wheels
            command = command.replace("python -m pytest", "ls").removesuffix(" pytest")  # noqa: PLW2901
        front_ends.succeed("bash", "-c", command, cwd=project, PATH=path)
