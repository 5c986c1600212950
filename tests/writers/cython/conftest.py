"""Real headers through the real front end, the real Cython and gcc."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from headerkit.backends import get_backend
from headerkit.target import host_target
from headerkit.unit import IncludeDir, Unit
from headerkit.writers.cython import CythonWriter
from headerkit.writers.cython.writer import CythonOptions

if TYPE_CHECKING:
    from pathlib import Path

    from headerkit.writers.protocol import Output


@dataclass
class Workbench:
    folder: Path

    def parse(self, code: str) -> Any:
        """Parse a header of this text, which the C of the module includes as "sample.h"."""
        (self.folder / "sample.h").write_text(code)
        here = str(self.folder)
        unit = Unit(here, "sample.h", host_target(), path=f"{here}/sample.h", include_dirs=(IncludeDir(here, here),))
        return get_backend("libclang").parse(unit).header

    def write(self, code: str, **options: Any) -> Output:
        """Write lib.pxd for a header of this text."""
        output = CythonWriter(CythonOptions(**options)).write(self.parse(code))
        (self.folder / "lib.pxd").write_text(output.text)
        return output

    def run(self, pyx: str, *, c: str = "") -> Any:
        """Compile use.pyx with Cython and gcc, warnings of types being errors, and return what its run() returns."""
        (self.folder / "use.pyx").write_text(pyx)
        (self.folder / "lib.c").write_text(f'#include "sample.h"\n{c}')
        self._do(sys.executable, "-m", "cython", "-3", "use.pyx")
        include = sysconfig.get_paths()["include"]
        refused = ["-Werror=incompatible-pointer-types", "-Werror=int-conversion", "-Werror=overflow"]
        self._do("gcc", "-shared", "-fPIC", "-O0", "-w", *refused, f"-I{include}", "-o", "use.so", "use.c", "lib.c")
        done = self._do(sys.executable, "-c", "import json, use; print(json.dumps(use.run()))")
        return json.loads(done)

    def facts(self, expressions: list[str]) -> list[int]:
        """What gcc says these integer expressions are."""
        shown = "".join(f'printf("%lld\\n", (long long)({e}));' for e in expressions)
        text = f'#include <stddef.h>\n#include <stdio.h>\n#include "sample.h"\nint main(void) {{ {shown} }}\n'
        (self.folder / "facts.c").write_text(text)
        self._do("gcc", "-w", "-o", "facts", "facts.c")
        return [int(line) for line in self._do("./facts").split()]

    def _do(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    pytest.importorskip("Cython", reason="Cython 3 compiles what the cython writer wrote")
    return Workbench(tmp_path)
