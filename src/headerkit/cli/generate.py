"""`headerkit [HEADER ...]`: makes the outputs and fills the store."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from headerkit.cli.arguments import Parser, add_choice_options, add_header_options, overrides_from
from headerkit.generation import run as run_plan
from headerkit.planning import make_plan
from headerkit.settings import load_settings

if TYPE_CHECKING:
    import argparse

    from headerkit.plan import Plan
    from headerkit.settings import Overrides

__all__ = ["planned", "run"]


def run(arguments: list[str]) -> int:
    """Run the default command."""
    found = _parser().parse(arguments)
    if found.version:
        from headerkit import __version__  # noqa: PLC0415

        print(f"headerkit {__version__}")
        return 0
    overrides = overrides_from(found)
    plan = planned(found, overrides)
    results = run_plan(plan, report=found.report, refresh=True, need_store=True)
    prints = bool(overrides.writers)
    for result in results:
        if prints and not result.job.output:
            sys.stdout.write(result.text)
    return 0


def planned(found: argparse.Namespace, overrides: Overrides) -> Plan:
    """The plan of a command with header options."""
    settings = load_settings(os.getcwd(), config_file=found.config, command_line=overrides)
    return make_plan(settings, overrides)


def _parser() -> Parser:
    parser = Parser("", "Bindings from C headers.")
    add_header_options(parser)
    add_choice_options(parser)
    parser.add_argument("--no-cache", action="store_true", default=None)
    parser.add_argument("--no-ir-cache", action="store_true", default=None)
    parser.add_argument("--no-output-cache", action="store_true", default=None)
    parser.add_argument("--locked", action="store_true", default=None)
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--version", action="store_true")
    return parser
