"""Verdicts on pairs of real headers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headerkit import ir_json
from headerkit.backends import get_backend
from headerkit.diff import Verdict, compare, render
from headerkit.errors import WriterError
from headerkit.target import host_target
from headerkit.unit import Unit
from headerkit.writers import get_writer

if TYPE_CHECKING:
    from headerkit.diff import Comparison
    from headerkit.ir import Header

ABI, SOURCE, COMPATIBLE = Verdict.ABI, Verdict.SOURCE, Verdict.COMPATIBLE


def parse(code: str, target: str = "") -> Header:
    return get_backend("libclang").parse(Unit("/", "a.h", target or host_target(), code=code)).header


def changes(old: str, new: str) -> Comparison:
    return compare(parse(old), parse(new))


CASES = {
    "a new function": ("", "int f(void);", COMPATIBLE, ["function f added"]),
    "a function that went": ("int f(void);", "", ABI, ["function f removed"]),
    "an inline function that went": ("static inline int f(void) { return 1; }", "", SOURCE, ["function f removed"]),
    "a function that a macro replaced": (
        "int f(int);",
        "#define f(x) g(x)",
        ABI,
        ["function f removed: is a macro now"],
    ),
    "a body that went into the header": (
        "int f(void);",
        "static inline int f(void) { return 1; }",
        ABI,
        ["function f changed: is no longer exported: its body is in the header"],
    ),
    "a wider argument": ("int f(int a);", "int f(long a);", ABI, ["argument 1 (a): int -> long"]),
    "another sign": ("int f(int);", "int f(unsigned);", SOURCE, ["argument 1: int -> unsigned int"]),
    "a floating result": ("int f(void);", "double f(void);", ABI, ["result: int -> double"]),
    "one argument more": ("int f(int);", "int f(int, int);", ABI, ["takes 2 arguments, took 1"]),
    "an ellipsis": ("int f(int);", "int f(int, ...);", ABI, ["takes further arguments now"]),
    "a prototype": ("int f();", "int f(int);", SOURCE, ["has a prototype now"]),
    "const for an argument": ("int f(char *);", "int f(const char *);", COMPATIBLE, ["char * -> const char *"]),
    "const taken from an argument": ("int f(const char *);", "int f(char *);", SOURCE, ["const char * -> char *"]),
    "const for a result": ("char *f(void);", "const char *f(void);", SOURCE, ["char * -> const char *"]),
    "a pointer to a wider integer": ("void f(int *);", "void f(long *);", ABI, ["int * -> long *"]),
    "a callback's result": (
        "void f(int (*)(void));",
        "void f(double (*)(void));",
        ABI,
        ["int (*)(void) -> double (*)(void)"],
    ),
    "a typedef for the same type": ("int f(int);", "typedef int n; n f(n);", COMPATIBLE, ["typedef n added"]),
    "a member at the end": ("struct s { int a; };", "struct s { int a, b; };", ABI, ["size 4 -> 8 bytes"]),
    "a member in the padding": (
        "struct s { int a; double d; };",
        "struct s { int a; int b; double d; };",
        COMPATIBLE,
        ["member b was added within the old size"],
    ),
    "a member by another name": ("struct s { int a; };", "struct s { int b; };", SOURCE, ["member a is called b now"]),
    "a member that moved": (
        "struct s { int a, b; };",
        "struct s { int b, a; };",
        ABI,
        ["member a moved from byte 0 to byte 4"],
    ),
    "a bit-field's width": ("struct s { int a : 3; };", "struct s { int a : 4; };", ABI, ["has 4 bits, had 3 bits"]),
    "a member of a nameless record": (
        "struct s { struct { int x; } in; };",
        "struct s { struct { long x; } in; };",
        ABI,
        ["size 4 -> 8 bytes"],
    ),
    "a member of an anonymous union": (
        "struct s { union { int x; float f; }; };",
        "struct s { union { int x; float g; }; };",
        SOURCE,
        ["member f is called g now"],
    ),
    "packing": (
        "struct s { char c; int i; };",
        "struct __attribute__((packed)) s { char c; int i; };",
        ABI,
        ["size 8 -> 5 bytes"],
    ),
    "a record that became opaque": ("struct s { int a; };", "struct s;", SOURCE, ["is opaque now"]),
    "a record that is no longer opaque": ("struct s;", "struct s { int a; };", COMPATIBLE, ["is no longer opaque"]),
    "a union": ("struct s { int a; };", "union s { int a; };", ABI, ["is a union, was a struct"]),
    "a new enumerator": ("enum e { A };", "enum e { A, B };", COMPATIBLE, ["B = 1 was added"]),
    "an enumerator that went": ("enum e { A, B };", "enum e { A };", SOURCE, ["B was removed"]),
    "an enumerator's value": ("enum e { A, B };", "enum e { A, X, B };", ABI, ["B: 1 -> 2"]),
    "an enumerator that became a macro": (
        "enum e { A, B };",
        "enum e { A };\n#define B 1",
        COMPATIBLE,
        ["declared elsewhere"],
    ),
    "a nameless enum": ("enum { A = 1 };", "enum { A = 2 };", ABI, ["enum (nameless) changed: A: 1 -> 2"]),
    "a macro's value": ("#define A 1", "#define A 2", ABI, ["macro A changed: 1 -> 2"]),
    "a version": ("#define A_VERSION 1", "#define A_VERSION 2", COMPATIBLE, ["macro A_VERSION changed: 1 -> 2"]),
    "a macro that went": ("#define A 1", "", SOURCE, ["macro A removed"]),
    "a variable's type": ("extern int v;", "extern long v;", ABI, ["int -> long"]),
    "an array's length": ("extern int v[2];", "extern int v[3];", ABI, ["int[2] -> int[3]"]),
    "a typedef's type": ("typedef int t;", "typedef long t;", ABI, ["typedef t changed: int -> long"]),
    "a deprecation": ("int f(void);", "__attribute__((deprecated)) int f(void);", COMPATIBLE, ["is deprecated now"]),
    "a renamed opaque record": (
        "struct a; int f(struct a *);",
        "struct b; int f(struct b *);",
        SOURCE,
        ["struct a * -> struct b *"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_gets_its_verdict(case: str) -> None:
    old, new, verdict, texts = CASES[case]
    comparison = changes(old, new)
    assert comparison.verdict is verdict
    report = render([comparison])
    for text in texts:
        assert text in report


@pytest.mark.parametrize("case", CASES)
def test_nothing_differs_from_itself(case: str) -> None:
    for code in CASES[case][:2]:
        assert changes(code, code).changes == ()


def test_a_nan_is_the_same_nan() -> None:
    code = "#define A_NAN (0.0 / 0.0)\n"
    assert changes(code, code).changes == ()


def test_a_change_of_a_record_is_told_once() -> None:
    rest = "typedef struct s s_t; int f(s_t *); int g(struct s); typedef struct s pair[2]; struct t { struct s *p; };"
    comparison = changes(f"struct s {{ int a; }}; {rest}", f"struct s {{ long a; }}; {rest}")
    assert [(c.kind, c.name) for c in comparison.changes] == [("struct", "s")]


def test_the_same_header_for_another_target_is_compared_by_what_it_means() -> None:
    code = "typedef long number; number f(number); struct s { void *p; };"
    other = "i686-unknown-linux-gnu"
    old = parse(code)
    try:
        new = parse(code, other)
    except Exception as error:  # noqa: BLE001  (a machine whose libclang cannot serve another target)
        pytest.skip(str(error))
    names = {c.name for c in compare(old, new).changes if c.verdict is ABI}
    assert names == {"number", "s"}


def test_names_can_be_left_out() -> None:
    assert compare(parse("int f(void); int g(void);"), parse(""), ignore=["f*"]).changes[0].name == "g"


def test_the_worst_comes_first_and_places_are_told() -> None:
    comparison = changes("#define A_VERSION 1\nint f(void);\n", "#define A_VERSION 2\n\nint h(void);\n")
    assert [c.verdict for c in comparison.changes] == [ABI, COMPATIBLE, COMPATIBLE]
    assert comparison.changes[0].old.endswith(":2")


def test_json_says_what_the_text_says() -> None:
    comparison = changes("int f(int);", "int f(long);")
    data = json.loads(render([comparison], "json"))
    assert (data["format"], data["version"], data["verdict"]) == ("headerkit-diff", 1, "abi")
    assert data["comparisons"][0]["changes"] == [
        {
            "kind": "function",
            "name": "f",
            "what": "changed",
            "verdict": "abi",
            "details": ["argument 1: int -> long"],
            "old": comparison.changes[0].old,
            "new": comparison.changes[0].new,
        }
    ]


def test_the_diff_writer_compares_with_a_kept_ir(tmp_path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(ir_json.dump(parse("int f(void);")))
    text = get_writer("diff", {"against": str(kept), "format": "markdown"}).write(parse("")).text
    assert "| `function f` | removed |  |" in text
    with pytest.raises(WriterError, match="no IR to compare with"):
        get_writer("diff").write(parse(""))
    kept.write_text("{}")
    with pytest.raises(WriterError, match="not IR"):
        get_writer("diff", {"against": str(kept)}).write(parse(""))
