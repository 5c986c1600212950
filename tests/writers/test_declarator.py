"""gcc decides whether a declarator says what the type is: each type is also built one typedef at a time."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headerkit.ir import (
    CONST,
    RESTRICT,
    VOLATILE,
    Alias,
    Array,
    Builtin,
    Enum,
    FunctionType,
    Opaque,
    Pointer,
    Record,
    Tag,
    Vector,
)
from headerkit.writers.declarator import Declarator, declare

if TYPE_CHECKING:
    from headerkit.ir import Type

TAGS = {
    "struct:s": Record("struct:s", "struct", "s", (), 0, 1),
    "enum:e": Enum("enum:e", "e", (), Builtin("unsigned int"), 4, 4),
    "struct:@named": Record("struct:@named", "struct", "", (), 0, 1, typedef="named"),
}
PREAMBLE = "struct s { int x; };\nenum e { E };\ntypedef struct { int y; } named;\ntypedef int (*alias)(int);\n"

quals = st.sampled_from([0, CONST, VOLATILE, CONST | VOLATILE])
leaves = st.one_of(
    st.builds(Builtin, st.sampled_from(["int", "unsigned char", "long double", "double _Complex", "_Bool"]), quals),
    st.builds(Tag, st.sampled_from(sorted(TAGS)), quals),
    st.builds(Alias, st.just("alias"), quals),
)


def _grown(types: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    objects = types.filter(lambda t: not isinstance(t, FunctionType))
    values = objects.filter(lambda t: not isinstance(t, Array))
    return st.one_of(
        st.builds(Pointer, types, quals),
        st.builds(Pointer, objects, st.just(RESTRICT)),
        st.builds(Array, objects, st.integers(1, 4)),
        st.builds(
            FunctionType,
            st.one_of(values, st.just(Builtin("void"))),
            st.lists(values, min_size=1, max_size=3).map(tuple),
            st.booleans(),
        ),
        st.builds(FunctionType, values, st.sampled_from([(), None])),
    )


types_ = st.recursive(leaves, _grown, max_leaves=6)


def _step_by_step(type_: Type, number: list[int], lines: list[str]) -> str:
    """Append the typedefs that build the type; returns the name of the last."""

    def qualified(text: str, bits: int) -> str:
        words = [word for bit, word in ((CONST, "const"), (VOLATILE, "volatile"), (RESTRICT, "restrict")) if bits & bit]
        return " ".join([text, *words])

    if isinstance(type_, Pointer):
        text = qualified(f"{_step_by_step(type_.pointee, number, lines)} *", type_.quals) + " {}"
    elif isinstance(type_, Array):
        text = f"{_step_by_step(type_.element, number, lines)} {{}}[{type_.length}]"
    elif isinstance(type_, FunctionType):
        result = _step_by_step(type_.result, number, lines)
        listed = [_step_by_step(param, number, lines) for param in type_.params or ()]
        listed += ["..."] * (type_.variadic and bool(listed))
        text = f"{result} {{}}({'' if type_.params is None else ', '.join(listed) or 'void'})"
    elif isinstance(type_, Tag):
        text = qualified({"struct:s": "struct s", "enum:e": "enum e"}.get(type_.key, "named"), type_.quals) + " {}"
    else:
        assert isinstance(type_, Builtin | Alias)
        text = qualified(type_.name, type_.quals) + " {}"
    number[0] += 1
    name = f"t{number[0]}"
    lines.append(f"typedef {text.format(name)};")
    return name


@pytest.mark.fuzz
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(types_, min_size=1, max_size=12))
def test_a_declaration_has_the_type_that_it_was_made_from(declared: list[Type]) -> None:
    lines, number = [PREAMBLE], [0]
    for i, type_ in enumerate(declared):
        name = _step_by_step(type_, number, lines)
        lines.append(f"extern {declare(type_, f'v{i}', TAGS)};")
        lines.append(f'_Static_assert(__builtin_types_compatible_p(__typeof__(v{i}) *, {name} *), "v{i}");')
        if not isinstance(type_, FunctionType):  # a pointer to a type name: the same type again, without a name
            lines.append(f"typedef __typeof__({declare(type_, '', TAGS)}) n{i};")
            lines.append(f'_Static_assert(__builtin_types_compatible_p(n{i} *, {name} *), "n{i}");')
    run = subprocess.run(
        ["gcc", "-std=gnu17", "-fsyntax-only", "-w", "-x", "c", "-"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[:2000] + "\n".join(lines)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (Builtin("int", CONST), "const int n"),
        (Pointer(Builtin("char", CONST), CONST | RESTRICT), "const char *const restrict n"),
        (Array(Array(Builtin("int"), 3), 2), "int n[2][3]"),
        (Array(Builtin("int"), None), "int n[]"),
        (Pointer(Array(Builtin("int"), 3)), "int (*n)[3]"),
        (Array(Pointer(FunctionType(Builtin("void"), ())), 2), "void (*n[2])(void)"),
        (Pointer(FunctionType(Builtin("int"), None)), "int (*n)()"),
        (
            Pointer(FunctionType(Pointer(FunctionType(Builtin("int"), (Builtin("long"),))), ())),
            "int (*(*n)(void))(long)",
        ),
        (FunctionType(Builtin("int"), (Pointer(Builtin("char", CONST)),), variadic=True), "int n(const char *, ...)"),
        (Pointer(FunctionType(Builtin("int"), (), convention="stdcall")), "int (__stdcall *n)(void)"),
        (Tag("struct:s"), "struct s n"),
        (Tag("struct:@named", VOLATILE), "volatile named n"),
    ],
)
def test_declarations_read_as_a_person_writes_them(type_: Type, text: str) -> None:
    assert declare(type_, "n", TAGS) == text


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (Builtin("int"), "int"),
        (Pointer(Pointer(Builtin("void"))), "void **"),
        (Pointer(Builtin("int"), CONST), "int *const"),
        (Array(Builtin("int"), 3), "int[3]"),
        (Pointer(FunctionType(Builtin("int"), ())), "int (*)(void)"),
    ],
)
def test_without_a_name_a_declaration_is_a_type_name(type_: Type, text: str) -> None:
    assert declare(type_) == text


def test_a_function_is_declared_with_its_parameters_names() -> None:
    type_ = FunctionType(Pointer(Builtin("char")), (Pointer(FunctionType(Builtin("void"), ())), Builtin("int")), True)  # noqa: FBT003
    declarator = Declarator(lambda leaf: getattr(leaf, "name", "?"))
    assert declarator.function(type_, "f", ("callback", "")) == "char *f(void (*callback)(void), int, ...)"
    assert declarator.function(type_, "f") == "char *f(void (*)(void), int, ...)"


@pytest.mark.parametrize("type_", [Opaque("int (^)(void)"), Vector(Builtin("float"), 4), Tag("struct:@unknown")])
def test_what_c_cannot_spell_here_is_refused(type_: Type) -> None:
    with pytest.raises(ValueError, match="no spelling in C"):
        declare(type_, "n", TAGS)
