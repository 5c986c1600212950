"""`headerkit init [HEADER ...]`: writes the settings that fit the project, after showing them."""

from __future__ import annotations

import difflib
import os
import sys
from typing import TYPE_CHECKING

from headerkit.cli.arguments import Parser
from headerkit.cli.init.changes import make_changes
from headerkit.cli.init.project import look_at
from headerkit.cli.screen import Screen
from headerkit.errors import SettingsError, UsageError
from headerkit.generation import write_if_changed
from headerkit.settings.files import find_root

if TYPE_CHECKING:
    from headerkit.cli.init.changes import Changes

__all__ = ["run"]

_DESCRIPTION = """\
Look at the project (build backend, package, headers) and add what headerkit needs: settings, the build hook or
wrapper, .gitattributes, uv's cache keys. The change is shown first; what is there is never overwritten."""


def run(arguments: list[str]) -> int:
    """Set a project up. Exit status 0 also where the user says no."""
    parser = Parser("init", _DESCRIPTION)
    parser.add_argument("headers", nargs="*", metavar="HEADER", help="headers to bind (default: those found)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="show the change alone")
    parser.add_argument("--ci", action="store_true", help="also a GitHub workflow that runs headerkit check")
    found = parser.parse(arguments)
    project = look_at(find_root(os.getcwd()))
    if project.configured:
        msg = f"{project.configured}: there are settings of headerkit already, and they stay as they are"
        raise SettingsError(msg, hint="headerkit plan")
    changes = make_changes(project, found.headers, workflow=found.ci)
    _show(project.root, changes)
    if found.dry_run:
        return 0
    if not found.yes and not _agreed():
        print("nothing was changed")
        return 0
    for name, text in changes.texts.items():
        write_if_changed(os.path.join(project.root, name), text)
    print(f"wrote {', '.join(changes.texts) or 'nothing'}")
    for line in changes.by_hand:
        print(f"left to do in {line}")
    first = "" if changes.binds else f"name what to bind in headers of {changes.settings_file}, then "
    print(f"next: {first}headerkit   (fills the store and writes the outputs; then commit .headerkit/)")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        msg = "nobody is there to be asked"
        raise UsageError(msg, hint="headerkit init --yes")
    return input("Make this change? [y/N] ").strip().lower() in ("y", "yes")


def _show(root: str, changes: Changes) -> None:
    screen = Screen()
    for name, text in changes.texts.items():
        try:
            with open(os.path.join(root, name), encoding="utf-8", newline="") as file:
                before = file.read()
        except FileNotFoundError:
            before = ""
        old = name if before else "(new)"
        for line in difflib.unified_diff(before.splitlines(), text.splitlines(), old, name, lineterm="", n=2):
            colour = {"+": "green", "-": "red"}.get(line[:1], "dim")
            print(screen.paint(line, colour))
        print()
