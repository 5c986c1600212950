"""Type checkers read the stubs with programs that use the modules, right and wrong; header text stays text."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
from shutil import which
from typing import TYPE_CHECKING

import pytest

from headerkit.ir import Builtin, Enum, Enumerator, Field, Function, FunctionType, Header, Macro, Pointer, Record, Tag
from headerkit.writers import get_writer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.writers.ctypes.conftest import Workbench

HEADER = """
/** A point in the plane. */
typedef struct point {
    int x;  /**< from the left */
    int y;
    struct point *next;
    const char *bytes;
    unsigned int int_ : 3;
    union { float f; long lambda; };
    double grid[2];
} point;
typedef enum { RED, GREEN = 5 } colour;
typedef int (*visitor)(const point *p, void *data);
struct opaque;
/** Adds.
 *  \\"\\"\\" quotes and back\\\\slashes */
int add(point *p, int by, colour class);
const char *name(struct opaque *o);
point *first(const unsigned char *data, unsigned long n, visitor v);
int visit(point *p, int (*each)(point *p), void *data);
int total(int count, ...);
void fill(char *into, double *out);
point copied(point p);
extern int counter;
#define LIMIT 10
#define HUGE 18446744073709551615ULL
#define HELLO "hello"
#define RATIO 0.5
"""

CTYPES_PROGRAM = """
import ctypes
import sample as m

p = m.point(x=1, y=2)
other: m.point = m.copied(p)
p.next = ctypes.pointer(other)
p.bytes = b"text"
p.lambda_ = 3
p.grid = (1.0, 2.0)
total: int = m.add(p, p.x, m.GREEN) + m.add(ctypes.byref(p), m.LIMIT, 5) + m.add(None, 1, m.RED)
text: bytes | None = m.name(None)
nested: int = m.first(b"abc", 3, None).contents.x

@m.visitor
def visitor(point: "ctypes._Pointer[m.point]", data: int | None) -> int:
    return point.contents.y

found = m.first(bytearray(3), 3, visitor)
called: int = visitor(p, None)

@m.visit_each
def each(point: "ctypes._Pointer[m.point]") -> int:
    return 0

m.visit(p, each, None)
m.total(2, 1, 2)
space = ctypes.create_string_buffer(8)
m.fill(space, (ctypes.c_double * 2)())
m.counter.value += 1
size: int = ctypes.sizeof(m.point) + m.point.x.offset + m.HUGE
ratio: float = m.RATIO
greeting: bytes = m.HELLO
"""
CTYPES_MISTAKES = {
    'm.add(p, "1", 0)': "arg-type",
    "m.add(p, 1)": "call-arg",
    "m.missing(1)": "attr-defined",
    "p.x = b''": "assignment",
    "n: str = m.add(p, 1, 0)": "assignment",
    "m.visitor(2.5)": "call-overload",
    "m.LIMIT = 11": "misc",
}

CFFI_PROGRAM = """
from typing import TYPE_CHECKING
from sample import ffi, lib

p = ffi.new("point *", {"x": 1})
p.y = 2
p.next = ffi.NULL
nested: int = p.next.x
total: int = lib.add(p, p.x, lib.GREEN) + lib.add(ffi.NULL, lib.LIMIT, 0)
text: bytes = ffi.string(lib.name(ffi.NULL))
found = lib.first(b"abc", 3, ffi.NULL)
each: int = found[0].y
many = ffi.new("point[]", 3)
lib.add(many, 1, 0)
lib.total(2, ffi.cast("int", 1))
lib.counter += 1
ratio: float = lib.RATIO
size: int = ffi.sizeof("point") + lib.HUGE
numbers = ffi.new("double[]", [1.0])
lib.fill(ffi.new("char[]", 8), numbers)
grid: float = p.grid[0]
"""
CFFI_MISTAKES = {
    'lib.add(p, "1", 0)': "arg-type",
    "lib.add(p, 1)": "call-arg",
    "lib.missing(1)": "attr-defined",
    'lib.add(b"", 1, 0)': "arg-type",
    "n: str = lib.add(p, 1, 0)": "assignment",
    "p.nothing": "attr-defined",
}
PROGRAMS = {"ctypes": (CTYPES_PROGRAM, CTYPES_MISTAKES), "cffi": (CFFI_PROGRAM, CFFI_MISTAKES)}


def prepare(bench: Workbench, binding: str, code: str = HEADER) -> None:
    text = get_writer("pyi", {"binding": binding}).write(bench.parse(code)).text
    (bench.folder / "sample.pyi").write_text(text)


def mypy(folder: Path, *files: str) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--show-error-codes", *files]
    environment = {**os.environ, "MYPYPATH": str(folder), "MYPY_CACHE_DIR": str(folder.parent / "mypy")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("binding", PROGRAMS)
def test_mypy_accepts_a_right_program_and_finds_each_mistake(bench: Workbench, binding: str) -> None:
    prepare(bench, binding)
    program, mistakes = PROGRAMS[binding]
    (bench.folder / "right.py").write_text(program)
    (bench.folder / "wrong.py").write_text(program + "\n".join(mistakes) + "\n")
    assert mypy(bench.folder, "right.py", "sample.pyi") == ""
    said = mypy(bench.folder, "wrong.py")
    first = program.count("\n") + 1
    for number, code in enumerate(mistakes.values()):
        assert any(
            line.startswith(f"wrong.py:{first + number}: ") and f"[{code}]" in line for line in said.splitlines()
        ), said


@pytest.mark.skipif(which("pyright") is None, reason="pyright is not installed")
@pytest.mark.parametrize("binding", PROGRAMS)
def test_pyright_accepts_a_right_program(bench: Workbench, binding: str) -> None:
    prepare(bench, binding)
    (bench.folder / "right.py").write_text(PROGRAMS[binding][0])
    done = subprocess.run(
        ["pyright", "right.py", "sample.pyi"], cwd=bench.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_ctypes_program_runs(bench: Workbench, python: str) -> None:
    bench.compile(
        HEADER
        + "int add(point *p, int by, colour c) { return p ? p->x + by : 0; }\n"
        + "const char *name(struct opaque *o) { return 0; }\n"
        + "point *first(const unsigned char *d, unsigned long n, visitor v) { static point p; return &p; }\n"
        + "int visit(point *p, int (*each)(point *p), void *d) { return each(p); }\n"
        + "int total(int count, ...) { return count; }\nvoid fill(char *into, double *out) {}\n"
        + "point copied(point p) { return p; }\nint counter;\n"
    )
    bench.write(HEADER, library=("./libsample.so",))
    bench.run(CTYPES_PROGRAM, python)


@pytest.mark.parametrize("binding", PROGRAMS)
def test_doc_comments_become_docstrings_unless_they_are_not_wanted(bench: Workbench, binding: str) -> None:
    header = bench.parse(HEADER)
    tree = ast.parse(get_writer("pyi", {"binding": binding}).write(header).text)
    docs = [
        ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "add"
    ]
    assert len(docs) == 1
    assert docs[0] is not None
    assert docs[0].startswith("Adds.")
    assert '"""' in docs[0].replace("\\", "")
    bare = get_writer("pyi", {"binding": binding, "docstrings": False}).write(header).text
    assert "Adds." not in bare


NASTY = 'x"""\n\'\'\'\\\nimport os; os._exit(3)\n# coding: utf-7\u202e\x00\udc80"""'
SIZES = {
    **dict.fromkeys(("char", "unsigned char"), (1, 1)),
    "unsigned short": (2, 2),
    "int": (4, 4),
    "unsigned int": (4, 4),
    "*": (8, 8),
    "long": (8, 8),
    "unsigned long long": (8, 8),
    "long double": (16, 16),
}


@pytest.mark.parametrize("binding", PROGRAMS)
@pytest.mark.parametrize("doc", [NASTY, '"', '""', "\\", 'a\\"', '"""', "\u2028\x0c\r"])
def test_header_text_never_becomes_code(binding: str, doc: str) -> None:
    function = FunctionType(Builtin("int"), (Pointer(Tag("k")),))
    header = Header(
        name=doc,
        target="x86_64-unknown-linux-gnu",
        declarations=(
            Record("k", "struct", "tag", (Field("int", Builtin("int"), 0, doc=doc),), 4, 4, doc=doc),
            Enum("e", "kind", (Enumerator("A", 1, doc=doc),), Builtin("unsigned int"), 4, 4, doc=doc),
            Function("f", function, ("p",), doc=doc),
        ),
        macros=(Macro("S", "string", value="\"'\\\n\x00\xff", doc=doc), Macro("N", "int", value=1, doc=doc)),
        files=("f.h",),
        owned_files=(0,),
        sizes=SIZES,
    )
    text = get_writer("pyi", {"binding": binding}).write(header).text
    calls = [node for node in ast.walk(ast.parse(text.encode("utf-8"))) if isinstance(node, ast.Call)]
    assert {ast.unparse(call.func) for call in calls} <= {"_typing.TypeVar", "_TypeVar", "_ParamSpec"}
    assert "import os" not in {ast.unparse(n) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import)}


def test_a_member_may_be_called_what_its_type_is_called(bench: Workbench) -> None:
    code = (
        "typedef struct b { int tuple; } b; struct a { b b; long tuple; double many[2]; };\n"
        "typedef struct { char *bytes, *str; float list; } c;\n"
    )
    for binding in PROGRAMS:
        prepare(bench, binding, code)
        assert mypy(bench.folder, "sample.pyi") == ""


def test_nothing_is_imported_to_write_stubs() -> None:
    spec = importlib.util.find_spec("headerkit.writers.pyi")
    assert spec is not None
    code = "import sys, headerkit.writers.pyi; print('ctypes' in sys.modules or 'cffi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
