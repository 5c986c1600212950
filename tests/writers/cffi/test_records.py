"""Records: sizes and offsets are gcc's, whatever cffi itself would make of the members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Bound

HEADER = """
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <netinet/in.h>
#include <pthread.h>
#include <regex.h>
#include <sys/select.h>

typedef struct { int x, y; } point;
struct plain { char c; double d; point where[2]; const char *const *names; int (*visit)(struct plain *, void *); };
union number { float f; unsigned char bytes[4]; int64_t i; };
struct nested {
    char tag;
    union { int64_t i; double d; struct { uint16_t low, high; }; };
    struct { int depth; char name[6]; struct { short s; } deep[3]; } inner;
    struct tagged { int t; } *tagged;
    union { struct plain p; point q; } either;
};
struct unnamed_union { char c; union { int64_t i; struct plain p; }; };
struct nameless_with_unnamed { int n; union { struct unnamed_union in; char pad[256]; } u; };
struct flexible { size_t count; point data[]; };
struct zero { int n; char data[0]; };
struct kernels {
    uint32_t n;
    union { struct { struct { } no_data; char data[]; }; struct { struct { } none; point points[]; }; };
};
typedef struct { uint64_t when; unsigned kind : 8; unsigned more : 24; int rest; } loose __attribute__((aligned(1)));
typedef struct { loose first; unsigned bits : 7; } __attribute__((aligned(1))) holds_loose;
struct holds_kernels { unsigned bits : 3; struct kernels last; };
struct empty { };
struct aligned { char c; int wide __attribute__((aligned(32))); char end; };
struct over { char c; } __attribute__((aligned(64)));
struct holds_over { char before; struct over o; char after; };

#pragma pack(push, 1)
struct packed { char c; int i; short s; long long l; };
struct packed_holder { char c; struct packed in; double d; };
#pragma pack(pop)
struct nameless_with_packed { char c; struct { struct packed p; point q; } in; };

struct bits { unsigned a : 3; unsigned : 2; unsigned b : 11; unsigned char tail; };
struct bits_mixed { char c; int a : 5; long long b : 40; unsigned char d : 3; short e; unsigned : 0; int f : 9; };
struct bits_signed { signed a : 4; _Bool b : 1; unsigned long long c : 59; };
struct bits_hold { struct packed p; struct over o; unsigned a : 3; point q; };
struct bits_anonymous { int k; union { unsigned x; struct { unsigned low : 4; unsigned high : 12; }; }; char z; };
struct bits_first { union { struct { unsigned one : 1; unsigned two : 2; }; unsigned all; }; };
#pragma pack(push, 1)
struct bits_packed { char c; unsigned a : 3; unsigned b : 13; int d; unsigned e : 7; };
#pragma pack(pop)
typedef struct { unsigned kind : 4; struct { int v; } value; } bits_typedef;

struct itimerval;
struct system { struct timeval when; pthread_mutex_t lock; struct in6_addr address; pthread_t thread; time_t seconds; };
static inline int timer_of(const struct itimerval *timer) { return 1; }
struct watcher { fd_set watched; regex_t pattern; int end; };
struct bits_watcher { unsigned a : 3; fd_set watched; struct { regex_t pattern; char z; } in; pthread_mutex_t lock; };
typedef struct { int first; point second; } *handle;
typedef union { int whole; short halves[2]; } both;
"""

PLACES = {
    "struct plain": ["c", "d", "where", "names", "visit"],
    "union number": ["f", "bytes", "i"],
    "struct nested": [
        "tag",
        "i",
        "d",
        "low",
        "high",
        "inner",
        "inner.depth",
        "inner.name",
        "inner.deep",
        "tagged",
        "either",
    ],
    "struct unnamed_union": ["c", "i", "p", "p.d"],
    "struct nameless_with_unnamed": ["n", "u", "u.in", "u.in.p.visit", "u.pad"],
    "struct flexible": ["count", "data"],
    "struct zero": ["n", "data"],
    "struct kernels": ["n", "data", "points"],
    "struct holds_kernels": ["last", "last.data"],
    "loose": ["when", "rest"],
    "holds_loose": ["first", "first.rest"],
    "struct empty": [],
    "struct aligned": ["c", "wide", "end"],
    "struct holds_over": ["before", "o", "after"],
    "struct packed": ["c", "i", "s", "l"],
    "struct packed_holder": ["c", "in", "in.i", "d"],
    "struct nameless_with_packed": ["c", "in", "in.p", "in.q", "in.p.l"],
    "struct bits": ["tail"],
    "struct bits_mixed": ["c", "e"],
    "struct bits_hold": ["p", "o", "q"],
    "struct bits_anonymous": ["k", "x", "z"],
    "struct bits_packed": ["c", "d"],
    "bits_typedef": ["value", "value.v"],
    "struct system": ["when", "when.tv_usec", "lock", "thread", "seconds", "address", "address.__in6_u"],
    "struct watcher": ["watched", "pattern", "pattern.re_nsub", "end"],
    "struct bits_watcher": ["watched", "in", "in.z", "lock"],
    "struct itimerval": ["it_interval", "it_value"],
    "both": ["whole", "halves"],
}
BITS = {
    "struct bits": {"a": 3, "b": 11},
    "struct bits_mixed": {"a": 5, "b": 40, "d": 3, "f": 9},
    "struct bits_signed": {"a": 4, "b": 1, "c": 59},
    "struct bits_hold": {"a": 3},
    "struct bits_anonymous": {"low": 4, "high": 12},
    "struct bits_first": {"one": 1, "two": 2},
    "struct bits_packed": {"a": 3, "b": 13, "e": 7},
    "bits_typedef": {"kind": 4},
    "loose": {"kind": 8, "more": 24},
    "struct bits_watcher": {"a": 3},
}


@pytest.fixture
def bound(bind: Callable[..., Bound]) -> Bound:
    """The header, with gcc's answers as constants and with C functions that set each bit-field."""
    lines, cdefs = [], []
    for record, fields in PLACES.items():
        key = record.replace(" ", "_")
        for name, expression in [("size", f"sizeof({record})")] + [
            (field.replace(".", "__"), f"offsetof({record}, {field})") for field in fields
        ]:
            lines.append(f"#define AT_{key}_{name} {expression}")
            cdefs.append(f"#define AT_{key}_{name} ...")
    for record, fields in BITS.items():
        for field in fields:
            function = f"set_{record.replace(' ', '_')}_{field}"
            lines.append(f"static void {function}({record} *p) {{ p->{field} = -1; }}")
            cdefs.append(f"void {function}({record} *);")
    return bind(HEADER, source="\n".join(lines), extra_cdef=cdefs)


def test_sizes_and_offsets_are_those_of_the_compiler(bound: Bound) -> None:
    ffi, lib = bound.ffi, bound.lib
    for record, fields in PLACES.items():
        key = record.replace(" ", "_")
        assert ffi.sizeof(record) == getattr(lib, f"AT_{key}_size"), record
        for field in fields:
            want = getattr(lib, f"AT_{key}_{field.replace('.', '__')}")
            assert ffi.offsetof(record, *field.split(".")) == want, (record, field)


def test_bit_fields_are_where_the_compiler_puts_them(bound: Bound) -> None:
    ffi, lib = bound.ffi, bound.lib
    for record, fields in BITS.items():
        for field, width in fields.items():
            value = ffi.new(f"{record} *")
            getattr(lib, f"set_{record.replace(' ', '_')}_{field}")(value)
            assert getattr(value, field) in (-1, (1 << width) - 1), (record, field)
            memory = int.from_bytes(bytes(ffi.buffer(value)), "little")
            assert memory.bit_count() == width, (record, field)
            setattr(value, field, 0)
            assert not any(bytes(ffi.buffer(value))), (record, field)


def test_members_have_their_types(bound: Bound) -> None:
    ffi = bound.ffi
    where = ffi.new("struct nested *")
    where.inner.name = b"abc"
    where.inner.deep[2].s = -7
    where.either.p.d = 2.5
    where.low = 0xFFFF
    assert ffi.string(where.inner.name) == b"abc"
    assert (where.inner.deep[2].s, where.either.p.d, where.i) == (-7, 2.5, 0xFFFF)
    made = ffi.new("handle", {"first": 1, "second": (2, 3)})
    assert (made.first, made.second.y) == (1, 3)
    assert ffi.typeof("struct plain").fields[4][1].type == ffi.typeof("int(*)(struct plain *, void *)")


def test_records_are_partial_so_that_a_newer_header_still_fits(bound: Bound) -> None:
    assert "struct flexible {\n    size_t count;\n    point data[];\n    ...;\n};" in bound.text
    assert "struct bits {\n    unsigned int a : 3;\n    unsigned int : 2;\n    unsigned int b : 11;\n" in bound.text


def test_what_a_system_type_hides_stays_hidden(bound: Bound) -> None:
    assert "typedef union {\n    ...;\n} pthread_mutex_t;" in bound.text
    assert "struct timeval {\n    __time_t tv_sec;\n    __suseconds_t tv_usec;\n    ...;\n};" in bound.text
    assert "typedef int... time_t;" in bound.text


def test_a_member_that_no_cdef_can_say_is_left_out_with_its_reason(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        struct s { int before; _Float16 half; float v __attribute__((vector_size(16))); _Atomic int counter;
                   long double _Complex z; int after; };
        struct wide { unsigned __int128 low : 100; __int128 high : 28; int after; unsigned bits : 3; };
        """
    )
    assert [name for name, _ in made.ffi.typeof("struct wide").fields] == ["after", "bits"]
    assert made.ffi.sizeof("struct wide") == 32
    assert made.ffi.typeof("struct s").fields[-1][0] == "after"
    assert [name for name, _ in made.ffi.typeof("struct s").fields] == ["before", "half", "counter", "after"]
    assert made.fate("s") == "emitted: without v, z: cffi has no vector types"
    assert " * Left out:\n *   struct s, member v: cffi has no vector types\n" in made.text


def test_a_member_that_takes_the_record_by_value_does_not_spoil_the_record(bind: Callable[..., Bound]) -> None:
    made = bind(
        """
        typedef struct node node;
        typedef int (*visit)(node, int);
        struct node { int n; visit by_name; node *next; node (*copy[2])(void); void (*each)(void (*)(node));
                      visit *more; int (*to)(node *); int last; };
        struct list { node first; int length; };
        """
    )
    ffi = made.ffi
    assert [name for name, _ in ffi.typeof("struct node").fields] == ["n", "next", "to", "last"]
    assert ffi.offsetof("struct list", "length") == ffi.sizeof("node") == 72
    assert ffi.typeof("visit").args[0] is ffi.typeof("node")
    reason = "cffi cannot make a record one of whose members is a function that takes the record by value"
    assert made.fate("node", "struct") == f"emitted: without by_name, copy, each, more: {reason}"
