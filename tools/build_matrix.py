"""Writes the table of `docs/reference/build-matrix.md` from a run: `python tools/build_matrix.py RUN.xml`.

The run is `HEADERKIT_MATRIX=full pytest tests/hosts/test_matrix.py --junit-xml=RUN.xml`. What the page says of it, it
says of that run alone: the cells that passed, and those that it lacks or that failed.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from typing import NamedTuple

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "reference", "build-matrix.md")
BEGIN, END = "<!-- made by tools/build_matrix.py -->\n", "<!-- end -->\n"
NAMES = {"hatch": "hatch hook", "scikit-build-core": "scikit-build-core and CMake"}
FRONT_ENDS = {"pip": ("wheel", "editable", "sdist"), "build": ("wheel", "sdist"), "uv": ("wheel", "editable", "sdist")}
CELL = re.compile(r"test_the_build_succeeds.*\[(.+)-(\w+)-(\w+)-(\w+)-([\d.]+)\]")


class Run(NamedTuple):
    """What a run tried; `passed` has the Pythons for each host, front end, kind and state."""

    passed: dict[tuple[str, ...], list[str]]
    tried: int
    failed: list[str]
    seconds: float


def read_run(path: str) -> Run:
    """The cells of a JUnit XML file of pytest's."""
    passed = defaultdict(list)
    tried, failed, seconds = 0, [], 0.0
    for case in ET.parse(path).iter("testcase"):  # noqa: S314  (our own file)
        found = CELL.match(case.get("name", ""))
        if not found:
            continue
        tried += 1
        seconds += float(case.get("time", "0"))
        *where, python = found.groups()
        if case.find("failure") is None and case.find("error") is None and case.find("skipped") is None:
            passed[tuple(where)].append(python)
        else:
            failed.append("-".join(found.groups()))
    return Run(passed, tried, failed, seconds)


def table(run: Run) -> str:
    """The table, and a paragraph that says what was run."""
    pythons = sorted({python for all_of in run.passed.values() for python in all_of}, key=lambda text: text.split("."))
    hosts = sorted({host for host, *_ in run.passed}, key=lambda host: (host.startswith("wrapper-"), host))
    passed = sum(map(len, run.passed.values()))
    said = (
        f"{passed} of {run.tried} cells passed in one run, on {platform.system()} {platform.machine()} with CPython "
        f"{', '.join(pythons)}; a cell took {run.seconds / max(run.tried, 1):.1f} s on average. *all* stands for a hit "
        "and a miss on each of these Pythons.\n"
    )
    lines = ["| host | front end | wheel | editable | sdist → wheel |", "|---|---|---|---|---|"]
    for host in hosts:
        name = NAMES.get(host) or f"PEP 517 wrapper, {host.removeprefix('wrapper-')} inside"
        for front_end, kinds in FRONT_ENDS.items():
            cells = [
                content(run, pythons, host, front_end, kind) if kind in kinds else "(has none)"
                for kind in ("wheel", "editable", "sdist")
            ]
            lines.append(f"| {name} | {front_end} | {' | '.join(cells)} |")
            name = ""
    broken = "".join(f"- failed: `{cell}`\n" for cell in run.failed)
    return f"{said}\n" + "\n".join(lines) + "\n" + (f"\n{broken}" if broken else "")


def content(run: Run, pythons: list[str], *where: str) -> str:
    """What a field of the table says."""
    hit, miss = (sorted(run.passed.get((*where, state), []), key=pythons.index) for state in ("hit", "miss"))
    if hit == miss == pythons:
        return "all"
    return "; ".join(f"{state} {', '.join(some)}" for state, some in (("hit", hit), ("miss", miss)) if some) or "none"


def main() -> None:
    """Run the command."""
    text = table(read_run(sys.argv[1]))
    with open(PAGE, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN)
    with open(PAGE, "w", encoding="utf-8", newline="\n") as file:
        file.write(f"{before}{BEGIN}{text}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
