"""C99's inline definitions in compiled modules: callable whatever the compiler inlines and whoever has the symbol."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from headerkit.backends import get_backend
from headerkit.cffi_modules import compile_module
from headerkit.plan import CffiModule
from headerkit.target import host_target
from headerkit.unit import IncludeDir, Unit
from headerkit.writers.cffi import CffiWriter

HEADER = """
int base(void);
inline int twice(int x) { return 2 * x; }
inline int with_base(int x) { return twice(x) + base(); }
static inline int plain(int x) { return with_base(x); }
extern inline int emitted(int x) { return x + 7; }
inline __attribute__((gnu_inline)) int old_emitted(int x) { return x + 8; }
extern inline __attribute__((gnu_inline)) int old_library(int x) { return x + 9; }
inline __attribute__((always_inline)) int always(int x) { return x + 10; }
inline int bodiless(int x);
#define masked(x) nowhere(x)
inline int (masked)(int x) { return x + 12; }
inline int unlinkable(int x);
inline int excluded(int x) { return unlinkable(x); }
"""
LIBRARY = """
int base(void) { return 100; }
int old_library(int x) { return x + 9; }
int bodiless(int x) { return x + 11; }
"""
SYMBOLS = """
int base(void);
int twice(int x) { return 2 * x; }
int with_base(int x) { return twice(x) + base(); }
"""
NAMES = ("twice", "with_base", "plain", "emitted", "old_emitted", "old_library", "always", "bodiless", "masked")
RESULTS = "2 102 102 8 9 10 11 12 13"


def compilers() -> list[str]:
    found = [name for name in ("gcc", "clang") if shutil.which(name)]
    zig = Path(sys.executable).with_name("python-zig")
    return [*found, f"{zig} cc -fno-sanitize=all"] if zig.exists() else found


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def cdef_of(header: str, folder: Path) -> str:
    (folder / "calc.h").write_text(header)
    unit = Unit(str(folder), "calc.h", host_target(), path=str(folder / "calc.h"))
    writer = CffiWriter(CffiWriter.Options(exclude_patterns=("^excluded$", "^unlinkable$")))
    return writer.write(get_backend("libclang").parse(unit).header).text


@pytest.fixture
def module(tmp_path: Path) -> CffiModule:
    (tmp_path / "calc.cdef.txt").write_text(cdef_of(HEADER, tmp_path))
    (tmp_path / "calc.c").write_text(LIBRARY)
    (tmp_path / "symbols.c").write_text(SYMBOLS)
    return CffiModule(
        module="_calc",
        cdef=str(tmp_path / "calc.cdef.txt"),
        csrc="#include <calc.h>",
        sources=(str(tmp_path / "calc.c"),),
        include_dirs=(IncludeDir(".", str(tmp_path)),),
    )


def results(module: CffiModule, folder: Path) -> str:
    """What each function returns for 1, called in a process of its own."""
    built = compile_module(module, str(folder / "build"), root=str(folder))
    calls = f"from _calc import lib; print(*[getattr(lib, name)(1) for name in {NAMES}])"
    return run(sys.executable, "-c", calls, folder=Path(built.path).parent)


@pytest.mark.parametrize("optimization", ["-O0", "-O2"])
@pytest.mark.parametrize("compiler", compilers(), ids=lambda command: Path(command.split()[0]).name)
@pytest.mark.parametrize("symbols", ["nowhere", "in the module", "in a shared library"])
def test_inline_definitions_can_be_called(module, tmp_path, monkeypatch, compiler, optimization, symbols):
    monkeypatch.setenv("CC", compiler)
    # The build's own flags do not end in -O0.
    module = module._replace(extra_compile_args=(optimization,))
    if symbols == "in the module":
        module = module._replace(sources=(*module.sources, str(tmp_path / "symbols.c")))
    elif symbols == "in a shared library":
        run(*compiler.split(), "-shared", "-fPIC", "-o", "libcalc.so", "calc.c", "symbols.c", folder=tmp_path)
        link = (f"-Wl,-rpath,{tmp_path}",)
        module = module._replace(sources=(), libraries=("calc",), library_dirs=(str(tmp_path),), extra_link_args=link)
    assert results(module, tmp_path) == RESULTS


def test_only_inline_definitions_that_are_bound_get_symbols(module):
    text = Path(module.cdef).read_text()
    assert "/* Inline definitions: twice with_base old_emitted always masked */\n" in text


def test_a_header_without_inline_definitions_has_no_line_of_them(tmp_path):
    assert "nline" not in cdef_of("static inline int one(void) { return 1; }\nextern inline int two(void);", tmp_path)
