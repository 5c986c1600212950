from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from headerkit.errors import SettingsError, WriterError
from headerkit.ir import Header
from headerkit.ir_json import load
from headerkit.writers import _BUILTIN, get_writer, register_writer, writer_class, writer_facts, writer_names
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


def test_a_writer_without_options_takes_none() -> None:
    with pytest.raises(SettingsError, match=r"writer\.json\.indent: no such option; there are none"):
        get_writer("json", {"indent": 2})


def test_the_json_writer_writes_the_ir_itself() -> None:
    output = get_writer("json").write(EMPTY)
    assert isinstance(output, Output)
    assert load(output.text) == EMPTY
