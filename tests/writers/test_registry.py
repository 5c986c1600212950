from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Literal, Optional

import pytest

from headerkit.errors import SettingsError, WriterError
from headerkit.ir import Header
from headerkit.ir_json import load
from headerkit.writers import _BUILTIN, get_writer, register_writer, writer_class, writer_facts, writer_names
from headerkit.writers.options import read_option_text, read_options
from headerkit.writers.protocol import Output

EMPTY = Header("a.h", "t", (), (), (), (), {})


class Upper:
    """A writer as another distribution would bring one."""

    name = "upper"
    format_description = "names in capitals"
    suffix = ".up"

    @dataclasses.dataclass(frozen=True)
    class Options:
        greeting: str = "hello"
        times: int = 1

    def __init__(self, options: Options) -> None:
        self.options = options

    def write(self, header: Header) -> str:
        return f"{self.options.greeting * self.options.times} {header.name.upper()}\n"


@pytest.fixture
def upper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headerkit.writers._registered", {})
    register_writer("upper", Upper)


def test_our_own_writers_are_known_by_name() -> None:
    assert {"cffi", "json"} <= set(writer_names())
    assert writer_names() == tuple(sorted(writer_names()))


@pytest.mark.parametrize("name", sorted(_BUILTIN))
def test_the_facts_in_the_table_are_those_of_the_class(name: str) -> None:
    cls, facts = writer_class(name), writer_facts(name)
    assert getattr(cls, "name", name) == name
    assert getattr(cls, "suffix", ".txt") == facts.suffix
    assert getattr(cls, "cache_output", True) is facts.cache_output
    assert getattr(cls, "cache_version", "1") == facts.cache_version
    assert isinstance(get_writer(name).format_description, str)


def test_asking_for_facts_imports_no_writer() -> None:
    code = (
        "import sys; from headerkit.writers import writer_facts; writer_facts('cffi'); "
        "print(sorted(m for m in sys.modules if m.startswith('headerkit.writers.')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_registered_writer_is_made_with_its_options(upper: None) -> None:
    assert get_writer("upper", {"greeting": "hi", "times": 2}).write(EMPTY) == "hihi A.H\n"
    assert writer_facts("upper").suffix == ".up"
    assert writer_facts("upper").cache_output is True
    with pytest.raises(SettingsError, match=r"writer\.upper\.times: expected an integer, got True"):
        get_writer("upper", {"times": True})


def test_an_unknown_writer_is_named_with_its_neighbour() -> None:
    with pytest.raises(WriterError) as caught:
        get_writer("cfi")
    assert str(caught.value) == "there is no writer 'cfi'\n  try:   did you mean 'cffi'?"


@dataclasses.dataclass(frozen=True)
class Every:
    """An option of each type."""

    flag: bool = False
    count: int = 1
    scale: float = 1.0
    name: str = ""
    kind: Literal["a", "b"] = "a"
    words: tuple[str, ...] = ()
    maybe_flag: bool | None = None
    maybe_count: int | None = None
    maybe_scale: Optional[float] = None  # noqa: UP045  (the older way to say it)
    maybe_name: str | None = None
    maybe_kind: Literal["a", "b"] | None = None
    maybe_words: tuple[str, ...] | None = None


RIGHT = [
    ("flag", True, True, "true"),
    ("count", 3, 3, "3"),
    ("scale", 2.5, 2.5, "2.5"),
    ("scale", 2, 2.0, "2"),
    ("name", "2.5", "2.5", "2.5"),
    ("kind", "b", "b", "b"),
    ("words", ["a", "b"], ("a", "b"), '["a", "b"]'),
    ("words", "a", ("a",), "a"),
]
WRONG = [
    ("flag", 1, "true or false", "1"),
    ("flag", "yes", "true or false", "yes"),
    ("count", 2.5, "an integer", "2.5"),
    ("count", True, "an integer", "true"),
    ("scale", "2.5", "a number", '"2.5"'),
    ("scale", True, "a number", "true"),
    ("name", 3, "a string", None),
    ("kind", "c", "one of 'a', 'b'", None),
    ("words", [1], "a list of strings", "[1]"),
]


@pytest.mark.parametrize(("name", "value", "meant", "text"), RIGHT)
def test_an_option_is_read_as_its_type_says(name: str, value: object, meant: object, text: str) -> None:
    for field in (name, f"maybe_{name}"):
        for given in (value, read_option_text(Every, field, text)):
            made = getattr(read_options(Every, {field: given}, writer="every"), field)
            assert (made, type(made)) == (meant, type(meant))
    assert getattr(read_options(Every, {f"maybe_{name}": None}, writer="every"), f"maybe_{name}") is None


@pytest.mark.parametrize(("name", "value", "expected", "text"), WRONG)
def test_an_option_of_another_type_is_refused(name: str, value: object, expected: str, text: str | None) -> None:
    for field in (name, f"maybe_{name}"):
        with pytest.raises(SettingsError) as caught:
            read_options(Every, {field: value}, writer="every")
        assert caught.value.message == f"writer.every.{field}: expected {expected}, got {value!r}"
        if text is not None:
            with pytest.raises(ValueError, match=f"expected {expected}, got "):
                read_option_text(Every, field, text)
    with pytest.raises(SettingsError, match=f"expected {expected}, got None"):
        read_options(Every, {name: None}, writer="every")


@pytest.mark.parametrize("hint", [dict, list[str], tuple[int, ...], int | str, Literal[1], bytes, None])
def test_a_field_of_a_type_that_no_option_has_is_named(hint: object) -> None:
    cls = dataclasses.make_dataclass("Odd", [("good", int, 1), ("strange", hint, None)], frozen=True)
    assert read_options(cls, {"good": 2}, writer="odd").good == 2
    for read in (
        lambda: read_options(cls, {"strange": "x"}, writer="odd"),
        lambda: read_option_text(cls, "strange", "x"),
    ):
        with pytest.raises(TypeError, match=r"Odd\.strange: .* is no type of an option; these are: bool, int, float"):
            read()


def test_a_writer_without_options_takes_none() -> None:
    with pytest.raises(SettingsError, match=r"writer\.json\.indent: no such option; there are none"):
        get_writer("json", {"indent": 2})


def test_the_json_writer_writes_the_ir_itself() -> None:
    output = get_writer("json").write(EMPTY)
    assert isinstance(output, Output)
    assert load(output.text) == EMPTY
