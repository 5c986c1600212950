"""Faults, swept: after each, a reader gets the right bytes or a miss, and the next run heals the store.

Children are forked, so that a sweep costs milliseconds a step; what kills them is real.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headerkit.errors import StoreError
from headerkit.ir_version import JSON_HEAD
from headerkit.plan import CachePolicy
from headerkit.store import Found, Missed, Store
from headerkit.store.clear import clear_store
from headerkit.store.index import rebuild_index
from headerkit.store.merge import store_merge
from headerkit.store.prune import prune_store

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the faults are made in forked children"),
]

OLD, NEW = "int old(void);\n", "int new(void);\n" * 40
OPERATIONS = frozenset(
    ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.listdir", "os.scandir", "os.truncate", "os.link")
)


def run_forked(work) -> int:
    """Run `work` in a child; its exit status, negative for the signal that ended it."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            work()
            status = 0
        except StoreError:
            status = 8
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(step: int, work):
    """`work`, in a process that is killed before its Nth file operation, or in the middle of it when it is a write."""

    def doomed():
        left = [step]
        write = os.write

        def count(event, _args=()):
            if event in OPERATIONS:
                left[0] -= 1
                if left[0] <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        def half_write(fd, data):
            left[0] -= 1
            if left[0] <= 0:
                write(fd, bytes(data[: len(data) // 2]))
                os.kill(os.getpid(), signal.SIGKILL)
            return write(fd, data)

        os.write = half_write
        sys.addaudithook(count)
        work()

    return doomed


def sweep(prepare, work, check) -> int:
    """Kill `work` at every file operation it makes, checking after each; the number of operations."""
    for step in range(1, 2000):
        prepare()
        status = run_forked(kill_at(step, work))
        assert status in (0, -signal.SIGKILL)
        check()
        if status == 0:
            return step - 1
    pytest.fail("the work never ended")


def find(project, unit):
    found = Store(project.store_path).find_output(unit, "cffi", options=(), rules=(), policy=CachePolicy())
    ir = Store(project.store_path).find_ir(unit, policy=CachePolicy())
    for each, text in ((found, NEW), (ir, JSON_HEAD + NEW)):
        assert isinstance(each, Missed) or each.text == text
    return found, ir


@pytest.fixture
def refill(project, tmp_path, tree_of):
    """(unit, reset, put, expected): a store of stale entries, how to reset and to fill it, and what it is then."""
    unit = project.unit()
    project.put(unit, output=OLD, ir=JSON_HEAD + OLD)
    project.write("include/sub/b.h", "typedef long b_t;\n")
    stale = tmp_path / "stale"
    shutil.copytree(project.store_path, stale)
    closure = project.closure(unit)

    def reset(store=project.store_path):
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(stale, store)

    def put():
        store = Store(project.store_path)
        store.put_ir(unit, closure, JSON_HEAD + NEW)
        store.put_output(unit, "cffi", options=(), rules=(), closure=closure, text=NEW, suffix=".txt", made_by="1")

    put()
    expected = tree_of(project.store_path)
    reset()
    return unit, reset, put, expected


def test_a_kill_at_any_step_of_filling_a_new_store(project, refill, tree_of):
    unit, _, put, expected = refill

    def check():
        find(project, unit)
        put()
        assert all(isinstance(each, Found) for each in find(project, unit))
        assert tree_of(project.store_path) == expected

    steps = sweep(lambda: shutil.rmtree(project.store_path, ignore_errors=True), put, check)
    assert steps >= 20


def test_a_kill_at_any_step_of_replacing_stale_entries(project, refill, tree_of):
    unit, reset, put, expected = refill

    def check():
        find(project, unit)
        put()
        assert all(isinstance(each, Found) for each in find(project, unit))
        assert tree_of(project.store_path) == expected

    assert sweep(reset, put, check) >= 12


@pytest.mark.parametrize("verb", ["merge", "prune", "clear", "index"])
def test_a_kill_at_any_step_of_a_verb_leaves_a_store_that_the_verb_finishes(project, refill, tmp_path, tree_of, verb):
    unit, reset, put, _ = refill
    put()
    source = tmp_path / "source"
    shutil.copytree(project.store_path, source)
    work = {
        "merge": lambda: store_merge([source], project.store_path),
        "prune": lambda: prune_store(project.store_path, []),
        "clear": lambda: clear_store(project.store_path),
        "index": lambda: rebuild_index(project.store_path),
    }[verb]
    reset()
    work()
    expected = tree_of(project.store_path)

    def check():
        find(project, unit)
        work()
        if verb in ("merge", "index"):
            prune_store(project.store_path, [project.job(unit)])
        assert tree_of(project.store_path) == expected

    assert sweep(reset, work, check) >= 4


def test_kills_at_random_times(project, tree_of):
    chance = random.Random(7)  # noqa: S311  (a schedule, not a secret)
    units = [project.unit(defines=(f"N={number}",)) for number in range(30)]
    closure = project.closure(units[0])

    def put():
        store = Store(project.store_path)
        for unit in units:
            store.put_ir(unit, closure, JSON_HEAD + f"{unit.defines}\n" * 50)

    for _ in range(25):
        child = os.fork()
        if child == 0:
            put()
            os._exit(0)
        time.sleep(chance.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for unit in units:
            found = Store(project.store_path).find_ir(unit, policy=CachePolicy())
            assert isinstance(found, Missed) or found.text == JSON_HEAD + f"{unit.defines}\n" * 50
        if chance.random() < 0.3:
            shutil.rmtree(project.store_path, ignore_errors=True)
    put()
    found = [Store(project.store_path).find_ir(unit, policy=CachePolicy()) for unit in units]
    assert all(isinstance(each, Found) for each in found)


# -- limits of the system


def test_short_writes_at_any_length(project, refill, tree_of):
    unit, reset, put, expected = refill
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    longest = max(map(len, expected.values()))
    statuses = set()
    for limit in [*range(0, longest, 97), longest - 1, longest]:
        reset()

        def work(limit=limit):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            put()

        statuses.add(run_forked(work))
        find(project, unit)
    assert statuses == {0, 8}
    put()
    assert tree_of(project.store_path) == expected


def test_no_free_file_descriptors(project, refill):
    unit, _, put, _ = refill
    put()
    used = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 3

    def starve(work):
        spare = [os.open(os.devnull, os.O_RDONLY) for _ in range(8)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(*spare) + 1, max(*spare) + 1))
        for fd in spare[:left]:
            os.close(fd)
        work()

    def look():
        output, ir = find(project, unit)
        if left == 0:
            assert output.reasons[0].endswith("Too many open files")
            assert isinstance(ir, Missed)
        else:
            assert isinstance(output, Found)

    assert used
    for left in range(3):
        assert run_forked(lambda: starve(look)) == 0
        shutil.rmtree(project.store_path)
        assert run_forked(lambda: starve(put)) == (8 if left == 0 else 0)
        put()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB, and how to mount it again with other options."""
    place = tmp_path / "small"
    place.mkdir()
    if (
        sys.platform != "linux"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=65536", "tmpfs", place], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("mounting a small tmpfs needs root on Linux")

    def remount(options):
        subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)

    yield place, remount
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_fills_up_at_any_page(project, refill, small_disk, tree_of):
    unit, reset, put, expected = refill
    disk, _ = small_disk
    project.store_path = str(disk / "store")
    seen = set()
    for free in range(12):
        reset(project.store_path)
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        os.truncate(filler, max(0, filler.stat().st_size - free * 4096))
        try:
            put()
            seen.add("put")
        except StoreError as error:
            seen.add("full")
            assert "No space left on device" in str(error)  # noqa: PT017
        output, ir = find(project, unit)
        filler.unlink()
        if isinstance(output, Missed) or isinstance(ir, Missed):
            put()
        assert tree_of(project.store_path) == expected
    assert seen == {"put", "full"}


def test_a_read_only_store_serves_hits_and_says_why_it_cannot_be_filled(project, refill, small_disk):
    unit, _, put, _ = refill
    disk, remount = small_disk
    project.store_path = str(disk / "store")
    put()
    remount("ro")
    assert all(isinstance(each, Found) for each in find(project, unit))
    put()  # nothing to write, nothing to complain about
    with pytest.raises(StoreError, match="Read-only file system"):
        project.put(project.unit(defines=("NEW",)))
    with pytest.raises(StoreError, match="Read-only file system"):
        clear_store(project.store_path)
    remount("rw")


# -- time and names


@pytest.mark.parametrize("now", [0.0, 1e11])
def test_the_clock_does_not_matter(project, refill, monkeypatch, tree_of, now):
    unit, _, put, expected = refill
    left = project.entry() / "output.txt.1-00000000.tmp"
    left.write_text("half")
    monkeypatch.setattr(time, "time", lambda: now)
    for path in Path(project.store_path).rglob("*"):
        os.utime(path, (now, now))
    put()
    assert all(isinstance(each, Found) for each in find(project, unit))
    left.unlink(missing_ok=True)
    assert tree_of(project.store_path) == expected


def test_names_that_differ_in_case_alone_have_folders_that_do_not(project):
    for name in ("include/Case.h", "include/case.h", "include/CASE.h"):
        project.write(name, f"int {Path(name).stem};\n")
        project.put(project.unit(name), output=f"{name}\n")
    folders = [str(path.relative_to(project.store_path)).lower() for path in Path(project.store_path).rglob("*")]
    assert len(folders) == len(set(folders))
    for name in ("include/Case.h", "include/case.h", "include/CASE.h"):
        assert project.find(project.unit(name)).text == f"{name}\n"


def test_very_long_and_odd_names_have_short_folders(project):
    names = [
        "x" * 250 + ".h",
        "with space.h",
        "ünï.h",
        "con.h",
        "a'b\"c.h",
        "-.h",
        "....h",
        "new\nline.h",
        "\u202eevil.h",
    ]
    for name in names:
        project.write(name, f"int {len(name)};\n")
        project.put(project.unit(name, defines=("D" * 300, "y" * 4000)), output=f"{name}\n")
    for name in names:
        assert project.find(project.unit(name, defines=("D" * 300, "y" * 4000))).text == f"{name}\n"
    for path in Path(project.store_path).rglob("*"):
        assert len(path.name) <= 80
        assert path.name.isascii()
        assert path.name.isprintable()
