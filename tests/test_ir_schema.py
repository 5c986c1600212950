"""The published JSON Schema of the IR accepts what is written, and nothing that differs in a member."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from typing import Any

import pytest

from headerkit import ir, json_to_header
from headerkit.backends import get_backend
from headerkit.ir_json import dump
from headerkit.target import host_target
from headerkit.unit import Unit

jsonschema = pytest.importorskip("jsonschema")

HEADER = """
#include <stdarg.h>
#include <stdint.h>
#define VALUE 1
#define WIDE L"x"
#define CALL(a, b) a
typedef struct s { int a : 3; union { int x; float y; }; struct { char c; } in; int tail[]; } s;
typedef int vector __attribute__((vector_size(16)));
/** Doc. */ enum e { A, /** one */ B = 5 };
static const double number = 0.5;
extern _Thread_local int local;
int old();
int f(const char *restrict, int (*g)(int), va_list, _Atomic int *, ...) __attribute__((deprecated("no")));
"""


def schema() -> dict[str, Any]:
    return json.loads(files("headerkit").joinpath("ir.schema.json").read_text("utf-8"))


def everything() -> ir.Header:
    """IR in which every attribute of every node has another value than its default."""
    at, doc, marks = ir.Location(0, 3), "doc", (ir.Attribute("deprecated", "text"),)
    spot: dict[str, Any] = {"location": at, "doc": doc, "attributes": marks, "owned": False}
    quals = ir.CONST | ir.VOLATILE | ir.RESTRICT | ir.NONNULL | ir.NULLABLE
    leaf = ir.Builtin("int", quals)
    types: tuple[ir.Type, ...] = (
        leaf,
        ir.Pointer(leaf, quals),
        ir.Array(leaf, None),
        ir.Vector(leaf, 4, quals),
        ir.FunctionType(leaf, None, convention="stdcall"),
        ir.FunctionType(leaf, (leaf,), variadic=True),
        ir.Alias("t", quals),
        ir.Tag("r", quals),
        ir.Atomic(leaf, quals),
        ir.Opaque("block", quals),
    )
    members = tuple(ir.Field(f"f{i}", each, i, 3, doc, marks) for i, each in enumerate(types))
    declarations: tuple[ir.Declaration, ...] = (
        ir.Record(
            "r", "struct", "r", (*members, ir.Field("", leaf, 0)), 4, 4, "t", "p", packed=True, elided=True, **spot
        ),
        ir.Record("u", "union", "", None, None, None),
        ir.Enum("e", "e", (ir.Enumerator("A", 1), ir.Enumerator("B", -2, doc, marks)), leaf, 4, 4, "t", "p", **spot),
        ir.Enum("n", "", None, leaf, None, None),
        ir.Typedef("t", leaf, 4, 4, **spot),
        ir.Function("f", ir.FunctionType(leaf, (leaf,)), ("a",), "static", inline=True, asm_label="l", **spot),
        ir.Function("i", ir.FunctionType(leaf, ()), inline=True, inline_definition=True),
        ir.Variable("v", leaf, "static", thread_local=True, value=0.5, asm_label="l", **spot),
        ir.Variable("s", ir.Pointer(leaf), value="text"),
        ir.Variable("i", leaf, value=float("-inf")),
    )
    macros = (
        ir.Macro("I", "int", 1, leaf, location=at, doc=doc),
        ir.Macro("N", "float", float("nan"), leaf),
        ir.Macro("S", "string", "x", wide="L", c_name="C"),
        ir.Macro("F", "function", alias="f"),
        ir.Macro("C", "call", parameters=("a",), body="a", reason="why"),
    )
    header = ir.Header("a.h", "x", declarations, macros, ("a.h",), (0,), {"int": (4, 4)}, ("<a.h>",))
    header.masked, header.masked_calls = ("f",), ("v",)
    return header


def test_a_real_header_fits() -> None:
    header = get_backend("libclang").parse(Unit("/", "a.h", host_target(), code=HEADER)).header
    text = dump(header)
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))
    assert json_to_header(text) == header


def test_every_node_fits_and_comes_back() -> None:
    text = dump(everything())
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))
    assert dump(json_to_header(text)) == text


def test_what_is_no_ir_is_refused() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    whole = json.loads(dump(everything()))

    def spoiled(where: str, index: int, key: str, value: Any) -> Any:
        data = copy.deepcopy(whole)
        data[where][index][key] = value
        return data

    assert not validator.is_valid({**whole, "version": 2})
    assert not validator.is_valid({**whole, "more": 1})
    for where, count in (("declarations", len(whole["declarations"])), ("macros", len(whole["macros"]))):
        for index in range(count):
            assert not validator.is_valid(spoiled(where, index, "surprise", 1)), (where, index)
            assert not validator.is_valid(spoiled(where, index, "at", [1])), (where, index)
    assert not validator.is_valid(spoiled("declarations", 4, "type", {"pointer": "int", "tag": "r"}))
    assert not validator.is_valid(spoiled("declarations", 4, "type", {"pointer": "int", "konst": True}))


def test_it_is_the_version_that_is_written() -> None:
    assert schema()["properties"]["version"]["const"] == ir.IR_VERSION
    jsonschema.Draft202012Validator.check_schema(schema())
