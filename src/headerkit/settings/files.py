"""The settings file: which one it is, the project root, and its table with a good message for broken TOML."""

from __future__ import annotations

import os
from typing import Any

from headerkit.errors import SettingsError
from headerkit.light_classes import NamedTuple

__all__ = ["SettingsFile", "find_root", "read_settings_file"]

DEDICATED = ".headerkit.toml"
PYPROJECT = "pyproject.toml"


class SettingsFile(NamedTuple):
    """What a settings file says: its path ("" for none), the path of its table in messages, and the table.

    `requires_python` is what the project's metadata say beside it.
    """

    path: str
    where: str
    table: object
    requires_python: str = ""


def find_root(start: str) -> str:
    """The project root: the nearest folder from `start` upward that holds a settings file, else `start` itself."""
    folder = start = os.path.abspath(start)
    while True:
        if any(os.path.isfile(os.path.join(folder, name)) for name in (PYPROJECT, DEDICATED)):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return start
        folder = parent


def read_settings_file(root: str, chosen: str = "") -> SettingsFile:
    """Read the settings of the project at `root`, or those of the file `chosen` (absolute) in place of them.

    Raises SettingsError for TOML that is none, and where both files of a project hold settings.
    """
    pyproject, dedicated = os.path.join(root, PYPROJECT), os.path.join(root, DEDICATED)
    if chosen and os.path.basename(chosen) != PYPROJECT:
        return SettingsFile(chosen, "", _read(chosen))
    data = _read(chosen or pyproject) if chosen or os.path.isfile(pyproject) else {}
    project, tool = data.get("project"), data.get("tool")
    requires = project.get("requires-python") if isinstance(project, dict) else None
    requires = requires if isinstance(requires, str) else ""
    ours = isinstance(tool, dict) and "headerkit" in tool
    if chosen or not os.path.isfile(dedicated):
        table = tool["headerkit"] if isinstance(tool, dict) and ours else {}
        return SettingsFile(chosen or (pyproject if data else ""), "tool.headerkit", table, requires)
    if ours:
        msg = f"both {PYPROJECT} ([tool.headerkit]) and {DEDICATED} hold settings in {root}"
        raise SettingsError(msg, hint="move all of them into one of the two files")
    return SettingsFile(dedicated, "", _read(dedicated), requires)


def _read(path: str) -> dict[str, Any]:
    from headerkit._compat import tomllib  # noqa: PLC0415  (5 ms, which a run without a settings file need not pay)

    name = os.path.basename(path)
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        msg = f"{path}: the settings file cannot be read: {error.strerror or error}"
        raise SettingsError(msg) from error
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{name}: line {line} is not UTF-8, as TOML must be"
        raise SettingsError(msg) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_broken(name, text, str(error)), hint=_remedy(text, str(error))) from error
    except RecursionError as error:
        msg = f"{name}: nested too deeply"
        raise SettingsError(msg) from error


def _broken(name: str, text: str, error: str) -> str:
    """The parser's message with the line it means."""
    import re  # noqa: PLC0415  (only a broken file needs it)

    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", error)
    if not place:
        return f"{name}: not valid TOML: {error}"
    what = error[: place.start()]
    lines = text.split("\n")
    number = int(place[1]) if place[1] else len(lines)
    line = lines[number - 1].rstrip("\r") if number <= len(lines) else ""
    column = int(place[2]) if place[2] else len(line) + 1
    start = max(0, column - 60)
    shown = "".join(char if char.isprintable() else " " for char in line[start : start + 100])
    return f"{name}: line {number} is not valid TOML: {what}\n  {shown}\n  {' ' * (column - 1 - start)}^"


def _remedy(text: str, error: str) -> str:
    """What to do about the mistake that is easiest to make: one table opened in two places."""
    import re  # noqa: PLC0415  (see above)

    twice = re.match(r"Cannot declare \((.*?),?\) twice", error)
    if not twice:
        return ""
    table = ".".join(part.strip().strip("'\"") for part in twice[1].split(","))
    opened = [number for number, line in enumerate(text.split("\n"), 1) if line.split("#")[0].strip() == f"[{table}]"]
    first = f" (line {opened[0]})" if opened else ""
    return f"put these keys into the first [{table}]{first}: TOML allows each table once"
