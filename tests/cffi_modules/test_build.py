from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headerkit.cffi_modules import compile_module, compile_modules
from headerkit.cffi_modules.abi import limited_api
from headerkit.errors import CompileError


def load(path: str, name: str = "pkg._twice"):
    """The module at `path`, loaded anew."""
    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def twice_of_21(path: str) -> str:
    """What another process says: a module that was replaced on disk cannot be loaded twice into one."""
    code = (
        "import importlib.util, sys; spec = importlib.util.spec_from_file_location('pkg._twice', sys.argv[1]);"
        "m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m); print(m.lib.twice(21), m.lib.DEPTH)"
    )
    return subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True).stdout.strip()


def test_a_module_is_compiled_and_works_and_prints_nothing(module, project, capfd):
    built = compile_module(module, str(project / "build"), root=str(project))
    assert built.compiled
    assert capfd.readouterr() == ("", "")
    lib = load(built.path).lib
    assert (lib.twice(21), lib.DEPTH) == (42, 2)


def test_nothing_is_compiled_when_nothing_changed(module, project, monkeypatch):
    first = compile_module(module, str(project / "build"), root=str(project))
    monkeypatch.setenv("PATH", "")
    again = compile_module(module, str(project / "build"), root=str(project))
    assert (again.path, again.compiled) == (first.path, False)


def test_another_environment_compiles_again_only_if_it_holds_headers(module, project, monkeypatch):
    compile_module(module, str(project / "build"), root=str(project))
    environment = project / "isolated"
    (environment / "include" / "python3").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(environment))
    monkeypatch.setattr(sys, "exec_prefix", str(environment))
    assert not compile_module(module, str(project / "build"), root=str(project)).compiled
    (environment / "include" / "depth.h").write_text("")
    assert compile_module(module, str(project / "build"), root=str(project)).compiled


def test_an_edited_transitive_header_compiles_again(module, project):
    compile_module(module, str(project / "build"), root=str(project))
    (project / "include" / "depth.h").write_text("#define DEPTH 3\n")
    again = compile_module(module, str(project / "build"), root=str(project))
    assert again.compiled
    assert twice_of_21(again.path) == "63 3"


@pytest.mark.parametrize(
    ("fields", "environment"),
    [({"define_macros": (("EXTRA", "1"),)}, {}), ({"extra_compile_args": ("-O1",)}, {}), ({}, {"CFLAGS": "-O1"})],
    ids=["macros", "arguments", "CFLAGS"],
)
def test_other_flags_compile_again(changed, project, monkeypatch, fields, environment):
    compile_module(changed(), str(project / "build"), root=str(project))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert compile_module(changed(**fields), str(project / "build"), root=str(project)).compiled


def test_a_removed_or_damaged_extension_is_made_again(module, project):
    first = compile_module(module, str(project / "build"), root=str(project))
    with open(first.path, "ab") as file:
        file.write(b"x")
    assert compile_module(module, str(project / "build"), root=str(project)).compiled
    os.remove(first.path)
    assert compile_module(module, str(project / "build"), root=str(project)).compiled


def test_cc_may_be_a_launcher_with_a_compiler(module, project, monkeypatch):
    launcher = project / "launcher"
    launcher.write_text('#!/bin/sh\necho "$@" >> "$0.log"\nexec "$@"\n')
    launcher.chmod(0o755)
    link = project.parent / "launch"
    link.symlink_to(launcher)
    monkeypatch.setenv("CC", f"{link} gcc")
    assert compile_module(module, str(project / "build"), root=str(project)).compiled
    assert "gcc" in (project.parent / "launch.log").read_text()


def test_two_builds_at_once_compile_once_and_agree(module, project):
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(compile_module, module, str(project / "build"), root=str(project)) for _ in range(2)]
    built = [job.result() for job in jobs]
    assert sorted(each.compiled for each in built) == [False, True]
    assert built[0].path == built[1].path


def test_several_modules_are_compiled_in_their_order(changed, project):
    modules = [changed(module=f"pkg._m{number}") for number in range(3)]
    built = compile_modules(modules, str(project / "build"), root=str(project))
    assert [each.module.module for each in built] == ["pkg._m0", "pkg._m1", "pkg._m2"]
    assert [load(each.path, each.module.module).lib.DEPTH for each in built] == [2, 2, 2]


def test_a_module_includes_another_ones_types(changed, project):
    base = changed()
    (project / "more.cdef.txt").write_text("int first_of(struct pair *pair);\n")
    (project / "more.c").write_text('#include "twice.h"\nint first_of(struct pair *pair) { return pair->first; }\n')
    more = changed(
        module="pkg._more",
        cdef=str(project / "more.cdef.txt"),
        csrc="#include <twice.h>\nint first_of(struct pair *pair);\n",
        sources=(str(project / "more.c"),),
        includes=("pkg._twice",),
    )
    package = project / "out" / "pkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    for built in compile_modules([base, more], str(project / "build"), root=str(project)):
        os.rename(built.path, package / os.path.basename(built.path))
    code = "from pkg._more import ffi, lib; print(lib.first_of(ffi.new('struct pair *', [7, 8])))"
    done = subprocess.run([sys.executable, "-c", code], cwd=project / "out", capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"


def test_the_stable_abi_is_in_the_name_and_in_the_symbols(changed, project):
    module = changed(abi3="3.10")
    built = compile_module(module, str(project / "build"), root=str(project))
    assert limited_api(module) == "3.10"
    assert built.path.endswith("_twice.abi3.so")
    assert twice_of_21(built.path) == "42 2"


def test_an_abi_newer_than_the_interpreter_falls_back_to_its_own(changed, project):
    module = changed(abi3="3.99")
    built = compile_module(module, str(project / "build"), root=str(project))
    assert limited_api(module) == ""
    assert ".abi3." not in built.path


def test_compiling_twice_gives_the_same_bytes(module, project):
    first = compile_module(module, str(project / "build"), root=str(project))
    data = Path(first.path).read_bytes()
    os.remove(first.path)
    second = compile_module(module, str(project / "build"), root=str(project))
    assert Path(second.path).read_bytes() == data


def test_the_stamp_names_the_headers_that_were_read(module, project):
    compile_module(module, str(project / "build"), root=str(project))
    stamp = json.loads((project / "build" / "pkg._twice" / "stamp.json").read_text())
    ours = sorted(os.path.relpath(path, project) for path in stamp["files"] if path.startswith(str(project)))
    assert ours == ["include/depth.h", "include/twice.h", "twice.c"]


FAILURES = {
    "source": (
        {"twice.c": "int twice(int value) { return value +; }\n"},
        {},
        "pkg._twice: twice.c:1:38: error: expected expression before",
        "the compiler's own words stand above",
    ),
    "header": (
        {"twice.c": "#include <gone/away.h>\n"},
        {},
        "pkg._twice: twice.c:1:10: fatal error: gone/away.h: No such file or directory",
        "no include directory holds gone/away.h",
    ),
    "library": (
        {},
        {"libraries": ("headerkit-gone",)},
        "cannot find -lheaderkit-gone",
        "the library headerkit-gone is not installed where the linker looks",
    ),
    "missing source": ({}, {"sources": ("/nowhere/gone.c",)}, "gone.c: no such file", "`sources`"),
    "mismatch": (
        {"include/twice.h": "struct pair { long first; int second; };\nlong twice(long, long);\n", "twice.c": ""},
        {},
        "error: too few arguments to function",
        "the cdef and the headers that the compiler sees differ",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_says_what_the_compiler_said_and_the_likely_cause(changed, project, capfd, name):
    files, fields, message, cause = FAILURES[name]
    for path, text in files.items():
        (project / path).write_text(text)
    with pytest.raises(CompileError) as caught:
        compile_module(changed(**fields), str(project / "build"), root=str(project))
    assert message in caught.value.message.splitlines()[0]
    assert caught.value.cause.startswith(cause)
    assert caught.value.hint
    assert "Traceback" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_compiler_that_does_not_exist_is_named(module, project, monkeypatch):
    monkeypatch.setenv("CC", "headerkit-no-such-compiler")
    with pytest.raises(CompileError) as caught:
        compile_module(module, str(project / "build"), root=str(project))
    assert "headerkit-no-such-compiler" in caught.value.message
    assert caught.value.cause == "there is no C compiler, or CC names one that does not exist"


def test_a_failed_compile_is_tried_again(module, project):
    (project / "twice.c").write_text("#error no\n")
    with pytest.raises(CompileError):
        compile_module(module, str(project / "build"), root=str(project))
    (project / "twice.c").write_text('#include "twice.h"\nint twice(int value) { return DEPTH * value; }\n')
    assert compile_module(module, str(project / "build"), root=str(project)).compiled


def test_the_project_lends_the_compiling_process_no_modules(module, project):
    for name in ("json", "setuptools", "cffi", "headerkit", "distutils"):
        (project / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
    assert compile_module(module, str(project / "build"), root=str(project)).compiled
