from __future__ import annotations

import pytest

from headerkit.backends import get_backend
from headerkit.errors import SettingsError
from headerkit.target import host_target
from headerkit.unit import Unit
from headerkit.writers import get_writer
from headerkit.writers.prompt import estimate_tokens

HEADER = r"""
#ifndef SAMPLE_H
#define SAMPLE_H
#define LIMIT 12
#define NAME "sam\"ple"
#define TWICE(x) (2 * (x))
typedef struct opaque opaque;
/** A place. More of it. */
struct place { int x; union { int y; float z; }; struct { char c; } inner; unsigned bits : 3; };
typedef struct { int q; } plain;
enum mode { OFF, ON = 5 };
/** Adds two numbers,
 *  slowly. */
int plus(int a, int b);
__attribute__((deprecated("use plus"))) int minus(int a, int b);
static inline int half(int n) { return n / 2; }
extern inline int third(int n) { return n / 3; }
static int same(int n) { return n; }
#endif
"""


def write(**options: object) -> str:
    header = get_backend("libclang").parse(Unit("/", "sample.h", host_target(), code=HEADER)).header
    return get_writer("prompt", options).write(header).text


def test_signatures_say_what_c_says_once() -> None:
    lines = write().split("\n")
    assert lines[0].endswith(": 5 functions, 3 records, 1 enum, 3 macros")
    assert lines[1].startswith("tokens: about ")
    for line in (
        "int plus(int a, int b)",
        "static inline int half(int n)",
        "inline int third(int n)",
        "static int same(int n)",
        "struct place {int x; union {int y; float z}; struct {char c} inner; unsigned int bits:3}",
        "struct opaque (opaque)",
        "plain {int q}",
        "mode {OFF=0, ON=5}",
        "LIMIT 12",
        'NAME "sam\\"ple"',
        "TWICE(x)",
    ):
        assert lines.count(line) == 1, line
    assert not any("SAMPLE_H" in line for line in lines)


def test_full_adds_comments_places_and_warnings() -> None:
    text = write(detail="full")
    assert "int plus(int a, int b)  // Adds two numbers, slowly.; [sample.h:" in text
    assert "// deprecated use plus" in text
    assert " bytes; A place. More of it." in text


def test_an_outline_is_names_alone() -> None:
    text = write(detail="outline")
    assert "functions: plus, minus, half, third, same\n" in text
    assert "int a" not in text


def test_the_stated_count_is_the_estimate_of_what_follows() -> None:
    head, counted, body = write(detail="full").split("\n", 2)
    assert head
    assert counted.startswith(f"tokens: about {estimate_tokens(body)} (full); levels: outline ")
    assert estimate_tokens("abcd" * 10) == 10
    assert estimate_tokens("é" * 10) == 10


def test_a_limit_takes_the_richest_level_that_fits() -> None:
    assert "(full)" in write(detail="full", max_tokens=10_000)
    assert "(signatures)" in write(detail="full", max_tokens=130)
    assert "(outline)" in write(detail="full", max_tokens=60)
    cut = write(max_tokens=25)
    assert "more tokens left out)" in cut
    assert estimate_tokens(cut.split("\n", 2)[2]) <= 26
    with pytest.raises(SettingsError, match="max_tokens: expected 0 or more"):
        write(max_tokens=-1)
