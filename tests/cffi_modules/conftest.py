from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headerkit.plan import CffiModule
from headerkit.unit import IncludeDir

if TYPE_CHECKING:
    from pathlib import Path

HEADER = '#include "depth.h"\nint twice(int value);\nstruct pair { int first, second; };\n'
SOURCE = '#include "twice.h"\nint twice(int value) { return DEPTH * value; }\n'
CDEF = "int twice(int value);\nstruct pair { int first, second; };\n#define DEPTH ...\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one small C library with a transitively included header, and its cdef."""
    root = tmp_path / "a project"
    (root / "include").mkdir(parents=True)
    (root / "include" / "depth.h").write_text("#define DEPTH 2\n")
    (root / "include" / "twice.h").write_text(HEADER)
    (root / "twice.c").write_text(SOURCE)
    (root / "twice.cdef.txt").write_text(CDEF)
    return root


@pytest.fixture
def module(project: Path) -> CffiModule:
    return CffiModule(
        module="pkg._twice",
        cdef=str(project / "twice.cdef.txt"),
        csrc="#include <twice.h>\n",
        sources=(str(project / "twice.c"),),
        include_dirs=(IncludeDir("include", str(project / "include")),),
    )


@pytest.fixture
def changed(module: CffiModule):
    def change(**fields) -> CffiModule:
        return module._replace(**fields)

    return change
