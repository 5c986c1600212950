"""What the cython writer wrote, compiled by Cython and gcc and run."""

from __future__ import annotations

import pytest

from headerkit.errors import WriterError
from headerkit.selection import Rule, select
from headerkit.writers.cython import CythonWriter

HEADER = r"""
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <sys/types.h>

#define LIMIT 12
#define MASK 0xFFFFFFFFFFFFFFFFULL
#define NEGATIVE (-7)
#define LETTER 'x'
#define RATIO 0.5
#define NAME "sample \"1\""
#define plus_alias plus
#define number_alias int
#define EMPTY
#define CALL(x) ((x) + 1)

typedef struct opaque opaque;
struct late; struct node;
typedef int (*visit)(struct node *, struct late, void *);
struct late { int depth; };
struct node {
    struct node *next;
    visit visitor;
    union { int64_t i; double d; struct { uint16_t low, high; }; };
    struct { int depth; char tag[6]; } inner;
    enum { RED, BLUE = 5 } colour;
    unsigned flags : 3;
    unsigned : 0;
    const char *const *names;
    int grid[2][3];
    bool on;
    time_t when;
    int from;
    int (*table[2])(int);
    _Atomic int counter;
};
#pragma pack(push, 1)
struct packed { char c; int i; };
#pragma pack(pop)
union either { float f; unsigned char bytes[4]; };
struct flexible { size_t count; double data[]; };
typedef struct { int x, y; } point;
typedef struct { int q; } *handle;
enum mode { OFF = -1, ON = 1 };
typedef enum { BIG = 0x7fffffff, SMALL = -5 } scale;
enum { HUGE = 0x100000000LL, TINY = 1 };
typedef point points[4];
typedef float vector __attribute__((vector_size(16)));
typedef __int128 wide;
typedef int callback(int);

int list(void);
struct list { int items; };
int plus(int a, int lambda);
point move(point by, const point *from, bool really, bool *changed);
int apply(callback f, int value);
int total(int count, ...);
int formatted(const char *format, va_list arguments);
int old_style();
vector twice(vector v);
wide widen(wide w);
void (*choose(int which, void (*fallback)(int)))(int);
int (*rows(void))[3];
off_t seek(FILE *file, off_t by, struct tm *at);
long double precise(long double x);
double _Complex turned(double _Complex z);
handle open_handle(void);
static inline int inlined(int n) { return 2 * n; }
extern const char *const words[];
extern int counter;
int dollar$name(int x);
"""

C = r"""
int list(void) { return 3; }
int plus(int a, int b) { return a + b; }
point move(point by, const point *from, bool really, bool *changed) {
    point p = { from->x + by.x, from->y + by.y };
    if (changed) changed[0] = really, changed[1] = !really;
    return p;
}
int apply(callback f, int value) { return f(value); }
int total(int count, ...) {
    va_list list; int sum = 0;
    va_start(list, count);
    while (count--) sum += va_arg(list, int);
    va_end(list);
    return sum;
}
int formatted(const char *format, va_list arguments) { return 0; }
int old_style(int a, int b) { return a * b; }
vector twice(vector v) { return v + v; }
wide widen(wide w) { return w << 64; }
static void nothing(int n) {}
void (*choose(int which, void (*fallback)(int)))(int) { return which ? nothing : fallback; }
int (*rows(void))[3] { static int r[2][3] = {{1, 2, 3}, {4, 5, 6}}; return r; }
off_t seek(FILE *file, off_t by, struct tm *at) { return by + (at ? at->tm_year : 0); }
long double precise(long double x) { return x / 2; }
double _Complex turned(double _Complex z) { return z * 1.0i; }
handle open_handle(void) { static struct node n; return (handle)&n.inner.depth; }
const char *const words[] = {"one", "two", 0};
int counter = 9;
int dollar$name(int x) { return -x; }
"""

PYX = r"""
cimport lib
from libc.stdio cimport FILE
from libc.time cimport tm

cdef int triple(int x) noexcept with gil:
    return 3 * x

cdef int seen(lib.node *n, lib.late l, void *data) noexcept with gil:
    return n.inner.depth + l.depth

def run():
    cdef lib.node n
    cdef lib.late l
    cdef lib._Bool changed[2]
    cdef lib.vector v
    cdef FILE *file = NULL
    cdef tm when
    cdef lib.node_inner inner
    cdef lib.point here = lib.point(x=1, y=2), by
    by.x, by.y = 10, 20
    n.visitor = seen
    n.low, n.high = 1, 2
    inner.depth = 40
    n.inner = inner
    l.depth = 2
    n.from_ = 6
    n.table[1] = triple
    n.colour = lib.BLUE
    n.on = 5
    n.counter = 3
    when.tm_year = 100
    moved = lib.move(by, &here, True, changed)
    lib.twice(v)
    with nogil:
        summed = lib.total(3, 1, 2, 3)
    return {
        "values": [lib.LIMIT, lib.MASK, lib.NEGATIVE, lib.LETTER, lib.RATIO, (<bytes>lib.NAME).decode()],
        "enums": [lib.RED, lib.BLUE, lib.OFF, lib.ON, lib.BIG, lib.SMALL, lib.HUGE, lib.TINY],
        "members": [n.i & 0xffffffff, n.visitor(&n, l, NULL), n.from_, n.table[1](5), n.colour, n.on, n.counter],
        "moved": [moved.x, moved.y, moved == {"x": 11, "y": 22}, changed[0], changed[1]],
        "calls": [lib.plus(1, 2), lib.plus_alias(3, 4), lib.apply(triple, 7), summed, lib.old_style(6, 7), lib.list_(),
                  lib.inlined(4), lib.dollar_name(8), lib.precise(3), lib.rows()[1][2],
                  lib.seek(file, 5, &when), lib.turned(1j).real, lib.choose(0, NULL) is NULL, lib.open_handle().q],
        "wide": str(lib.widen(1)),
        "words": [(<bytes>lib.words[1]).decode(), lib.counter],
        "sizes": [sizeof(lib.node), sizeof(lib.packed_), sizeof(lib.either), sizeof(lib.flexible), sizeof(lib.points),
                  sizeof(lib.node_inner), sizeof(lib._Bool), sizeof(lib.struct_list), sizeof(lib.number_alias),
                  sizeof(lib.handle), sizeof(lib.mode)],
        "places": [<size_t>&(<lib.node*>NULL).inner.tag[0],
                   <size_t>&(<lib.node*>NULL).high, <size_t>&(<lib.node*>NULL).grid[1][0],
                   <size_t>&(<lib.packed_*>NULL).i],
    }
"""


def test_every_construct_compiles_and_means_what_c_says(bench) -> None:
    output = bench.write(HEADER)
    found = bench.run(PYX, c=C)
    assert found["values"] == [12, 2**64 - 1, -7, ord("x"), 0.5, 'sample "1"']
    assert found["enums"] == [0, 5, -1, 1, 2**31 - 1, -5, 2**32, 1]
    assert found["members"] == [0x20001, 42, 6, 15, 5, True, 3]
    assert found["moved"] == [11, 22, True, True, False]
    assert found["calls"] == [3, 7, 21, 6, 42, 3, 8, -8, 1.5, 6, 105, -1.0, True, 0]
    assert found["wide"] == str(1 << 64)
    assert found["words"] == ["two", 9]
    types = ["struct node", "struct packed", "union either", "struct flexible", "points"]
    types += ["((struct node *)0)->inner", "_Bool", "struct list", "int", "handle", "enum mode"]
    places = ["struct node, inner.tag", "struct node, high", "struct node, grid[1]", "struct packed, i"]
    facts = bench.facts([f"sizeof({t})" for t in types] + [f"offsetof({p})" for p in places])
    assert found["sizes"] + found["places"] == facts
    unsaid = {entry.name: entry.reason for entry in output.ledger if entry.fate != "emitted"}
    assert unsaid == {
        "EMPTY": "it stands for nothing",
        "CALL": "a function-like macro has no types: declare a function of that name with the types you use",
    }


def test_callbacks_need_the_gil_when_the_option_says_so(bench) -> None:
    header = "typedef int (*callback)(int); static inline int apply(callback f, int x) { return f(x); }"
    pyx = "cimport lib\ncdef int f(int x) noexcept:\n    return x + len([x])\ndef run(): return lib.apply(f, 1)\n"
    assert " nogil:" not in bench.write(header, nogil=False).text
    assert bench.run(pyx) == 2


def test_constants_as_enum_members_can_be_lengths_of_arrays(bench) -> None:
    bench.write("#define LENGTH 5\n#define WIDE 0x100000000\n", constants="enum")
    pyx = "cimport lib\ndef run():\n    cdef int a[lib.LENGTH]\n    return [sizeof(a), lib.WIDE]\n"
    assert bench.run(pyx) == [20, 2**32]


def test_several_includes_stay_in_order(bench) -> None:
    (bench.folder / "first.h").write_text("typedef int first_type;\n")
    header = bench.parse('#include "first.h"\n#include <stddef.h>\nfirst_type second(size_t n);\n')
    header.includes = ('"first.h"', '"sample.h"')
    text = CythonWriter().write(header).text
    assert text.index('cdef extern from "first.h":\n    pass') < text.index('cdef extern from "sample.h"')


def test_the_same_header_gives_the_same_bytes(bench) -> None:
    assert bench.write(HEADER).text == bench.write(HEADER).text


def test_names_that_a_rule_changes_still_mean_the_header_s_own(bench) -> None:
    rules = (Rule("rename", "*", r"/^old_(.*)/", r"new_\1"),)
    header = bench.parse(
        "struct old_record { int a; }; typedef struct { int b; } old_plain; typedef int old_number;\n"
        "static inline old_number old_call(struct old_record r, old_plain p) { return r.a + p.b; }\n"
        "#define old_step 10\n"
    )
    selected, _, warnings = select(header, rules)
    assert not warnings
    (bench.folder / "lib.pxd").write_text(CythonWriter().write(selected).text)
    pyx = (
        "cimport lib\ndef run():\n    cdef lib.new_record r\n    cdef lib.new_plain p\n    cdef lib.new_number n\n"
        "    r.a, p.b = 1, 2\n    n = lib.new_call(r, p)\n    return n + lib.new_step\n"
    )
    assert bench.run(pyx) == 13


def test_an_include_that_no_string_can_hold_is_refused(bench) -> None:
    header = bench.parse("int f(void);")
    header.includes = ('"a\n#define injected 1\n.h"',)
    with pytest.raises(WriterError, match="cannot stand in a cdef extern block"):
        CythonWriter().write(header)


def test_what_cannot_be_said_is_in_the_ledger_and_breaks_nothing_else(bench) -> None:
    output = bench.write(
        "typedef struct early early; typedef int raw __attribute__((vector_size(8)));\n"
        "struct early { int a; int v __attribute__((vector_size(16))); raw named; };\n"
        "int apply(early e, int __attribute__((vector_size(16))) v); int fine(early e, raw r);\n"
    )
    fates = {(entry.kind, entry.name): (entry.fate, entry.reason) for entry in output.ledger}
    why = "a vector without a typedef name has no name in Cython"
    assert fates["struct", "early"] == ("emitted", f"without v ({why})")
    assert fates["typedef", "raw"] == ("emitted", f"opaque: {why}")
    assert fates["function", "apply"] == ("unsupported", why)
    assert fates["function", "fine"] == ("emitted", "")
    pyx = (
        "cimport lib\ndef run():\n    cdef lib.early e\n    return [sizeof(e), sizeof(lib.raw), lib.fine(e, e.named)]\n"
    )
    assert bench.run(pyx, c="int fine(early e, raw r) { return 1; }") == [48, 8, 1]


def test_a_timer_is_the_pointer_that_c_has(bench) -> None:
    bench.write("#include <time.h>\nstatic inline long where(timer_t t) { return (long)t; }\n")
    pyx = "cimport lib\ndef run(): return lib.where(<lib.timer_t><void *><size_t>0x123456789a)\n"
    assert bench.run(pyx) == 0x123456789A


def test_the_ledger_marks_inline_definitions_and_a_pyx_can_make_their_symbols(bench) -> None:
    output = bench.write(
        "inline int twice(int n) { return 2 * n; }\nstatic inline int thrice(int n) { return 3 * n; }\n"
    )
    reasons = {entry.name: entry.reason for entry in output.ledger}
    assert reasons == {"twice": "an inline definition: C makes no symbol of it", "thrice": ""}
    symbols = "#pragma weak twice\n    extern __typeof__(twice) twice;"
    pyx = (
        f'cimport lib\ncdef extern from "sample.h":\n    """\n    {symbols}\n    """\ndef run(): return lib.twice(21)\n'
    )
    assert bench.run(pyx) == 42
    assert bench.run(pyx, c="extern int twice(int);\n") == 42


def test_a_macro_for_a_complex_type_is_a_name_of_the_type(bench) -> None:
    header = """
typedef float _Complex narrow;
#define complex_t double _Complex
#define narrow_t narrow
typedef struct { complex_t *x; narrow_t y; } matrix;
static inline complex_t turned(complex_t z) { return z * 1.0i; }
"""
    pyx = """
cimport lib
def run():
    cdef lib.complex_t z = lib.turned(2j)
    cdef lib.narrow_t y = 3j
    cdef lib.matrix m = lib.matrix(x=&z, y=y)
    return [m.x[0].real, m.y.imag, sizeof(lib.complex_t), sizeof(lib.narrow_t)]
"""
    bench.write(header)
    assert bench.run(pyx) == [-2, 3, 16, 8]
