"""Commands that consist of actions (`cache status`, `store merge`): the second word says which."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.cli.arguments import Parser
from headerkit.errors import UsageError
from headerkit.settings.problems import did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Action", "run_action"]

if TYPE_CHECKING:
    Action = Callable[[list[str]], int]


def run_action(command: str, actions: Mapping[str, tuple[str, Action]], arguments: list[str]) -> int:
    """Run the action that the first argument names; `actions` maps names to (what it does, function)."""
    if "_ARGCOMPLETE" in os.environ and not arguments:
        parser = Parser(command, "")
        parser.add_argument("action", choices=list(actions))
        parser.parse(arguments)
    first = arguments[0] if arguments else "--help"
    if first in ("-h", "--help"):
        print(f"usage: headerkit {command} ACTION ...   (headerkit {command} ACTION --help)\n")
        for name, (what, _) in actions.items():
            print(f"  {name:15} {what}")
        return 0 if arguments else UsageError.exit_code
    if first not in actions:
        msg = f"headerkit {command}: unknown action {quoted(first)}{did_you_mean(first, actions)}"
        raise UsageError(msg, hint=f"headerkit {command} --help")
    return actions[first][1](arguments[1:])
