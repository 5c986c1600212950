"""How long a cold run takes, as a multiple of what the parser alone would take.

    python benchmarks/parse_speed.py [--runs N] [HEADER ...]

For each header: the floor is a bare `clang_parseTranslationUnit2` of the unit in a C program (the same options and
arguments) plus the start of the interpreter; the run is `headerkit HEADER -w cffi` in a new folder (start, parse, IR,
macro values, cdef written, store filled). CPU time (user and system) and elapsed time of the processes, each the least
of N runs; memory is the greatest resident set, the run's over the bare parse's. `least_python.py` says what no Python
program can go below. Needs gcc and the headers; those that are missing are left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from headerkit.backends.libclang.arguments import clang_arguments
from headerkit.backends.libclang.library import find_libclang
from headerkit.backends.libclang.main_file import main_path, unit_text
from headerkit.backends.libclang.translation_unit import OPTIONS
from headerkit.target import host_target
from headerkit.unit import IncludeDir, Unit

HEADERS = {
    "zlib.h": (),
    "sqlite3.h": (),
    "curl/curl.h": (),
    "openssl/ssl.h": (),
    "vulkan/vulkan_core.h": (),
    "SDL.h": ("/usr/include/SDL2",),
    "glib.h": ("/usr/include/glib-2.0", "/usr/lib/x86_64-linux-gnu/glib-2.0/include"),
    "libavcodec/avcodec.h": (),
}

OWN_FILES = """
import json, sys
with open(sys.argv[1]) as file:
    ir = json.load(file)
print(":".join(ir["files"][number].partition(":")[2] for number in ir["owned_files"]))
"""


class Cost(NamedTuple):
    """Of a process: CPU and elapsed time in milliseconds, greatest resident set in MB."""

    cpu: float
    wall: float
    memory: float


def measure(command: list[str], cwd: str) -> Cost:
    """Run a process and see what it cost. Raises RuntimeError when it fails."""
    # An installed package has its bytecode: kept beside the scratch folder here, whatever the environment says.
    env = {**os.environ, "PYTHONPYCACHEPREFIX": f"{tempfile.gettempdir()}/headerkit-benchmark-bytecode"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    elapsed = time.perf_counter() - began
    if process.returncode:
        msg = f"{command[0]} ... failed with {process.returncode}"
        raise RuntimeError(msg)
    return Cost((used.ru_utime + used.ru_stime) * 1e3, elapsed * 1e3, used.ru_maxrss / 1024)


def least(costs: list[Cost]) -> Cost:
    """The least of each: noise only adds."""
    return Cost(min(c.cpu for c in costs), min(c.wall for c in costs), min(c.memory for c in costs))


class Costs(NamedTuple):
    """Of one header: a bare parse in C, the least that a Python program does with it, the cold run."""

    bare: Cost
    python: Cost
    cold: Cost


def compare(header: str, dirs: tuple[str, ...], runs: int, scratch: Path) -> Costs:
    """What the three cost; they take turns, so that all see the same machine."""
    unit = Unit(str(scratch), header, host_target(), include_dirs=tuple(IncludeDir(path, path) for path in dirs))
    text = scratch / "text.c"
    text.write_text(unit_text(unit))
    argv = clang_arguments(unit).argv
    parse = [find_libclang().path, str(OPTIONS), main_path(unit), str(text)]
    headerkit = [sys.executable, "-m", "headerkit", header, *(part for path in dirs for part in ("-I", path))]
    folder = scratch / "project"
    least_python = str(Path(__file__).with_name("least_python.py").resolve())
    commands = (
        [str(scratch / "bare_parse"), *parse, *argv],
        [sys.executable, least_python, *parse, own_files(headerkit, folder), *argv],
        [*headerkit, "-w", "cffi", "-o", "cffi:out.txt"],
    )
    costs: list[list[Cost]] = [[], [], []]
    for _ in range(runs):
        for command, found in zip(commands, costs, strict=True):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            found.append(measure(command, str(folder)))
    return Costs(*map(least, costs))


def own_files(headerkit: list[str], folder: Path) -> str:
    """The names of the library's own files, as `#include` has them, with `:` between."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    measure([*headerkit, "-w", "json", "-o", "json:out.json"], str(folder))
    # Read by another process: what this one has in memory counts as that of each that it starts.
    command = [sys.executable, "-c", OWN_FILES, str(folder / "out.json")]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("headers", nargs="*", default=list(HEADERS))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        source = Path(__file__).with_name("bare_parse.c")
        subprocess.run(["gcc", "-O2", str(source), "-o", str(scratch / "bare_parse"), "-ldl"], check=True)
        start = least([measure([sys.executable, "-c", "pass"], name) for _ in range(wanted.runs)])
        print(f"libclang {find_libclang().version}; Python {sys.version.split()[0]}, start {start.cpu:.0f} ms CPU\n")
        print(
            "| header | bare parse | floor | least in Python | ratio | cold run, ms CPU | ratio "
            "| floor | run, ms elapsed | ratio | memory, MB |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        for header in wanted.headers:
            dirs = HEADERS.get(header, ())
            try:
                bare, python, cold = compare(header, dirs, wanted.runs, scratch)
            except RuntimeError as error:
                print(f"| {header} | {error} |")
                continue
            cpu, wall = bare.cpu + start.cpu, bare.wall + start.wall
            print(
                f"| {header} | {bare.cpu:.0f} | {cpu:.0f} | {python.cpu:.0f} | {python.cpu / cpu:.2f} "
                f"| {cold.cpu:.0f} | {cold.cpu / cpu:.2f} "
                f"| {wall:.0f} | {cold.wall:.0f} | {cold.wall / wall:.2f} | {cold.memory - bare.memory:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
