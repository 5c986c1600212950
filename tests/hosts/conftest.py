"""Real builds: front ends in fresh environments, offline, from wheels of this tree and of what builds need."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from headerkit.cffi_modules.lock import locked

ROOT = Path(__file__).parents[2]
GENERATED = ("_vec.cdef.txt", "_zlib.py", "_expat.py", "_rgb.cdef.txt", "_rgb.c")
"""What the examples' builds write and version control ignores."""
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")


def pytest_collection_modifyitems(items):
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.builds)


@cache
def interpreters() -> dict[str, str]:
    """Every CPython that can compile an extension module, by version: the running one, PATH's, pyenv's."""
    found = {"{}.{}".format(*sys.version_info): sys.executable}
    for version in VERSIONS:
        pattern = os.path.expanduser(f"~/.pyenv/versions/{version}.*/bin/python{version}")
        for path in [shutil.which(f"python{version}"), *sorted(glob.glob(pattern))]:
            if version not in found and path and (usable := _usable(path)):
                found[version] = usable
    return found


def _usable(path: str) -> str:
    """The interpreter itself, where `path` may be a script that starts it; "" where it cannot compile."""
    code = (
        "import os, sys, sysconfig; print(sys.executable);"
        "sys.exit(not os.path.isfile(os.path.join(sysconfig.get_path('include'), 'Python.h')))"
    )
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def pytest_generate_tests(metafunc):
    if "interpreter" in metafunc.fixturenames:
        metafunc.parametrize("interpreter", interpreters().values(), ids=interpreters().keys(), scope="session")
    if "cell" in metafunc.fixturenames:
        metafunc.parametrize("cell", metafunc.module.cells(list(interpreters())), ids=str)


@dataclass(frozen=True)
class Done:
    """A finished command: its exit status, and both its streams as they came."""

    status: int
    said: str

    @property
    def installed(self) -> set[str]:
        """The names of the packages that the front end said it installed."""
        words = " ".join(re.findall(r"Successfully installed (.*)", self.said)).split()
        return {re.sub(r"-\d.*", "", word).replace("_", "-") for word in words}


@dataclass(frozen=True)
class FrontEnds:
    """Runs front ends offline: only the wheelhouse's wheels exist for them."""

    wheelhouse: Path
    environment: dict[str, str]

    def run(self, *command: str | Path, cwd: Path | None = None, **environment: str) -> Done:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout)

    def succeed(self, *command: str | Path, cwd: Path | None = None, **environment: str) -> Done:
        done = self.run(*command, cwd=cwd, **environment)
        assert done.status == 0, f"{command}\n{done.said}"
        return done

    def build(self, project: Path, *arguments: str | Path, **environment: str) -> Done:
        """`python -m build`, isolated, into the project's dist."""
        return self.run(sys.executable, "-m", "build", "--verbose", *arguments, project, **environment)

    def pip(self, python: str | Path, *arguments: str | Path, **environment: str) -> Done:
        """`pip` for another interpreter."""
        return self.run(sys.executable, "-m", "pip", "--python", python, *arguments, **environment)

    def venv(self, folder: Path, interpreter: str = sys.executable) -> Path:
        """The interpreter of a new, empty virtual environment."""
        self.succeed(interpreter, "-m", "venv", "--without-pip", folder)
        return folder / "bin" / "python"


@pytest.fixture(scope="session")
def wheelhouse() -> Path:
    """The folder of wheels; downloads what is missing, and builds this tree's own wheel."""
    folder = ROOT / "wheelhouse"
    folder.mkdir(exist_ok=True)
    with locked(str(folder / ".lock")):
        pythons = [word for path in interpreters().values() for word in ("--python", path)]
        command = [sys.executable, str(ROOT / "tools" / "wheelhouse.py"), str(folder), "--backends", *pythons]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def front_ends(wheelhouse, tmp_path_factory) -> FrontEnds:
    foreign = ("PIP_", "PYTHON", "UV_", "HEADERKIT_", "HATCH_", "LIBCLANG", "CFLAGS", "CC")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment |= {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheelhouse),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_NO_CONFIG": "1",
        "UV_OFFLINE": "1",
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(wheelhouse),
        "UV_CACHE_DIR": str(tmp_path_factory.mktemp("uv-cache")),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    return FrontEnds(wheelhouse, environment)


@pytest.fixture(scope="session")
def without_libclang(front_ends, tmp_path_factory) -> FrontEnds:
    """The front ends where libclang cannot be installed."""
    folder = tmp_path_factory.mktemp("wheelhouse")
    for wheel in front_ends.wheelhouse.glob("*.whl"):
        if not wheel.name.startswith("libclang-"):
            (folder / wheel.name).symlink_to(wheel)
    environment = {**front_ends.environment, "PIP_FIND_LINKS": str(folder), "UV_FIND_LINKS": str(folder)}
    return FrontEnds(folder, environment)


@pytest.fixture(scope="session")
def no_libclang() -> dict[str, str]:
    """An environment in which no libclang can be used."""
    return {"HEADERKIT_LIBCLANG": "/nowhere/libclang.so"}


@pytest.fixture(scope="session")
def sample():
    """Copies an example, as it is committed, to a new folder."""

    def copy(name: str, target: Path) -> Path:
        shutil.copytree(
            ROOT / "examples" / name,
            target,
            ignore=shutil.ignore_patterns("dist", ".hatch", "build", "*.so", "__pycache__", "*.egg-info", *GENERATED),
        )
        return target

    return copy


@pytest.fixture(scope="session")
def contents():
    """The sorted names in a wheel or sdist, without its top folder for an sdist."""

    def names(archive: Path) -> list[str]:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return sorted(wheel.namelist())
        with tarfile.open(archive) as sdist:
            return sorted(name.partition("/")[2] for name in sdist.getnames())

    return names


@pytest.fixture(scope="session", name="interpreters")
def all_interpreters() -> dict[str, str]:
    return interpreters()


@pytest.fixture(scope="session")
def hatchling(front_ends, tmp_path_factory) -> Path:
    """The interpreter of an environment with hatchling, headerkit and what compiling needs, but no libclang."""
    python = front_ends.venv(tmp_path_factory.mktemp("hatchling") / "venv")
    done = front_ends.pip(python, "install", "hatchling", "headerkit[cffi]")
    assert done.status == 0, done.said
    return python


@pytest.fixture(scope="session")
def uv() -> str:
    found = shutil.which("uv", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
    if found is None:
        pytest.skip("uv is not installed")
    return found


@pytest.fixture(scope="session")
def hatchling_with_libclang(front_ends, tmp_path_factory) -> Path:
    """As `hatchling`, with the libclang wheel."""
    python = front_ends.venv(tmp_path_factory.mktemp("hatchling") / "venv")
    done = front_ends.pip(python, "install", "hatchling", "headerkit[cffi,clang]")
    assert done.status == 0, done.said
    return python
