from __future__ import annotations

import os
import subprocess
import sys

import pytest

from headerkit.ir import Pointer


def test_a_comment_need_not_be_utf8(ir):
    header = ir(b'/* caf\xe9 */\nint f(void);\n#define NAME "caf\xe9"\n')
    assert header.declarations[0].name == "f"
    assert header.macros[0].value == "caf\xe9"


def test_crlf_and_a_byte_order_mark_change_nothing(ir):
    text = '/** doc\n * more */\nint f(int a);\n#define LONG_ONE 1 + \\\n 2\n#define S "x"\n'
    plain = ir(text)
    other = ir(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "b.h")
    assert other.declarations == plain.declarations
    assert other.macros == plain.macros


def test_ten_thousand_enumerators(ir):
    names = ",\n".join(f"E{number} = {number * 3}" for number in range(10_000))
    values = [item.value for item in ir(f"enum e {{ {names} }};").tags["enum e"].enumerators]
    assert values == [number * 3 for number in range(10_000)]


def test_nesting_two_hundred_deep(ir):
    text = "struct s0 { int x; };\n" + "".join(
        f"struct s{number} {{ struct s{number - 1} inner; int x; }};\n" for number in range(1, 200)
    )
    assert ir(text).tags["struct s199"].size == 800
    nested = "struct { " * 200 + "int x; " + "} m;" * 199 + " } top;"
    assert len(ir(nested, "b.h").tags) == 200
    pointers = ir("typedef int " + "*" * 200 + "deep;", "c.h").typedefs["deep"].type
    depth = 0
    while isinstance(pointers, Pointer):
        pointers, depth = pointers.pointee, depth + 1
    assert depth == 200


def test_a_very_long_line(ir):
    header = ir("int f(" + ", ".join(f"int a{number}" for number in range(5_000)) + ");" + " " * 100_000 + "int g;")
    assert len(header.declarations[0].parameters) == 5_000


def test_a_header_that_includes_itself(ir):
    header = ir('#ifndef A\n#define A\n#include "a.h"\nint f(void);\n#endif\n')
    assert [item.name for item in header.declarations] == ["f"]


def test_a_header_read_twice_for_other_macros(project, ir):
    (project / "x.inc").write_text("int CAT(f, PART)(void);\n#undef PART\n")
    header = ir(
        "#define CAT_(a, b) a##b\n#define CAT(a, b) CAT_(a, b)\n"
        '#define PART 1\n#include "x.inc"\n#define PART 2\n#include "x.inc"\nint last;\n'
    )
    assert [item.name for item in header.declarations] == ["f1", "f2", "last"]
    assert [item.location.line for item in header.declarations] == [1, 1, 7]


def test_two_headers_of_one_name(project, parse):
    for folder in ("one", "two"):
        (project / folder).mkdir()
        (project / folder / "same.h").write_text(f"int from_{folder}(void);")
    header = parse('#include "one/same.h"\n#include "two/same.h"\n').header
    assert [item.name for item in header.declarations] == ["from_one", "from_two"]
    assert {"project:one/same.h", "project:two/same.h"} <= set(header.files)


def test_include_next_finds_the_next(project, parse):
    for folder, text in (("one", "#include_next <same.h>\nint first;"), ("two", "int second;")):
        (project / folder).mkdir()
        (project / folder / "same.h").write_text(text)
    header = parse("#include <same.h>\n", dirs=["one", "two"]).header
    assert [item.name for item in header.declarations] == ["second", "first"]


def test_spaces_and_other_letters_in_paths(project, parse):
    (project / "über dir").mkdir()
    (project / "über dir" / "größe.h").write_text("int breite;")
    parsed = parse('#include "größe.h"\nint länge;\n', "naïve header.h", dirs=["über dir"])
    assert [item.name for item in parsed.header.declarations] == ["breite", "länge"]
    assert parsed.files[1].portable == "project:über dir/größe.h"


def test_a_linked_include_directory_keeps_its_name(project, parse):
    (project / "real").mkdir()
    (project / "real" / "x.h").write_text("int x;")
    os.symlink(project / "real", project / "link")
    parsed = parse("#include <x.h>\n", dirs=["link"])
    assert parsed.files[1].portable == "project:link/x.h"


def test_the_environment_does_not_leak_in(project, parse, monkeypatch):
    (project / "leak").mkdir()
    (project / "leak" / "stdint.h").write_text("#error leaked\n")
    for name in ("CPATH", "C_INCLUDE_PATH"):
        monkeypatch.setenv(name, str(project / "leak"))
    assert parse("#include <stdint.h>\nuint8_t x;").header.declarations
    assert os.environ["CPATH"] == str(project / "leak")


def test_places_looked_at_in_vain_are_told(project, parse):
    (project / "second").mkdir()
    (project / "second" / "x.h").write_text("int x;")
    parsed = parse(
        '#include <x.h>\n#if __has_include("maybe.h")\n#include "maybe.h"\n#endif\n', dirs=["first", "second"]
    )
    assert set(parsed.absent) >= {
        "project:first/x.h",
        "project:maybe.h",
        "project:first/maybe.h",
        "project:second/maybe.h",
    }


def test_names_that_macros_hide_are_the_declarations(ir):
    header = ir("int plain(void);\n#define plain other\nint plain(void);\n")
    assert [item.name for item in header.declarations] == ["plain", "other"]


def test_the_builtin_headers_need_no_compiler(parse):
    names = (
        "stddef",
        "stdarg",
        "stdbool",
        "stdint",
        "limits",
        "float",
        "stdalign",
        "stdnoreturn",
        "iso646",
        "stdatomic",
    )
    names += ("immintrin", "emmintrin", "x86intrin", "mm_malloc", "tgmath", "inttypes")
    header = parse(
        "".join(f"#include <{name}.h>\n" for name in names) + "max_align_t m; __m128 v; atomic_int a;\n"
    ).header
    assert [item.name for item in header.declarations if item.owned] == ["m", "v", "a"]


IN_A_SMALL_THREAD = """
import os, sys, threading
from headerkit.api import generate

def go():
    generate(sys.argv[1], "json", no_cache=True)
    print("done", "LIBCLANG_NOTHREADS" in os.environ)

threading.stack_size(512 * 1024)
thread = threading.Thread(target=go)
thread.start()
thread.join()
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="each of Python's own calls takes of that stack")
def test_a_parse_in_a_thread_with_a_small_stack_has_the_stack_that_clang_needs(tmp_path):
    header = tmp_path / "a.h"
    header.write_text("struct { " * 200 + "int x; " + "} m;" * 199 + " } top;\n")
    command = [sys.executable, "-c", IN_A_SMALL_THREAD, str(header)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done False\n"), done.stderr
