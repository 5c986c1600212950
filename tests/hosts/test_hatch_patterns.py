"""What the hatch hook has hatchling pack: patterns that match the outputs and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hatch_headerkit.tree import SourceTree
from headerkit.plan import Job, Plan
from headerkit.unit import Unit

if TYPE_CHECKING:
    from pathlib import Path


def patterns(root: Path, *outputs: str) -> list[str]:
    unit = Unit(str(root), "a.h", "x86_64-unknown-linux-gnu")
    jobs = tuple(Job(unit, "cffi", output=str(root / output)) for output in outputs)
    data: dict[str, list[str]] = {"artifacts": []}
    SourceTree(str(root), None, data).add_outputs(Plan(str(root), str(root / ".headerkit"), jobs))
    return data["artifacts"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "src" / "[pkg]"
    folder.mkdir(parents=True)
    for name in ("a.cdef.txt", "b.cdef.txt", "notes.txt"):
        (folder / name).write_text("")
    return folder


def test_outputs_that_are_all_there_is_of_their_kind_are_one_pattern(tmp_path: Path, package: Path) -> None:
    assert package.is_dir()
    found = patterns(tmp_path, "src/[pkg]/a.cdef.txt", "src/[pkg]/b.cdef.txt")
    assert found == [r"/src/\[pkg\]/*.cdef.txt"]


def test_a_stale_output_beside_them_is_not_matched(tmp_path: Path, package: Path) -> None:
    (package / "stale.cdef.txt").write_text("")
    found = patterns(tmp_path, "src/[pkg]/a.cdef.txt", "src/[pkg]/b.cdef.txt")
    assert found == [r"/src/\[pkg\]/a.cdef.txt", r"/src/\[pkg\]/b.cdef.txt"]


def test_a_single_output_is_named(tmp_path: Path, package: Path) -> None:
    assert package.is_dir()
    assert patterns(tmp_path, "src/[pkg]/a.cdef.txt") == [r"/src/\[pkg\]/a.cdef.txt"]
