"""All sources of settings -> one `Settings`.

In order: command line (or API arguments), environment (`HEADERKIT_*`), PEP 517 config settings, the settings file,
defaults. A value that a higher source replaces is not looked at.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from headerkit.settings.expand import escape
from headerkit.settings.files import find_root, read_settings_file
from headerkit.settings.model import BuildSettings, CacheSettings, MergeSettings, Settings
from headerkit.settings.overrides import Overrides
from headerkit.settings.problems import Problems, member, nearest, quoted
from headerkit.settings.read import ABOVE_ZERO, Reader, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["load_settings"]

_TABLES: dict[str, type] = {"": Settings, "cache": CacheSettings, "merge": MergeSettings, "build": BuildSettings}
"""The tables with keys that other sources set too."""
_PREFIX = "HEADERKIT_"
_OTHER_VARIABLES = ("HEADERKIT_LIBCLANG",)
_NO_FOLDER = "names no folder"
_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off", "")


def load_settings(
    start: str = "",
    *,
    config_file: str | None = None,
    command_line: Overrides | None = None,
    config_settings: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    only: Iterable[str] = (),
) -> Settings:
    """Load the settings of the project that `start` (a folder; default: the current one) belongs to.

    `config_file` names a settings file in place of the project's. `config_settings` are those of PEP 517 hooks; keys
    that are not ours are left alone. With `only`, the file's other top-level keys are not looked at (a command that
    needs the store alone does not fail for an include directory's unset variable).

    Raises SettingsError with every problem, each with its path.
    """
    environ = os.environ if environ is None else environ
    base = os.path.abspath(start or os.curdir)
    command_line = command_line or Overrides()
    chosen = os.path.normpath(os.path.join(base, config_file)) if config_file else ""
    in_place = os.path.basename(chosen) in ("pyproject.toml", ".headerkit.toml")
    root = os.path.dirname(chosen) if in_place else find_root(base)
    file = read_settings_file(root, chosen)
    problems = Problems()
    higher = _higher(problems, command_line, environ, config_settings or {})
    table = file.table
    if isinstance(table, dict):
        if command_line.store_dir is not None:
            if not command_line.store_dir:
                problems.add("--store-dir", _NO_FOLDER)
            folder = os.path.join(command_line.base or root, command_line.store_dir)
            higher["", "store_dir"] = _spelled(os.path.normpath(folder))
        elif table.get("store_dir") == "" and ("", "store_dir") not in higher:
            problems.add(member(file.where, "store_dir"), _NO_FOLDER)
        table = {name: value for name, value in table.items() if not only or name in only}
        for (section, name), value in higher.items():
            _lay_over(table, section, name, value)
    settings = Reader(problems, environ).table(
        Settings,
        table,
        file.where,
        root=root,
        file=file.path,
        where=file.where,
        requires_python=file.requires_python,
        warnings=_misspelt(environ),
    )
    problems.raise_any(os.path.basename(file.path) if file.path else "")
    assert settings is not None  # noqa: S101  (no problem means that the table was read)
    return settings


def _lay_over(table: dict[str, Any], section: str, name: str, value: object) -> None:
    if not section:
        table[name] = value
    elif isinstance(table.setdefault(section, {}), dict):
        table[section] = {**table[section], name: value}


def _higher(
    problems: Problems,
    command_line: Overrides,
    environ: Mapping[str, str],
    config_settings: Mapping[str, object],
) -> dict[tuple[str, str], object]:
    """The values of the sources above the settings file, by table and key."""
    values: dict[tuple[str, str], object] = {}
    for section, cls in _TABLES.items():
        for name, (found, hint) in keys_of(cls).items():
            if not (found.metadata["env"] or found.metadata["config_setting"]):
                continue
            given = getattr(command_line, found.name, None)
            if given is not None:
                values[section, name] = _spelled(given)
                continue
            for source, key in ((environ, found.metadata["env"]), (config_settings, found.metadata["config_setting"])):
                if key and key in source:
                    value = _from_text(
                        problems, f"config setting {key}" if source is config_settings else key, source[key], hint
                    )
                    if value is not None:
                        values[section, name] = value
                        break
    return values


def _from_text(problems: Problems, where: str, text: object, hint: object) -> object:
    """A value from a source that has only strings; None where there is none."""
    if isinstance(text, list) and text:
        text = text[-1]  # pip hands a repeated -C over as a list; the last one wins, as everywhere
    if isinstance(text, bool) and hint is bool:
        return text
    if not isinstance(text, str):
        problems.add(where, f"expected a string, got {type(text).__name__}")
        return None
    if hint is not bool and not text:
        return None
    if hint is int:
        if text.strip().isdecimal() and int(text) > 0:
            return int(text)
        problems.add(where, f"expected {ABOVE_ZERO}, got {quoted(text)}")
        return None
    if hint is not bool:
        return _spelled(text)
    if text.strip().lower() in (*_TRUE, *_FALSE):
        return text.strip().lower() in _TRUE
    problems.add(where, f"expected 1 or 0, got {quoted(text)}")
    return None


def _spelled(value: object) -> object:
    """Other sources are not expanded: the shell did that; the reader gets the form that stands for the text itself."""
    return getattr(escape(value), "spelled", value) if isinstance(value, str) else value


def _misspelt(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Warnings for variables that look like ours and are not; other HEADERKIT_ names may be there for `${VAR}`."""
    known = {found.metadata["env"] for cls in _TABLES.values() for found, _ in keys_of(cls).values()} - {""}
    known.update(_OTHER_VARIABLES)
    endings = {name.removeprefix(_PREFIX): name for name in known}
    warnings = []
    for name in environ:
        if name.startswith(_PREFIX) and name not in known:
            close = nearest(name.removeprefix(_PREFIX), endings, at_least=0.8)
            if close:
                hint = f"did you mean {endings[close]}?"
                warnings.append(f"the environment variable {quoted(name)} means nothing to headerkit; {hint}")
    return tuple(warnings)
