"""What the lua writer wrote, read and run by a real LuaJIT."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from headerkit.backends import get_backend
from headerkit.target import host_target
from headerkit.unit import Unit
from headerkit.writers import get_writer
from headerkit.writers.lua.literals import number, quote

pytestmark = pytest.mark.skipif(not shutil.which("luajit"), reason="luajit reads what the lua writer wrote")

HEADER = r"""
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#define LIMIT 12
#define MASK 0xFFFFFFFFFFFFFFFFULL
#define LOWEST (-0x7fffffffffffffffLL - 1)
#define RATIO 0.5
#define TEXT "a\"\\\n]]\x01"
#define end 7
#define added plus
#define EMPTY
typedef struct opaque opaque;
struct node {
    struct node *next;
    union { int64_t i; double d; };
    struct { int depth; char tag[6]; } inner;
    enum { RED, BLUE = 5 } colour;
    unsigned a : 3, b : 11;
    const char *const *names;
    bool on;
    int (*table[2])(int);
};
#pragma pack(push, 1)
struct packed { char c; int i; short s; };
#pragma pack(pop)
struct __attribute__((aligned(32))) spaced { char c; };
struct odd { char c; __int128 wide; };
typedef unsigned long __attribute__((aligned(4))) low;
struct loose { int a; low b; char c; };
struct broad { uint64_t a : 8, b : 56; };
union either { float f; unsigned char bytes[4]; };
typedef struct { int x, y; } point;
enum mode { OFF = -1, ON = 1 };
enum { HUGE_ONE = 0x100000000LL };
static const unsigned long long FLAG = 0x8000000000000000ULL;
point move(point by, const point *from);
int plus(int a, int b);
int total(int count, ...);
int apply(int (*f)(int), int value);
int renamed(void) __asm__("its_symbol");
struct tm *when(struct tm *t, FILE *f);
__int128 wide(__int128);
static inline int inlined(int n) { return 2 * n; }
extern int counter;
"""
C = r"""
point move(point by, const point *from) { point p = { from->x + by.x, from->y + by.y }; return p; }
int plus(int a, int b) { return a + b; }
int total(int n, ...) { va_list l; int s = 0; va_start(l, n); while (n--) s += va_arg(l, int); va_end(l); return s; }
int apply(int (*f)(int), int value) { return f(value); }
int its_symbol(void) { return 11; }
int counter = 9;
"""
SCRIPT = r"""
local ffi = require("ffi")
local m = require("sample")
local C = m.C
assert(m.LIMIT == 12 and m.RATIO == 0.5 and m["end"] == 7)
assert(m.MASK == 0xffffffffffffffffULL and m.LOWEST == -0x8000000000000000LL and m.FLAG == 0x8000000000000000ULL)
assert(m.TEXT == 'a"\\\n]]\1')
assert(m.HUGE_ONE == 4294967296 and C.BLUE == 5 and C.OFF == -1)
local p = C.move({1, 2}, ffi.new("point", {10, 20}))
assert(p.x == 11 and p.y == 22)
assert(C.plus(1, 2) == 3 and C.added(3, 4) == 7 and C.counter == 9 and C.renamed() == 11)
assert(C.total(3, ffi.new("int", 1), ffi.new("int", 2), ffi.new("int", 3)) == 6)
assert(C.apply(function(x) return 3 * x end, 5) == 15)
local n = ffi.new("struct node")
n.i, n.inner.depth, n.colour, n.b, n.on = 5, 6, "BLUE", 7, true
assert(n.i == 5 and n.inner.depth == 6 and n.b == 7 and n.on == true)
for _, place in ipairs({%s}) do assert(ffi.offsetof(place[1], place[2]) == place[3], place[1] .. "." .. place[2]) end
for _, size in ipairs({%s}) do assert(ffi.sizeof(size[1]) == size[2] and ffi.alignof(size[1]) == size[3], size[1]) end
assert(not pcall(function() return C.inlined end))
"""


def write(folder: Path, code: str, **options: object) -> dict[str, tuple[str, str]]:
    (folder / "sample.h").write_text(code)
    unit = Unit(str(folder), "sample.h", host_target(), path=f"{folder}/sample.h")
    header = get_backend("libclang").parse(unit).header
    output = get_writer("lua", options).write(header)
    (folder / "sample.lua").write_text(output.text)
    return {entry.name: (entry.fate, entry.reason) for entry in output.ledger}


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def facts(folder: Path, expressions: list[str]) -> list[str]:
    shown = "".join(f'printf("%zu\\n", (size_t)({e}));' for e in expressions)
    (folder / "facts.c").write_text(f"#include <stddef.h>\n{HEADER}\nint main(void) {{ {shown} }}\n")
    run(folder, "gcc", "-w", "-o", "facts", "facts.c")
    return run(folder, "./facts").split()


def test_a_module_declares_calls_and_measures(tmp_path: Path) -> None:
    (tmp_path / "lib.c").write_text(HEADER + C)
    run(tmp_path, "gcc", "-w", "-shared", "-fPIC", "-o", "libsample.so", "lib.c")
    fates = write(tmp_path, HEADER, library="./libsample.so")
    assert {name: fate for name, (fate, _) in fates.items() if fate != "emitted"} == {
        "EMPTY": "unsupported",
        "wide": "unsupported",
        "inlined": "unsupported",
    }
    assert {name for name, (_, reason) in fates.items() if reason.startswith("as bytes")} == {"odd", "broad"}
    types = [
        "struct node",
        "struct packed",
        "struct spaced",
        "struct odd",
        "struct broad",
        "union either",
        "point",
        "enum mode",
    ]
    members = [("struct node", "inner"), ("struct node", "names"), ("struct node", "table"), ("struct packed", "s")]
    sizes = facts(tmp_path, [f"{word}({t})" for t in types for word in ("sizeof", "_Alignof")])
    places = facts(tmp_path, [f"offsetof({t}, {f})" for t, f in members])
    script = SCRIPT % (
        ", ".join(f'{{"{t}", "{f}", {place}}}' for (t, f), place in zip(members, places, strict=True)),
        ", ".join(f'{{"{t}", {sizes[2 * i]}, {sizes[2 * i + 1]}}}' for i, t in enumerate(types)),
    )
    (tmp_path / "run.lua").write_text(script)
    run(tmp_path, "luajit", "run.lua")


def test_a_record_of_another_size_is_refused_when_loading(tmp_path: Path) -> None:
    write(tmp_path, "struct s { int a; };")
    module = tmp_path / "sample.lua"
    module.write_text(module.read_text().replace('["struct s"] = 4', '["struct s"] = 8'))
    done = subprocess.run(["luajit", "sample.lua"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "struct s: another size than the C compiler gives" in done.stderr
    write(tmp_path, "struct s { int a; };", check=False)
    assert "sizeof" not in module.read_text()


def test_names_that_are_words_of_luajit_alone_are_not_written(tmp_path: Path) -> None:
    code = """
        struct words { int nullptr, constexpr; };
        struct no { int bool; };
        int complex(int);
        int uses(struct no *);
        int thread_local(struct words *bool);
    """
    fates = write(tmp_path, code)
    assert {name for name, (fate, _) in fates.items() if fate == "emitted"} == {"words", "no", "uses", "thread_local"}
    assert fates["complex"] == ("unsupported", "its name is no identifier in LuaJIT")
    assert fates["no"][1].startswith("as bytes")
    (tmp_path / "run.lua").write_text('require("sample") print(require("ffi").sizeof("struct words"))')
    assert run(tmp_path, "luajit", "run.lua").strip() == "8"


def test_two_modules_may_use_one_record_of_the_platform(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path, f"#include <time.h>\nstruct {name} {{ struct tm t; }};\n")
        (tmp_path / "sample.lua").rename(tmp_path / f"{name}.lua")
    (tmp_path / "run.lua").write_text('require("one") require("two") print(require("ffi").sizeof("struct two"))')
    assert int(run(tmp_path, "luajit", "run.lua")) >= 36


@pytest.mark.parametrize("value", [0, -1, 2**53, 2**53 + 1, -(2**63), 2**63, 2**64 - 1, 1e300, -0.1])
def test_numbers_survive(tmp_path: Path, value: float) -> None:
    show = "io.write(type(v) == 'cdata' and tostring(v) or string.format('%.17g', v))"
    (tmp_path / "n.lua").write_text(f"local v = {number(value)} {show}")
    shown = run(tmp_path, "luajit", "n.lua").strip().removesuffix("ULL").removesuffix("LL")
    assert float(shown) == pytest.approx(value) if isinstance(value, float) else float(shown) == float(value)


def test_strings_survive(tmp_path: Path) -> None:
    value = "".join(map(chr, range(256))) + "12"
    (tmp_path / "s.lua").write_text(f"io.write({quote(value)})")
    done = subprocess.run(["luajit", "s.lua"], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout == value.encode("latin-1")


def test_the_how_to_page_compresses_with_zlib(tmp_path: Path) -> None:
    if not os.path.exists("/usr/include/zlib.h"):
        pytest.skip("zlib's header is not installed")
    page = Path(__file__).parents[3] / "docs" / "how-to" / "lua.md"
    (tmp_path / "try.lua").write_text(page.read_text().split("```lua\n")[1].split("```")[0])
    command = ["headerkit", "zlib.h", "-w", "lua", "-o", "lua:zlib.lua", "--writer-opt", "lua:library=z"]
    run(tmp_path, sys.executable, "-m", *command)
    assert run(tmp_path, "luajit", "try.lua").split()[0] == "3000"
