"""The floors of the tree: imports point down, and the hit path stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"

FLOORS = (
    (
        "_compat",
        "collection",
        "digest",
        "errors",
        "glob_regex",
        "ir",
        "ir_version",
        "light_classes",
        "replacing",
        "sysroots",
        "target",
        "unit",
    ),
    (
        "portable",
        "ir_json",
        "ir_reading",
        "references",
        "renaming",
        "filtering",
        "selection",
        "plan",
        "backends.protocol",
        "writers.protocol",
        "settings",
    ),
    ("store", "backends", "writers", "targets", "diff"),
    ("planning", "cffi_modules"),
    ("generation", "making", "targets.populate", "requirements", "sdist", "inner_backend", "working_copy"),
    ("api", "depfile"),
    ("cli", "cmake", "build_backend", "__main__", "hatch_headerkit", "skbuild_headerkit"),
)
"""From the ground up. A module may import from its own floor and the floors below it; the longest name counts."""


def floor_of(module: str) -> int:
    name = module.removeprefix("headerkit.")
    best = (-1, -1)
    for level, rooms in enumerate(FLOORS):
        for room in rooms:
            if name == room or name.startswith(room + "."):
                best = max(best, (len(room), level))
    assert best[1] >= 0, f"{module} has no floor: give it one in FLOORS"
    return best[1]


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if module_of(path) != "headerkit")


def imports_of(path: Path) -> set[str]:
    module = module_of(path)
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide the floor"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_module = (SOURCE / whole.replace(".", "/")).with_suffix(".py").exists() or (
                    SOURCE / whole.replace(".", "/")
                ).is_dir()
                found.add(whole if is_module else str(node.module))
    return {name for name in found if name.split(".")[0] in ("headerkit", "hatch_headerkit", "skbuild_headerkit")}


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_imports_point_down(path: Path) -> None:
    here = floor_of(module_of(path))
    up = {name for name in imports_of(path) if name != "headerkit" and floor_of(name) > here}
    assert not up


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_no_file_is_longer_than_a_reader_can_hold(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 800


def test_the_package_itself_imports_nothing_heavy() -> None:
    heavy = {"ctypes", "json", "dataclasses", "tomllib", "tomli", "argparse", "pathlib", "importlib.metadata"}
    code = "import sys; before = set(sys.modules); import headerkit; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())
