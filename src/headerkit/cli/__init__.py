"""The command line: finds the command that is meant and imports that one alone.

`headerkit [HEADER ...]` generates; any other command is named by its first word. A header of such a name is written
`./check`.
"""

from __future__ import annotations

import os
from importlib import import_module

__all__ = ["COMMANDS", "run_command"]

COMMANDS = {
    "check": "are all outputs and store entries up to date?",
    "explain": "hit or miss, and why",
    "plan": "what would be done, as text or JSON",
    "diff": "what changed between two headers, stores or revisions, and what that breaks",
    "doctor": "what headerkit finds on this machine",
    "init": "write the settings for this project",
    "cache": "look after the store: populate, status, clear, prune, verify, rebuild-index",
    "store": "merge stores",
    "install-libclang": "install libclang into this environment",
    "cffi-source": "write the C source of a cffi module",
    "schema": "print the JSON schema of the settings",
}
"""The commands besides generating; each is a module of this package with `run(arguments) -> exit code`."""


def run_command(arguments: list[str]) -> int:
    """Run the command that the arguments name; returns the exit code, raises HeaderkitError."""
    completing = "_ARGCOMPLETE" in os.environ
    if completing:
        from headerkit.cli.completion import words_before_cursor  # noqa: PLC0415  (only when a shell asks)

        arguments = words_before_cursor()
    first = arguments[0] if arguments else ""
    if first in COMMANDS:
        module = import_module(f"headerkit.cli.{first.replace('-', '_')}")
        return int(module.run(arguments[1:]))
    if completing:
        from headerkit.cli.generate_arguments import make_parser  # noqa: PLC0415

        make_parser().parse(arguments)
    from headerkit.cli import generate  # noqa: PLC0415  (not for the other commands)

    return generate.run(arguments)
