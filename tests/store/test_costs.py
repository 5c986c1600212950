"""What a lookup and an insertion touch does not grow with the store; a run reads each header once."""

from __future__ import annotations

import os
import sys

import pytest

from headerkit.ir_version import JSON_HEAD
from headerkit.plan import CachePolicy
from headerkit.store import Found, Store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="counts file operations in a forked child")


def operations(work, log) -> list[str]:
    """The file operations of `work`, as Python's audit events tell them."""
    child = os.fork()
    if child == 0:
        seen: list[str] = []
        sys.addaudithook(
            lambda event, args: (
                seen.append(f"{event} {args[0]}") if event == "open" or event.startswith("os.") else None
            )
        )
        status = 1
        try:
            work()
            found = list(seen)
            log.write_text("\n".join(found))
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return log.read_text().splitlines()


def test_a_lookup_and_an_insertion_cost_the_same_in_a_small_store_and_a_large_one(project, tmp_path):
    unit = project.unit()
    closure = project.closure(unit)
    counts = []
    for size in (1, 150):
        store = Store(project.store_path)
        for number in range(size):
            store.put_ir(project.unit(defines=(f"N={number}",)), closure, f"{JSON_HEAD}}}\n")

        def look():
            assert isinstance(
                Store(project.store_path).find_ir(project.unit(defines=("N=0",)), policy=CachePolicy()), Found
            )

        def put(size=size):
            Store(project.store_path).put_ir(project.unit(defines=(f"M={size}",)), closure, f"{JSON_HEAD}}}\n")

        counts.append((len(operations(look, tmp_path / "log")), len(operations(put, tmp_path / "log"))))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6
    assert counts[0][1] <= 8


def test_a_run_reads_each_header_once(project, tmp_path):
    names = [f"include/h{number}.h" for number in range(30)]
    for name in names:
        project.write(name, '#include "sub/b.h"\n')
        project.put(project.unit(name))
    units = [project.unit(name) for name in names]

    def look():
        store = Store(project.store_path)
        for unit in units:
            found = store.find_output(unit, "cffi", options=(), rules=(), policy=CachePolicy())
            assert isinstance(found, Found)

    seen = operations(look, tmp_path / "log")
    headers = [line for line in seen if line.endswith(".h")]
    assert len(headers) == len(set(headers)) == 31
    assert len(seen) == 31 + 2 * 30 + 1, "a metadata and a payload an entry, and store.json"
