"""`headerkit store merge SRC ... -o DST`."""

from __future__ import annotations

import argparse

from headerkit.cli.actions import run_action
from headerkit.cli.arguments import Parser
from headerkit.cli.screen import Screen
from headerkit.errors import StoreError, UsageError
from headerkit.settings import Overrides, load_settings
from headerkit.settings.problems import quoted
from headerkit.settings.read import ABOVE_ZERO

__all__ = ["run"]


def run(arguments: list[str]) -> int:
    """Run one action."""
    return run_action("store", _ACTIONS, arguments)


def _merge(arguments: list[str]) -> int:
    from headerkit.store.merge import store_merge  # noqa: PLC0415  (not for other commands)

    parser = Parser("store merge", "Copy the entries of stores into another one; each is verified, later ones win.")
    parser.add_argument("sources", nargs="+", metavar="SRC", help="a store's folder")
    parser.add_argument("-o", "--output", required=True, metavar="DST", help="the store to fill")
    parser.add_argument("--max-entries", type=_number, metavar="N", help="refuse more than N entries")
    parser.add_argument("--max-file", type=_number, metavar="BYTES", help="leave out entries with larger files")
    parser.add_argument("--max-total", type=_number, metavar="BYTES", help="refuse more in all")
    parser.add_argument("--config", metavar="FILE", help="settings file in place of the project's")
    found = parser.parse(arguments)
    if not found.output:
        msg = "-o: the store to fill has no name"
        raise UsageError(msg)
    asked = Overrides(max_entries=found.max_entries, max_file=found.max_file, max_total=found.max_total)
    limits = load_settings(config_file=found.config, command_line=asked, only=("merge",)).merge
    result = store_merge(found.sources, found.output, limits=limits)
    print(f"{result.new_entries} new, {result.skipped_entries} skipped, {result.replaced_entries} replaced")
    Screen().notes(f"refused: {line}" for line in result.refused)
    return StoreError.exit_code if result.refused else 0


def _number(text: str) -> int:
    """A limit, for argparse, which names the option in the error."""
    if text.isdecimal() and int(text):
        return int(text)
    msg = f"expected {ABOVE_ZERO}, got {quoted(text)}"
    raise argparse.ArgumentTypeError(msg)


_ACTIONS = {"merge": ("copy the entries of several stores into one", _merge)}
