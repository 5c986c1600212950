"""Header text cannot become cdef text: comments, names, strings and the words of the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cffi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headerkit.ir import (
    Alias,
    Builtin,
    Enum,
    Enumerator,
    Field,
    Function,
    FunctionType,
    Header,
    Macro,
    Pointer,
    Record,
    Tag,
    Typedef,
    Variable,
)
from headerkit.writers import get_writer
from headerkit.writers.c_text import comment, is_plain_name, one_line, quote

if TYPE_CHECKING:
    from headerkit.writers.protocol import Output

HOSTILE = st.text(st.sampled_from("*/\\\n\r\"'?#;{}(),.= \tab_1\u202e\u2066\u2028\x00\x1bé$@"), max_size=24)
SIZES = {"int": (4, 4), "unsigned int": (4, 4), "char": (1, 1), "*": (8, 8)}


def hostile_header(name: str, doc: str, value: str) -> Header:
    integer = Builtin("int")
    declarations = (
        Record(f"struct:{name}", "struct", name, (Field(name, integer, 0, doc=doc),), 4, 4, doc=doc),
        Record("struct:@0", "struct", "", (Field("x", integer, 0),), 4, 4, typedef=f"{name}_r", doc=doc),
        Enum("enum:e", name, (Enumerator(f"{name}_e", 3, doc=doc),), Builtin("unsigned int"), 4, 4, doc=doc),
        Typedef(f"{name}_t", Pointer(Tag(f"struct:{name}")), 8, 8, doc=doc),
        Function("f", FunctionType(integer, (Alias(f"{name}_t"), integer)), (name, f"{name}_t"), doc=doc),
        Function(f"{name}_f", FunctionType(integer, ()), (), doc=doc),
        Variable(f"{name}_v", integer, doc=doc),
        Function("last", FunctionType(integer, ()), ()),
    )
    macros = (
        Macro(f"{name}_m", "int", 1, integer, body=value, doc=doc),
        Macro("STRING", "string", value, doc=doc),
        Macro("OTHER", "other", body=value, reason=value),
        Macro("LAST", "int", 1, integer),
    )
    return Header(value, "x86_64-unknown-linux-gnu", declarations, macros, (value,), (0,), SIZES)


@given(HOSTILE.filter(bool), HOSTILE, HOSTILE, st.sampled_from(["api", "abi"]))
def test_no_text_of_a_header_reaches_cffi_as_a_declaration(name: str, doc: str, value: str, mode: str) -> None:
    """Whatever stands in names and comments, cffi sees the plainly named declarations and no other one."""
    writer = get_writer("cffi", {"mode": mode, "comments": True})
    output: Output = writer.write(hostile_header(name, doc, value))  # type: ignore[assignment]
    ffi = cffi.FFI()
    ffi.cdef(output.text)
    declared = {key.split(" ", 1)[1] for key in ffi._parser._declarations}
    made = {name, *(f"{name}_{kind}" for kind in "retfvm")}
    allowed = {"last", "f", "LAST", "STRING"} | {entry for entry in made if is_plain_name(entry)}
    assert {entry for entry in declared if "$" not in entry} <= allowed
    assert {"last", "LAST"} <= declared
    assert output.text.isprintable() or all(char == "\n" or char.isprintable() for char in output.text)


@given(HOSTILE)
def test_a_comment_ends_where_it_should(text: str) -> None:
    written = comment(text, "  ")
    assert written.count("*/") == (1 if written else 0)
    assert not written or written.endswith("*/\n")
    assert "\n" not in one_line(text)
    assert "*/" not in one_line(text)


def test_comments_keep_their_text_and_their_lines() -> None:
    assert comment("") == ""
    assert comment("  one line ") == "/* one line */\n"
    assert comment("\nfirst\n\n  second */ int x;\n", "    ") == (
        "    /*\n     * first\n     *\n     *   second * / int x;\n     */\n"
    )
    assert comment("turned \u202e round") == "/* turned <U+202E> round */\n"
    assert comment("café\n") == "/* café */\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [("plain", '"plain"'), ('a"b\\c', '"a\\042b\\134c"'), ("??/\n", '"\\077\\077/\\012"'), ("\xff0", '"\\3770"')],
)
def test_strings_are_quoted_for_c(value: str, text: str) -> None:
    assert quote(value) == text


def test_a_string_of_more_than_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="not a byte"):
        quote("\u202e")
