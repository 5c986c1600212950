"""What a run imports: the start is most of what a hit costs, and nothing else than its imports would show it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import headerkit

RUN_FOR_CMAKE = Path(headerkit.__file__).parent / "cmake" / "run.py"

# Milliseconds of CPU of each, with what it imports itself: dataclasses 8 (inspect, ast, dis), argparse 5 (gettext,
# locale), sysconfig 4 (threading), contextlib 1, difflib 1, tempfile, shutil and subprocess 3 each, the others more.
NEVER = {
    "asyncio",
    "concurrent.futures",
    "contextlib",
    "dataclasses",
    "difflib",
    "fnmatch",
    "importlib.metadata",
    "inspect",
    "logging",
    "multiprocessing",
    "pathlib",
    "shutil",
    "subprocess",
    "sysconfig",
    "tempfile",
    "threading",
}
ON_A_MISS = {"ctypes", "headerkit.backends", "headerkit.ir", "headerkit.ir_json", "headerkit.making"}
ARGUMENTS = {"argparse", "gettext", "locale"}
TOML = {"datetime", "string", "tomli", "tomllib"}


def needs(name: str) -> bool:
    """Whether this Python itself needs a module to read a settings file, or its start loaded one (a .pth file)."""
    done = subprocess.run(
        [sys.executable, "-c", "import hashlib, json, runpy, sys, typing; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return name in done.stdout.split()


def imported(folder: Path, *command: str) -> set[str]:
    """The modules that a run of Python with these arguments imports."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HEADERKIT_", "COVERAGE_"))}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command], cwd=folder, capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 0, done.stderr
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}


def unwanted(found: set[str], *groups: set[str]) -> set[str]:
    """Those of the groups that were imported for headerkit's sake; a submodule counts as its package."""
    forbidden = set().union(*groups)
    seen = {name for name in forbidden if any(each == name or each.startswith(f"{name}.") for each in found)}
    return {name for name in seen if not needs(name)}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "a.h").write_text("struct s { int x; };\nint f(struct s *);\n#define N 3\n")
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nbuild-backend = "headerkit.build_backend"\n'
        '[tool.headerkit.build]\ninner-backend = "inner"\nbackend-path = ["."]\n'
        '[[tool.headerkit.headers]]\npattern = "*.h"\n[tool.headerkit.output]\ncffi = "{stem}.cdef.txt"\n'
    )
    (tmp_path / "inner.py").write_text("def build_wheel(*_): return 'a.whl'\ndef build_sdist(*_): return 'a.tar.gz'\n")
    subprocess.run([sys.executable, "-m", "headerkit", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def test_a_command_on_a_hit_imports_what_it_needs(project: Path) -> None:
    found = imported(project, "-m", "headerkit")
    assert "headerkit.generation" in found
    assert not unwanted(found, NEVER, ON_A_MISS, ARGUMENTS)
    assert not {name for name in found if name.startswith("headerkit.writers.")}


def test_a_command_on_a_hit_with_arguments_adds_argparse_alone(project: Path) -> None:
    found = imported(project, "-m", "headerkit", "a.h", "-w", "cffi")
    assert "argparse" in found
    assert not unwanted(found, NEVER, ON_A_MISS)


def test_a_cold_run_without_settings_reads_no_toml(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text("struct s { int x; };\nint f(struct s *);\n#define N 3\n")
    found = imported(tmp_path, "-m", "headerkit", "a.h", "-w", "cffi")
    assert "headerkit.backends.libclang.backend" in found
    assert not unwanted(found, NEVER, TOML)


def test_the_plan_that_cmake_asks_for_looks_nothing_up(project: Path) -> None:
    found = imported(project, str(RUN_FOR_CMAKE), "plan", "--json")
    assert "headerkit.planning" in found
    assert not unwanted(found, NEVER, ON_A_MISS, {"headerkit.store", "headerkit.generation"})


def test_the_wrapper_on_a_hit_imports_little_more_than_the_command(project: Path) -> None:
    code = "import headerkit.build_backend as b; b.build_wheel('.')"
    found = imported(project, "-c", code)
    assert "headerkit.generation" in found
    assert not unwanted(found, NEVER, ON_A_MISS, ARGUMENTS)


def test_the_hook_on_a_hit_adds_no_module_of_the_standard_library_but_json(project: Path) -> None:
    """hatchling itself imports much: only what comes with the hook is looked at."""
    pytest.importorskip("hatchling")
    text = '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\nversion = "1"\n'
    text += '[tool.hatch.build.targets.wheel]\ninclude = ["*.txt"]\n[[tool.headerkit.headers]]\npattern = "*.h"\n'
    text += '[tool.headerkit.output]\ncffi = "{stem}.cdef.txt"\n'
    build = ("-c", "import hatchling.build as b; b.build_wheel('dist')")
    (project / "pyproject.toml").write_text(f"{text}[tool.hatch.build.hooks.custom]\n")
    (project / "hatch_build.py").write_text(
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class Nothing(BuildHookInterface):\n    PLUGIN_NAME = 'custom'\n"
    )
    nothing = imported(project, *build)
    (project / "pyproject.toml").write_text(f"{text}[tool.hatch.build.hooks.headerkit]\n")
    found = imported(project, *build)
    nothing |= imported(project, "-c", "import importlib.metadata")  # by which hatchling finds a hook that is installed
    ours = ("headerkit", "hatch_headerkit", "hatchling", "json", "_json", "importlib")
    assert "headerkit.generation" in found
    assert not {name for name in found - nothing if not name.startswith(ours)}
    assert not unwanted(found - nothing, ON_A_MISS)
