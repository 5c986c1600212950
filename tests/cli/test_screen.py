"""What a person sees on a terminal; a pseudo-terminal stands in for one."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from headerkit.cli.screen import duration

if TYPE_CHECKING:
    from conftest import Project

pty = pytest.importorskip("pty")


def on_terminal(project: Project, *arguments: str, **environ: str) -> str:
    """Everything that a run shows on a terminal, on either stream."""
    terminal, end = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "headerkit", *arguments],
        cwd=project.root,
        stdout=end,
        stderr=end,
        env={**clean, "TERM": "xterm-256color", "COLUMNS": "100", **environ},
    )
    os.close(end)
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    assert process.wait() == 0, shown
    return shown.decode()


@pytest.fixture
def many(project: Project) -> Project:
    for number in range(6):
        project.file(f"include/h{number}.h")
    project.settings(
        '[[tool.headerkit.headers]]\npattern = "include/*.h"\n[tool.headerkit.output]\njson = "out/{stem}.json"\n'
    )
    return project


def test_a_terminal_gets_colour(many: Project):
    many.run()
    assert "\033[32mhit" in on_terminal(many)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}])
def test_plain_lines_where_they_are_wanted(many: Project, environ: dict[str, str]):
    assert "\033[" not in on_terminal(many, **environ)


def test_several_headers_have_a_progress_bar(many: Project):
    pytest.importorskip("rich")
    shown = on_terminal(many)
    assert "100%" in shown
    assert "\033[33mparsed" in shown


def test_a_hit_has_none(many: Project):
    many.run()
    assert "%" not in on_terminal(many)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.00041, "0.4 ms"), (0.0612, "61 ms"), (0.9999, "1000 ms"), (2.06, "2.1 s")]
)
def test_times_are_short(seconds: float, shown: str):
    assert duration(seconds) == shown
