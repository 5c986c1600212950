"""What the store costs: as ratios and differences within one run, CPU time of whole processes, medians of pairs.

    python benchmarks/store_speed.py [--pairs N] [--entries N] [--only hook|command|scale|merge]

`hook` needs hatchling; `hook` and `command` need libclang once, to fill the store. Nothing else may run beside it for
figures that mean something; on Linux it pins itself to one processor.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from isolated import IDLE_HOOK, isolated_python

from headerkit.plan import CachePolicy
from headerkit.store import Closure, Found, Store
from headerkit.store.merge import store_merge
from headerkit.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

HEADERS = 100
# A user's modules are compiled: measuring the compiler instead would hide everything else.
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "speed"
version = "1"
[tool.hatch.build.targets.wheel]
packages = ["src/speed"]
{hook}
[tool.headerkit]
include_dirs = ["include"]
writers = ["cffi"]
[[tool.headerkit.headers]]
pattern = "include/speed/*.h"
[tool.headerkit.output]
cffi = "src/speed/{{stem}}.cdef.txt"
"""
HOOK = "[tool.hatch.build.hooks.headerkit]"


def make_project(root: Path, headers: int, *, hook: str = "") -> None:
    """A project of `headers` headers of a hundred lines, which share five more."""
    (root / "src/speed").mkdir(parents=True)
    (root / "src/speed/__init__.py").write_text("")
    (root / "include/speed").mkdir(parents=True)
    (root / "include/shared").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT.format(hook=hook))
    for number in range(5):
        (root / f"include/shared/s{number}.h").write_text(
            "".join(f"struct shared_{number}_{line} {{ int a; char *b; }};\n" for line in range(100))
        )
    for number in range(headers):
        (root / f"include/speed/h{number}.h").write_text(
            "#include <stdint.h>\n"
            + "".join(f"#include <shared/s{shared}.h>\n" for shared in range(5))
            + "".join(f"int32_t speed_{number}_{line}(const char *name, unsigned flags);\n" for line in range(94))
        )


def cpu_of(command: list[str], cwd: Path) -> float:
    """CPU milliseconds, user and system, of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, env=ENVIRON)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def paired(pairs: int, one: Callable[[], float], other: Callable[[], float]) -> tuple[float, float, float]:
    """Medians of both, and of the difference of neighbours: a machine that slows down slows both."""
    measured = [(one(), other()) for _ in range(pairs)]
    return (
        statistics.median(first for first, _ in measured),
        statistics.median(second for _, second in measured),
        statistics.median(first - second for first, second in measured),
    )


def hook(place: Path, pairs: int) -> None:
    """A hatchling build of a wheel: with the hook (all hits), with one that does nothing, and without."""
    python = isolated_python(str(place / "environment"))
    build = [python, "-c", "import sys, hatchling.build as b; b.build_wheel(sys.argv[1])", str(place / "dist")]
    for name, text in (("headerkit", HOOK), ("idle", IDLE_HOOK), ("without", "")):
        make_project(place / name, HEADERS, hook=text)
        subprocess.run([sys.executable, "-m", "headerkit", "-q"], cwd=place / name, check=True)
        cpu_of(build, place / name)
    for name in ("idle", "headerkit"):
        hooked, without, difference = paired(
            pairs, lambda name=name: cpu_of(build, place / name), lambda: cpu_of(build, place / "without")
        )
        what = "all hits" if name == "headerkit" else "a hook that does nothing"
        print(f"hook, {HEADERS} headers, {what}: {hooked:.1f} ms with, {without:.1f} without: {difference:+.1f} ms")


def command(place: Path, pairs: int) -> None:
    """`headerkit` with everything up to date, against an interpreter that does nothing."""
    nothing = [sys.executable, "-c", "pass"]
    for headers in (1, HEADERS):
        root = place / f"command{headers}"
        make_project(root, headers)
        subprocess.run([sys.executable, "-m", "headerkit", "-q"], cwd=root, check=True)
        run, floor, _ = paired(
            pairs,
            lambda root=root: cpu_of([sys.executable, "-m", "headerkit", "-q"], root),
            lambda root=root: cpu_of(nothing, root),
        )
        print(f"headerkit, {headers} up to date: {run:.1f} ms, python -c pass {floor:.1f} ms: {run / floor:.1f}x")


def unit_of(number: int) -> Unit:
    """One of many units that differ in their header."""
    return Unit(root="/nowhere", header=f"include/h{number}.h", target="x86_64-unknown-linux-gnu")


CLOSURE = Closure(files=(), named=tuple(f"system:h{number}.h" for number in range(30)))
TEXT = "int f(void);\n" * 100


def scale(place: Path, largest: int) -> None:
    """Looking up and putting, in stores that already hold 100 entries and many more."""
    path = str(place / "scale")
    filled = 0
    costs: dict[int, tuple[float, float]] = {}
    for size in (100, 1_000, 10_000, 100_000):
        if size > largest:
            break
        store = Store(path)
        for number in range(filled, size):
            store.put_ir(unit_of(number), CLOSURE, TEXT)
        filled = size
        samples: list[tuple[float, float]] = []
        for sample in range(9):
            step = max(1, size // 97)
            look = cpu_per(lambda number: find(path, number), range(sample % step, size, step))
            put = cpu_per(lambda number: Store(path).put_ir(unit_of(number), CLOSURE, TEXT), range(filled, filled + 97))
            filled += 97
            samples.append((look, put))
        costs[size] = (statistics.median(s[0] for s in samples), statistics.median(s[1] for s in samples))
        print(f"{size:>7} entries: look up {costs[size][0]:.1f} us, put {costs[size][1]:.1f} us")
    first, last = costs[100], costs[max(costs)]
    print(f"from 100 to {max(costs)}: look up {last[0] / first[0]:.2f}x, put {last[1] / first[1]:.2f}x")


def find(path: str, number: int) -> None:
    """Look one entry up, as a new run does."""
    assert isinstance(Store(path).find_ir(unit_of(number), policy=CachePolicy()), Found)  # noqa: S101  (the check is part of the run)


def cpu_per(work: Callable[[int], object], numbers: range) -> float:
    """CPU microseconds for each number."""
    start = time.process_time()
    for number in numbers:
        work(number)
    return 1e6 * (time.process_time() - start) / len(numbers)


def merge(place: Path) -> None:
    """Twenty stores of a thousand entries into one: all different, and all the same again."""
    sources = [place / f"source{source}" for source in range(20)]
    for index, source in enumerate(sources):
        store = Store(str(source))
        for number in range(1000):
            store.put_ir(unit_of(index * 1000 + number), CLOSURE, TEXT)
    for what in ("new", "known"):
        start, cpu = time.perf_counter(), time.process_time()
        result = store_merge(sources, place / "merged")
        print(
            f"merge of 20 x 1000 {what} entries: {time.perf_counter() - start:.2f} s, "
            f"CPU {time.process_time() - cpu:.2f} s; {result.new_entries} new, {result.skipped_entries} skipped"
        )


def floor(place: Path) -> None:
    """What the file system alone takes for such a merge: each file opened, read, and written into a new folder."""
    data = b"x" * 1500
    (place / "floor").mkdir()
    start = time.process_time()
    for number in range(20_000):
        folder = place / "floor" / str(number)
        os.mkdir(folder)
        for name in ("ir.json", "metadata.json"):
            path = f"{folder}/{name}"
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            os.write(fd, data)
            os.close(fd)
    for number in range(20_000):
        for name in ("ir.json", "metadata.json"):
            fd = os.open(f"{place}/floor/{number}/{name}", os.O_RDONLY)
            os.read(fd, 2000)
            os.close(fd)
    print(f"file operations of such a merge alone: CPU {time.process_time() - start:.2f} s")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=21)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--only", choices=("hook", "command", "scale", "merge"))
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if asked.only in (None, "hook"):
            hook(place, asked.pairs)
        if asked.only in (None, "command"):
            command(place, asked.pairs)
        if asked.only in (None, "merge"):
            floor(place)
            merge(place)
        if asked.only in (None, "scale"):
            scale(place, asked.entries)


if __name__ == "__main__":
    main()
