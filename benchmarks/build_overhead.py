"""What a store hit adds to a build: CPU time of a wheel build with headerkit over the same build without, in pairs.

    python benchmarks/build_overhead.py [PAIRS]

Calls the two hooks of a build in child processes as front ends do, in an environment as they make it, one header and
one writer, nothing to compile. The builds of a round run one after the other, the order alternates, and the figure is
the median of the differences. A hatch hook that does nothing is measured beside: what hatchling itself takes for any
installed hook.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

from isolated import IDLE_HOOK, isolated_python

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLE = os.path.join(ROOT, "tests", "packages", "wrapped")

PROJECT = """
[project]
name = "wrapped"
version = "1.0"
[tool.hatch.build.targets.wheel]
packages = ["src/wrapped"]
"""
PLAIN = '[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n' + PROJECT
IDLE = f"{PLAIN}{IDLE_HOOK}\n"
HOOK = PLAIN + "[tool.hatch.build.hooks.headerkit]\n"
WRAPPER = PLAIN.replace("hatchling.build", "headerkit.build_backend")

# A user's modules are compiled: measuring the compiler instead would hide everything else.
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
HOOKS = ("get_requires_for_build_wheel()", "build_wheel('dist')")
"""What a front end calls, each in a process of its own."""


def main() -> None:
    """Print a row for each host."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        python = isolated_python(os.path.join(folder, "environment"))
        builds = {
            "without a hook": (project(folder, "plain", PLAIN), "hatchling.build"),
            "a hatch hook that does nothing": (project(folder, "idle", IDLE), "hatchling.build"),
            "hatch hook": (project(folder, "hook", HOOK), "hatchling.build"),
            "PEP 517 wrapper": (project(folder, "wrapper", WRAPPER), "headerkit.build_backend"),
        }
        for hook in HOOKS:
            spent: dict[str, list[float]] = {name: [] for name in builds}
            for turn in range(rounds + 1):
                for name in list(builds)[:: 1 if turn % 2 else -1]:
                    milliseconds = cpu(python, *builds[name], hook)
                    if turn:  # the first one fills the disk's caches
                        spent[name].append(milliseconds)
            plain, *others = spent
            print(f"{hook}, {plain}: {statistics.median(spent[plain]):.0f} ms ({rounds} rounds)")
            for name in others:
                differences = [with_it - without for with_it, without in zip(spent[name], spent[plain], strict=True)]
                print(f"{hook}, {name}: {statistics.median(differences):+.1f} ms")


def project(folder: str, name: str, text: str) -> str:
    """A copy of the sample with these settings and a filled store; its folder."""
    path = os.path.join(folder, name)
    shutil.copytree(SAMPLE, path)
    with open(os.path.join(path, "settings.toml"), encoding="utf-8") as settings:
        text += settings.read()
    with open(os.path.join(path, "pyproject.toml"), "w", encoding="utf-8") as out:
        out.write(text)
    subprocess.run([sys.executable, "-m", "headerkit", "--quiet"], cwd=path, check=True)
    return path


def cpu(python: str, path: str, backend: str, hook: str) -> float:
    """CPU milliseconds of a process that calls one hook."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = f"import importlib; importlib.import_module({backend!r}).{hook}"
    subprocess.run([python, "-c", code], cwd=path, check=True, capture_output=True, env=ENVIRON)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    main()
