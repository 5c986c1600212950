"""Light classes are dataclasses and named tuples to whoever asks, and cost what they promise."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
import typing
from typing import get_type_hints

import pytest

from headerkit import ir
from headerkit.light_classes import NamedTuple, dataclass, field, fields, replace


@dataclass(slots=True)
class Point:
    x: int
    y: int = 0
    note: str = field(default="", compare=False, metadata={"doc": "words"})
    sum: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.sum = self.x + self.y


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    text: str = "a"


class Pair(NamedTuple):
    """Two."""

    left: int
    right: str = "r"

    @property
    def both(self) -> str:
        return f"{self.left}{self.right}"


class TypingPair(typing.NamedTuple):
    """Two."""

    left: int
    right: str = "r"


def real(cls: type) -> type:
    """The class as `dataclasses` makes it."""
    namespace = {"__annotations__": cls.__annotations__, "__module__": cls.__module__}
    for each in fields(cls):
        if each.default is not dataclasses.MISSING and repr(each.default) != "MISSING":
            namespace[each.name] = each.default
    return dataclasses.dataclass(frozen=cls is not Point, slots=True)(type(cls.__name__, (), namespace))


def test_it_is_made_compared_shown_and_hashed_like_a_dataclass() -> None:
    twin = real(Name)
    one, other = Name("a", parts=("b",)), twin("a", parts=("b",))
    assert repr(one) == repr(other)
    assert hash(one) == hash(other)
    assert one == Name("a", ("b",)) != Name("a")
    assert one != other
    assert Name.__match_args__ == twin.__match_args__
    assert Name.__slots__ == twin.__slots__ == ("text", "parts")
    assert not hasattr(one, "__dict__")
    assert str(inspect.signature(Name)) == str(inspect.signature(twin))
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'text'"):
        Name()  # type: ignore[call-arg]


def test_what_is_not_frozen_can_be_changed_and_not_hashed() -> None:
    point = Point(1)
    point.y = 5
    assert point.y == 5
    assert Point.__hash__ is None
    assert point == Point(1, 5, "other")
    with pytest.raises(AttributeError):
        point.z = 1  # type: ignore[attr-defined]


def test_what_is_frozen_stays() -> None:
    name = Name("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'text'"):
        name.text = "b"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'text'"):
        del name.text  # type: ignore[misc]


def test_without_eq_each_object_is_itself() -> None:
    one, other = Thing(), Thing()
    assert one != other
    assert len({one, other}) == 2


def test_a_field_that_is_not_given_is_computed() -> None:
    assert Point(1, 2).sum == 3
    assert repr(Point(1, 2, "n")) == "Point(x=1, y=2, note='n')"
    assert replace(Point(1, 2), y=5).sum == 6


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])  # noqa: S301  (our own bytes)
def test_it_is_copied_and_pickled(again) -> None:
    assert again(Name("a", ("b",))) == Name("a", ("b",))
    assert again(Point(1, 2)).sum == 3


def test_dataclasses_takes_it_for_its_own() -> None:
    assert dataclasses.is_dataclass(Name)
    assert dataclasses.is_dataclass(Name("a"))
    assert [each.name for each in dataclasses.fields(Point)] == ["x", "y", "note", "sum"]
    assert dataclasses.fields(Point)[2].metadata == {"doc": "words"}
    assert dataclasses.fields(Point)[0].default is dataclasses.MISSING
    assert dataclasses.replace(Name("a"), text="b") == Name("b")
    assert dataclasses.replace(Point(1), y=4).sum == 5
    assert dataclasses.asdict(Name("a")) == {"text": "a", "parts": ()}
    assert dataclasses.astuple(Name("a")) == ("a", ())
    assert get_type_hints(Name) == {"text": str, "parts": tuple[str, ...]}


def test_a_real_dataclass_may_inherit_from_it() -> None:
    @dataclasses.dataclass(frozen=True)
    class More(Name):
        number: int = 1

    assert More("a", (), 2).number == 2
    assert More("a") == More("a")


def test_it_is_matched() -> None:
    match Name("a", ("b",)):
        case Name(text, (first, *_)):
            assert (text, first) == ("a", "b")


def test_the_fields_of_a_real_dataclass_are_found_too() -> None:
    assert [each.name for each in fields(real(Name))] == ["text", "parts"]


def test_a_named_tuple_is_one() -> None:
    pair = Pair(1)
    assert pair == (1, "r") == TypingPair(1)
    assert repr(pair) == "Pair(left=1, right='r')"
    assert pair.both == "1r"
    assert pair._replace(right="x")._asdict() == {"left": 1, "right": "x"}
    assert pickle.loads(pickle.dumps(pair)) == copy.copy(pair) == pair  # noqa: S301  (our own bytes)
    assert not hasattr(pair, "__dict__")
    for name in ("_fields", "_field_defaults", "__match_args__", "__doc__", "__annotations__"):
        same = getattr(TypingPair, name)
        assert getattr(Pair, name) == (same if name != "__annotations__" else {"left": "int", "right": "str"})
    assert get_type_hints(Pair) == get_type_hints(TypingPair)
    assert list(inspect.signature(Pair).parameters) == ["left", "right"]
    assert (Pair.__module__, Pair.__qualname__) == (__name__, "Pair")


@pytest.mark.parametrize("node", [getattr(ir, name) for name in ir.__all__ if isinstance(getattr(ir, name), type)])
def test_every_node_of_the_ir_is_a_dataclass_or_a_named_tuple(node: type) -> None:
    assert dataclasses.is_dataclass(node) or issubclass(node, tuple)


def test_making_and_using_one_imports_no_dataclasses() -> None:
    code = """
import sys
from headerkit import ir
assert ir.Pointer(ir.Builtin("int")) == ir.Pointer(ir.Builtin("int"))
assert repr(ir.Field("a", ir.Builtin("int"), 0)) and hash(ir.Tag("struct a"))
print({"dataclasses", "inspect"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_class_that_would_lose_the_fields_of_another_is_refused():
    @dataclass(slots=True)
    class Base:
        a: int

    with pytest.raises(TypeError, match="fields are not inherited here"):

        @dataclass(slots=True)
        class _Derived(Base):
            b: int
