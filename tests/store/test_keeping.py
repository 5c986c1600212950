"""Keeping a store: status, clear, rebuild-index, prune and verify."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from headerkit.errors import StoreError
from headerkit.store import Found, Missed
from headerkit.store.clear import clear_store
from headerkit.store.index import rebuild_index
from headerkit.store.prune import Pruned, prune_store
from headerkit.store.status import LayerStatus, StoreStatus, store_status
from headerkit.store.verify import Verified, verify_store

IR = "ir/libclang.a.x86_64-linux-gnu.i.include-085a4c4b"


def sizes(store, layer):
    return sum(path.stat().st_size for path in Path(store, layer).rglob("*") if path.is_file())


def test_status_counts_entries_and_bytes(project):
    assert store_status(project.store_path) == StoreStatus(project.store_path, exists=False)
    project.put(project.unit())
    project.put(project.unit(defines=("X",)))
    status = store_status(project.store_path)
    assert status == StoreStatus(
        project.store_path,
        True,  # noqa: FBT003
        (
            LayerStatus("ir", 2, sizes(project.store_path, "ir")),
            LayerStatus("output/cffi", 2, sizes(project.store_path, "output")),
        ),
    )
    assert status.entries == 4


def test_clear_takes_the_layers_asked_for(project):
    unit = project.unit()
    project.put(unit)
    rebuild_index(project.store_path)
    assert clear_store(project.store_path, output=False) == 1
    assert [layer.name for layer in store_status(project.store_path).layers] == ["output/cffi"]
    project.put(unit)
    assert clear_store(project.store_path, ir=False) == 1
    assert [layer.name for layer in store_status(project.store_path).layers] == ["ir"]
    assert clear_store(project.store_path) == 1
    assert sorted(os.listdir(project.store_path)) == [".gitattributes", ".gitignore", "store.json"]
    assert isinstance(project.find(unit), Missed)


def test_clear_leaves_what_is_not_headerkit_s(project):
    project.put(project.unit())
    (Path(project.store_path) / "notes.txt").write_text("mine")
    (project.entry() / "mine.txt").write_text("mine")
    clear_store(project.store_path)
    assert [path.name for path in Path(project.store_path).rglob("*.txt")] == ["notes.txt", "mine.txt"]


def test_clearing_a_store_that_is_not_there_removes_nothing(project):
    assert clear_store(project.store_path) == 0


def test_the_index_says_which_identity_each_slug_has_and_is_the_same_each_time(project, tree_of):
    project.put(project.unit())
    assert rebuild_index(project.store_path) == 2
    first = tree_of(project.store_path)
    assert json.loads(first["ir/index.json"])["format"] == 1
    (slug,) = json.loads(first["ir/index.json"])["entries"]
    assert f"ir/{slug}" == IR
    assert json.loads(first["ir/index.json"])["entries"][slug].startswith(slug[-8:])
    rebuild_index(project.store_path)
    assert tree_of(project.store_path) == first


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1, "entries": {"wrong": "wrong"}}', "[" * 100_000])
def test_a_wrong_index_changes_nothing(project, text):
    project.put(project.unit())
    for layer in ("ir", "output/cffi"):
        Path(project.store_path, layer, "index.json").write_text(text)
    assert isinstance(project.find(project.unit()), Found)
    assert verify_store(project.store_path) == Verified(2, ())


def test_prune_keeps_what_is_asked_for_and_removes_the_rest(project):
    wanted, old = project.unit(), project.unit(defines=("OLD",))
    project.put(wanted)
    project.put(old)
    jobs = [project.job(wanted)]
    dry = prune_store(project.store_path, jobs, dry_run=True)
    assert isinstance(project.find(old), Found)
    assert prune_store(project.store_path, jobs) == dry
    assert (len(dry.removed), dry.kept) == (2, 2)
    assert all(".d.old." in name for name in dry.removed)
    assert isinstance(project.find(wanted), Found)
    assert isinstance(project.find(old), Missed)
    assert prune_store(project.store_path, jobs) == Pruned((), 2, 0)


def test_prune_keeps_entries_that_other_machines_fill_unless_told_otherwise(project):
    here, there = project.unit(), project.unit(target="aarch64-apple-darwin")
    project.put(here)
    project.put(there)
    assert prune_store(project.store_path, [project.job(here)]).removed == ()
    assert len(prune_store(project.store_path, [project.job(here)], other_targets=False).removed) == 2
    assert isinstance(project.find(there), Missed)


def test_prune_removes_damaged_entries_and_what_killed_writers_left(project):
    unit = project.unit()
    project.put(unit)
    (project.entry() / "output.txt").write_text("damaged")
    for folder in (project.entry("ir"), Path(project.store_path)):
        (folder / f"ir.json.{os.getpid()}-00000000.tmp").write_text("half")
    assert store_status(project.store_path).leftovers == 1
    pruned = prune_store(project.store_path, [project.job(unit)])
    assert ([name.partition("/")[0] for name in pruned.removed], pruned.kept, pruned.leftovers) == (["output"], 1, 2)
    assert not list(Path(project.store_path).rglob("*.tmp"))


def test_verify_finds_nothing_wrong_with_a_good_store(project):
    project.put(project.unit())
    assert verify_store(project.store_path) == Verified(2, ())


def test_verify_names_each_thing_that_is_wrong(project, tmp_path):
    project.put(project.unit())
    (project.entry("ir") / "ir.json").write_text("damaged")
    (project.entry("ir") / "more.txt").write_text("")
    (project.entry() / "more.txt").write_text("")
    Path(project.store_path, "stray").mkdir()
    Path(project.store_path, "output", "link").symlink_to(tmp_path)
    output = f"output/cffi/{project.entry().name}"
    assert verify_store(project.store_path).problems == (
        f"{IR}: its ir.json is not what was stored: damaged or edited",
        f"{output}/more.txt: no part of the entry",
        "stray: not part of a store",
        "output/link: a symbolic link, which is never followed",
    )


@pytest.mark.parametrize("verb", [clear_store, rebuild_index, verify_store, store_status, lambda s: prune_store(s, [])])
def test_every_verb_refuses_a_store_of_a_newer_format(project, verb):
    project.put(project.unit())
    Path(project.store_path, "store.json").write_text('{"format": 2}')
    with pytest.raises(StoreError, match="reads format 1"):
        verb(project.store_path)
