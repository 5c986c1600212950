"""Canonical JSON of the IR: equal IR comes back, and the same IR is the same bytes."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headerkit import ir
from headerkit.backends import get_backend
from headerkit.ir_json import dump, load
from headerkit.target import host_target
from headerkit.unit import Unit
from headerkit.writers import get_writer

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@st.composite
def variables(draw: st.DrawFn) -> ir.Variable:
    kind, value = draw(types), draw(st.none() | st.integers() | st.floats() | texts)
    if isinstance(value, str):
        kind = ir.Pointer(kind)  # a number's value is no text
    rest = {key: draw(each) for key, each in common.items()}
    storage, name = draw(st.sampled_from(["extern", "static"])), draw(names)
    return ir.Variable(name, kind, storage, draw(st.booleans()), value, draw(st.just("") | names), **rest)


macros = st.one_of(
    st.builds(ir.Macro, names, st.just("int"), st.integers(), builtins, location=locations, body=texts),
    st.builds(ir.Macro, names, st.just("float"), st.floats(), builtins, location=locations),
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
    declarations=st.lists(st.one_of(functions(), records(), enums(), typedefs(), variables()), max_size=5).map(tuple),
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
    back = load(text)
    assert back.sizes == header.sizes
    # A NaN is not equal to itself, and a dict's order is no part of it.
    assert repr(replace(back, sizes={})) == repr(replace(header, sizes={}))
    assert dump(back) == text
    assert text.isascii()
    assert "\r" not in text


def test_a_float_that_json_has_no_number_for_comes_back_and_a_string_of_the_same_letters_stays_one() -> None:
    double, text = ir.Builtin("double"), ir.Pointer(ir.Builtin("char"))
    values = (math.inf, -math.inf, math.nan)
    variables = [ir.Variable("v", double, "static", value=value) for value in values]
    variables += [ir.Variable("s", text, "static", value=repr(value)) for value in values]
    macros = [ir.Macro("M", "float", value, double) for value in values]
    macros += [ir.Macro("S", "string", repr(value)) for value in values]
    header = ir.Header("a.h", "t", tuple(variables), tuple(macros), (), (), {})
    assert repr(load(dump(header))) == repr(header)
    assert '"value": {"float": "-inf"}' in dump(header)


def test_writers_make_the_same_of_read_ir_as_of_a_parse() -> None:
    code = """
        static const double positive = __builtin_inf(), negative = -__builtin_inf(), none = __builtin_nan("");
        typedef long double real;
        static const real big = 1e400L;
        static const char text[] = "inf";
        static const char *const pointed = "nan";
    """
    header = get_backend("libclang").parse(Unit("/", "a.h", host_target(), code=code)).header
    assert sum(isinstance(getattr(each, "value", None), float) for each in header.declarations) == 4
    for name in ("cffi", "ctypes", "cython", "json", "lua", "prompt", "pyi"):
        assert get_writer(name).write(load(dump(header))) == get_writer(name).write(header), name


def test_an_infinity_that_a_development_version_wrote_as_a_string_is_parsed_again() -> None:
    header = ir.Header(
        "a.h",
        "t",
        (ir.Typedef("real", ir.Builtin("double"), 8, 8), ir.Variable("v", ir.Alias("real"), "static", value="inf")),
        (),
        (),
        (),
        {},
    )
    with pytest.raises(ValueError, match="not IR: v: the double has the value 'inf'"):
        load(dump(header))


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


WHOLE = ir.Header(
    "a.h",
    "t",
    (
        ir.Record("struct r", "struct", "r", (ir.Field("f", ir.Builtin("int"), 0, 3, "d"),), 4, 4, doc="d"),
        ir.Record("union u", "union", "u", None, None, None, packed=True, elided=True),
        ir.Enum("enum e", "e", (ir.Enumerator("A", 1), ir.Enumerator("B", 2, "d")), ir.Builtin("int"), 4, 4, "t", "p"),
        ir.Typedef("t", ir.Array(ir.Alias("b", ir.CONST), 3), 4, 4, attributes=(ir.Attribute("aligned", "4"),)),
        ir.Typedef("w", ir.Vector(ir.Builtin("int", ir.CONST), 4), 16, 16),
        ir.Function(
            "g",
            ir.FunctionType(ir.Tag("struct r"), (ir.Opaque("block"),), convention="stdcall"),
            ("a",),
            "static",
            inline=True,
            asm_label="l",
            inline_definition=True,
        ),
        ir.Variable("v", ir.Builtin("double"), "static", value=math.inf, thread_local=True),
    ),
    (
        ir.Macro("I", "int", 1, ir.Builtin("int"), body="1", doc="d"),
        ir.Macro("S", "string", "x", wide="L", c_name="C", alias="a", reason="r"),
        ir.Macro("C", "call", parameters=("a",)),
        ir.Macro("F", "float", 0.5),
    ),
    ("a.h",),
    (0,),
    {"int": (4, 4)},
    ("<a.h>",),
    masked=("m",),
    masked_calls=("c",),
    left_out=(ir.LeftOut("macro", "M", "r"),),
)


def _spoiled(data: Any) -> Iterator[str]:
    """The text of everything that `data` becomes when one value in it is of another class."""
    whole = json.dumps(data)

    def places(part: Any) -> Iterator[tuple[Any, Any]]:
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield part, key
            if isinstance(value, (dict, list)):
                yield from places(value)

    for part, key in places(data):
        right = part[key]
        for wrong in ("1); import os; (1", 1, 0.5, True, None, [], {}):
            if wrong.__class__ is not right.__class__:
                part[key] = wrong
                yield json.dumps(data)
        part[key] = right
    assert json.dumps(data) == whole


def test_a_value_of_another_class_is_refused_or_harmless() -> None:
    """What is read has the classes that `headerkit.ir` says, whatever stood in the text."""
    assert load(dump(WHOLE)) == WHOLE
    wrong = 0
    for text in _spoiled(json.loads(dump(WHOLE))):
        read = _read(text)
        if read is None:
            wrong += 1
        else:
            assert _is_sound(read), text
    assert wrong > 500


def _read(text: str) -> ir.Header | None:
    try:
        return load(text)
    except ValueError:
        return None


def _is_sound(header: ir.Header) -> bool:
    """Whether every attribute of every node has a class that its annotation names."""

    def sound(node: Any) -> bool:
        if isinstance(node, (tuple, list)) and not hasattr(node, "_fields"):
            return all(map(sound, node))
        if isinstance(node, dict):
            return all(map(sound, (*node, *node.values())))
        listed = get_type_hints(node.__class__) if hasattr(node, "__light_fields__") or hasattr(node, "_fields") else {}
        parts = {name: getattr(node, name) for name in listed if name not in ("tags", "typedefs")}
        return all(_fits(hint, parts[name]) and sound(parts[name]) for name, hint in listed.items() if name in parts)

    return sound(header)


def _fits(hint: Any, value: Any) -> bool:
    if hint is Any:
        return True
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return any(_fits(each, value) for each in get_args(hint))
    if get_origin(hint) is tuple:
        if not isinstance(value, tuple):
            return False
        kinds = get_args(hint)
        each = kinds[:1] * len(value) if len(kinds) == 2 and kinds[1] is ... else kinds
        return len(each) == len(value) and all(map(_fits, each, value))
    if get_origin(hint) is dict:
        return isinstance(value, dict)
    return value.__class__ is (get_origin(hint) or hint)


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
