"""Generated modules at work: libraries, callbacks, errors, names, values; in every CPython."""

from __future__ import annotations

import ast
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from headerkit.ir import Builtin, Function, FunctionType, Header, Location, Macro, Pointer, Record, Tag, Typedef
from headerkit.writers import get_writer, writer_class, writer_facts
from headerkit.writers.protocol import Output

if TYPE_CHECKING:
    from tests.writers.ctypes.conftest import Workbench

ZLIB = """
import zlib as python_zlib
import ctypes
import sample as z
assert z.zlibVersion() == z.ZLIB_VERSION, (z.zlibVersion(), z.ZLIB_VERSION)
text = b"abc" * 1000
space = z.uLong(z.compressBound(len(text)))
out = ctypes.create_string_buffer(space.value)
assert z.compress(out, ctypes.byref(space), text, len(text)) == z.Z_OK
assert python_zlib.decompress(out.raw[:space.value]) == text
stream = z.z_stream()
assert z.inflateInit_(ctypes.byref(stream), z.ZLIB_VERSION, ctypes.sizeof(stream)) == z.Z_OK
stream.next_in = ctypes.cast(out, ctypes.POINTER(ctypes.c_ubyte))
stream.avail_in = space.value
back = (ctypes.c_ubyte * len(text))()
stream.next_out, stream.avail_out = back, len(text)
assert z.inflate(stream, z.Z_FINISH) == z.Z_STREAM_END
assert bytes(back) == text and stream.total_out == len(text)
assert z.inflateEnd(stream) == z.Z_OK
assert z.crc32(0, bytearray(b"abc"), 3) == python_zlib.crc32(b"abc")
assert z.crc32(0, None, 0) == 0
"""

SQLITE = """
import ctypes
import sample as s
db = ctypes.POINTER(s.sqlite3)()
assert s.sqlite3_open(b":memory:", ctypes.byref(db)) == s.SQLITE_OK
rows = []

@s.sqlite3_exec_callback
def row(data, count, values, names):
    rows.append({names[i]: values[i] for i in range(count)})
    return 0

error = ctypes.c_char_p()
sql = b"create table t(a, b); insert into t values (1, 'x'), (2, null); select * from t"
assert s.sqlite3_exec(db, sql, row, None, ctypes.byref(error)) == s.SQLITE_OK
assert rows == [{b"a": b"1", b"b": b"x"}, {b"a": b"2", b"b": None}], rows
assert s.sqlite3_exec(db, b"select nonsense", None, None, ctypes.byref(error)) == s.SQLITE_ERROR
assert b"nonsense" in error.value
s.sqlite3_free(error)

@s.sqlite3_create_function_v2_xFunc
def twice(context, count, values):
    s.sqlite3_result_int(context, 2 * s.sqlite3_value_int(values[0]))

assert s.sqlite3_create_function_v2(db, b"twice", 1, s.SQLITE_UTF8, None, twice, None, None, None) == s.SQLITE_OK
rows.clear()
s.sqlite3_exec(db, b"select twice(21) as n", row, None, None)
assert rows == [{b"n": b"42"}], rows
assert s.sqlite3_close(db) == s.SQLITE_OK
"""


def test_zlib_compresses_and_inflates(bench: Workbench, python: str) -> None:
    bench.write("#include <zlib.h>\n", library=("libz.so.1",))
    bench.run(ZLIB, python)


def test_sqlite_calls_python_back(bench: Workbench, python: str) -> None:
    bench.write("#include <sqlite3.h>\n", library=("libsqlite3.so.0",))
    bench.run(SQLITE, python)


HEADER = """
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
typedef struct node { struct node *next; int value; } node;
typedef union { int i; double d; void *p; } word;
typedef struct { int kind; word u; } value;
typedef struct { float x, y, z; } vec3;
typedef struct { unsigned a : 3, b : 13; short c; } bits;
typedef struct { char name[12]; } text12;
typedef struct __attribute__((packed)) { char c; int i; } packed;
typedef union { float f; struct { short low, high; } s; } both;
typedef union { double d; float f; } real;
typedef union { double a[2]; long b; } mixed;
mixed mix(mixed m);
node add(node a, int b);
value flip(value v, int n);
vec3 cross(vec3 a, vec3 b);
bits grow(bits b);
text12 name(int n);
packed bump(packed p);
both swap(both b);
real half(real r);
double _Complex turn(double _Complex z);
long double longer(long double x);
int total(int count, ...);
int print(const char *from, char *into);
void fill(unsigned char *into);
extern int counter;
extern const char *const greeting;
int absent(int n);
extern int absent_variable;
static inline int twice(int n) { return 2 * n; }
int failing(void);
typedef int (*visitor)(const node *, void *);
int visit(node *first, visitor lambda, void *data);
struct open { int class; struct { int def; }; };
enum None { False = -1, True = 7 };
__int128 wide(__int128 n);
int wide_pointer(__int128 *n);
#define MASK (~0ULL)
#define NEGATIVE (-7)
#define PI 3.25
#define LETTER 'x'
#define HELLO "h\\0\\xff\\"'\\n"
#define WIDE L"\\u00e9"
#define visit_all visit
#define CALL(x) ((x) + 1)
#define EMPTY
"""

LIBRARY = """
node add(node a, int b) { a.value += b; return a; }
value flip(value v, int n) { v.kind += n; v.u.i = -v.u.i; return v; }
vec3 cross(vec3 a, vec3 b) { return (vec3){ a.y*b.z-a.z*b.y, a.z*b.x-a.x*b.z, a.x*b.y-a.y*b.x }; }
bits grow(bits b) { b.a++; b.b++; b.c++; return b; }
text12 name(int n) { text12 t = { "abcdefghijk" }; t.name[0] = n; return t; }
packed bump(packed p) { p.c++; p.i++; return p; }
both swap(both b) { short s = b.s.low; b.s.low = b.s.high; b.s.high = s; return b; }
real half(real r) { r.d /= 2; return r; }
double _Complex turn(double _Complex z) { return z * 1.0i; }
long double longer(long double x) { return x * 2; }
int total(int count, ...) { va_list l; va_start(l, count); int t = 0; while (count--) t += va_arg(l, int); return t; }
int print(const char *from, char *into) { int n = 0; while ((into[n] = from[n])) n++; return n; }
void fill(unsigned char *into) { into[0] = into[1] = into[2] = 1; }
int counter = 5;
const char *const greeting = "hello";
int failing(void) { errno = 7; return -1; }
int visit(node *n, visitor v, void *d) { int t = 0; for (; n; n = n->next) t += v ? v(n, d) : 1; return t; }
int wide_pointer(__int128 *n) { return *n >> 96; }
"""

USE = """
import ctypes, pickle
import sample as m
assert m.add(m.node(value=3), 4).value == 7
v = m.flip(m.value(1, m.word(i=5)), 2)
assert (v.kind, v.u.i) == (3, -5)
c = m.cross(m.vec3(1, 0, 0), m.vec3(0, 1, 0))
assert (c.x, c.y, c.z) == (0, 0, 1)
b = m.grow(m.bits(a=6, b=8190, c=-2))
assert (b.a, b.b, b.c) == (7, 8191, -1)
assert m.name(65).name == b"Abcdefghijk"
swapped = m.swap(m.both(s=(1, 2)))
assert (swapped.s.low, swapped.s.high) == (2, 1)
assert m.half(m.real(d=3.0)).d == 1.5
assert m.longer(1.5) == 3.0
z = m.turn(m._complex128(3, 4))
assert complex(z) == -4 + 3j
assert m.total(3, 1, 2, 3) == 6
into = ctypes.create_string_buffer(8)
assert m.print_(b"abc", into) == 3 and into.value == b"abc"
try:
    m.fill(b"12345678")
except ctypes.ArgumentError:
    pass
else:
    raise AssertionError("bytes were taken for a writable buffer")
space = bytearray(3)
m.fill(space)
assert space == b"\1\1\1"
assert getattr(m, "print") is m.print_ and print is __builtins__.print
m.counter.value += 1
assert ctypes.c_int.in_dll(m._lib, "counter").value == 6
assert m.greeting.value == b"hello"
assert not m.absent and not m.absent_variable
for use, error in ((lambda: m.absent(1), NotImplementedError), (lambda: m.absent_variable.value, AttributeError)):
    try:
        use()
    except error as raised:
        assert "is not in" in str(raised) and "libsample.so" in str(raised), raised
    else:
        raise AssertionError("what is absent was used")
assert not hasattr(m, "twice") and not hasattr(m, "wide")
second = m.node(value=2)
first = m.node(ctypes.pointer(second), 1)
seen = []
@m.visitor
def visitor(node, data):
    seen.append(node.contents.value)
    return 10
assert m.visit(first, visitor, None) == 20 and seen == [1, 2]
assert m.visit(first, None, None) == 2 and m.visit_all is not None and m.visit_all(first, None, None) == 2
o = getattr(m, "open")(**{"class": 1})
o.def_ = 2
assert (o.class_, getattr(o, "def")) == (1, 2) and m.open_ is type(o)
try:
    o.clas = 1
except AttributeError:
    pass
else:
    raise AssertionError("a misspelled member was taken")
assert m.True_ == 7 and m.False_ == -1 and getattr(m, "True") == 7 and ctypes.sizeof(m.None_) == 4
assert (m.MASK, m.NEGATIVE, m.PI, m.LETTER) == (2**64 - 1, -7, 3.25, 120)
assert m.HELLO == b"h\\0\\xff\\"'\\n" and m.WIDE == "\\xe9"
wide = (ctypes.c_ubyte * 16)(*(5).to_bytes(16, "big"))
assert m.wide_pointer((ctypes.c_ubyte * 16)(*(5 << 96).to_bytes(16, "little"))) == 5
assert m.failing() == -1 and ctypes.get_errno() == 7
"""


def test_everything_in_one_header_works(bench: Workbench, python: str) -> None:
    bench.compile(HEADER.replace("#define ", "//") + LIBRARY)
    output = bench.write(HEADER, library=("./sample",), use_errno=True)
    bench.run(USE, python)
    lost = {
        entry.name: entry.reason for entry in output.ledger if entry.fate == "unsupported" and entry.kind != "macro"
    }
    assert lost == {
        "bump": "ctypes cannot pass struct packed by value: its layout does not tell in which registers it goes",
        "mix": "ctypes cannot pass union mixed by value: its layout does not tell in which registers it goes",
        "twice": "a static function is in no library",
        "wide": "ctypes cannot pass __int128 by value",
    }
    macros = {entry.name: entry.reason for entry in output.ledger if entry.fate == "unsupported"}
    assert macros["CALL"] == "a macro with parameters"
    assert macros["EMPTY"] == "a macro without a value"


def test_a_foreign_record_can_be_returned_under_the_librarys_own_name(bench: Workbench) -> None:
    bench.compile("#include <time.h>\nstruct timespec now(void) { return (struct timespec){ 7, 8 }; }")
    bench.write("#include <time.h>\ntypedef struct timespec stamp;\nstamp now(void);\n", library=("./libsample.so",))
    bench.run("import sample as m; assert (m.now().tv_sec, m.now().tv_nsec) == (7, 8) and m.now.restype is m.stamp")


def test_every_owned_declaration_and_macro_is_accounted_for(bench: Workbench) -> None:
    header = bench.parse(HEADER)
    output = get_writer("ctypes").write(header)
    owned = sum(declaration.owned for declaration in header.declarations) + len(header.macros)
    assert len(output.ledger) == owned


def test_the_same_header_gives_the_same_text(bench: Workbench) -> None:
    header = bench.parse(HEADER)
    assert get_writer("ctypes").write(header).text == get_writer("ctypes").write(bench.parse(HEADER)).text


@pytest.mark.parametrize("kind", ["IntEnum", "IntFlag"])
def test_enums_can_be_classes_and_prototypes_still_take_integers(bench: Workbench, python: str, kind: str) -> None:
    bench.compile("int paint(int c) { return c; }")
    bench.write(
        "typedef enum { RED, GREEN = 5, mro = 6, __hidden = 7, _sunder_ = 8 } colour;\n"
        "struct pixel { colour c; };\ncolour paint(colour c);\n",
        library=("./libsample.so",),
        enums=kind,
    )
    bench.run(
        f"""
import enum, sample as m
assert issubclass(m.colour, enum.{kind}) and m.GREEN is m.colour.GREEN and m.__hidden == 7 and m.mro == 6
assert m.paint(m.GREEN) == 5 == m.paint(5) and m.pixel(m.GREEN).c == 5 and m._sunder_ == 8
""",
        python,
    )


def test_a_glob_makes_flags_of_some_enums(bench: Workbench) -> None:
    output = bench.write(
        "enum open_flags { A = 1, B = 2 }; enum kind { C }; enum neg_flags { N = -1 };", flags=("*_flags",)
    )
    assert "class open_flags(_enum.IntFlag):" in output.text
    assert "class neg_flags(_enum.IntEnum):" in output.text
    assert "kind = _c.c_uint" in output.text


def test_the_library_is_found_beside_the_module(bench: Workbench) -> None:
    (bench.folder / "lib").mkdir()
    bench.compile("int one(void) { return 1; }")
    shutil.move(bench.folder / "libsample.so", bench.folder / "lib" / "libone.so")
    bench.write("int one(void);", library=("./nowhere/one", "./lib/one"))
    bench.run("import sample; assert sample.one() == 1")


def test_the_environment_names_another_library(bench: Workbench) -> None:
    path = bench.compile("int one(void) { return 2; }")
    bench.write("int one(void);", library=("no-such-library",))
    bench.run("import sample; assert sample.one() == 2", SAMPLE_LIBRARY=path)


def test_a_library_that_is_not_there_is_an_import_error_that_says_what_was_tried(bench: Workbench) -> None:
    bench.write("int one(void);", library=("./gone.so", "gone_too.so"))
    said = bench.run("try:\n    import sample\nexcept ImportError as error:\n    print(error)")
    lines = said.splitlines()
    assert lines[0] == "sample: cannot load the library"
    assert lines[1].startswith(f"  {bench.folder}/gone.so: ")
    assert lines[2].startswith("  gone_too.so: ")
    assert lines[3:] == ["  SAMPLE_LIBRARY may name the library's file"]


def test_a_header_without_symbols_loads_no_library(bench: Workbench) -> None:
    output = bench.write("#define N 3\nstruct point { int x, y; };")
    assert "_load" not in output.text
    bench.run("import sample; assert sample.N == 3 and sample.point(1, 2).y == 2")


def test_another_data_model_is_refused_before_the_library_is_looked_for(bench: Workbench) -> None:
    output = bench.write("struct s { long a; }; int one(void);", library=("gone",))
    other = output.text.replace("(_c.c_long, 8)", "(_c.c_long, 4)")
    assert other != output.text
    (bench.folder / "sample.py").write_text(other)
    said = bench.run("try:\n    import sample\nexcept ImportError as error:\n    print(error)")
    assert said.startswith("sample was made for x86_64-") or "was made for" in said
    assert "where c_long has 4 bytes; here it has 8. Generate the module for this platform" in said


def test_size_checks_guard_records_and_can_be_left_out(bench: Workbench) -> None:
    code = "struct s { int a; };"
    wrong = bench.write(code).text.replace("(s, 4)", "(s, 5)")
    (bench.folder / "sample.py").write_text(wrong)
    said = bench.run("try:\n    import sample\nexcept ImportError as error:\n    print(error)")
    assert "where s has 5 bytes; here it has 4." in said
    assert "(s, 4)" not in bench.write(code, check_sizes=False).text


NASTY = "x\"\"\"\n'''\\\nimport os; os._exit(3)\n# coding: utf-7\u202e\x00\udc80*/"


def nasty_header() -> Header:
    sizes = {"*": (8, 8), "long double": (16, 16), "char": (1, 1), "unsigned char": (1, 1)}
    sizes |= {
        "unsigned short": (2, 2),
        "unsigned int": (4, 4),
        "int": (4, 4),
        "unsigned long long": (8, 8),
        "long": (8, 8),
    }
    function = FunctionType(Builtin("int"), (Pointer(Tag("k")),))
    return Header(
        name=NASTY,
        target="x86_64-unknown-linux-gnu",
        declarations=(
            Record("k", "struct", "$tag", (), 0, 1, doc=NASTY, location=Location(0, 1)),
            Function("f$g", function, ("lambda",), asm_label=NASTY, doc=NASTY),
            Function("\u212bngstrom", function, ("p",)),
        ),
        macros=(
            Macro("S", "string", value="\"'\\\n\x00\xff", doc=NASTY),
            Macro("O", "other", body=NASTY, reason=NASTY),
        ),
        files=("f.h",),
        owned_files=(0,),
        sizes=sizes,
    )


def test_header_text_never_becomes_code(bench: Workbench, python: str) -> None:
    bench.compile("int f(void) { return 0; }")
    text = get_writer("ctypes", {"library": ["./libsample.so", NASTY], "environment": NASTY}).write(nasty_header()).text
    ast.parse(text)
    text.encode("utf-8")
    (bench.folder / "sample.py").write_text(text)
    bench.run(
        'import sample as m; assert m.S == b"\\"\'\\\\\\n\\x00\\xff" and not m.f_g and not getattr(m, "f$g")', python
    )


def test_the_registry_knows_what_the_writer_says_of_itself() -> None:
    for name in ("ctypes", "pyi"):
        cls, facts = writer_class(name), writer_facts(name)
        assert (cls.suffix, cls.cache_output, cls.cache_version) == (
            facts.suffix,
            facts.cache_output,
            facts.cache_version,
        )


@pytest.mark.parametrize(
    ("target", "factory", "go"),
    [
        ("i686-pc-windows-msvc", "cb = _c.WINFUNCTYPE(", "emitted"),
        ("i686-unknown-linux-gnu", "cb = _c.c_void_p", "unsupported"),
    ],
)
def test_stdcall_is_for_windows(target: str, factory: str, go: str) -> None:
    sizes = {**nasty_header().sizes, "*": (4, 4), "long": (4, 4), "long double": (8, 8)}
    stdcall = FunctionType(Builtin("int"), (Builtin("int"),), convention="stdcall")
    declarations = (
        Typedef("cb", Pointer(stdcall), 4, 4),
        Function("go", stdcall, ("n",)),
        Function("fast", FunctionType(Builtin("void"), (), convention="fastcall")),
    )
    output = get_writer("ctypes").write(Header("w.h", target, declarations, (), ("w.h",), (0,), sizes))
    ast.parse(output.text)
    assert factory in output.text
    assert ('go = _stdcall("go", _c.c_int, _c.c_int)' in output.text) is (go == "emitted")
    fates = {entry.name: (entry.fate, entry.reason) for entry in output.ledger}
    assert fates["go"][0] == go
    assert fates["fast"] == ("unsupported", f"ctypes has no fastcall calls on {target}")


THREADS = """
import threading
import sample
assert sample.count.value == 7
sample.count.value = 8
seen = []
thread = threading.Thread(target=lambda: seen.append((sample.count.value, sample.current())))
thread.start()
thread.join()
assert seen == [(7, 7)], seen
assert sample.current() == 8 and not hasattr(sample, "nothing")
assert getattr(sample, "from") == 1 and getattr(sample, "is").value == 3
record = sample.record(__pad1__=1, __dict___=2)
assert (record.__pad1__, record.__dict___) == (1, 2)
"""


def test_a_thread_local_variable_is_the_calling_threads(bench: Workbench, python: str) -> None:
    header = "extern __thread int count;\nint current(void);\nstruct record { int __pad1__, __dict__; };\n"
    header += "enum { from = 1 };\nextern _Thread_local int is;\n"
    bench.compile("_Thread_local int count = 7, is = 3;\nint current(void) { return count; }\n")
    output = bench.write(header, library=("./libsample.so",))
    assert {entry.fate for entry in output.ledger} == {"emitted"}
    bench.run(THREADS, python)


def test_a_windows_library_exports_no_thread_local_variable(bench: Workbench) -> None:
    header = replace(bench.parse("extern __thread int count;\n"), target="x86_64-pc-windows-msvc")
    output = get_writer("ctypes", {}).write(header)
    assert isinstance(output, Output)
    assert [entry.reason for entry in output.ledger] == ["a Windows library does not export a thread-local variable"]


def test_a_variable_of_an_opaque_record_can_be_passed_by_its_address(bench: Workbench) -> None:
    bench.compile("struct codec { int id; } h264 = { 264 };\nint id(const struct codec *c) { return c->id; }\n")
    header = "typedef const struct codec codec_t;\nextern codec_t h264;\nint id(codec_t *);\n"
    bench.write(header, library=("./libsample.so",))
    bench.run("import ctypes, sample\nassert sample.id(ctypes.byref(sample.h264)) == 264\n")


def test_an_enum_that_is_never_defined_and_dollar_signs_do_not_stop_the_module(bench: Workbench) -> None:
    bench.compile("int f(int *e) { return *e; }\n")
    header = "enum later;\nint f(enum later *);\nstruct a$ { int x$; };\n"
    bench.write(header, library=("./libsample.so",))
    bench.run(
        "import ctypes, sample\nassert sample.f(ctypes.byref(ctypes.c_uint(5))) == 5\nassert sample.a_(3).x_ == 3\n"
    )


def test_a_name_that_is_an_enumerator_and_a_macro_is_what_c_code_gets_the_macro(bench: Workbench) -> None:
    header = "enum memory { LOWER, UPPER, NONE, SAME, REAL };\n#define NONE 4\n#define SAME SAME\n#define REAL 0.5\n"
    bench.compile(f"{header}int none(void) {{ return NONE; }}\nint same(void) {{ return SAME; }}\n")
    bench.write(f"{header}int none(void);\nint same(void);\n", library=("./libsample.so",), enums="IntEnum")
    script = "import sample as s; assert (s.NONE, s.SAME, s.REAL) == (s.none(), s.same(), 0.5), (s.NONE, s.SAME)"
    bench.run(f"{script}; assert s.memory.NONE == 2 and s.memory.SAME == 3")


def test_a_macro_is_a_constant_where_another_headers_enum_has_its_name(bench: Workbench) -> None:
    bench.compile("int asked(int type) { return type; }")
    bench.write(
        "#include <arpa/nameser.h>\n#define ns_t_spf 99\nns_type asked(ns_type);\n", library=("./libsample.so",)
    )
    bench.run("import sample; assert sample.ns_t_spf == 99")
