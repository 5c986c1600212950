"""What a store hit adds to a build: CPU time of a wheel build with headerkit over the same build without, in pairs.

    python benchmarks/build_overhead.py [PAIRS]

Runs hooks in child processes as front ends do, in one environment (this one: hatchling and headerkit), one header and
one writer, nothing to compile. Both builds of a pair run one after the other, the order alternates, and the figure is
the median of the differences.
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
SAMPLE = os.path.join(ROOT, "tests", "packages", "wrapped")

PROJECT = """
[project]
name = "wrapped"
version = "1.0"
[tool.hatch.build.targets.wheel]
packages = ["src/wrapped"]
"""
PLAIN = '[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n' + PROJECT
HOOK = PLAIN + "[tool.hatch.build.hooks.headerkit]\n"
WRAPPER = PLAIN.replace("hatchling.build", "headerkit.build_backend")

CALL = "import os, importlib; b = importlib.import_module({backend!r}); {calls}"
HOOKS = "b.get_requires_for_build_wheel(); b.build_wheel('dist')"


def main() -> None:
    """Print a row for each host."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    with tempfile.TemporaryDirectory() as folder:
        plain = project(folder, "plain", PLAIN)
        for host, text, backend in (
            ("hatch hook", HOOK, "hatchling.build"),
            ("PEP 517 wrapper", WRAPPER, "headerkit.build_backend"),
        ):
            other = project(folder, host.replace(" ", "-"), text)
            differences = []
            base = []
            for pair in range(pairs + 1):
                runs = [(plain, "hatchling.build"), (other, backend)]
                order = runs if pair % 2 else runs[::-1]
                spent = {where: cpu(where, which) for where, which in order}
                if pair:  # the first one fills the disk's caches
                    base.append(spent[plain])
                    differences.append(spent[other] - spent[plain])
            print(
                f"{host}: {statistics.median(base):.0f} ms without headerkit, "
                f"{statistics.median(differences):+.1f} ms with it ({pairs} pairs)"
            )


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


def cpu(path: str, backend: str) -> float:
    """CPU milliseconds of the two hooks that a front end calls, each in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for call in HOOKS.split("; "):
        code = CALL.format(backend=backend, calls=call)
        subprocess.run([sys.executable, "-c", code], cwd=path, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    main()
