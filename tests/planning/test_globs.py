from __future__ import annotations

import glob
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headerkit.planning.globs import expand_glob, is_glob, matches

if TYPE_CHECKING:
    from pathlib import Path

FILES = ["a.h", "b.h", "a.c", "x/a.h", "x/y/a.h", "x/y/b.h", "x/.hidden/a.h", ".dot.h", "x/[odd].h", "x/z!.h"]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return str(tmp_path)


@pytest.mark.parametrize(
    "pattern",
    [
        "*.h",
        "**/*.h",
        "x/**/*.h",
        "x/*/*.h",
        "?.h",
        "[ab].[hc]",
        "[!a].h",
        "x/**",
        "**",
        "x/.hidden/*.h",
        ".*.h",
        "x/[[]odd].h",
    ],
)
def test_a_glob_means_what_it_means_in_python(folder: str, pattern: str):
    found = glob.glob(pattern, root_dir=folder, recursive=True)
    assert expand_glob(folder, pattern) == sorted(path for path in found if path in FILES)


def test_results_are_sorted_whatever_the_folder_says(folder: str):
    assert expand_glob(folder, "**/*.h") == ["a.h", "b.h", "x/[odd].h", "x/a.h", "x/y/a.h", "x/y/b.h", "x/z!.h"]


def test_a_loop_of_links_is_not_entered(folder: str, tmp_path: Path):
    (tmp_path / "x/loop").symlink_to(tmp_path)
    assert "x/loop/a.h" not in expand_glob(folder, "**/*.h")
    assert "x/loop/a.h" in expand_glob(folder, "x/*/*.h")


def test_a_linked_file_is_a_file(folder: str, tmp_path: Path):
    (tmp_path / "link.h").symlink_to(tmp_path / "a.h")
    assert "link.h" in expand_glob(folder, "*.h")


def test_what_expands_matches(folder: str):
    for pattern, path in itertools.product(["**/*.h", "x/**", "x/*/?.h"], FILES):
        assert (path in expand_glob(folder, pattern)) == matches(path, pattern)


@given(st.text("ab*?[]!-^/.\\", max_size=10), st.text("ab/.", max_size=8))
def test_no_pattern_is_an_error(pattern: str, path: str):
    assert matches(path, pattern) in (True, False)
    assert is_glob(pattern) == any(char in pattern for char in "*?[")
