"""Many processes, one store: nothing lost, nothing crossed, no error."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from headerkit.plan import CachePolicy
from headerkit.store import Found, Missed, Store
from headerkit.store.merge import store_merge
from headerkit.store.verify import verify_store

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes are forked"),
]

PROCESSES = 64
UNITS = 200


def run_all(works) -> list[int]:
    children = []
    for work in works:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work()
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


@pytest.fixture
def units(project):
    """Units of equal stems in different folders, of different stems, and of one header with different defines."""
    made = []
    for number in range(UNITS // 4):
        for name in (f"include/d{number}/same.h", f"include/own{number}.h"):
            project.write(name, f'#include "../sub/b.h"\nint f{number}(void);\n' if "same" in name else "int g;\n")
            made.append(project.unit(name))
        made += [project.unit(defines=(f"N={number}",)), project.unit(target=f"x86_64-unknown-linux-gnu.2.{number}")]
    assert len(made) == UNITS
    return [(unit, project.closure(unit), f"{unit.header} {unit.defines} {unit.target}\n" * 20) for unit in made]


def look(store, unit, text):
    found = store.find_output(unit, "cffi", options=(), rules=(), policy=CachePolicy())
    assert isinstance(found, Missed) or found.text == text
    return found


def test_sixty_four_processes_writing_two_hundred_units_lose_and_cross_nothing(project, units):
    def writer(seed):
        def work():
            chance = random.Random(seed)  # noqa: S311  (an order, not a secret)
            mine = units[:]
            chance.shuffle(mine)
            store = Store(project.store_path)
            for unit, closure, text in mine:
                store.put_ir(unit, closure, text)
                store.put_output(unit, "cffi", options=(), rules=(), closure=closure, text=text, suffix=".txt")
                other, _, expected = chance.choice(units)
                look(store, other, expected)

        return work

    assert run_all(writer(seed) for seed in range(PROCESSES)) == [0] * PROCESSES
    store = Store(project.store_path)
    for unit, _, text in units:
        assert isinstance(look(store, unit, text), Found)
    verified = verify_store(project.store_path)
    assert (verified.entries, verified.problems) == (2 * UNITS, ())


def test_processes_that_disagree_about_a_header_leave_one_answer_or_a_miss(project):
    """Some saw the header before an edit: whatever wins, nobody is given what does not match the header now."""
    unit = project.unit()
    before = project.closure(unit)
    project.write("include/sub/b.h", "typedef long b_t;\n")
    after = project.closure(unit)

    def writer(number):
        def work():
            store = Store(project.store_path)
            for _ in range(30):
                closure, text = (before, "before\n") if number % 2 else (after, "after\n")
                store.put_output(unit, "cffi", options=(), rules=(), closure=closure, text=text, suffix=".txt")
                look(Store(project.store_path), unit, "after\n")

        return work

    assert run_all(writer(number) for number in range(8)) == [0] * 8
    look(Store(project.store_path), unit, "after\n")
    Store(project.store_path).put_output(
        unit, "cffi", options=(), rules=(), closure=after, text="after\n", suffix=".txt"
    )
    assert isinstance(look(Store(project.store_path), unit, "after\n"), Found)
    assert not list(Path(project.store_path).rglob("*.tmp"))


def test_merges_and_writers_at_once_lose_nothing(project, units, tmp_path):
    part = units[:40]
    source = str(tmp_path / "source")
    for unit, closure, text in part[:20]:
        Store(source).put_output(unit, "cffi", options=(), rules=(), closure=closure, text=text, suffix=".txt")

    def write():
        store = Store(project.store_path)
        for unit, closure, text in part[10:]:
            store.put_output(unit, "cffi", options=(), rules=(), closure=closure, text=text, suffix=".txt")

    def merge():
        store_merge([source], project.store_path)

    assert run_all([write, merge] * 8) == [0] * 16
    store = Store(project.store_path)
    assert all(isinstance(look(store, unit, text), Found) for unit, _, text in part)
