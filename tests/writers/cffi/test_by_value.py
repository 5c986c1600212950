"""An `opaque` rule on what is passed by value, wide strings, macros that name types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.writers.cffi.conftest import compile_module, parse, write

from headerkit.selection import Rule, select

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.writers.cffi.conftest import Bound

VALUE = """
/* Two numbers. */
struct value { int a, b; };
static inline int sum(struct value v) { return v.a + v.b; }
static inline struct value made(int a, int b) { struct value v = { a, b }; return v; }
struct holder { struct value v; int z; };
typedef struct value pair_t;
static inline int both(const pair_t *pair) { return pair->a + pair->b; }
"""


@pytest.mark.parametrize("comments", [False, True])
def test_an_opaque_record_is_still_passed_by_value(tmp_path: Path, *, comments: bool) -> None:
    header, _, warnings = select(parse(VALUE, tmp_path), (Rule("opaque", "struct", "value"),))
    assert warnings == ()
    module = compile_module(write(header, comments=comments).text, '#include "lib.h"', tmp_path)
    ffi, lib = module.ffi, module.lib
    made = lib.made(2, 3)
    assert lib.sum(made) == 5
    assert ffi.sizeof("struct value") == 8
    assert ffi.sizeof("struct holder") == 12
    assert dict(ffi.typeof("struct value").fields or ()) == {}
    assert lib.both(ffi.addressof(ffi.new("struct holder *"), "v")) == 0


def test_without_a_compiler_what_needs_an_opaque_record_is_told(tmp_path: Path) -> None:
    header, _, _ = select(parse(VALUE.replace("static inline", "").replace("{ return", "; //"), tmp_path), ())
    header, _, _ = select(header, (Rule("opaque", "struct", "value"),))
    reasons = {entry.name: entry.reason for entry in write(header, mode="abi").ledger if entry.fate == "unsupported"}
    assert reasons["sum"] == "it needs all of struct value, which is incomplete"


def test_wide_strings_have_their_elements(bind: Callable[..., Bound]) -> None:
    bound = bind(
        '#include <uchar.h>\n#include <wchar.h>\n#define UTF16 u"a\\u00e9\\U0001F600"\n'
        '#define UTF32 U"a\\U0001F600"\n#define WIDE L"w\\u00e9"\n#define UTF8 u8"\\u00e9"\n'
    )
    assert bound.ffi.string(bound.lib.UTF16) == "a\u00e9\U0001f600"
    assert bound.ffi.string(bound.lib.UTF32) == "a\U0001f600"
    assert bound.ffi.string(bound.lib.WIDE) == "w\u00e9"
    assert bound.ffi.string(bound.lib.UTF8) == b"\xc3\xa9"


def test_a_wide_string_whose_element_is_not_declared_is_told(bind: Callable[..., Bound]) -> None:
    bound = bind('#define UTF16 u"a"\nint x;\n')
    assert bound.fate("UTF16") == "unsupported: its characters are char16_t, which the header does not declare"


def test_a_macros_type_is_a_typedef(bind: Callable[..., Bound]) -> None:
    bound = bind(
        "#include <sys/stat.h>\nstruct own { int x; };\n#define TAG struct own\n#define WORDS unsigned char\n"
        "#define POINTED const void *\n#define FOREIGN struct stat\n#define CHAIN TAG *\n"
        "#define NOWHERE struct nowhere *\n"
        "static inline int get(CHAIN of) { return of->x; }\n"
    )
    ffi = bound.ffi
    assert bound.lib.get(ffi.new("TAG *", {"x": 7})) == 7
    assert (ffi.sizeof("WORDS"), ffi.sizeof("POINTED"), ffi.sizeof("NOWHERE")) == (1, 8, 8)
    assert ffi.typeof("CHAIN") is ffi.typeof("struct own *")
    assert ffi.typeof("FOREIGN").cname == "struct stat"
