"""Whether scikit-build-core leaves the store out of a source distribution."""

from __future__ import annotations

import os
from typing import Any

from headerkit._compat import tomllib

__all__ = ["left_out"]


def left_out(root: str, store_dir: str) -> str:
    """What leaves the store out (`tool.scikit-build.sdist.exclude`, `.gitignore`); "" where it is packed, or is none.

    The two are read as scikit-build-core reads them at the project's root; `sdist.include` brings back what it names.
    """
    if not os.path.isdir(os.path.join(root, store_dir)):
        return ""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  (scikit-build-core's own; there when it asks)

    with open(os.path.join(root, "pyproject.toml"), "rb") as file:
        sdist: dict[str, Any] = tomllib.load(file).get("tool", {}).get("scikit-build", {}).get("sdist", {})
    entry = f"{store_dir}/store.json"
    if GitIgnoreSpec.from_lines(sdist.get("include", ())).match_file(entry):
        return ""
    if GitIgnoreSpec.from_lines(sdist.get("exclude", ())).match_file(entry):
        return "tool.scikit-build.sdist.exclude"
    try:
        with open(os.path.join(root, ".gitignore"), encoding="utf-8") as lines:
            return ".gitignore" if GitIgnoreSpec.from_lines(lines).match_file(entry) else ""
    except FileNotFoundError:
        return ""
