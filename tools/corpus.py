"""Scores the writers over real libraries: `python tools/corpus.py CORPUS [--only NAMES] [--writer NAME]`.

CORPUS is the folder of the acceptance harness. Its environment, its truth and the results go to .work/corpus; truth is
kept, the rest always made anew. Ends non-zero when a writer's mean falls below its floor or an output is not accepted.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(ROOT, ".work", "corpus")
FLOORS = {"cffi": 99.5, "ctypes": 99.5, "cython": 99.5}
"""The least mean score of each writer, in percent."""


def main() -> None:
    """Set up, score, report and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("--only", help="names of entries, comma separated")
    parser.add_argument("--writer", action="append", choices=FLOORS, help="default: all")
    wanted = parser.parse_args()
    harness = Harness(wanted.corpus, ["--only", wanted.only] if wanted.only else [])
    writers = wanted.writer or list(FLOORS)
    harness.run("truth", quiet=True)
    harness.check_truth()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(
            pool.map(
                lambda writer: harness.run("run", "--adapter", "headerkit", "--writer", writer, "--again"), writers
            )
        )
    sys.exit(1 if [writer for writer in writers if not harness.is_good(writer)] else 0)


class Harness:
    """The acceptance harness, in an environment of its own."""

    def __init__(self, corpus: str, selection: list[str]) -> None:
        self._corpus = os.path.abspath(corpus)
        self._selection = ["--split", "public", *selection]
        self._python = os.path.join(WORK, "harness", "bin", "python")
        os.makedirs(os.path.join(WORK, "venvs"), exist_ok=True)
        own = os.path.join(WORK, "venvs", "headerkit")
        if not os.path.lexists(own):
            os.symlink(sys.prefix, own)
        if not os.path.exists(self._python):
            call(sys.executable, "-m", "venv", "--without-pip", os.path.join(WORK, "harness"))
        requirements = os.path.join(self._corpus, "requirements.txt")
        call(sys.executable, "-m", "pip", "--python", self._python, "install", "--quiet", "-r", requirements)

    def run(self, command: str, *arguments: str, quiet: bool = False) -> None:
        """Run one of the harness's commands over the selection."""
        script = os.path.join(self._corpus, "harness.py")
        call(self._python, script, command, *self._selection, *arguments, "--work", WORK, quiet=quiet)

    def check_truth(self) -> None:
        """End where clang had errors: what it then says of the headers is not the truth."""
        for path in sorted(glob.glob(os.path.join(WORK, "truth", "*.json"))):
            with open(path, encoding="utf-8") as file:
                errors = json.load(file)["parse_errors"]
            if errors:
                msg = f"error: {path}: the headers were not parsed: {errors[0]}"
                msg += "\n  try:   apt-get install libclang-common-19-dev"
                raise SystemExit(msg)

    def is_good(self, writer: str) -> bool:
        """Report a writer's scores; whether they are above its floor and every output was accepted."""
        out = os.path.join(WORK, f"{writer}.json")
        self.run("report", "--adapter", "headerkit", "--writer", writer, "--json", out, "--failures", "5")
        with open(out, encoding="utf-8") as file:
            row = next(row for row in json.load(file)["summary"] if row["split"] == "all")
        good = row["score"] >= FLOORS[writer] and row["accepted"] == row["entries"]
        verdict = "ok" if good else "FAILED"
        accepted = f"{row['accepted']} of {row['entries']} accepted"
        print(
            f"corpus: {writer}: mean {row['score']:.2f} (floor {FLOORS[writer]:.2f}), {accepted}: {verdict}", flush=True
        )
        return good


def call(*command: str, quiet: bool = False) -> None:
    """Run a command; end with all that it said when it fails."""
    out = subprocess.PIPE if quiet else None
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, text=True, check=False)
    if done.returncode:
        msg = f"error: exit status {done.returncode}: {' '.join(command)}\n{done.stdout or ''}{done.stderr or ''}"
        raise SystemExit(msg)


if __name__ == "__main__":
    main()
