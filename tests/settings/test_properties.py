"""Any TOML tree is either settings or a message: never a traceback, never a line off the screen."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from headerkit.errors import HeaderkitError
from headerkit.planning import make_plan
from headerkit.settings import load_settings
from headerkit.settings.model import (
    BuildSettings,
    CacheSettings,
    CffiEntry,
    HeaderEntry,
    RuleEntry,
    RuleSettings,
    Settings,
)
from headerkit.settings.problems import Problems
from headerkit.settings.read import Reader, keys_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from headerkit.plan import Plan

NAMES = sorted(
    {
        name
        for cls in (Settings, HeaderEntry, CffiEntry, RuleSettings, RuleEntry, CacheSettings, BuildSettings)
        for name in keys_of(cls)
    }
)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "a.h",
            "**/*.h",
            "${X}",
            "${",
            "../x",
            "/etc/passwd",
            "cffi",
            "{stem}",
            "{dir}/x",
            "vec._x",
            "-I",
            "[",
            "NAME=1",
            "",
        ]
    ),
)
LEAVES = st.one_of(TEXTS, st.booleans(), st.integers(), st.floats(), st.dates())
KEYS = st.one_of(st.sampled_from(NAMES), st.sampled_from(["cffi", "json", "a.h"]), st.text(max_size=8))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
WIDE = 420
"""Characters: four or five rows of a terminal."""


def refusal(function: Callable[[], object]) -> HeaderkitError | None:
    """The error that a call ends in, if it does."""
    try:
        function()
    except HeaderkitError as error:
        return error
    return None


def is_shown_well(error: HeaderkitError) -> bool:
    lines = str(error).split("\n")
    return len(lines) <= 25 and all(len(line) <= WIDE and line.isprintable() for line in lines)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, TREES, max_size=5))
def test_any_tree_is_read_or_refused_with_paths(tree: dict[str, Any]):
    problems = Problems()
    read = Reader(problems, {"X": "value"}).table(Settings, tree, "tool.headerkit", where="tool.headerkit")
    error = refusal(lambda: problems.raise_any("pyproject.toml"))
    assert (error is None) == (read is not None and not problems)
    assert error is None or (is_shown_well(error) and "tool.headerkit" in str(error))


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), TREES, max_size=5))
def test_what_can_be_read_is_planned_or_refused(tree: dict[str, Any]):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.h").write_text("int f(void);\n")
        problems = Problems()
        read = Reader(problems, {"X": "value"}).table(Settings, tree, "", root=folder, where="")
        if read is None or problems:
            return
        plans: list[Plan] = []
        error = refusal(lambda: plans.append(make_plan(read)))
        assert error is None or is_shown_well(error)
        assert all(not job.output or job.output.startswith(folder) for plan in plans for job in plan.jobs)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=200).map(str.encode), st.binary(max_size=200)))
def test_any_file_is_read_or_refused(content: bytes):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").write_bytes(content)
        error = refusal(lambda: load_settings(folder, environ={}))
        assert error is None or (is_shown_well(error) and "pyproject.toml" in str(error))
