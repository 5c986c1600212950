"""What a header's text may do in the outputs of the writers: nothing."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headerkit import ir
from headerkit.diff import compare, render
from headerkit.writers import get_writer

if TYPE_CHECKING:
    from pathlib import Path

_PAYLOADS = (
    "\n    int injected(int)\n",
    "\rcdef int injected",
    '"\n    int injected\n',
    "]==] injected = 1 --[==[",
    "*/ int injected(void); /*",
    "\u2028int injected\u2029",
    "\\\nint injected",
    "name\x0bint injected",
    "`|`\n\n# injected",
    '"); injected = 1 --',
)
HOSTILE = st.sampled_from(_PAYLOADS) | st.text(
    st.sampled_from("*/\\\n\r\"'?#;{}[]=(),. \tab_1\u202e\u2066\u2028\x00\x1bé$@`|"), max_size=16
)
INT = ir.Builtin("int")
SIZES = {
    f"{sign}{kind}": (size, size)
    for kind, size in (("char", 1), ("short", 2), ("long", 8), ("long long", 8))
    for sign in ("", "signed ", "unsigned ")
} | {"_Bool": (1, 1), "float": (4, 4), "double": (8, 8), "long double": (16, 16)}
NO_NAME = HOSTILE.filter(lambda name: not name.isidentifier())
"""C allows one thing of a name: what is a name would be declared three times here."""


def hostile_header(name: str, doc: str, value: str) -> ir.Header:
    spot = {"doc": doc, "attributes": (ir.Attribute("deprecated", value),)}
    declarations = (
        ir.Record("r", "struct", name, (ir.Field(name, INT, 0, doc=doc),), 4, 4, **spot),
        ir.Record("a", "struct", "", (ir.Field("x", INT, 0),), 4, 4, typedef=name, **spot),
        ir.Record("o", "struct", "outer", (ir.Field(name, ir.Tag("n"), 0), ir.Field("y", INT, 32)), 8, 4),
        ir.Record("n", "struct", "", (ir.Field("z", INT, 0),), 4, 4, parent="o"),
        ir.Enum("e", name, (ir.Enumerator(name, 3, doc=doc),), ir.Builtin("unsigned int"), 4, 4, **spot),
        ir.Typedef(name, ir.Pointer(ir.Tag("r")), 8, 8, **spot),
        ir.Typedef("block", ir.Opaque(value), 8, 8),
        ir.Function("f", ir.FunctionType(INT, (ir.Alias(name), INT)), (name, name), **spot),
        ir.Function("labelled", ir.FunctionType(INT, ()), asm_label=value),
        ir.Function(name, ir.FunctionType(INT, ()), **spot),
        ir.Variable(name, INT, **spot),
        ir.Function("last", ir.FunctionType(INT, ())),
    )
    macros = (
        ir.Macro(name, "int", 1, INT, body=value, doc=doc),
        ir.Macro("STRING", "string", "".join(c for c in value if ord(c) < 256), doc=doc),
        ir.Macro("OTHER", "other", body=value, reason=value),
        ir.Macro("ALIAS", "function", alias=value),
        ir.Macro("TYPE", "type", alias=value),
    )
    sizes = {"int": (4, 4), "unsigned int": (4, 4), "*": (8, 8), **SIZES}
    return ir.Header(value, "x86_64-unknown-linux-gnu", declarations, macros, (value,), (0,), sizes, ('"sample.h"',))


def lean(count: int) -> settings:
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@lean(40)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_pxd_declares_what_the_ir_declares(tmp_path: Path, name: str, doc: str, value: str) -> None:
    pytest.importorskip("Cython")
    from Cython.Compiler import Errors  # noqa: PLC0415  (the development extra)
    from Cython.Compiler.Main import CompilationOptions, Context  # noqa: PLC0415

    writer = get_writer("cython", {"docs": True})
    (tmp_path / "hostile.pxd").write_text(writer.write(hostile_header(name, doc, value)).text, encoding="utf-8")
    Errors.init_thread()
    held = Errors.hold_errors()
    try:
        options = CompilationOptions(None, language_level=3, include_path=[str(tmp_path)])
        scope = Context.from_options(options).find_module("hostile", need_pxd=1)
    finally:
        problems = [str(error) for error in held]
        Errors.release_errors(ignore=True)
    assert not problems
    assert "injected" not in scope.entries
    assert "last" in scope.entries


@pytest.mark.skipif(not shutil.which("luajit"), reason="luajit reads what the lua writer wrote")
def test_a_lua_module_declares_what_the_ir_declares(tmp_path: Path) -> None:
    number = 0

    @lean(150)
    @given(HOSTILE, HOSTILE, HOSTILE)
    def write(name: str, doc: str, value: str) -> None:
        nonlocal number
        writer = get_writer("lua")
        text = writer.write(hostile_header(name, doc, value)).text
        text = text.replace("outer", f"outer{number}")  # one process reads them all
        (tmp_path / f"m{number}.lua").write_text(text, encoding="utf-8")
        number += 1

    write()
    # A name like `a` is declared anew by each module, which ffi refuses: that alone is no failure.
    script = """
    for i = 0, %d do
      local ok, message = pcall(require, "m" .. i)
      if not ok and not message:find("attempt to redefine") then error(message) end
      assert(injected == nil)
      assert(not pcall(function() return require("ffi").C.injected end))
    end
    """
    (tmp_path / "run.lua").write_text(script % (number - 1))
    done = subprocess.run(["luajit", "run.lua"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@lean(200)
@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from(["outline", "signatures", "full"]))
def test_a_summary_keeps_each_thing_on_its_line(name: str, doc: str, value: str, detail: str) -> None:
    plain = get_writer("prompt", {"detail": detail}).write(hostile_header("plain", "doc", "value")).text
    text = get_writer("prompt", {"detail": detail}).write(hostile_header(name, doc, value)).text
    assert all(line.isprintable() for line in text.split("\n"))
    assert abs(text.count("\n") - plain.count("\n")) <= 6  # declarations that only repeat a name are left out


@lean(100)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_comparison_keeps_each_change_on_its_line(name: str, doc: str, value: str) -> None:
    old, new = hostile_header("plain", "", "x"), hostile_header(name, doc, value)
    comparison = compare(old, new)
    text = render([comparison], "text")
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count("\n") <= len(comparison.changes) + 4
    markdown = render([comparison], "markdown")
    rows = [line for line in markdown.split("\n") if line.startswith("| `")]
    assert len(rows) == len(comparison.changes)
    assert not any(line.startswith("# ") for line in markdown.split("\n"))
    assert len(json.loads(render([comparison], "json"))["comparisons"][0]["changes"]) == len(comparison.changes)


@lean(60)
@given(NO_NAME, HOSTILE, HOSTILE)
def test_a_cdef_declares_what_the_ir_declares(name: str, doc: str, value: str) -> None:
    cffi = pytest.importorskip("cffi")
    writer = get_writer("cffi")
    ffi = cffi.FFI()
    ffi.cdef(writer.write(hostile_header(name, doc, value)).text)
    assert not [key for key in ffi._parser._declarations if "injected" in key]
    assert "function last" in ffi._parser._declarations


@pytest.mark.parametrize("name_of_writer", ["ctypes", "pyi"])
@lean(60)
@given(NO_NAME, HOSTILE, HOSTILE)
def test_a_python_module_says_what_the_ir_says(name_of_writer: str, name: str, doc: str, value: str) -> None:
    writer = get_writer(name_of_writer)
    tree = ast.parse(writer.write(hostile_header(name, doc, value)).text)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found) | ast.FunctionDef(name=found) | ast.ClassDef(name=found) | ast.arg(arg=found):
                assert found != "injected"  # it may be a part of a name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                assert "injected" not in [alias.name for alias in names]


@lean(60)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_json_keeps_each_text_in_its_string(name: str, doc: str, value: str) -> None:
    plain = json.loads(get_writer("json").write(hostile_header("plain", "doc", "value")).text)
    text = get_writer("json").write(hostile_header(name, doc, value)).text
    assert all(line.isprintable() for line in text.split("\n"))
    assert json.loads(text).keys() == plain.keys()
