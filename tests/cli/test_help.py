from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import headerkit
from headerkit import errors
from headerkit.cli import COMMANDS
from headerkit.cli.generate_arguments import make_parser
from headerkit.cli.help import EXIT_CODES, help_text

if TYPE_CHECKING:
    from conftest import Project


def test_the_help_is_one_screen():
    lines = help_text().splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100


def test_the_help_names_every_option_and_command():
    words = help_text().replace(",", " ").split()
    options = {name for action in make_parser()._actions for name in action.option_strings}
    assert not options - set(words)
    assert set(COMMANDS) <= set(words)


def test_every_exit_code_means_one_thing():
    classes = [getattr(errors, name) for name in errors.__all__]
    assert len({cls.exit_code for cls in classes}) == len(classes)
    assert {cls.exit_code for cls in classes} | {0, 130} == set(EXIT_CODES)


def test_every_command_has_help(project: Project):
    for command in COMMANDS:
        ran = project.run(command, "--help")
        assert (ran.code, ran.err) == (0, ""), command
        assert ran.out.startswith(f"usage: headerkit {command}"), command


def test_it_says_its_version_and_its_cmake_folder(project: Project):
    assert project.run("--version").out == f"headerkit {headerkit.__version__}\n"
    assert Path(project.run("--cmakedir").out.strip()) == Path(headerkit.__file__).parent / "cmake"
