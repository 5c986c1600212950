"""The identity: everything that was asked, spelled so that every machine spells it alike.

It holds no tool version, no time, no absolute path of a machine and no value of an environment variable: what is meant
by a `${VAR}` enters as a digest where it is text (a define) and not at all where it is a directory, whose files the
closure guards. Order is kept: include directories, defines and arguments mean what their order says.
"""

from __future__ import annotations

import json
import os
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from headerkit.digest import text_digest
from headerkit.errors import StoreError
from headerkit.portable import PathMap, path_args, pkg_config_name, provider, system_include_dirs

if TYPE_CHECKING:
    from headerkit.selection import Rule
    from headerkit.unit import IncludeDir, Unit

__all__ = ["FORMAT", "Json", "identity_digest", "output_identity", "unit_identity"]

FORMAT = 1

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

_STANDARD = (
    "/usr/include/",
    "/usr/lib/",
    "/usr/local/include/",
    "/usr/local/lib/",
    "/usr/local/opt/",
    "/opt/homebrew/",
    "/opt/local/",
    "/Library/",
    "/System/",
    "/Applications/",
)
"""Where systems put headers: these say nothing about one machine."""


def identity_digest(identity: dict[str, Json]) -> str:
    """SHA-256 of the identity as canonical JSON: sorted keys, no spaces, ASCII."""
    return text_digest(_CANONICAL(identity))


def unit_identity(unit: Unit) -> dict[str, Json]:
    """The identity of a unit's IR."""
    return {
        "format": FORMAT,
        "backend": unit.backend,
        "target": unit.target,
        "header": _header(unit),
        "code": None if unit.code is None else text_digest(unit.code),
        "include_dirs": _include_dirs(unit),
        "defines": _texts(unit.defines, unit.spelled_defines),
        "args": _args(unit),
        "owned": [_owned(unit, glob) for glob in unit.owned],
    }


def output_identity(
    unit: dict[str, Json], writer: str, options: tuple[tuple[str, object], ...], rules: tuple[Rule, ...]
) -> dict[str, Json]:
    """The identity of a writer's output: the unit's and all that was asked of the writer."""
    return {
        **unit,
        "writer": writer,
        "options": {key: _option(key, value) for key, value in sorted(options)},
        "rules": [[rule.action, rule.kind, *_texts((rule.pattern, rule.to), ())] for rule in rules],
    }


def _header(unit: Unit) -> str:
    if not os.path.isabs(unit.header):
        return unit.header
    return _directory(unit.root, unit.header, unit.header)


def _include_dirs(unit: Unit) -> list[Json]:
    spelled: list[Json] = []
    for include_dir in unit.include_dirs:
        text = _include_dir(unit, include_dir)
        # A package or a target may have several directories or none; what was asked for is its name, once.
        if provider(include_dir.spelled) is None or text not in spelled:
            spelled.append(text)
    return spelled


def _include_dir(unit: Unit, include_dir: IncludeDir) -> Json:
    if pkg_config_name(include_dir.spelled) is not None:
        return include_dir.spelled
    return _named_directory(unit, include_dir.spelled, include_dir.path)


def _named_directory(unit: Unit, spelled: str, path: str, flag: str = "") -> Json:
    """A directory; of one that a variable names, also whether it is the project's or the system's own.

    What is below the project is owned, and the system's directories are searched last and trusted: the same files
    elsewhere mean something else.
    """
    name = flag + _directory(unit.root, spelled, path)
    if "${" not in spelled or provider(spelled) is not None:
        return name
    path = os.path.normpath(os.path.join(unit.root, path))
    plain = _directory(unit.root, path, path)
    inside = plain if not os.path.isabs(plain) and not plain.startswith("*/") else ""
    if not inside and path not in system_include_dirs(unit):
        return name
    return _expanded(inside or path, name)


@lru_cache(maxsize=256)
def _directory(project: str, spelled: str, path: str) -> str:
    """A directory as it may be committed: its content is the closure's affair, so a name is enough."""
    if "${" in spelled:
        return spelled.replace("\\", "/")
    path = os.path.normpath(os.path.join(project, path or spelled))
    standard = os.path.isabs(spelled) and f"{path}/".startswith(_STANDARD)
    for root in (project,) if standard else (project, os.path.realpath(project)):
        if path == root:
            return "."
        if path.startswith(root + os.sep):
            return path[len(root) + 1 :].replace(os.sep, "/")
    if standard:
        return path
    if not os.path.isabs(spelled):
        return os.path.normpath(spelled).replace(os.sep, "/")
    return "*/" + os.path.basename(path)


def _texts(values: tuple[str, ...], spelled: tuple[str, ...]) -> list[Json]:
    if len(spelled) != len(values):
        spelled = tuple(map(_spelled, values))
    texts: list[Json] = []
    for value, text in zip(values, spelled, strict=True):
        # A package's flags are its library's affair, as its headers are (see closure): another machine may have none.
        if pkg_config_name(text) is None:
            texts.append(str(text) if text == value else _expanded(value, text))
    return texts


def _spelled(text: str) -> str:
    """How the user wrote a text: the settings' strings remember it where `${VAR}` was expanded."""
    return str(getattr(text, "spelled", text))


def _expanded(value: str, spelled: str) -> Json:
    return {"spelled": spelled, "sha256": text_digest(value)}


def _args(unit: Unit) -> list[Json]:
    spelled = unit.spelled_args if len(unit.spelled_args) == len(unit.args) else tuple(map(_spelled, unit.args))
    directories = {}
    for index, flag, directory in path_args(unit.args):
        joined = flag if spelled[index].startswith(flag) and spelled[index] != directory else ""
        directories[index] = _named_directory(unit, spelled[index][len(joined) :], directory, joined)
    texts: list[Json] = []
    for index, arg in enumerate(unit.args):
        texts += [directories[index]] if index in directories else _texts((arg,), (spelled[index],))
    return texts


def _owned(unit: Unit, glob: str) -> Json:
    spelled = _spelled(glob)
    if not os.path.isabs(glob):
        return glob if spelled == glob else _expanded(glob, spelled)
    portable = PathMap(unit).portable(glob)
    outside = portable.startswith("outside:")
    if spelled != glob:
        # An SDK may lie anywhere, and the glob with it.
        return _expanded(glob if outside else portable, spelled)
    # Two globs elsewhere must stay two identities, and no machine's path may be written down.
    return f"outside:{text_digest(glob)[:16]}" if outside else portable


def _option(key: str, value: object) -> Json:
    match value:
        case Enum():
            return _option(key, value.value)
        case str():
            return _texts((value,), ())[0]
        case None | bool() | int() | float():
            return value
        case tuple() | list():
            return [_option(key, item) for item in value]
        case set() | frozenset():
            return sorted((_option(key, item) for item in value), key=repr)
        case dict():
            return {str(name): _option(key, item) for name, item in sorted(value.items())}
        case _:
            msg = f"the option {key} has a value that the store cannot record: {type(value).__name__}"
            raise StoreError(msg, hint="give the option as text, number, boolean, list or table")
