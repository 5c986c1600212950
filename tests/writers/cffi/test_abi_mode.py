"""ABI mode: no compiler takes part when the module is used, so every layout and value must stand in the text."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import cffi
import pytest

from .conftest import parse, write

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

HEADER = """
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define ANSWER 42
#define ALL_ONES (~0ULL)
#define NEGATIVE (-3)
#define HALF 0.5
#define NAME "name"

typedef struct { int x, y; } point;
enum color { RED = 1, GREEN, BLUE = 0x80000000 };
enum __attribute__((packed)) small { SMALL_ONE = 1 };
struct bits { unsigned a : 3; unsigned : 2; unsigned b : 11; unsigned char tail; };
struct nested {
    char tag;
    union { int64_t i; struct { uint16_t low, high; }; };
    struct { int depth; char name[6]; } inner;
    enum small small;
    time_t when;
};
struct aligned { char c; int wide __attribute__((aligned(32))); char end; };
struct packed { char c; int i; short s; } __attribute__((packed));
struct flexible { size_t count; point data[]; };
typedef int (*visit)(const point *, void *);

extern int counter;
extern int labelled __asm__("real_label");
int each(const point *points, size_t n, visit each_one, void *data);
point add(point a, point b);
unsigned low_of(const struct nested *n);
int packed_sum(const struct packed *p);
int sum(int count, ...);
int packed_by_value(struct packed p);
static inline int twice(int n) { return 2 * n; }
#define other_add add
"""

SOURCE = """
#include <stdarg.h>
#include "lib.h"
int counter = 7;
int each(const point *p, size_t n, visit f, void *data)
{ int all = 0; while (n--) all += f(p++, data); return all; }
point add(point a, point b) { point c = { a.x + b.x, a.y + b.y }; return c; }
unsigned low_of(const struct nested *n) { return n->low + n->inner.depth + (unsigned)n->when; }
int packed_sum(const struct packed *p) { return p->c + p->i + p->s; }
int sum(int count, ...)
{ va_list ap; int all = 0; va_start(ap, count); while (count--) all += va_arg(ap, int); va_end(ap); return all; }
const struct { size_t size, bits, nested, inner, aligned, wide, flexible, data; } sizes = {
    sizeof(struct packed), sizeof(struct bits), sizeof(struct nested), offsetof(struct nested, inner),
    sizeof(struct aligned), offsetof(struct aligned, wide), sizeof(struct flexible), offsetof(struct flexible, data) };
"""


@pytest.fixture
def library(tmp_path: Path) -> tuple[Any, Any, dict[tuple[str, str], str]]:
    output = write(parse(HEADER, tmp_path), mode="abi")
    (tmp_path / "lib.c").write_text(SOURCE)
    path = tmp_path / "liblib.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(path), str(tmp_path / "lib.c")], check=True)
    ffi = cffi.FFI()
    ffi.cdef(output.text)
    fates = {(entry.kind, entry.name): f"{entry.fate}: {entry.reason}".rstrip(": ") for entry in output.ledger}
    return ffi, ffi.dlopen(str(path)), fates


def test_a_library_is_used_without_a_compiler(library: tuple[Any, Any, dict[tuple[str, str], str]]) -> None:
    ffi, lib, _ = library
    points = ffi.new("point[]", [(1, 2), (3, 4)])

    @ffi.callback("visit")
    def visit(point: Any, data: Any) -> int:
        return int(point.x * point.y)

    assert lib.each(points, 2, visit, ffi.NULL) == 14
    assert lib.add(points[0], points[1]).y == 6
    assert lib.sum(2, ffi.cast("int", 4), ffi.cast("int", 5)) == 9
    lib.counter += 1
    assert lib.counter == 8
    nested = ffi.new("struct nested *", {"tag": b"x", "low": 5, "inner": {"depth": 30}, "when": 100})
    assert lib.low_of(nested) == 135


def test_constants_are_literal(library: tuple[Any, Any, dict[tuple[str, str], str]]) -> None:
    _, lib, fates = library
    assert (lib.ANSWER, lib.ALL_ONES, lib.NEGATIVE) == (42, 2**64 - 1, -3)
    assert (lib.RED, lib.GREEN, lib.BLUE, lib.SMALL_ONE) == (1, 2, 2**31, 1)
    assert fates["macro", "HALF"] == "unsupported: without a compiler only integer constants can be had"
    assert fates["macro", "NAME"] == "unsupported: without a compiler only integer constants can be had"


def test_layouts_are_exact(library: tuple[Any, Any, dict[tuple[str, str], str]]) -> None:
    ffi, lib, fates = library
    ffi.cdef("extern const size_t sizes[8];")
    packed, bits, nested, inner, aligned, wide, flexible, data = lib.sizes
    assert ffi.sizeof("struct bits") == bits
    assert (ffi.sizeof("struct nested"), ffi.offsetof("struct nested", "inner")) == (nested, inner)
    assert (ffi.sizeof("struct aligned"), ffi.offsetof("struct aligned", "wide")) == (aligned, wide)
    assert (ffi.sizeof("struct flexible"), ffi.offsetof("struct flexible", "data")) == (flexible, data)
    # cffi packs whole cdefs only: the size is right, what is out of line cannot be had.
    assert ffi.sizeof("struct packed") == packed
    assert fates["struct", "packed"] == "emitted: without i, s: cffi cannot put it where the compiler does"
    assert lib.packed_sum(ffi.new("struct packed *", {"c": b"\x03"})) == 3


def test_what_the_library_does_not_export_is_left_out(library: tuple[Any, Any, dict[tuple[str, str], str]]) -> None:
    _, _, fates = library
    unexported = "unsupported: no library exports it; without a compiler only exported symbols can be had"
    assert fates["function", "twice"] == unexported
    assert fates["macro", "other_add"] == unexported
    assert fates["variable", "labelled"] == "unsupported: the library exports it as real_label"
    by_value = "unsupported: struct packed is passed by value, and cffi lacks members of it"
    assert fates["function", "packed_by_value"] == by_value


@pytest.mark.parametrize(
    ("declarations", "what"),
    [
        ("struct r { unsigned a : 3; int b; }; int f(struct r r);", "a record with bit-fields"),
        ("struct r { int k; union { int i; float f; }; }; struct r f(void);", "a record with an unnamed member"),
        ("struct r { union u { int i; float f; } u; }; int f(struct r r);", "a union"),
        ("struct r { int n; int d[0]; }; int f(struct r r);", "an array of no length"),
        ("double _Complex f(int i);", "a complex number"),
    ],
)
def test_what_libffi_cannot_pass_is_left_out(declarations: str, what: str, tmp_path: Path) -> None:
    output = write(parse(declarations, tmp_path), mode="abi")
    assert [entry.reason for entry in output.ledger if entry.name == "f"] == [
        f"without a compiler cffi cannot pass {what} by value"
    ]
    (tmp_path / "lib.c").write_text("int f(void) { return 0; }")
    path = tmp_path / "lib.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(path), str(tmp_path / "lib.c")], check=True)
    ffi = cffi.FFI()
    ffi.cdef(declarations)
    function = ffi.dlopen(str(path)).f
    arguments = [ffi.new(ffi.getctype(a, "*"))[0] if a.kind != "primitive" else 1 for a in ffi.typeof(function).args]
    with pytest.raises(NotImplementedError):
        function(*arguments)


def test_what_libffi_can_pass_is_there(tmp_path: Path) -> None:
    header = "struct r { int v[3]; struct { int q; } in; }; struct r f(struct r r, int (*g)(double _Complex));"
    assert "struct r f(" in write(parse(header, tmp_path), mode="abi").text
