"""`headerkit store merge SRC ... -o DST`."""

from __future__ import annotations

from headerkit.cli.actions import run_action
from headerkit.cli.arguments import Parser
from headerkit.cli.screen import Screen
from headerkit.errors import StoreError, UsageError

__all__ = ["run"]


def run(arguments: list[str]) -> int:
    """Run one action."""
    return run_action("store", _ACTIONS, arguments)


def _merge(arguments: list[str]) -> int:
    from headerkit.store.merge import MergeLimits, store_merge  # noqa: PLC0415  (not for other commands)

    parser = Parser("store merge", "Copy the entries of stores into another one; each is verified, later ones win.")
    parser.add_argument("sources", nargs="+", metavar="SRC", help="a store's folder")
    parser.add_argument("-o", "--output", required=True, metavar="DST", help="the store to fill")
    limits = MergeLimits()
    parser.add_argument(
        "--max-entries", type=int, default=limits.entries, metavar="N", help="refuse more than N entries"
    )
    parser.add_argument(
        "--max-file", type=int, default=limits.file, metavar="BYTES", help="leave out entries with larger files"
    )
    parser.add_argument("--max-total", type=int, default=limits.total, metavar="BYTES", help="refuse more in all")
    found = parser.parse(arguments)
    if not found.output:
        msg = "-o: the store to fill has no name"
        raise UsageError(msg)
    asked = MergeLimits(found.max_entries, found.max_file, found.max_total)
    result = store_merge(found.sources, found.output, limits=asked)
    print(f"{result.new_entries} new, {result.skipped_entries} skipped, {result.replaced_entries} replaced")
    Screen().notes(f"refused: {line}" for line in result.refused)
    return StoreError.exit_code if result.refused else 0


_ACTIONS = {"merge": ("copy the entries of several stores into one", _merge)}
