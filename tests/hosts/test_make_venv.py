"""The environment of every make target, where Python comes without ensurepip (Debian without python3-venv)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "make-venv.sh"
LACKING = """\
#!/bin/sh
case " $* " in
*" -m venv --clear "*)
    echo "The virtual environment was not created successfully because ensurepip is not available." >&2
    exit 1 ;;
*" -m virtualenv "* | {also})
    echo "No module named $2" >&2
    exit 1 ;;
esac
exec "{python}" "$@"
"""
"""A Python as Debian's is: it says what it lacks, and does the rest."""


@pytest.fixture
def make(front_ends, tmp_path):
    """Runs the script with a Python that lacks ensurepip, virtualenv, and what matches `also`; with `tools` on PATH."""

    def run(*, also: str = "never", tools: str = "") -> tuple[subprocess.CompletedProcess[str], Path]:
        python = tmp_path / "python3"
        python.write_text(LACKING.format(python=sys.executable, also=also))
        python.chmod(0o755)
        programs = tmp_path / "programs"
        programs.mkdir()
        if tools:
            (programs / "uv").symlink_to(tools)
        path = os.pathsep.join([str(tmp_path), str(programs), "/usr/bin", "/bin"])
        folder = tmp_path / "a venv"
        command = ["sh", str(SCRIPT), str(folder)]
        environment = {**front_ends.environment, "PATH": path, "TMPDIR": str(tmp_path)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done, folder

    return run


def has_pip(folder: Path) -> bool:
    return subprocess.run([folder / "bin" / "python", "-m", "pip", "--version"], check=False).returncode == 0


def test_pip_fills_the_environment_where_python_lacks_ensurepip(make):
    done, folder = make()
    assert done.returncode == 0, done.stderr
    assert has_pip(folder)


def test_uv_makes_the_environment_where_python_lacks_pip_too(make, uv):
    done, folder = make(also='*" -m pip "*', tools=uv)
    assert done.returncode == 0, done.stderr
    assert has_pip(folder)


def test_nothing_at_hand_ends_with_the_package_to_install(make):
    done, folder = make(also='*" -m pip "*')
    assert done.returncode == 1
    assert "ensurepip is not available" in done.stderr
    assert done.stderr.endswith(
        "error: python3 cannot make a virtual environment\n  try:   apt-get install python3-venv\n"
    )
    assert not folder.exists()
