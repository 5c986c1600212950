"""Stores of every format that was ever released stay good: these are never made anew, only added to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from headerkit.generation import run
from headerkit.ir_json import load
from headerkit.plan import CachePolicy, Job
from headerkit.planning import make_plan
from headerkit.settings import Overrides, load_settings
from headerkit.store import Found, Store
from headerkit.store.index import rebuild_index
from headerkit.store.verify import verify_store
from headerkit.writers import writer_names

GOLDEN = Path(__file__).parents[1] / "golden"
FORMATS = sorted(path.name for path in GOLDEN.glob("store-*"))


@pytest.fixture(params=FORMATS)
def golden(request, tmp_path, monkeypatch):
    """A project with a store of an old format, unpacked where it never was, its SDK somewhere else again."""
    root = tmp_path / "anywhere" / "golden"
    shutil.copytree(GOLDEN / request.param, root)
    (root / "sdk").rename(tmp_path / "sdk")
    monkeypatch.setenv("GOLDEN_TOKEN", "hush")
    monkeypatch.setenv("GOLDEN_SDK", str(tmp_path / "sdk"))
    return root


def plan_of(root: Path):
    return make_plan(load_settings(str(root), command_line=Overrides(locked=True, base=str(root))))


def test_there_is_a_golden_store_of_each_format():
    assert FORMATS == ["store-1"]


def test_a_locked_build_from_a_golden_store_hits_and_leaves_it_as_it_is(golden, tree_of):
    before = tree_of(golden / ".headerkit")
    results = run(plan_of(golden))
    assert [(result.job.writer, result.status) for result in results] == [
        ("cffi", "hit"),
        ("json", "hit"),
        ("cffi", "hit"),
        ("json", "hit"),
        ("cffi", "hit"),
    ]
    assert "net_id net_open(const char *name, sdk_flags flags);" in (golden / "out/socket.cdef.txt").read_text()
    assert "hush" not in "".join(map(str, before.values()))
    assert tree_of(golden / ".headerkit") == before


def test_outputs_hit_without_the_ir(golden):
    shutil.rmtree(golden / ".headerkit" / "ir")
    assert {result.status for result in run(plan_of(golden))} == {"hit"}


def test_the_ir_serves_every_writer_without_the_outputs_and_without_libclang(golden, monkeypatch):
    monkeypatch.setenv("HEADERKIT_LIBCLANG", str(golden / "none"))
    shutil.rmtree(golden / ".headerkit" / "output")
    plan = plan_of(golden)
    units = dict.fromkeys(job.unit for job in plan.jobs)
    jobs = tuple(Job(unit, writer) for unit in units for writer in sorted({*writer_names()} - {"diff"}))
    results = run(plan._replace(jobs=jobs))
    assert {result.status for result in results} == {"ir-hit"}
    assert all(result.text for result in results)


def test_the_ir_of_a_golden_store_is_found_and_read(golden):
    for job in plan_of(golden).jobs:
        found = Store(str(golden / ".headerkit")).find_ir(job.unit, policy=CachePolicy(system="verify"))
        assert isinstance(found, Found)
        assert load(found.text).target == "x86_64-unknown-linux-gnu"


def test_a_golden_store_verifies_and_can_be_indexed(golden):
    assert verify_store(str(golden / ".headerkit")).problems == ()
    assert rebuild_index(str(golden / ".headerkit")) == 8
