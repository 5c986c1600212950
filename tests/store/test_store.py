"""What a store writes: few bytes, the same on every machine, only when they change, never outside itself."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from headerkit.errors import StoreError
from headerkit.plan import CachePolicy
from headerkit.selection import Rule
from headerkit.store import Found, Missed, Store


def test_the_store_is_made_with_its_files_at_the_top(project, tree_of):
    project.put(project.unit())
    files = tree_of(project.store_path)
    assert files["store.json"] == b'{"format": 1}\n'
    assert files[".gitattributes"] == b"* -text linguist-generated\n"
    assert sorted(files) == [
        ".gitattributes",
        ".gitignore",
        "ir/libclang.a.x86_64-linux-gnu.i.include-085a4c4b/ir.json",
        "ir/libclang.a.x86_64-linux-gnu.i.include-085a4c4b/metadata.json",
        "output/cffi/libclang.a.x86_64-linux-gnu.i.include-b5e4e322/metadata.json",
        "output/cffi/libclang.a.x86_64-linux-gnu.i.include-b5e4e322/output.txt",
        "store.json",
    ]


@pytest.mark.parametrize("pattern", ["*.txt", "output/", "output.*", "*.json", "output*", "cffi/"])
def test_what_a_project_ignores_of_its_outputs_git_takes_from_the_store(project, tree_of, pattern):
    project.put(project.unit())
    git = partial(subprocess.run, cwd=project.root, check=True, capture_output=True, text=True)
    git(["git", "init", "-q"])
    Path(project.root, ".gitignore").write_text(f"{pattern}\n")
    Path(project.store_path, "output", "cffi", "x.tmp").touch()
    ignored = git(["git", "ls-files", "--others", "--ignored", "--exclude-standard", "--", project.store_path]).stdout
    assert ignored.splitlines() == [".headerkit/output/cffi/x.tmp"]


def test_a_gitignore_that_is_there_is_left_alone(project):
    Path(project.store_path).mkdir(parents=True)
    Path(project.store_path, ".gitignore").write_text("*\n")
    project.put(project.unit())
    assert Path(project.store_path, ".gitignore").read_text() == "*\n"


def test_putting_the_same_again_touches_no_file(project, tree_of):
    project.put(project.unit())
    times = {path: path.stat().st_mtime_ns for path in Path(project.store_path).rglob("*")}
    project.put(project.unit())
    assert {path: path.stat().st_mtime_ns for path in Path(project.store_path).rglob("*")} == times


def test_an_output_of_another_suffix_replaces_the_old_file(project):
    unit = project.unit()
    store, closure = Store(project.store_path), project.closure(unit)
    for suffix in (".txt", ".py"):
        store.put_output(unit, "w", options=(), rules=(), closure=closure, text=f"{suffix}\n", suffix=suffix)
    assert sorted(path.name for path in project.entry("output/w").iterdir()) == ["metadata.json", "output.py"]


@pytest.mark.parametrize("suffix", ["", "txt", "./../../x", ".a/b", ".very_long_suffix_indeed", ".ü"])
def test_a_suffix_that_is_none_becomes_txt(project, suffix):
    unit = project.unit()
    Store(project.store_path).put_output(
        unit, "w", options=(), rules=(), closure=project.closure(unit), text="x\n", suffix=suffix
    )
    assert sorted(path.name for path in project.entry("output/w").iterdir()) == ["metadata.json", "output.txt"]


def test_writer_options_and_rules_have_an_entry_each(project):
    unit = project.unit()
    store, closure = Store(project.store_path), project.closure(unit)
    asked = [
        ((), ()),
        ((("mode", "abi"),), ()),
        ((("mode", "api"), ("names", ("a", "b"))), ()),
        ((), (Rule("block", "function", "f*"),)),
        ((), (Rule("block", "macro", "f*"),)),
        ((), (Rule("rename", "function", "f*", "g"),)),
    ]
    for number, (options, rules) in enumerate(asked):
        store.put_output(unit, "w", options=options, rules=rules, closure=closure, text=f"{number}\n", suffix=".txt")
    for number, (options, rules) in enumerate(asked):
        found = Store(project.store_path).find_output(unit, "w", options=options, rules=rules, policy=CachePolicy())
        assert found.text == f"{number}\n"


def test_an_output_is_found_whichever_release_of_its_writer_made_it(project):
    unit = project.unit()
    store, closure = Store(project.store_path), project.closure(unit)
    store.put_output(unit, "w", options=(), rules=(), closure=closure, text="x\n", suffix=".txt", made_by="older")
    found = Store(project.store_path).find_output(unit, "w", options=(), rules=(), policy=CachePolicy())
    assert (found.text, found.made_by) == ("x\n", "older")
    assert len(list(Path(project.store_path, "output/w").iterdir())) == 1


def test_an_option_that_cannot_be_recorded_is_an_error_that_names_it(project):
    with pytest.raises(StoreError, match=r"^the option hook has a value that the store cannot record: function"):
        Store(project.store_path).find_output(
            project.unit(), "w", options=(("hook", lambda: None),), rules=(), policy=CachePolicy()
        )


def test_a_text_that_is_no_unicode_is_an_error_and_no_entry(project):
    unit = project.unit()
    with pytest.raises(StoreError, match=r"^cannot store ir\.json"):
        Store(project.store_path).put_ir(unit, project.closure(unit), "\udcff")
    assert isinstance(Store(project.store_path).find_ir(unit, policy=CachePolicy()), Missed)


# -- formats


@pytest.mark.parametrize("text", ['{"format": 2}', '{"format": 99, "more": []}', '{"format": 2.1}'])
def test_a_store_of_a_newer_format_is_refused_with_what_to_do(project, text):
    unit = project.unit()
    project.put(unit)
    (Path(project.store_path) / "store.json").write_text(text)
    with pytest.raises(StoreError, match="and this headerkit reads format 1") as caught:
        project.find(unit)
    assert "pip install -U headerkit" in str(caught.value)
    with pytest.raises(StoreError, match="and this headerkit reads format 1"):
        project.put(unit)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "x"}', "null", '{"format": 1, "minor": 7}', "[" * 50_000, '{"format": 1.5}']
)
def test_a_store_whose_own_file_is_damaged_or_of_a_newer_minor_is_read_by_its_entries(project, text):
    unit = project.unit()
    project.put(unit)
    (Path(project.store_path) / "store.json").write_text(text)
    assert isinstance(project.find(unit), Found)


def test_a_store_without_its_own_file_is_read_and_gets_it_back(project):
    unit = project.unit()
    project.put(unit)
    (Path(project.store_path) / "store.json").unlink()
    assert isinstance(project.find(unit), Found)
    project.put(unit)
    assert (Path(project.store_path) / "store.json").read_bytes() == b'{"format": 1}\n'


# -- folders that are not what they should be


@pytest.mark.parametrize("name", ["ir", "output", "output/cffi"])
def test_nothing_is_read_or_written_through_a_linked_folder(project, tmp_path, name, tree_of):
    unit = project.unit()
    project.put(unit)
    place, outside = Path(project.store_path, name), tmp_path / "outside"
    place.rename(outside)
    place.symlink_to(outside)
    before = tree_of(outside)
    store = Store(project.store_path)
    ir = store.find_ir(unit, policy=CachePolicy())
    output = store.find_output(unit, "cffi", options=(), rules=(), policy=CachePolicy())
    missed = ir if name == "ir" else output
    assert missed.reasons[0].endswith(f"is refused: {os.path.basename(name)} is a symbolic link")
    with pytest.raises(StoreError, match=r"is a symbolic link, and nothing is written through it"):
        project.put(unit, ir="changed\n", output="changed\n")
    assert tree_of(outside) == before


def test_an_entry_s_folder_that_is_a_link_is_refused(project, tmp_path):
    unit = project.unit()
    project.put(unit)
    entry = project.entry()
    entry.rename(tmp_path / "outside")
    entry.symlink_to(tmp_path / "outside")
    found = Store(project.store_path).find_output(unit, "cffi", options=(), rules=(), policy=CachePolicy())
    assert found.reasons[0].endswith("is a symbolic link")


def test_a_file_where_a_folder_should_be_is_a_miss_and_an_error_when_written(project):
    unit = project.unit()
    Path(project.store_path).write_text("not a store")
    assert isinstance(project.find(unit), Missed)
    with pytest.raises(StoreError, match=r"^cannot write "):
        project.put(unit)


def test_a_store_folder_that_is_itself_a_link_is_the_user_s_choice(project, tmp_path):
    (tmp_path / "mounted").mkdir()
    Path(project.store_path).symlink_to(tmp_path / "mounted")
    project.put(project.unit())
    assert isinstance(project.find(project.unit()), Found)


# -- what the hit path loads


def test_a_lookup_imports_nothing_heavy():
    heavy = {"ctypes", "pathlib", "argparse", "logging", "importlib.metadata", "tomllib", "subprocess", "tempfile"}
    code = "import sys; import headerkit.store, headerkit.unit, headerkit.plan; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=python_path()
    )
    loaded = set(done.stdout.split())
    assert not heavy & loaded
    assert not {name for name in loaded if name.startswith(("headerkit.backends", "headerkit.writers"))}


def python_path():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_an_error_of_the_system_while_looking_is_a_miss(project, monkeypatch):
    unit = project.unit()
    project.put(unit)

    def refuse(*_args, **_more):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fstat", refuse)
    found = Store(project.store_path).find_ir(unit, policy=CachePolicy())
    monkeypatch.undo()
    assert found.reasons[0].endswith("cannot be read: Input/output error")
