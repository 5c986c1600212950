"""What `headerkit init` changes: for each file its new text, and what is left for a person to do."""

from __future__ import annotations

import os
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headerkit.cli.init.project import table_at
from headerkit.cli.init.toml_text import add_table, add_to_array, add_to_table, quoted_string, replace_string

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.cli.init.project import Project

__all__ = ["Changes", "make_changes"]

_WRAPPER = "headerkit.build_backend"
_HATCH = "hatchling.build"
_SKBUILD = "scikit_build_core.build"
_CACHE_KEYS = (
    'cache-keys = [{ file = "pyproject.toml" }, { file = "**/*.h" }, { file = "**/*.c" }, { file = ".headerkit/**" }]\n'
)
_ATTRIBUTES = ".headerkit/** -text linguist-generated\n"
_PROVIDER = """\
[[tool.dynamic-metadata]]  # asks for libclang when the store has no answer
provider = "headerkit"
"""
_COMPILE = "compile the cffi module from its cdef, as the wrapper compiles nothing (headerkit cffi-source --help)"
_COMPILE_SETUPTOOLS = f"setup.py: {_COMPILE}"
_WORKFLOW = """\
name: headerkit
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install headerkit
      - run: headerkit check
"""


@dataclass(slots=True)
class Changes:
    """New texts by file name, relative to the project root; and lines that say what to do by hand.

    `settings_file` gets the settings; `binds` says that they name a header.
    """

    settings_file: str
    binds: bool
    texts: dict[str, str] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)


def make_changes(project: Project, headers: Sequence[str], *, workflow: bool) -> Changes:
    """Decide the changes for a project. `headers` were named by the user; none: those that were found."""
    text = project.pyproject
    bound = tuple(headers) or project.headers
    changes = Changes("pyproject.toml" if text else ".headerkit.toml", binds=bool(bound))
    settings = _settings(project, bound)
    if text:
        text = _build_system(project, changes, text)
        text = _add_table(changes, text, settings)
        text = _cache_keys(project, changes, text)
    else:
        text = settings.replace("tool.headerkit.", "").replace("[tool.headerkit]\n", "").lstrip("\n")
    if text != project.pyproject:
        changes.texts[changes.settings_file] = text
    _attributes(project, changes)
    name = ".github/workflows/headerkit.yml"
    if workflow and not os.path.exists(os.path.join(project.root, name)):
        changes.texts[name] = _WORKFLOW
    return changes


def _attributes(project: Project, changes: Changes) -> None:
    """Have git change no line end in the store, and hide it in reviews."""
    name = ".gitattributes"
    try:
        with open(os.path.join(project.root, name), encoding="utf-8", newline="") as file:
            text = file.read()
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError):
        changes.by_hand.append(f"{name}: {_ATTRIBUTES.strip()}")
        return
    if not any(line.lstrip(" \t/").startswith(".headerkit/") for line in text.splitlines()):
        separator = "" if not text or text.endswith("\n") else "\n"
        changes.texts[name] = text + separator + _ATTRIBUTES


def _add_table(changes: Changes, text: str, block: str) -> str:
    """The settings with tables at their end; without, and a task for the person, where they would not be read so."""
    edited = add_table(text, block)
    if edited is None:
        changes.by_hand.append(f"pyproject.toml, in its own way of writing:\n{textwrap.indent(block.strip(), '    ')}")
    return edited or text


def _build_system(project: Project, changes: Changes, text: str) -> str:
    if "build-system" not in project.data:
        text = _add_table(
            changes, text, f'[build-system]\nrequires = ["setuptools>=77", "headerkit"]\nbuild-backend = "{_WRAPPER}"'
        )
        changes.by_hand.append(_COMPILE_SETUPTOOLS)
        return _add_table(changes, text, '[tool.headerkit.build]\ninner-backend = "setuptools.build_meta"')
    text = _require(project, changes, text)
    if project.backend == _HATCH:
        return text if _has_hook(project) else _add_table(changes, text, "[tool.hatch.build.hooks.headerkit]")
    if project.backend == _SKBUILD:
        changes.by_hand += [
            "CMakeLists.txt: find_package(headerkit CONFIG REQUIRED)",
            "CMakeLists.txt: headerkit_generate(...) and headerkit_add_cffi_module(...), see docs/how-to",
        ]
        return text if _has_provider(project) else _add_table(changes, text, _PROVIDER)
    if project.backend == _WRAPPER:
        return text
    inner = project.backend or "setuptools.build_meta:__legacy__"
    changes.by_hand.append(
        _COMPILE_SETUPTOOLS if inner.startswith("setuptools.") else f"the build of {inner}: {_COMPILE}"
    )
    edited = (
        replace_string(text, "build-system", "build-backend", _WRAPPER)
        if project.backend
        else add_to_table(text, "build-system", f"build-backend = {quoted_string(_WRAPPER)}")
    )
    if edited is None:
        changes.by_hand.append(f'pyproject.toml: build-backend = "{_WRAPPER}" in [build-system]')
    return _add_table(changes, edited or text, f"[tool.headerkit.build]\ninner-backend = {quoted_string(inner)}")


def _has_hook(project: Project) -> bool:
    """Whether hatch's build hook is there, for all that is built or for the wheel."""
    build = table_at(project.data, "tool", "hatch", "build")
    return any("headerkit" in table_at(build, *place, "hooks") for place in ((), ("targets", "wheel")))


def _has_provider(project: Project) -> bool:
    listed = table_at(project.data, "tool").get("dynamic-metadata")
    return isinstance(listed, list) and any(
        isinstance(each, dict) and each.get("provider") == "headerkit" for each in listed
    )


def _require(project: Project, changes: Changes, text: str) -> str:
    requires = project.data["build-system"].get("requires") if isinstance(project.data["build-system"], dict) else None
    names = [str(name) for name in requires] if isinstance(requires, list) else []
    if any(name.replace("[", " ").split()[:1] == ["headerkit"] for name in names):
        return text
    edited = add_to_array(text, "build-system", "requires", "headerkit")
    if edited is None:
        changes.by_hand.append('pyproject.toml: "headerkit" in requires of [build-system]')
    return edited or text


def _cache_keys(project: Project, changes: Changes, text: str) -> str:
    """Name the files of which uv rebuilds an install; a header's edit goes unnoticed otherwise."""
    if "uv" not in project.tools:
        return _add_table(changes, text, f"[tool.uv]\n{_CACHE_KEYS}")
    uv = project.data["tool"]["uv"]
    if isinstance(uv, dict) and "cache-keys" in uv:
        changes.by_hand.append(
            'pyproject.toml: { file = "**/*.h" } and { file = ".headerkit/**" } in cache-keys of [tool.uv]'
        )
        return text
    edited = add_to_table(text, "tool.uv", _CACHE_KEYS)
    if edited is None:
        changes.by_hand.append(f"pyproject.toml: {_CACHE_KEYS.strip()} in [tool.uv]")
    return edited or text


def _settings(project: Project, headers: Sequence[str]) -> str:
    """`[tool.headerkit]` and one cffi module of the headers, or a place to write them."""
    lines = ["[tool.headerkit]"]
    own = [path for path in headers if path in project.headers]
    include_dirs = [folder for folder in project.include_dirs if any(_below(path, folder) for path in own)]
    if include_dirs:
        lines.append(f"include_dirs = {_array(include_dirs)}")
    lines += ["", "[[tool.headerkit.cffi]]"]
    stem = _stem(headers[0]) if len(headers) == 1 else project.package
    lines.append(f"module = {quoted_string(f'{project.package}._{stem}')}")
    lines.append(f"headers = {_array(headers)}" if headers else 'headers = []  # such as "include/lib.h" or "zlib.h"')
    if own and project.sources:
        lines.append(f"sources = {_array(project.sources)}")
    if headers and not own:
        lines.append('libraries = []  # such as "z", or pkg_config = ["zlib"]')
    if not os.path.isdir(os.path.join(project.root, project.package_dir)):
        lines.append(f"output = {quoted_string(f'{project.package_dir}/_{stem}.cdef.txt')}")
    return "\n".join(lines) + "\n"


def _below(path: str, folder: str) -> bool:
    return folder == "." or path.startswith(f"{folder}/")


def _stem(header: str) -> str:
    stem = os.path.splitext(os.path.basename(header))[0]
    name = "".join(char if char.isalnum() else "_" for char in stem)
    return name or "lib"


def _array(values: Sequence[str]) -> str:
    return "[" + ", ".join(quoted_string(value) for value in values) + "]"
