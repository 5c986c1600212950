from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Project

pytest.importorskip("argcomplete")


def completions(project: Project, line: str) -> list[str]:
    """What the shell would be told for a line with the cursor at its end."""
    answer = project.root / "answer"
    environ = {
        **os.environ,
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_TYPE": "9",
    }
    subprocess.run([sys.executable, "-m", "headerkit"], env=environ, cwd=project.root, check=True)
    found = answer.read_text().split("\n")
    answer.unlink()
    return [word.strip() for word in found]


def test_commands_and_headers_are_offered_first(project: Project):
    project.file("vec.h")
    offered = completions(project, "headerkit ")
    assert {"check", "cache", "vec.h"} <= set(offered)
    assert completions(project, "headerkit ch") == ["check"]


def test_the_options_of_the_command_are_offered(project: Project):
    assert "--writer-opt" in completions(project, "headerkit vec.h --wr")
    assert completions(project, "headerkit check --reg") == ["--regenerate"]
    assert completions(project, "headerkit cache clear --ou") == ["--output"]


def test_the_actions_of_a_command_are_offered(project: Project):
    assert set(completions(project, "headerkit cache ")) >= {"status", "clear", "prune", "verify", "rebuild-index"}
    assert completions(project, "headerkit store m") == ["merge"]


def test_after_a_command_no_other_one_is_offered(project: Project):
    project.file("vec.h")
    assert completions(project, "headerkit check ve") == ["vec.h"]
    assert "cache" not in completions(project, "headerkit vec.h c")
