"""Real headers through the real front end, real libraries by gcc, and every CPython on this machine to import them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from headerkit.backends import get_backend
from headerkit.target import host_target
from headerkit.unit import Unit
from headerkit.writers.ctypes import CtypesOptions, CtypesWriter

if TYPE_CHECKING:
    from headerkit.writers.protocol import Output

VERSIONS = ("3.10", "3.11", "3.12", "3.13")


def interpreters() -> dict[str, str]:
    """The CPythons that are here, by version."""
    found = {"{}.{}".format(*sys.version_info): sys.executable}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for version in VERSIONS:
        here = sorted(pyenv.glob(f"{version}.*/bin/python3"))
        path = str(here[-1]) if here else shutil.which(f"python{version}")
        if path:
            found.setdefault(version, path)
    return {version: found[version] for version in VERSIONS if version in found}


PYTHONS = interpreters()


@dataclass
class Workbench:
    folder: Path

    def parse(self, code: str, **unit: Any) -> Any:
        given = Unit(root=str(self.folder), header="sample.h", target=host_target(), code=code, **unit)
        return get_backend("libclang").parse(given).header

    def write(self, code: str, name: str = "sample", unit: dict[str, Any] | None = None, **options: Any) -> Output:
        """Write NAME.py for this C text."""
        output = CtypesWriter(CtypesOptions(**options)).write(self.parse(code, **(unit or {})))
        (self.folder / f"{name}.py").write_text(output.text)
        return output

    def compile(self, source: str, name: str = "libsample.so", *flags: str) -> str:
        c_file = self.folder / f"{name}.c"
        c_file.write_text(source)
        command = ["gcc", "-std=gnu17", "-w", "-shared", "-fPIC", "-O1", "-o", name, c_file.name, *flags]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return str(self.folder / name)

    def run(self, script: str, python: str = sys.executable, **environment: str) -> str:
        """Run a script that can import what was written; every warning is an error."""
        done = subprocess.run(
            [python, "-W", "error", "-c", script],
            cwd=self.folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, script: str, python: str = sys.executable) -> Any:
        """Run a script that prints JSON."""
        return json.loads(self.run(script, python))


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


@pytest.fixture(params=list(PYTHONS))
def python(request: pytest.FixtureRequest) -> str:
    return PYTHONS[request.param]
