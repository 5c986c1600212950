"""Stubs of cffi modules describe the module that is compiled from the cdef of the same options."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.writers.cffi.conftest import compile_module, parse

from headerkit.writers import get_writer
from headerkit.writers.pyi.cdef_names import names_in

if TYPE_CHECKING:
    from pathlib import Path

    from headerkit.writers.protocol import Output

HEADER = """
#include <stddef.h>
#include <wchar.h>
#define VERSION "1.2"
#define WIDE L"wide"
#define NUMBER 5
#define LETTER 'a'
#define RATIO 0.5
#define EMPTY
#define WHY(a, b) ((a) > (b) ? (a) : (b))
#define add_alias add
#define common_alias common
#define point_t struct point
#define masked(a) masked(a)
#define def 7
enum colour { RED, GREEN = 5 };
enum { LOOSE = 3 };
typedef int lanes __attribute__((vector_size(16)));
struct point { int x, y; int v __attribute__((vector_size(16))); };
typedef struct { int a; } named;
static inline int add(int a, int b) { return a + b; }
static inline int masked(int a) { return a; }
static inline int private_one(int a) { return a; }
static inline unsigned __int128 huge(void) { return 1; }
static inline wchar_t next_letter(wchar_t c) { return c + 1; }
static inline const wchar_t *letters(void) { return L"ab"; }
static inline lanes vectors(lanes v) { return v; }
static inline long double _Complex complicated(void) { return 1; }
static inline int import(void) { return 1; }
static inline int by_colour(enum colour c) { return c; }
static int common = 4;
static _Thread_local int per_thread;
static const int constant = 6;
static const double infinite = __builtin_inf();
"""
EXTRA = {
    "extra_cdef": [
        "int extra(int); extern int (*pointed)(int);",
        "#define EXTRA_NUMBER 9",
        'enum more { MORE_A, MORE_B }; extern "Python" int on_event(int, void *);',
    ],
    "macro_functions": ["int WHY(int a, int b)"],
}
SOURCE = (
    HEADER
    + "int extra(int a) { return a; } int (*pointed)(int); enum more { MORE_A, MORE_B };\n#define EXTRA_NUMBER 9\n"
)
PATTERNS = {"exclude_patterns": ["private", "^RATIO$", "point"], "define_patterns": ["^V", "^RATIO$", "^add_"]}


def stub_of(header: Any, **options: Any) -> Output:
    output = get_writer("pyi", {"binding": "cffi", **options}).write(header)
    assert not isinstance(output, str)
    return output


def names_of_lib(stub: str) -> set[str]:
    """The attributes that the stub's class of `lib` has."""
    (lib,) = [node for node in ast.parse(stub).body if isinstance(node, ast.ClassDef) and node.name == "_Lib"]
    found = set()
    for node in lib.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return found


@pytest.mark.parametrize("options", [{}, EXTRA, PATTERNS, {**EXTRA, **PATTERNS}], ids=["all", "more", "less", "both"])
def test_the_stub_and_the_compiled_module_have_the_same_names(options: dict[str, Any], tmp_path: Path) -> None:
    header = parse(HEADER, tmp_path)
    cdef = get_writer("cffi", options).write(header)
    module = compile_module(cdef.text, SOURCE, tmp_path)
    stub = stub_of(header, **options)
    said = names_of_lib(stub.text)
    there = {name for name in dir(module.lib) if not name.startswith("__")}
    assert said == {name for name in there if name not in ("import", "def")}  # which Python cannot write
    assert ("private_one" in said) is ("exclude_patterns" not in options)
    assert ("on_event" in said) is ("extra_cdef" in options)
    reasons = {(entry.kind, entry.name): entry for entry in stub.ledger}
    for entry in cdef.ledger:
        if entry.name in ("import", "def") and entry.fate == "emitted":
            assert reasons[entry.kind, entry.name].reason == "Python cannot write that name; getattr() can"
        else:
            assert reasons[entry.kind, entry.name] == entry


def test_names_that_a_cdef_in_abi_mode_lacks_are_not_in_the_stub(tmp_path: Path) -> None:
    header = parse('#define TEXT "a"\n#define N 3\nint f(void); static inline int g(void) { return 1; }', tmp_path)
    assert names_of_lib(stub_of(header, mode="abi").text) == {"N", "f"}
    assert names_of_lib(stub_of(header).text) == {"TEXT", "N", "f", "g"}


def test_what_an_included_module_declares_is_not_in_lib_and_can_be_made(tmp_path: Path) -> None:
    header = parse("enum kind { A }; struct shared { int a; }; int f(struct shared *, enum kind);", tmp_path)
    stub = stub_of(header, included_patterns=["^shared$", "^kind$"]).text
    assert names_of_lib(stub) == {"f"}
    assert 'Literal["struct shared *"]' in stub
    assert 'Literal["struct shared *"]' not in stub_of(header, exclude_patterns=["^shared$", "^f$"]).text


PROGRAM = """\
from sample import ffi, lib

text: bytes = ffi.string(lib.VERSION)
letter: str = lib.WIDE[0]
total: int = lib.add_alias(1, 2)
number: int = lib.common_alias
kept = lib.huge()
following: str = lib.next_letter("a")
first: str = lib.letters()[0]
local: int = lib.per_thread
point = ffi.new("struct point *")
point.x = 3
"""
MISTAKES = {
    "lib.huge() + 1": "operator",
    "lib.EMPTY": "attr-defined",
    "lib.complicated": "attr-defined",
    "point.v": "attr-defined",
    "lib.next_letter(3)": "arg-type",
}


def test_a_program_of_the_module_runs_and_mypy_agrees_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = parse(HEADER, tmp_path)
    module = compile_module(get_writer("cffi").write(header).text, HEADER, tmp_path)
    monkeypatch.setitem(sys.modules, "sample", module)
    exec(PROGRAM, {})  # noqa: S102  (ours, three lines up)
    for mistake in MISTAKES:
        with pytest.raises((TypeError, AttributeError)):
            exec(f"{PROGRAM}{mistake}", {})  # noqa: S102
    folder = tmp_path / "typed"
    folder.mkdir()
    (folder / "sample.pyi").write_text(stub_of(header).text)
    (folder / "wrong.py").write_text(PROGRAM + "\n".join(MISTAKES) + "\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--show-error-codes", "wrong.py"]
    environment = {**os.environ, "MYPY_CACHE_DIR": str(tmp_path / "mypy")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    first = PROGRAM.count("\n") + 1
    said = [line.partition(" error: ")[0] + line[line.rindex("[") :] for line in done.stdout.splitlines()]
    assert said == [f"wrong.py:{first + n}:[{code}]" for n, code in enumerate(MISTAKES.values())], done.stdout


def test_names_of_lib_do_not_hide_what_its_hints_are_made_of(tmp_path: Path) -> None:
    code = """
        struct it { int a; };
        static inline double bytes(const char *text, struct it *its) { return 0.5; }
        static inline const char *_it(int str, ...) { return "a"; }
        static int _Pointer = 3;
        static float _CData;
        enum { list = 4 };
        static inline char tuple(struct it *all) { return 'a'; }
    """
    header = parse(code, tmp_path)
    lib = compile_module(get_writer("cffi").write(header).text, code, tmp_path).lib
    assert names_of_lib(stub_of(header).text) == {name for name in dir(lib) if not name.startswith("__")}
    folder = tmp_path / "typed"
    folder.mkdir()
    (folder / "sample.pyi").write_text(stub_of(header, extra_cdef=["int _Any(int);"]).text)
    (folder / "right.py").write_text(
        "from sample import ffi, lib\n"
        "p = ffi.new('struct it *')\n"
        "number: float = lib.bytes(b'text', p)\n"
        "text: bytes = lib._it(3)[0]\n"
        "letter: bytes = lib.tuple([p])\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "right.py", "sample.pyi"]
    environment = {**os.environ, "MYPY_CACHE_DIR": str(tmp_path / "mypy")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_the_names_in_lines_of_a_cdef_are_found() -> None:
    lines = [
        "typedef int t; struct s { int a; }; struct q; union u *not_a_tag;",
        "enum e { E1, E2 = 3, ... }; #define NOT_AT_THE_START 1",
        "#define A ...",
        'extern "Python" int on_event(int (*cb)(int), void *);',
        'extern "Python+C" { int p1(int); void p2(void); }',
        "static int (*const masked)(int); void (*signal(int, void (*)(int)))(int);",
        "int *a, b[3], (*c)(int x, int *y); unsigned long long f(struct s *x, int y[4]);",
        "int __stdcall g(int); int (WINAPI *h)(int); /* int no(void); */ // int no(void);",
        "int spaced ( int a, char ( * b ) ( int ) ); int ( * spread ) ( int );",
        "struct s { int a; } made; enum e en(void); const char *const names[];",
    ]
    expected = "A E1 E2 not_a_tag on_event p1 p2 masked signal a b c f g h spaced spread made en names"
    assert sorted(names_in(lines)) == sorted(expected.split())
