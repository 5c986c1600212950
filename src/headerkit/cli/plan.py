"""`headerkit plan [HEADER ...]`: what would be done."""

from __future__ import annotations

from headerkit.cli.arguments import Parser, add_choice_options, add_header_options, plan_from
from headerkit.cli.plan_text import plan_as_json, plan_lines
from headerkit.cli.screen import Screen

__all__ = ["run"]


def run(arguments: list[str]) -> int:
    """Show the plan; nothing is parsed, written or looked up in the store."""
    parser = Parser("plan", "Show what headerkit would do, with these headers or those of the settings.")
    add_header_options(parser)
    add_choice_options(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")
    found = parser.parse(arguments)
    plan = plan_from(found)
    print(plan_as_json(plan) if found.json else "\n".join(plan_lines(plan)))
    Screen().notes(plan.warnings)
    return 0
