"""A store that one machine filled serves the wheels of all others: real builds, from an sdist, without libclang."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from headerkit.sysroots.zig import zig_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not zig_folder(), reason="the ziglang package is not installed")

HEADER = """\
#include <stdio.h>
#define ALL_ONES ~0UL
#ifdef _WIN32
#define SYSTEM "Windows"
#elif defined(__APPLE__)
#define SYSTEM "macOS"
#else
#define SYSTEM "Linux"
#endif
int vec_print(FILE *to);
"""
PROJECT = """\
[build-system]
requires = {requires}
build-backend = "{backend}"
[project]
name = "vecpkg"
version = "1.0"
[tool.hatch.build.hooks.headerkit]
[tool.hatch.build.targets.wheel]
packages = ["src/vecpkg"]
[tool.headerkit.build]
inner-backend = "hatchling.build"
[[tool.headerkit.headers]]
pattern = "include/vec.h"
[tool.headerkit.output]
ctypes = "src/vecpkg/_vec.py"
"""
BACKENDS = {
    "hatch hook": ('["hatchling", "headerkit"]', "hatchling.build"),
    "wrapper": ('["hatchling", "headerkit"]', "headerkit.build_backend"),
}
EXPECTED = {
    "x86_64-unknown-linux-musl": ("Linux", 2**64 - 1),
    "i686-unknown-linux-gnu": ("Linux", 2**32 - 1),
    "aarch64-apple-darwin": ("macOS", 2**64 - 1),
    "x86_64-pc-windows-msvc": ("Windows", 2**32 - 1),
}


def make(folder: Path, kind: str) -> Path:
    requires, backend = BACKENDS[kind]
    text = PROJECT.format(requires=requires, backend=backend)
    if kind == "wrapper":
        text = text.replace("[tool.hatch.build.hooks.headerkit]\n", "")
    for name, content in (
        ("pyproject.toml", text),
        ("include/vec.h", HEADER),
        ("src/vecpkg/__init__.py", ""),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


@pytest.mark.parametrize("kind", BACKENDS)
def test_an_sdist_gives_each_target_its_own_bindings(kind, tmp_path, front_ends, without_libclang, no_libclang):
    project = make(tmp_path / "project", kind)
    command = [sys.executable, "-m", "headerkit", "cache", "populate", "-q"]
    command += [word for target in EXPECTED for word in ("--target", target)]
    subprocess.run(command, cwd=project, check=True)
    assert not (project / "src/vecpkg/_vec.py").exists()
    done = front_ends.build(project, "--sdist", HEADERKIT_TARGET="aarch64-apple-darwin", **no_libclang)
    assert done.status == 0, done.said
    (sdist,) = (project / "dist").glob("*.tar.gz")
    for target, (system, ones) in EXPECTED.items():
        wheels = tmp_path / target
        done = without_libclang.run(
            *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", wheels, sdist),
            HEADERKIT_TARGET=target,
            HEADERKIT_LOCKED="1",
            **no_libclang,
        )
        assert done.status == 0, done.said
        (wheel,) = wheels.glob("*.whl")
        text = zipfile.ZipFile(wheel).read("vecpkg/_vec.py").decode()
        assert f"SYSTEM = b'{system}'" in text or f'SYSTEM = b"{system}"' in text
        assert f"ALL_ONES = {ones}\n" in text


def test_a_target_that_was_not_filled_names_the_command_that_fills_it(tmp_path, without_libclang, no_libclang):
    project = make(tmp_path / "project", "hatch hook")
    subprocess.run([sys.executable, "-m", "headerkit", "-q"], cwd=project, check=True)
    done = without_libclang.build(
        project, "--wheel", HEADERKIT_TARGET="s390x-linux-gnu", HEADERKIT_LOCKED="1", **no_libclang
    )
    assert done.status != 0
    assert "try:   headerkit cache populate --target s390x-unknown-linux-gnu " in done.said
