"""Canonical JSON of the IR: equal IR comes back, and the same IR is the same bytes."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headerkit import ir
from headerkit.ir_json import dump, load

names = st.text("abcxyz_019", min_size=1, max_size=6)
texts = st.text(max_size=12)
quals = st.integers(0, 7)
builtins = st.builds(ir.Builtin, st.sampled_from(["int", "unsigned long", "double _Complex", "_Bool"]), quals)
leaves = st.one_of(
    builtins, st.builds(ir.Alias, names, quals), st.builds(ir.Tag, names, quals), st.builds(ir.Opaque, texts, quals)
)
pointer_quals = st.integers(0, 31)


def _grow(inner: st.SearchStrategy[ir.Type]) -> st.SearchStrategy[ir.Type]:
    return st.one_of(
        st.builds(ir.Pointer, inner, pointer_quals),
        st.builds(ir.Array, inner, st.none() | st.integers(0, 9)),
        st.builds(ir.Vector, inner, st.integers(1, 16), quals),
        st.builds(ir.Atomic, inner, quals),
        st.builds(
            ir.FunctionType,
            inner,
            st.none() | st.lists(inner, max_size=3).map(tuple),
            st.booleans(),
            st.sampled_from(["", "stdcall"]),
        ),
    )


types = st.recursive(leaves, _grow, max_leaves=5)
attributes = st.lists(st.builds(ir.Attribute, names, texts), max_size=2).map(tuple)
locations = st.builds(ir.Location, st.integers(0, 3), st.integers(1, 999))
remarks = {"doc": texts, "attributes": attributes}
common = {**remarks, "owned": st.booleans(), "location": locations}
layout = st.none() | st.tuples(st.integers(0, 99), st.sampled_from([1, 2, 4, 8]))


@st.composite
def functions(draw: st.DrawFn) -> ir.Function:
    params = draw(st.none() | st.lists(types, max_size=3).map(tuple))
    called = tuple(draw(st.just("") | names) for _ in params or ())
    kind = ir.FunctionType(draw(types), params, draw(st.booleans()))
    rest = {key: draw(value) for key, value in common.items()}
    storage = draw(st.sampled_from(["extern", "static"]))
    return ir.Function(draw(names), kind, called, storage, draw(st.booleans()), draw(st.just("") | names), **rest)


record_fields = st.builds(
    ir.Field, st.just("") | names, types, st.integers(0, 999), st.none() | st.integers(0, 64), **remarks
)
enumerators = st.builds(ir.Enumerator, names, st.integers(-(2**63), 2**64 - 1), **remarks)
naming = {"name": st.just("") | names, "typedef": st.just("") | names, "parent": st.just("") | names}


@st.composite
def records(draw: st.DrawFn) -> ir.Record:
    size, align = draw(layout) or (None, None)
    rest = {key: draw(value) for key, value in {**common, **naming}.items()}
    members = draw(st.none() | st.lists(record_fields, max_size=3).map(tuple))
    kind = draw(st.sampled_from(["struct", "union"]))
    return ir.Record(
        draw(names),
        kind,
        fields=members,
        size=size,
        align=align,
        packed=draw(st.booleans()),
        elided=draw(st.booleans()),
        **rest,
    )


@st.composite
def enums(draw: st.DrawFn) -> ir.Enum:
    size, align = draw(layout) or (None, None)
    rest = {key: draw(value) for key, value in {**common, **naming}.items()}
    listed = draw(st.none() | st.lists(enumerators, max_size=3).map(tuple))
    return ir.Enum(draw(names), enumerators=listed, underlying=draw(types), size=size, align=align, **rest)


@st.composite
def typedefs(draw: st.DrawFn) -> ir.Typedef:
    size, align = draw(layout) or (None, None)
    return ir.Typedef(draw(names), draw(types), size, align, **{key: draw(value) for key, value in common.items()})


variables = st.builds(
    ir.Variable,
    names,
    types,
    st.sampled_from(["extern", "static"]),
    st.booleans(),
    st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    st.just("") | names,
    **common,
)
macros = st.one_of(
    st.builds(ir.Macro, names, st.just("int"), st.integers(), builtins, location=locations, body=texts),
    st.builds(ir.Macro, names, st.just("float"), st.floats(allow_nan=False), builtins, location=locations),
    st.builds(
        ir.Macro,
        names,
        st.just("string"),
        texts,
        wide=st.sampled_from(["", "L"]),
        c_name=st.just("") | names,
        location=locations,
    ),
    st.builds(ir.Macro, names, st.just("call"), parameters=st.lists(names, max_size=2).map(tuple), doc=texts),
    st.builds(ir.Macro, names, st.just("other"), reason=texts, body=texts, location=locations),
)
headers = st.builds(
    ir.Header,
    name=texts,
    target=names,
    declarations=st.lists(st.one_of(functions(), records(), enums(), typedefs(), variables), max_size=5).map(tuple),
    macros=st.lists(macros, max_size=3).map(tuple),
    files=st.lists(texts, max_size=3).map(tuple),
    owned_files=st.lists(st.integers(0, 2), max_size=2).map(tuple),
    sizes=st.dictionaries(names, st.tuples(st.integers(1, 16), st.integers(1, 16)), max_size=3),
    includes=st.lists(texts, max_size=2).map(tuple),
    left_out=st.lists(st.builds(ir.LeftOut, names, names, texts), max_size=2).map(tuple),
    masked=st.lists(names, max_size=2).map(tuple),
    masked_calls=st.lists(names, max_size=2).map(tuple),
)


@given(headers)
def test_any_ir_comes_back_equal_and_is_written_in_the_same_bytes_again(header: ir.Header) -> None:
    text = dump(header)
    assert load(text) == header
    assert dump(load(text)) == text
    assert text.isascii()
    assert "\r" not in text


def test_a_float_that_json_has_no_number_for_comes_back() -> None:
    empty = ir.Header("a.h", "t", (), (), (), (), {})
    values = (math.inf, -math.inf, math.nan)
    header = replace(empty, macros=tuple(ir.Macro("M", "float", value) for value in values))
    back = [macro.value for macro in load(dump(header)).macros]
    assert back[:2] == [math.inf, -math.inf]
    assert isinstance(back[2], float)
    assert math.isnan(back[2])


def test_each_declaration_stands_on_a_line_of_its_own() -> None:
    kind = ir.FunctionType(ir.Builtin("int"), ())
    functions = tuple(ir.Function(f"f{n}", kind) for n in range(3))
    text = dump(ir.Header("a.h", "t", functions, (), (), (), {}))
    lines = [line for line in text.splitlines() if line.startswith('{"function"')]
    assert [json.loads(line.rstrip(","))["function"] for line in lines] == ["f0", "f1", "f2"]


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"format": "headerkit-ir", "version": 2}', '{"format": "headerkit-ir"}', "["]
)
def test_what_is_no_ir_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(text)


def test_every_member_of_every_node_is_written() -> None:
    """A member added to the IR and forgotten in the codec would not survive the property test's equality."""
    covered = {ir.Field, ir.Record, ir.Enumerator, ir.Enum, ir.Typedef, ir.Function, ir.Variable, ir.Macro, ir.Header}
    counts = {node.__name__: len([f for f in fields(node) if f.init]) for node in covered}
    assert counts == {
        "Field": 6,
        "Record": 14,
        "Enumerator": 4,
        "Enum": 12,
        "Typedef": 8,
        "Function": 11,
        "Variable": 10,
        "Macro": 12,
        "Header": 11,
    }
