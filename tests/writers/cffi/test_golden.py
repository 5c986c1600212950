"""The whole text, as it was reviewed: HEADERKIT_REWRITE_GOLDENS=1 writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import cffi
import pytest

from headerkit.target import host_target

from .conftest import compile_module, parse, write

GOLDEN = Path(__file__).with_name("golden")
CASES = {
    "kinds.api.cdef.txt": {},
    "kinds.api.comments.cdef.txt": {"comments": True, "macro_functions": ["int KINDS_SHIFT(int n)"]},
    "kinds.abi.cdef.txt": {"mode": "abi"},
}
STUBS = """
#include "lib.h"
#pragma GCC diagnostic ignored "-Wpsabi"
kinds_view *kinds_open(const char *path, int flags[2]) { return 0; }
int kinds_printf(kinds_view *view, const char *format, ...) { return 1; }
int kinds_vprintf(kinds_view *view, const char *format, va_list args) { return 2; }
kinds_callback kinds_watch(kinds_view *view, kinds_callback callback, void *data) { return callback; }
kinds_point kinds_add(kinds_point a, kinds_point b) { kinds_point c = { a.x + b.x, a.y + b.y }; return c; }
int (*kinds_choose(int which))(kinds_node *) { return 0; }
int kinds_errors = 3;
const char *const kinds_names[3] = { "a", "b", "c" };
"""


@pytest.mark.skipif(host_target() != "x86_64-unknown-linux-gnu", reason="the golden texts are of x86_64 with glibc")
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_text_is_the_one_that_was_reviewed_and_it_works(name: str, tmp_path: Path) -> None:
    header = (GOLDEN / "kinds.h").read_text()
    options = CASES[name]
    text = write(parse(header, tmp_path), **options).text
    if os.environ.get("HEADERKIT_REWRITE_GOLDENS"):
        (GOLDEN / name).write_text(text)
    assert text == (GOLDEN / name).read_text()
    if options.get("mode") == "abi":
        ffi = cffi.FFI()
        ffi.cdef(text)
        assert ffi.sizeof("struct kinds_packed") == 6
        return
    made = compile_module(text, STUBS, tmp_path)
    assert made.lib.kinds_add((1, 2), (3, 4)).y == 6
    assert made.ffi.sizeof("struct kinds_packed") == 6
    assert made.lib.kinds_errors == 3
