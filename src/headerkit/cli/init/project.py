"""What a project is: its build backend, its package, its headers and C files."""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

from headerkit._compat import tomllib
from headerkit.errors import SettingsError
from headerkit.planning.globs import expand_glob

__all__ = ["Project", "look_at", "table_at"]

_PRIVATE = frozenset(
    ("build", "dist", "node_modules", "tests", "test", "third_party", "vendor", "examples", "docs", "venv")
)
"""Folders whose headers are rarely what a project binds."""
_INCLUDED = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[\"<]([^\">\n]+)", re.MULTILINE)
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w+[ \t]*!?[ \t]*\w*)", re.MULTILINE)


class Project(NamedTuple):
    """What was found below `root`. `pyproject` is the file's text, "" where there is none; paths are relative."""

    root: str
    pyproject: str
    backend: str
    package: str
    package_dir: str
    headers: tuple[str, ...]
    include_dirs: tuple[str, ...]
    sources: tuple[str, ...]
    configured: str
    """The file that holds headerkit's settings already; "" for none."""
    tools: frozenset[str]
    """The names of the tables below `[tool]`."""
    data: dict[str, Any]


def look_at(root: str) -> Project:
    """Look at a project. Raises SettingsError for a pyproject.toml that is not TOML."""
    path = os.path.join(root, "pyproject.toml")
    text = ""
    data: dict[str, Any] = {}
    if os.path.isfile(path):
        try:
            with open(path, encoding="utf-8", newline="") as file:
                text = file.read()
            data = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            msg = f"pyproject.toml cannot be read as TOML: {error}"
            raise SettingsError(msg) from error
    tool = table_at(data, "tool")
    headers = _without_parts(root, tuple(found for suffix in ("h", "hpp") for found in _files(root, suffix)))
    package, package_dir = _package(root, data)
    dedicated = os.path.isfile(os.path.join(root, ".headerkit.toml"))
    backend = table_at(data, "build-system").get("build-backend")
    return Project(
        root=root,
        pyproject=text,
        backend=backend if isinstance(backend, str) else "",
        package=package,
        package_dir=package_dir,
        headers=headers,
        include_dirs=_include_dirs(headers),
        sources=_files(root, "c"),
        configured=".headerkit.toml" if dedicated else "pyproject.toml" if "headerkit" in tool else "",
        tools=frozenset(tool),
        data=data,
    )


def table_at(data: dict[str, Any], *names: str) -> dict[str, Any]:
    """The table below these names; empty where there is none."""
    for name in names:
        found = data.get(name)
        data = found if isinstance(found, dict) else {}
    return data


def _files(root: str, suffix: str) -> tuple[str, ...]:
    return tuple(
        path for path in expand_glob(root, f"**/*.{suffix}") if not _PRIVATE.intersection(path.split("/")[:-1])
    )


def _package(root: str, data: dict[str, Any]) -> tuple[str, str]:
    """The import package and its folder: of the project's name, else the only one there is."""
    name = table_at(data, "project").get("name")
    wanted = re.sub(r"[-_.]+", "_", name).lower() if isinstance(name, str) else ""
    found = [path for parent in ("src/", "") for path in expand_glob(root, f"{parent}*/__init__.py")]
    folders = {path.split("/")[-2]: os.path.dirname(path) for path in reversed(found)}
    if wanted in folders:
        return wanted, folders[wanted]
    likely = [package for package in folders if package not in _PRIVATE]
    if len(likely) == 1:
        return likely[0], folders[likely[0]]
    fallback = wanted if wanted.isidentifier() else "bindings"
    return fallback, f"src/{fallback}" if os.path.isdir(os.path.join(root, "src")) else fallback


def _without_parts(root: str, headers: tuple[str, ...]) -> tuple[str, ...]:
    """The headers without those that another one includes and that cannot be included twice."""
    texts = {path: _text(os.path.join(root, path)) for path in headers}
    folders = _include_dirs(headers)
    included = {
        os.path.normpath(os.path.join(folder, name)).replace(os.sep, "/")
        for path, text in texts.items()
        for name in _INCLUDED.findall(text)
        for folder in (os.path.dirname(path), *folders)
    }
    return tuple(path for path in headers if path not in included or _is_guarded(texts[path]))


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:  # the run that binds it says why
        return ""


def _is_guarded(text: str) -> bool:
    """Whether a header looks as if it could be included twice (`#pragma once`, `#ifndef`, `#if !defined`)."""
    first = _DIRECTIVE.search(text)
    return "pragma once" in text or (first is not None and first[1].startswith(("ifndef", "if !", "if!")))


def _include_dirs(headers: tuple[str, ...]) -> tuple[str, ...]:
    """The folders named `include` that hold headers, else each folder that holds some."""
    named = [path.split("include/")[0] + "include" for path in headers if "include/" in path]
    return tuple(dict.fromkeys(named or [os.path.dirname(path) or "." for path in headers]))
