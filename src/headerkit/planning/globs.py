"""Globs over a project's files: `*`, `?`, `[...]` within one name, `**` across folders; hidden names when spelled."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from headerkit.glob_regex import glob_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["expand_glob", "is_glob", "matches"]

_MAGIC = frozenset("*?[")
_VISIBLE = r"(?!\.)"
_NAME = rf"{_VISIBLE}[^/]+"


def is_glob(text: str) -> bool:
    """Whether a text is a pattern rather than a path."""
    return not _MAGIC.isdisjoint(text)


def matches(path: str, pattern: str) -> bool:
    """Whether a path with forward slashes matches a glob (or is the path that it spells)."""
    return path == pattern or _compiled(pattern).fullmatch(path) is not None


def expand_glob(folder: str, pattern: str) -> list[str]:
    """The files below `folder` that a glob matches: paths relative to it with forward slashes, sorted."""
    parts = pattern.split("/")
    magic = next((index for index, part in enumerate(parts) if is_glob(part)), len(parts) - 1)
    fixed = "/".join(parts[:magic])
    depth = None if "**" in parts else len(parts) - magic
    compiled = _compiled(pattern)
    hidden = any(part.startswith(".") for part in parts[magic:])
    return sorted(path for path in _files(folder, fixed, depth, hidden=hidden) if compiled.fullmatch(path))


def _files(folder: str, start: str, depth: int | None, *, hidden: bool) -> Iterator[str]:
    """Files below `folder/start`, at most `depth` names deep.

    With None, any depth; then links to folders, which may form a loop, are not entered.
    """
    try:
        entries = list(os.scandir(os.path.join(folder, start) or os.curdir))
    except OSError:
        return
    for entry in entries:
        path = f"{start}/{entry.name}" if start else entry.name
        if entry.is_dir(follow_symlinks=depth is not None):
            if (depth is None or depth > 1) and (hidden or not entry.name.startswith(".")):
                yield from _files(folder, path, None if depth is None else depth - 1, hidden=hidden)
        elif _is_file(entry):
            yield path


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = pattern.split("/")
    regex = []
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            regex.append(f"(?:{_NAME}/)*" + (_NAME if last else ""))
        else:
            regex.append(_part(part) + ("" if last else "/"))
    return re.compile("".join(regex))


def _part(part: str) -> str:
    visible = _VISIBLE if part[:1] in ("*", "?", "[") else ""
    return visible + glob_regex(re.sub(r"\*{2,}", "*", part))  # "**" alone crosses folders
