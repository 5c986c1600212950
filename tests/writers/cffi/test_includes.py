"""One module that uses another's types (`ffi.include`), and one module of several headers."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING, Any

import cffi
from cffi import recompiler

from headerkit.backends import get_backend
from headerkit.target import host_target
from headerkit.unit import IncludeDir, Unit

from .conftest import compile_module, write

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BASE = """
#ifndef BASE_H
#define BASE_H
#include <time.h>
typedef struct base_point { int x, y; } base_point;
typedef enum { BASE_ON = 1, BASE_OFF } base_state;
typedef struct base_opaque base_opaque;
static inline base_point base_at(int x, time_t when) { base_point p = { x, (int)when }; return p; }
#endif
"""
TOP = """
#include "base.h"
typedef struct top_box { base_point corner; base_state state; time_t made; base_opaque *inner; } top_box;
static inline int top_sum(const top_box *box, base_point p) { return box->corner.x + p.y + box->state; }
"""


def _umbrella(folder: Path, code: str, owned: str, **options: object) -> str:
    places = (IncludeDir(str(folder), str(folder)),)
    unit = Unit(root=str(folder), header="all.h", target=host_target(), code=code, owned=(owned,), include_dirs=places)
    return write(get_backend("libclang").parse(unit).header, **options).text


def _build(name: str, cdef: str, csrc: str, folder: Path, *included: cffi.FFI) -> cffi.FFI:
    ffi = cffi.FFI()
    for other in included:
        ffi.include(other)
    ffi.cdef(cdef)
    ffi.set_source(name, csrc)
    with contextlib.redirect_stdout(io.StringIO()):
        recompiler.make_c_source(ffi, name, csrc, str(folder / f"{name}.c"))
    include = [f"-I{sysconfig.get_paths()['include']}", f"-I{folder}"]
    command = ["gcc", "-shared", "-fPIC", "-w", *include, "-o", str(folder / f"{name}.so"), str(folder / f"{name}.c")]
    subprocess.run(command, check=True)
    return ffi


def _load(name: str, folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.so")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_module_uses_the_types_of_one_that_it_includes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base.h").write_text(BASE)
    (tmp_path / "top.h").write_text(TOP)
    base = _umbrella(tmp_path, '#include "base.h"\n', "**/base.h")
    top = _umbrella(tmp_path, '#include "top.h"\n', "**/top.h", included_patterns=["^base_", "^time_t$"])
    assert "base_point {" in base
    assert "struct base_point" not in top
    below = _build("_hk_base", base, '#include "base.h"', tmp_path)
    _build("_hk_top", top, '#include "top.h"', tmp_path, below)
    monkeypatch.syspath_prepend(str(tmp_path))
    lower, upper = _load("_hk_base", tmp_path), _load("_hk_top", tmp_path)
    try:
        point = lower.lib.base_at(3, 4)
        box = upper.ffi.new("top_box *", {"corner": point, "state": lower.lib.BASE_OFF, "made": 5})
        assert upper.lib.top_sum(box, point) == 9
    finally:
        del sys.modules["_hk_base"], sys.modules["_hk_top"]


def test_several_headers_make_one_module(tmp_path: Path) -> None:
    (tmp_path / "base.h").write_text(BASE)
    (tmp_path / "top.h").write_text(TOP)
    code = '#include "top.h"\n#include "base.h"\n'
    made = compile_module(_umbrella(tmp_path, code, f"{tmp_path}/**"), code, tmp_path)
    assert made.lib.top_sum(made.ffi.new("top_box *", {"corner": (1, 2), "state": 1}), (3, 4)) == 6
