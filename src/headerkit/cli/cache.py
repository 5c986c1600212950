"""`headerkit cache ACTION`: looking after the store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.cli.actions import run_action
from headerkit.cli.arguments import Parser, add_choice_options, add_header_options, add_store_option, plan_from
from headerkit.cli.screen import Screen
from headerkit.errors import StoreError
from headerkit.planning import store_folder
from headerkit.settings import Overrides, load_settings

if TYPE_CHECKING:
    import argparse

__all__ = ["run"]


def run(arguments: list[str]) -> int:
    """Run one action."""
    return run_action("cache", _ACTIONS, arguments)


def _parser(action: str, description: str) -> Parser:
    parser = Parser(f"cache {action}", description)
    add_store_option(parser)
    parser.add_argument("--config", metavar="FILE", help="settings file in place of the project's")
    return parser


def _store(found: argparse.Namespace) -> str:
    """The store that is meant; the settings' other keys do not matter, so that none of them can be in the way."""
    base = os.getcwd()
    overrides = Overrides(store_dir=found.store_dir, base=base)
    settings = load_settings(base, config_file=found.config, command_line=overrides, only=("store_dir",))
    return store_folder(settings)


def _status(arguments: list[str]) -> int:
    from headerkit.store.status import store_status  # noqa: PLC0415  (each action imports its own)

    parser = _parser("status", "Show what the store holds.")
    parser.add_argument("--json", action="store_true", help="as JSON")
    found = parser.parse(arguments)
    status = store_status(_store(found))
    if found.json:
        from dataclasses import asdict  # noqa: PLC0415

        _print_json(**asdict(status))
        return 0
    if not status.exists:
        print(f"{status.path}: there is no store yet; headerkit makes it")
        return 0
    print(status.path)
    for layer in status.layers:
        print(f"  {layer.name:16} {_count(layer.entries, 'entry', 'entries')}, {_size(layer.size)}")
    if not status.layers:
        print("  no entries")
    if status.leftovers:
        print(f"  {_count(status.leftovers, 'leftover', 'leftovers')} of interrupted runs (headerkit cache prune)")
    return 0


def _clear(arguments: list[str]) -> int:
    from headerkit.store.clear import clear_store  # noqa: PLC0415

    parser = _parser("clear", "Remove entries from the store: all, or one layer.")
    parser.add_argument("--ir", action="store_true", help="parsed headers alone")
    parser.add_argument("--output", action="store_true", help="generated text alone")
    found = parser.parse(arguments)
    both = found.ir == found.output
    removed = clear_store(_store(found), ir=found.ir or both, output=found.output or both)
    print(f"removed {_count(removed, 'entry', 'entries')}")
    return 0


def _rebuild_index(arguments: list[str]) -> int:
    from headerkit.store.index import rebuild_index  # noqa: PLC0415

    found = _parser("rebuild-index", "Write index.json of each layer anew, for people; lookups do not use it.").parse(
        arguments
    )
    print(f"indexed {_count(rebuild_index(_store(found)), 'entry', 'entries')}")
    return 0


def _verify(arguments: list[str]) -> int:
    from headerkit.store.verify import verify_store  # noqa: PLC0415

    parser = _parser("verify", "Compare each entry's payload with its digest.")
    parser.add_argument("--json", action="store_true", help="as JSON")
    found = parser.parse(arguments)
    verified = verify_store(_store(found))
    if found.json:
        _print_json(entries=verified.entries, problems=verified.problems)
        return StoreError.exit_code if verified.problems else 0
    for problem in verified.problems:
        print(problem)
    bad = _count(len(verified.problems), "problem", "problems")
    print(f"verified {_count(verified.entries, 'entry', 'entries')}: {bad}")
    return StoreError.exit_code if verified.problems else 0


def _prune(arguments: list[str]) -> int:
    from headerkit.store.prune import prune_store  # noqa: PLC0415

    parser = Parser("cache prune", "Remove entries that no setting asks for any more, and leftovers.")
    add_header_options(parser)
    add_choice_options(parser)
    parser.add_argument("--only-this-target", action="store_true", help="also entries for other targets")
    parser.add_argument("--dry-run", action="store_true", help="show them alone")
    found = parser.parse(arguments)
    plan = plan_from(found)
    pruned = prune_store(plan.store_dir, plan.jobs, other_targets=not found.only_this_target, dry_run=found.dry_run)
    for entry in pruned.removed:
        print(entry)
    verb = "would remove" if found.dry_run else "removed"
    print(f"{verb} {_count(len(pruned.removed), 'entry', 'entries')}, kept {pruned.kept}")
    Screen().notes(plan.warnings)
    return 0


def _print_json(**facts: object) -> None:
    import json  # noqa: PLC0415

    print(json.dumps({"version": 1, **facts}, indent=2))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _size(size: int) -> str:
    return (
        f"{size} bytes" if size < 10_000 else f"{size / 1000:.0f} kB" if size < 10_000_000 else f"{size / 1e6:.0f} MB"
    )


def _populate(arguments: list[str]) -> int:
    from headerkit.cli.populate import run as populate  # noqa: PLC0415  (plans and parses, where the others only look)

    return populate(arguments)


_ACTIONS = {
    "populate": ("fill it for every target from this machine", _populate),
    "status": ("what the store holds", _status),
    "clear": ("remove all entries [--ir | --output]", _clear),
    "prune": ("remove entries that no setting asks for any more", _prune),
    "verify": ("compare each payload with its digest", _verify),
    "rebuild-index": ("write index.json anew", _rebuild_index),
}
