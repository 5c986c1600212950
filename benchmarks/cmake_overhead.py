"""What a store hit adds to a CMake build: CPU time with headerkit over the same build without, in pairs.

    python benchmarks/cmake_overhead.py [PAIRS]

Each configuration starts from an empty folder, with Ninja, a C compiler to be found and `Python_EXECUTABLE` given, as
scikit-build-core does. Both runs of a pair come one after the other, the order alternates, and a figure is the median
of the differences. Building is the step that writes a cdef from the store, over an empty build.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLE = os.path.join(ROOT, "examples", "cmake-plain")

PLAIN = """
cmake_minimum_required(VERSION 3.21)
project(stats LANGUAGES C)
add_library(stats INTERFACE)
target_include_directories(stats INTERFACE include)
target_compile_definitions(stats INTERFACE STATS_WINDOW=8)
"""
FOUND = PLAIN + "find_package(headerkit CONFIG REQUIRED)\n"
GENERATE = FOUND + (
    "headerkit_generate(cdef WRITER cffi HEADERS include/stats/stats.h OUTPUT cdef.txt LINK_LIBRARIES stats)\n"
)
PROJECT = FOUND + "headerkit_generate(PROJECT)\n"
SETTINGS = """
[tool.headerkit]
include_dirs = ["include"]
[[tool.headerkit.headers]]
pattern = "include/stats/stats.h"
output = { cffi = "stats.cdef.txt" }
"""


def main() -> None:
    """Print a row for each way."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        plain = tree(folder, "plain", PLAIN)
        for name, text in (
            ("find_package", FOUND),
            ("find_package and headerkit_generate(HEADERS)", GENERATE),
            ("find_package and headerkit_generate(PROJECT)", PROJECT),
        ):
            other = tree(folder, "other", text)
            base, added, built = [], [], []
            for pair in range(pairs + 1):
                order = [plain, other] if pair % 2 else [other, plain]
                spent = {source: configure(source) for source in order}
                empty, full = build(plain), build(other)
                if pair:  # the first one fills the disk's caches
                    base.append(spent[plain])
                    added.append(spent[other] - spent[plain])
                    built.append(full - empty)
            before, more, step = (statistics.median(values) for values in (base, added, built))
            print(f"{name}: configuring {before:.0f} ms without, {more:+.1f} ms with; building {step:+.1f} ms")


def tree(folder: str, name: str, text: str) -> str:
    """A copy of the sample with this CMakeLists.txt and a filled store; its folder."""
    path = os.path.join(folder, name)
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(SAMPLE, path)
    for file, content in (("CMakeLists.txt", text), ("pyproject.toml", SETTINGS)):
        with open(os.path.join(path, file), "w", encoding="utf-8") as out:
            out.write(content)
    configure(path)
    build(path)
    return path


def configure(source: str) -> float:
    """CPU milliseconds of a first configuration."""
    shutil.rmtree(os.path.join(source, "build"), ignore_errors=True)
    return cpu(
        *("cmake", "-G", "Ninja", "-S", source, "-B", os.path.join(source, "build")),
        *(f"-DPython_EXECUTABLE={sys.executable}", f"-Dheaderkit_DIR={ROOT}/src/headerkit/cmake"),
    )


def build(source: str) -> float:
    """CPU milliseconds of a first build."""
    return cpu("cmake", "--build", os.path.join(source, "build"))


def cpu(*command: str) -> float:
    """CPU milliseconds of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    main()
