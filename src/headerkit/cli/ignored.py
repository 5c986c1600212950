"""Which output files version control leaves out: a fresh checkout has none of them, and its build writes them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ignored_by_git"]


def ignored_by_git(root: str, paths: Iterable[str]) -> frozenset[str]:
    """Those of the absolute paths that git ignores in the working tree of `root`; none without git or a tree."""
    names = [os.path.abspath(path) for path in paths]
    command = ["git", "-C", root, "check-ignore", "-z", "--stdin"]
    asked = "\0".join(names).encode("utf-8", "surrogateescape")
    try:
        done = subprocess.run(command, input=asked, capture_output=True, check=False)
    except OSError:
        return frozenset()
    answer = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return frozenset(answer).intersection(names)
