"""CMake: the oldest one that is supported and the newest, as programs to run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[2] / "packages"


@dataclass(frozen=True)
class CMake:
    """One CMake, run for one source tree and build folder."""

    programs: Path
    source: Path
    build_dir: Path
    environment: dict[str, str]

    def __call__(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.programs / "cmake"), *map(str, arguments)],
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def succeed(self, *arguments: object, **environment: str) -> str:
        done = self(*arguments, **environment)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def configure(self, *arguments: object, generator: str = "Ninja", **environment: str) -> str:
        return self.succeed("-S", self.source, "-B", self.build_dir, "-G", generator, *arguments, **environment)

    def build(self, *arguments: object, **environment: str) -> str:
        return self.succeed("--build", self.build_dir, *arguments, **environment)

    def refuse(self, *arguments: object, **environment: str) -> str:
        done = self("--build", self.build_dir, *arguments, **environment)
        assert done.returncode != 0, done.stdout
        return done.stdout

    def made(self, *arguments: object, **environment: str) -> list[str]:
        """What a build says that it made."""
        return re.findall(r"(?:Generating|Building|Linking) .*", self.build(*arguments, **environment))

    def python(self, code: str) -> str:
        """Run Python with the build folders on its path."""
        folders = {str(path.parent) for path in self.build_dir.rglob("*.so")}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="session")
def programs(front_ends, tmp_path_factory) -> dict[str, Path]:
    """The folders with the programs of each CMake: the oldest one that is supported, and the newest."""
    found = {}
    for name, version in (("oldest", "cmake==3.21.*"), ("newest", "cmake")):
        folder = tmp_path_factory.mktemp(f"cmake-{name}")
        done = front_ends.pip(front_ends.venv(folder / "venv"), "install", version, "ninja")
        assert done.status == 0, done.said
        found[name] = folder / "venv" / "bin"
    return found


@pytest.fixture(scope="session")
def cmakedir() -> str:
    command = [sys.executable, "-m", "headerkit", "--cmakedir"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def cmake(programs, cmakedir, tmp_path):
    def start(source: Path, *, version: str = "newest", build_dir: Path | None = None) -> CMake:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("HEADERKIT_", "CMAKE"))
        }
        path = [str(programs[version]), os.path.dirname(sys.executable), environment["PATH"]]
        environment |= {"PATH": os.pathsep.join(path), "headerkit_ROOT": cmakedir, "Python_ROOT_DIR": sys.prefix}
        return CMake(programs[version], source, build_dir or tmp_path / "build", environment)

    return start


@pytest.fixture
def package(tmp_path):
    def copy(name: str, target: str = "source") -> Path:
        return Path(shutil.copytree(PACKAGES / name, tmp_path / target))

    return copy
