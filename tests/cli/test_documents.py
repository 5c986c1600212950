"""The pages about the command line say what the command line does."""

from __future__ import annotations

import re
from pathlib import Path

from headerkit.cli import COMMANDS
from headerkit.cli.cache import _ACTIONS
from headerkit.cli.generate_arguments import make_parser
from headerkit.cli.make_exit_codes import exit_codes_reference

REFERENCE = Path(__file__).parents[2] / "docs/reference"


def test_the_page_of_exit_codes_is_the_generated_one():
    page = (REFERENCE / "exit-codes.md").read_text()
    assert page == exit_codes_reference(), "python -m headerkit.cli.make_exit_codes"


def test_the_page_of_the_command_line_names_every_option_and_command():
    page = (REFERENCE / "command-line.md").read_text()
    named = set(re.findall(r"(?<![\w-])(-{1,2}[\w-]+)", page))
    options = {name for action in make_parser()._actions for name in action.option_strings}
    assert not options - named
    assert all(f"`{command}" in page for command in COMMANDS if command not in ("cache", "store"))
    assert all(f"`cache {action}`" in page for action in _ACTIONS)
