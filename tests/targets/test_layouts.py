"""C compilers confirm what is right, and find each kind of wrong."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from headerkit.backends import get_backend
from headerkit.errors import TargetError
from headerkit.ir import Builtin, Header, Record, Typedef
from headerkit.sysroots.zig import zig_folder
from headerkit.target import host_target, normalize
from headerkit.targets import layout_compilers
from headerkit.targets.layouts import Disagreement, verify_layouts
from headerkit.unit import IncludeDir, Unit

ROOT = Path(__file__).parents[2]
HEADERS = sorted(path for folder in ("tests", "examples") for path in (ROOT / folder).rglob("*.h"))
CONFIGURED = {"ring/size.h": "#define RING_SIZE 4\n", "line/limit.h": "#define LINE_LIMIT 8\n"}
"""What CMake writes for two of them."""
SAMPLE = """\
#include <stdbool.h>
struct flags { unsigned low : 3; int : 2; signed mid : 7; unsigned char byte; bool on : 1; long long wide : 40; };
struct outer {
    char tag;
    union { int whole; struct { short first, second; }; };
    struct { char letter; double number; } inner[2];
    struct { int deep; } *behind;
    enum { RED, GREEN = 7 } colour;
    char tail[];
};
typedef struct { char c; long l; } __attribute__((packed)) tight;
typedef struct { int only; } *handle;
typedef unsigned short word;
enum sign { MINUS = -5, PLUS = 5 };
enum large { LARGE = 0xffffffffffffffff };
#define COUNT 42
#define ALL_BITS ~0U
#define SMALLEST (-9223372036854775807LL - 1)
#define HALF 0.5f
#define THIRD (1 / 3.0L)
#define NAME "a\\0\\"b\\?\\?/\\377"
#define WIDE L"wide"
#define LETTER 'x'
"""
CROSS = ("aarch64-unknown-linux-gnu", "x86_64-pc-windows-gnu", "x86_64-unknown-linux-musl")
ZIGS = (
    *("aarch64-unknown-linux-musl", "armv7-unknown-linux-gnueabihf", "i686-unknown-linux-gnu"),
    *("s390x-unknown-linux-gnu", "powerpc64le-unknown-linux-gnu", "riscv64-unknown-linux-gnu"),
    *("aarch64-apple-darwin", "x86_64-apple-darwin"),
    *("x86_64-pc-windows-msvc", "i686-pc-windows-msvc", "aarch64-pc-windows-msvc"),
)


@pytest.fixture(autouse=True)
def _no_compiler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HEADERKIT_CC_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("CC", raising=False)


@pytest.fixture
def unit(tmp_path):
    def make(text: str, target: str = "", **changes: object) -> Unit:
        (tmp_path / "a.h").write_text(text)
        return Unit(str(tmp_path), "a.h", normalize(target or host_target()), path=str(tmp_path / "a.h"), **changes)

    return make


def parsed(asked: Unit) -> Header:
    return get_backend("libclang").parse(asked).header


def verdict_of(asked: Unit, **options: bool):
    return verify_layouts(asked, parsed(asked), **options)


# -- what is right


@pytest.mark.parametrize("path", HEADERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_this_machines_compiler_confirms_every_header_of_the_tree(path, tmp_path):
    top = next((folder for folder in path.parents if folder.name == "include"), path.parent)
    for name, text in CONFIGURED.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    folders = (top, top.parent / "sdk", tmp_path)
    dirs = tuple(IncludeDir(folder.name, str(folder)) for folder in folders)
    asked = Unit(str(top), path.name, host_target(), path=str(path), include_dirs=dirs, defines=("LINE_IN_C",))
    verdict = verdict_of(asked)
    assert (verdict.status, verdict.disagreements, verdict.words) == ("verified", (), ())
    assert verdict.facts > 40


def test_every_kind_of_fact_is_checked(unit):
    verdict = verdict_of(unit(SAMPLE))
    assert verdict.disagreements == verdict.words == ()
    assert verdict.status == "verified"
    assert verdict.facts > 120
    assert dict(verdict.not_checkable) == {
        "bits of struct flags.#1": "the bit-field has no name",
        "sizeof(struct outer.#1)": "C has no name for the type",
        "sizeof(struct outer.#1.#1)": "C has no name for the type",
    }


@pytest.mark.parametrize("target", CROSS)
def test_a_cross_gcc_confirms_facts_with_the_c_librarys_headers(unit, target):
    compiler = layout_compilers.compiler_for(target)
    if compiler is None or compiler.is_zigs:
        pytest.skip(f"no gcc for {target} is installed")
    verdict = verdict_of(
        unit("#include <stdio.h>\n#include <time.h>\nstruct s { FILE *f; struct tm t; };\n" + SAMPLE, target)
    )
    assert (verdict.status, verdict.disagreements) == ("verified", ())
    assert "gcc" in verdict.compiler
    assert verdict.facts > 120


@pytest.mark.skipif(not zig_folder(), reason="ziglang is not installed")
@pytest.mark.parametrize("target", ZIGS)
def test_zigs_clang_confirms_facts_of_a_target_that_has_nothing_else(unit, target, monkeypatch):
    monkeypatch.setattr(layout_compilers, "_candidates", lambda _: [])
    verdict = verdict_of(unit("#include <stdio.h>\n#include <time.h>\nstruct s { struct tm t; };\n" + SAMPLE, target))
    assert (verdict.status, verdict.disagreements, verdict.words) == ("verified", (), ())
    assert verdict.compiler.startswith("zig clang ")
    assert verdict.facts > 120


@pytest.mark.parametrize("name", ["float.h", "inttypes.h", "limits.h", "stdbool.h", "stddef.h", "stdint.h"])
def test_our_own_headers_say_of_c_what_this_machines_compiler_does(unit, name):
    verdict = verdict_of(unit(f"#include <{name}>\n", owned=("**",)))
    assert (verdict.status, verdict.disagreements, verdict.words) == ("verified", (), ())


def test_a_typedefs_own_alignment_is_not_its_structs(unit):
    asked = unit(
        "typedef struct { int a; } far __attribute__((aligned(32)));\ntypedef int near __attribute__((aligned(1)));\n"
    )
    verdict = verdict_of(asked)
    assert verdict.status == "verified"
    assert verdict.not_checkable == (("_Alignof(far)", "its only name has an alignment of its own"),)
    wrong = replace(
        parsed(asked),
        declarations=tuple(
            replace(item, align=8) if isinstance(item, Typedef) else item for item in parsed(asked).declarations
        ),
    )
    assert facts(verify_layouts(asked, wrong)) == ["_Alignof(far)", "_Alignof(near)"]


def test_the_header_is_compiled_as_the_unit_asks(tmp_path):
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "part.h").write_text("#ifdef LONG\ntypedef long number;\n#else\n#error no\n#endif\n")
    (tmp_path / "first.h").write_text("#define FIRST 1\n")
    asked = Unit(
        str(tmp_path),
        "all.h",
        host_target(),
        code='#include "include/part.h"\n#include <part.h>\nstruct s { number n; char pad[FIRST]; };\n',
        include_dirs=(IncludeDir("include", str(tmp_path / "include")),),
        defines=("LONG",),
        args=("-include", "first.h", "-std=c99", "-Wno-unknown-warning-option"),
    )
    verdict = verdict_of(asked)
    assert (verdict.status, verdict.words) == ("verified", ())


@pytest.mark.parametrize("whose", ["gcc", "zig"])
def test_a_folder_given_for_the_system_is_the_compilers_too(tmp_path, whose, monkeypatch):
    target = "aarch64-unknown-linux-gnu"
    if whose == "zig":
        monkeypatch.setattr(layout_compilers, "_candidates", lambda _: [])
    compiler = layout_compilers.compiler_for(target)
    if compiler is None or compiler.is_zigs != (whose == "zig"):
        pytest.skip(f"{whose} is not there for {target}")
    folder = tmp_path / "root" / "usr" / "include"
    folder.mkdir(parents=True)
    (folder / "stdio.h").write_text("#include <stddef.h>\n#include <limits.h>\n#define BUFSIZ 17\n")
    (folder / "limits.h").write_text("#define PATH_MAX 99\n")
    (folder / "lib.h").write_text("#include <stdio.h>\nstruct lib { char text[BUFSIZ], path[PATH_MAX]; };\n")
    asked = Unit(str(tmp_path), "lib.h", target, code="#include <lib.h>\n", sysroot=str(tmp_path / "root"))
    header = parsed(asked)
    assert header.tags["struct lib"].size == 17 + 99
    verdict = verify_layouts(asked, header)
    assert (verdict.status, verdict.words) == ("verified", ())


def test_names_that_macros_hide_are_checked(unit):
    verdict = verdict_of(
        unit("struct s { int a; long b; };\nenum e { N = 3 };\n#define b a\n#define N 4\n#define s t\n")
    )
    assert (verdict.status, verdict.not_checkable) == ("verified", ())


def test_macros_of_any_name_do_no_harm(unit):
    words = ("packed", "mark", "size", "value", "at", "v", "negative", "offsetof", "typeof", "alignof", "static_assert")
    text = "".join(f"#define {word} nonsense (\n" for word in words)
    verdict = verdict_of(unit(f"{SAMPLE}{text}", args=("-flto",)))
    assert (verdict.status, verdict.words, len(verdict.not_checkable)) == ("verified", (), 3)


def test_what_a_careful_library_makes_errors_of_is_none_here(unit):
    asked = unit("struct s { int a : 3; };\nenum { A, B };\n", args=("-std=c99", "-pedantic-errors", "-Werror"))
    verdict = verdict_of(asked)
    assert (verdict.status, verdict.words) == ("verified", ())
    assert verdict.not_checkable == (("sizeof(enum {A})", "C has no name for the type"),)


def test_a_header_cannot_make_the_assertions_say_nothing(unit):
    asked = unit("struct s { int a; };\n#define _Static_assert(a, b) extern int unused\n#define sizeof(a) 4\n")
    header = changed(parsed(asked), "struct s", size=8)
    assert facts(verify_layouts(asked, header)) == ["sizeof(struct s)"]


def test_declarations_of_other_files_are_checked_when_asked(unit):
    asked = unit("#include <time.h>\nextern struct tm now;\n", owned=("a.h",))
    header = changed(parsed(asked), "struct tm", size=7)
    assert verify_layouts(asked, header).status == "verified"
    assert facts(verify_layouts(asked, header, owned=False)) == ["sizeof(struct tm)"]


# -- what is wrong


def facts(verdict) -> list[str]:
    return [one.fact for one in verdict.disagreements]


def changed(header: Header, key: str, **changes: object) -> Header:
    """The IR with other attributes of one declaration or macro."""

    items = (*header.declarations, *header.macros)
    wanted = next((item for item in items if getattr(item, "key", "") == key), None) or next(
        item for item in items if item.name == key
    )
    return replace(
        header,
        declarations=tuple(replace(item, **changes) if item is wanted else item for item in header.declarations),
        macros=tuple(replace(item, **changes) if item is wanted else item for item in header.macros),
    )


def member(header: Header, key: str, name: str, /, **changes: object) -> Header:
    """The IR with another member."""
    record = header.tags[key]
    assert isinstance(record, Record)
    fields = tuple(replace(field, **changes) if field.name == name else field for field in record.fields or ())
    assert fields != record.fields
    return changed(header, key, fields=fields)


def enumerator(header: Header, key: str, value: int) -> Header:
    first, *rest = header.tags[key].enumerators
    return changed(header, key, enumerators=(replace(first, value=value), *rest))


def anonymous(header: Header) -> Header:
    (union,) = (field for field in header.tags["struct outer"].fields if not field.name)
    return member(header, "struct outer", "", offset=union.offset + 8)


UINT, ULL = Builtin("unsigned int"), Builtin("unsigned long long")
WRONG = {
    "size of a record": (lambda ir: changed(ir, "struct flags", size=8), ["sizeof(struct flags)"], "8"),
    "alignment of a record": (lambda ir: changed(ir, "tight", align=8), ["_Alignof(tight)"], "8"),
    "size of an untagged member": (
        lambda ir: changed(ir, "struct outer.inner", size=24),
        # The array's element is larger as well.
        ["sizeof(struct outer.inner)", "sizeof(struct outer.inner)"],
        "24",
    ),
    "member of a type behind a pointer": (
        lambda ir: member(ir, "struct outer.behind", "deep", offset=8),
        ["offsetof(struct outer.behind, deep)"],
        "1",
    ),
    "offset": (lambda ir: member(ir, "struct outer", "colour", offset=0), ["offsetof(struct outer, colour)"], "0"),
    "offset of an anonymous member": (
        anonymous,
        ["offsetof(struct outer, whole)", "offsetof(struct outer, first)", "offsetof(struct outer, second)"],
        "5",
    ),
    "type of a member": (
        lambda ir: member(ir, "struct flags", "byte", type=UINT),
        ["sizeof(struct flags.byte)"],
        "4",
    ),
    "name of a member": (
        lambda ir: member(ir, "tight", "l", name="m"),
        ["offsetof(tight, m)", "sizeof(tight.m)"],
        "1",
    ),
    "place of a bit-field": (
        lambda ir: member(ir, "struct flags", "mid", offset=6),
        ["bits of struct flags.mid"],
        "7 bits at bit 6",
    ),
    "width of a bit-field": (
        lambda ir: member(ir, "struct flags", "wide", width=41),
        ["bits of struct flags.wide"],
        "41 bits at bit 64",
    ),
    "width of a bit-field of one bit": (
        lambda ir: member(ir, "struct flags", "on", width=2),
        ["bits of struct flags.on"],
        "2 bits at bit 24",
    ),
    "size of a typedef": (lambda ir: changed(ir, "word", size=4), ["sizeof(word)"], "4"),
    "alignment of a typedef": (lambda ir: changed(ir, "word", align=1), ["_Alignof(word)"], "1"),
    "enumerator": (lambda ir: enumerator(ir, "enum sign", -6), ["MINUS"], "-6"),
    "sign of an enumerator": (lambda ir: enumerator(ir, "enum large", -1), ["LARGE"], "-1"),
    "underlying type": (
        lambda ir: changed(ir, "enum sign", underlying=UINT),
        ["type of enum sign"],
        "unsigned, 4 bytes",
    ),
    "macro": (lambda ir: changed(ir, "COUNT", value=43), ["COUNT"], "43"),
    "largest macro": (lambda ir: changed(ir, "ALL_BITS", value=-1), ["ALL_BITS"], "-1"),
    "smallest macro": (lambda ir: changed(ir, "SMALLEST", value=1 << 63), ["SMALLEST"], "9223372036854775808"),
    "signedness of a macro": (
        lambda ir: changed(ir, "ALL_BITS", type=Builtin("int")),
        ["type of ALL_BITS"],
        "signed, 4 bytes",
    ),
    "width of a macro": (lambda ir: changed(ir, "ALL_BITS", type=ULL), ["type of ALL_BITS"], "unsigned, 8 bytes"),
    "number": (lambda ir: changed(ir, "HALF", value=0.25), ["HALF"], "0.25"),
    "type of a number": (lambda ir: changed(ir, "HALF", type=Builtin("double")), ["sizeof(HALF)"], "8"),
    "character": (lambda ir: changed(ir, "LETTER", value=121), ["LETTER"], "121"),
    "text": (lambda ir: changed(ir, "NAME", value='a\0"b??/\xfe'), ["NAME"], repr('a\0"b??/\xfe')),
    "length of a wide text": (lambda ir: changed(ir, "WIDE", value="wider"), ["length of WIDE"], "5"),
}
FOUND = {
    "size of a record": "16",
    "offset": "48",
    "place of a bit-field": "7 bits at bit 5",
    "width of a bit-field": "40 bits at bit 64",
    "width of a bit-field of one bit": "1 bits at bit 24",
    "enumerator": "-5",
    "sign of an enumerator": "18446744073709551615",
    "underlying type": "signed, 4 bytes",
    "largest macro": "4294967295",
    "smallest macro": "-9223372036854775808",
    "number": "0.5",
    "text": "another text, 1 bytes long",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_fact_is_found_and_it_alone(unit, kind):
    falsify, names, expected = WRONG[kind]
    asked = unit(SAMPLE)
    verdict = verify_layouts(asked, falsify(parsed(asked)))
    assert verdict.status == "disagrees"
    assert facts(verdict) == names
    assert verdict.disagreements[0].expected == expected
    if kind in FOUND:
        assert verdict.disagreements[0].found == FOUND[kind]


def test_the_size_of_a_type_of_cs_own_is_a_fact(unit):
    asked = unit("int f(void);\n")
    header = parsed(asked)
    header = replace(header, sizes={**header.sizes, "long double": (8, 16), "*": (4, 8)})
    verdict = verify_layouts(asked, header)
    assert {"sizeof(long double)", "sizeof(void *)"} == set(facts(verdict))


def test_what_the_compiler_does_not_know_is_told_in_its_words(unit):
    asked = unit("struct s { int a; };\n#ifdef __clang__\n#define ONLY_CLANG 3\n#endif\n")
    header = parsed(asked)
    if layout_compilers.compiler_for(host_target()).is_clang:
        pytest.skip("this machine's compiler is a clang, too")
    (one, *_) = verify_layouts(asked, header).disagreements
    assert (one.fact, one.expected) == ("ONLY_CLANG", "3")
    assert "ONLY_CLANG" in one.found
    assert "undeclared" in one.found


def test_what_is_no_constant_to_the_compiler_is_not_checkable(unit):
    asked = unit("static const int n = 3;\n#define N (n + 1)\n")
    header = parsed(asked)
    (macro,) = header.macros
    if macro.kind != "int":
        pytest.skip("libclang has no value for it")
    verdict = verify_layouts(asked, header)
    assert verdict.status == "verified"
    assert [name for name, _ in verdict.not_checkable] == ["N"]
    assert "constant" in verdict.not_checkable[0][1]


def test_what_would_fill_the_disk_or_may_not_be_named_is_not_checkable(unit):
    text = "struct big { char body[1 << 20]; int bit : 4; };\nstruct secret { int a; };\n#pragma GCC poison secret\n"
    verdict = verdict_of(unit(text))
    assert (verdict.status, verdict.words) == ("verified", ())
    assert [name for name, _ in verdict.not_checkable] == [
        "bits of struct big.bit",
        "sizeof(struct secret)",
        "_Alignof(struct secret)",
        "offsetof(struct secret, a)",
        "sizeof(struct secret.a)",
    ]


def test_a_header_that_the_compiler_refuses_is_no_disagreement(unit):
    asked = unit("#ifdef REFUSED\n#error not with this compiler\n#endif\nstruct s { int a; };\n")
    verdict = verify_layouts(asked._replace(defines=("REFUSED",)), parsed(asked))
    assert (verdict.status, verdict.facts, verdict.disagreements) == ("refused", 0, ())
    assert verdict.words == (f"{asked.path}:2:2: error: #error not with this compiler",)


def test_an_argument_that_the_compiler_does_not_know_is_told(unit):
    asked = unit("struct s { int a; };\n")
    verdict = verify_layouts(asked._replace(args=("-fno-such-thing",)), parsed(asked))
    assert verdict.status == "refused"
    assert "-fno-such-thing" in verdict.words[0]


# -- which compiler


@pytest.fixture
def program(tmp_path):
    def make(name: str, script: str) -> str:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return make


def test_the_environment_names_a_compiler_for_each_target(unit, monkeypatch, program):
    gcc = program("my-gcc", 'exec gcc -DBY_NAME "$@"')
    name = layout_compilers.environment_variable(host_target())
    monkeypatch.setenv(name, f"{gcc} -m64")
    asked = unit("struct s {\n#ifdef BY_NAME\nint a;\n#endif\nchar b; };\n")
    verdict = verdict_of(asked)
    assert verdict.compiler.startswith("my-gcc -m64 ")
    assert Disagreement("sizeof(struct s)", "1", "8") in verdict.disagreements
    monkeypatch.setenv(name, "/no/such/compiler")
    with pytest.raises(TargetError, match=rf"^{name}: '/no/such/compiler' does not run\n"):
        verify_layouts(asked, parsed(asked))


def test_variables_are_spelled_as_the_canonical_triple():
    assert layout_compilers.environment_variable("arm64-linux-gnu") == "HEADERKIT_CC_aarch64_unknown_linux_gnu"


def test_cc_is_this_machines_compiler_where_it_makes_code_for_it(monkeypatch, program):
    monkeypatch.setenv("CC", program("good-cc", 'exec gcc "$@"'))
    assert layout_compilers.compiler_for(host_target()).name.startswith("good-cc ")
    other = 'case $1 in -dumpmachine) echo mips-linux-gnu;; *) exec gcc "$@";; esac'
    monkeypatch.setenv("CC", program("cross-cc", other))
    assert not layout_compilers.compiler_for(host_target()).name.startswith("cross-cc")


def test_a_32_bit_target_is_this_machines_compilers_only_with_its_c_library(monkeypatch, program, tmp_path):
    if not host_target().startswith("x86_64-unknown-linux-gnu"):
        pytest.skip("for x86-64 with glibc")
    monkeypatch.setattr(layout_compilers, "zig_folder", lambda: "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    gcc = shutil.which("gcc", path=os.defpath)
    program("gcc", f'exec {gcc} "$@"')
    known = layout_compilers._has_libc(("gcc", "-m32"))
    found = layout_compilers.compiler_for("i686-unknown-linux-gnu")
    assert (found.name if found else None) == (f"gcc -m32 {found.name.split()[-1]}" if known else None)


def test_without_a_compiler_nothing_is_verified_and_the_remedy_is_named(unit, monkeypatch, tmp_path):
    monkeypatch.setattr(layout_compilers, "zig_folder", lambda: "")
    monkeypatch.setenv("PATH", str(tmp_path))
    verdict = verdict_of(unit("struct s { int a; };\n", "aarch64-unknown-linux-gnu"))
    assert (verdict.status, verdict.facts, verdict.compiler) == ("unverified", 0, "")
    assert verdict.hint == (
        "pip install headerkit[cross] or apt install gcc-aarch64-linux-gnu, "
        "or name one: HEADERKIT_CC_aarch64_unknown_linux_gnu=COMMAND"
    )


@pytest.mark.parametrize(
    ("target", "package"),
    [
        ("armv7l-linux-gnueabihf", "apt install gcc-arm-linux-gnueabihf"),
        ("x86_64-w64-mingw32", "apt install gcc-mingw-w64-x86-64"),
        ("x86_64-pc-windows-msvc", "pip install headerkit[cross]"),
        (host_target(), "install gcc or clang"),
    ],
)
def test_each_target_has_its_own_remedy(target, package):
    assert package in layout_compilers.remedy(target)
