"""Merging stores: everything that verifies arrives, nothing else does, and the numbers say what happened."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from headerkit.errors import StoreError
from headerkit.ir_version import JSON_HEAD
from headerkit.settings.model import MergeSettings
from headerkit.store import Found, Missed
from headerkit.store.index import rebuild_index
from headerkit.store.merge import MergeResult, store_merge
from headerkit.store.verify import verify_store

TARGETS = ("x86_64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")


@pytest.fixture
def stores(project, tmp_path):
    """One store a target, as three machines would fill them."""
    paths = []
    for target in TARGETS:
        project.store_path = str(tmp_path / f"store-{target}")
        project.put(project.unit(target=target), output=f"{target}\n")
        paths.append(project.store_path)
    project.store_path = str(project.root / ".headerkit")
    return paths


def test_entries_of_all_sources_arrive(project, stores):
    assert store_merge(stores, project.store_path) == MergeResult(new_entries=6)
    assert [project.find(project.unit(target=target)).text for target in TARGETS] == [f"{t}\n" for t in TARGETS]


def test_merging_again_skips_everything_and_writes_nothing(project, stores):
    store_merge(stores, project.store_path)
    times = {path: path.stat().st_mtime_ns for path in Path(project.store_path).rglob("*")}
    assert store_merge(stores, project.store_path) == MergeResult(skipped_entries=6)
    assert {path: path.stat().st_mtime_ns for path in Path(project.store_path).rglob("*")} == times


def test_of_two_answers_to_one_question_the_later_source_wins(project, tmp_path):
    unit = project.unit()
    for name in ("old", "new"):
        project.store_path = str(tmp_path / name)
        project.put(unit, output=f"{name}\n", ir=f"{JSON_HEAD}{name}\n")
    result = store_merge([tmp_path / "old", tmp_path / "new"], tmp_path / "target")
    assert result == MergeResult(new_entries=2, replaced_entries=2)
    assert project.find(unit, store=str(tmp_path / "target")).text == "new\n"


def test_a_damaged_entry_of_the_target_is_replaced_by_a_good_one(project, stores):
    store_merge(stores[:1], project.store_path)
    (project.entry() / "output.txt").write_text("damaged")
    assert store_merge(stores[:1], project.store_path) == MergeResult(skipped_entries=1, replaced_entries=1)
    assert isinstance(project.find(project.unit()), Found)


def test_the_order_of_sources_without_conflicts_does_not_matter(stores, tmp_path, tree_of):
    store_merge(stores, tmp_path / "one")
    store_merge(stores[::-1], tmp_path / "two")
    assert tree_of(tmp_path / "one") == tree_of(tmp_path / "two")


def test_a_plain_copy_of_one_store_over_another_is_a_merge_too(project, stores, tree_of, tmp_path):
    for store in stores:
        shutil.copytree(store, project.store_path, dirs_exist_ok=True)
    store_merge(stores, tmp_path / "merged")
    assert tree_of(project.store_path) == tree_of(tmp_path / "merged")


def test_an_index_is_kept_up_where_there_was_one(project, stores, tree_of):
    rebuild_index(stores[0])
    store_merge(stores, project.store_path)
    merged = tree_of(project.store_path)
    rebuild_index(project.store_path)
    assert tree_of(project.store_path) == merged
    assert merged["ir/index.json"].count(b'"libclang.a.') == 3


def test_a_store_merged_into_itself_stays_as_it_is(stores, tree_of):
    before = tree_of(stores[0])
    assert store_merge([stores[0]], stores[0]) == MergeResult(skipped_entries=2)
    assert tree_of(stores[0]) == before


def test_a_source_that_is_no_folder_is_an_error_before_anything_is_written(project, stores, tmp_path):
    with pytest.raises(StoreError, match=r"nowhere: no such store\n"):
        store_merge([stores[0], tmp_path / "nowhere"], project.store_path)
    assert not os.path.exists(project.store_path)


def test_a_project_in_a_stores_place_is_an_error_that_names_its_store(project, stores):
    folder = os.path.dirname(project.store_path)
    os.rename(stores[0], os.path.join(folder, ".headerkit"))
    with pytest.raises(StoreError, match="is a project, not a store") as caught:
        store_merge([folder], stores[1])
    assert caught.value.hint == f"name its store: {os.path.join(folder, '.headerkit')}"


def test_a_source_of_a_newer_format_is_an_error(project, stores):
    Path(stores[1], "store.json").write_text('{"format": 2}')
    with pytest.raises(StoreError, match="reads format 1"):
        store_merge(stores, project.store_path)


# -- sources that mean no good


def entry_of(store: str, layer: str) -> Path:
    (entry,) = Path(store, layer).iterdir()
    return entry


def refused(result: MergeResult) -> str:
    (line,) = result.refused
    return line.partition(": ")[2]


@pytest.mark.parametrize("name", ["metadata.json", "output.txt"])
def test_a_damaged_entry_stays_out(project, stores, name):
    path = entry_of(stores[0], "output/cffi") / name
    path.write_bytes(path.read_bytes()[:-1])
    result = store_merge(stores[:1], project.store_path)
    assert result.new_entries == 1
    assert refused(result).startswith(f"output/cffi/{path.parent.name}: its ")


@pytest.mark.parametrize("where", ["entry", "layer", "file", "top"])
def test_symbolic_links_are_not_followed(project, stores, tmp_path, where):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    entry = entry_of(stores[0], "output/cffi")
    match where:
        case "entry":
            entry.rename(tmp_path / "moved")
            entry.symlink_to(tmp_path / "moved")
        case "layer":
            entry.parent.rename(tmp_path / "moved")
            entry.parent.symlink_to(tmp_path / "moved")
        case "file":
            (entry / "output.txt").unlink()
            (entry / "output.txt").symlink_to(secret)
        case "top":
            Path(stores[0], "link").symlink_to(secret)
    result = store_merge(stores[:1], project.store_path)
    assert "symbolic link" in refused(result)
    assert not any(path.is_symlink() for path in Path(project.store_path).rglob("*"))
    assert not any(b"secret" in path.read_bytes() for path in Path(project.store_path).rglob("*") if path.is_file())


def test_pipes_and_sockets_are_not_opened(project, stores):
    entry = entry_of(stores[0], "output/cffi")
    (entry / "output.txt").unlink()
    os.mkfifo(entry / "output.txt")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(stores[0])  # a socket's path is short
        try:
            server.bind("s")
        finally:
            os.chdir(here)
        result = store_merge(stores[:1], project.store_path)
    assert len(result.refused) == 2
    assert result.new_entries == 1


def test_an_entry_in_another_s_place_stays_out(project, stores):
    entry = entry_of(stores[0], "ir")
    entry.rename(entry.with_name("libclang.zlib.x86_64-linux-gnu-00000000"))
    assert refused(store_merge(stores[:1], project.store_path)).endswith(f"it belongs into ir/{entry.name}")


def test_names_that_no_entry_has_stay_out(project, stores):
    for name in ("..hidden", "UPPER-00000000", "x" * 200, "a\nb-00000000", "nope"):
        Path(stores[0], "ir", name).mkdir()
    Path(stores[0], "evil.py").write_text("print()")
    result = store_merge(stores[:1], project.store_path)
    assert (result.new_entries, len(result.refused)) == (2, 6)
    assert verify_store(project.store_path).problems == ()


def test_limits_on_size_and_number_are_errors_that_name_the_limit(project, stores):
    with pytest.raises(StoreError, match="the merge has more than 3 entries"):
        store_merge(stores, project.store_path, limits=MergeSettings(max_entries=3))
    with pytest.raises(StoreError, match="the merge has more than 1000 bytes"):
        store_merge(stores, project.store_path, limits=MergeSettings(max_total=1000))
    result = store_merge(stores, project.store_path, limits=MergeSettings(max_file=100))
    assert (result.new_entries, len(result.refused)) == (0, 6)
    assert result.refused[0].endswith("bytes, and 100 is the limit")


def test_nothing_is_written_through_a_link_in_the_target(project, stores, tmp_path):
    (tmp_path / "outside").mkdir()
    Path(project.store_path).mkdir()
    Path(project.store_path, "ir").symlink_to(tmp_path / "outside")
    with pytest.raises(StoreError, match="nothing is written through it"):
        store_merge(stores, project.store_path)
    assert not list((tmp_path / "outside").iterdir())


def test_a_merged_entry_is_still_compared_with_the_headers(project, stores):
    store_merge(stores, project.store_path)
    project.write("include/sub/b.h", "typedef long b_t;\n")
    assert project.find(project.unit()) == Missed(("include/sub/b.h changed since the entry was made",))
