"""Headers bound for real: parsed by libclang, written, accepted by cffi, compiled by gcc, imported."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import itertools
import os
import subprocess
import sysconfig
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cffi
import pytest
from cffi import recompiler

from headerkit.backends import get_backend
from headerkit.target import host_target
from headerkit.unit import IncludeDir, Unit
from headerkit.writers import get_writer
from headerkit.writers.protocol import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from headerkit.ir import Header
    from headerkit.writers.protocol import LedgerEntry

_numbers = itertools.count()


@dataclass
class Bound:
    """A compiled module, and what it was compiled from."""

    ffi: Any
    lib: Any
    text: str
    ledger: tuple[LedgerEntry, ...]

    def fate(self, name: str, kind: str = "") -> str:
        """`fate: reason` of the one declaration of that name (and kind)."""
        (entry,) = [entry for entry in self.ledger if entry.name == name and kind in ("", entry.kind)]
        return f"{entry.fate}: {entry.reason}".rstrip(": ")


def parse(
    header: str, folder: Path, *, name: str = "lib.h", owned: tuple[str, ...] = (), flags: Sequence[str] = ()
) -> Header:
    """The IR of a header with this text; where `owned` is given, of an umbrella with it."""
    if owned:
        places = tuple(IncludeDir(flag[2:], flag[2:]) for flag in flags if flag.startswith("-I"))
        unit = Unit(root=str(folder), header=name, target=host_target(), code=header, owned=owned, include_dirs=places)
    else:
        path = folder / name
        path.write_text(header, encoding="utf-8")
        unit = Unit(root=str(folder), header=name, target=host_target(), path=str(path))
    return get_backend("libclang").parse(unit).header


def write(header: Header, **options: object) -> Output:
    output = get_writer("cffi", options).write(header)
    assert isinstance(output, Output)
    return output


def compile_module(cdef: str, source: str, folder: Path, flags: Sequence[str] = ()) -> Any:
    """Compile a cdef in API mode, warnings about types being errors, and import it."""
    name = f"bound_{os.getpid()}_{next(_numbers)}"
    ffi = cffi.FFI()
    ffi.cdef(cdef)
    ffi.set_source(name, source)
    c_file, module = folder / f"{name}.c", folder / f"{name}.so"
    with contextlib.redirect_stdout(io.StringIO()):
        recompiler.make_c_source(ffi, name, source, str(c_file))
    strict = ["-Werror=incompatible-pointer-types", "-Werror=int-conversion", "-Werror=implicit-function-declaration"]
    include = sysconfig.get_paths()["include"]
    command = [
        "gcc",
        "-shared",
        "-fPIC",
        "-O0",
        "-w",
        *strict,
        f"-I{include}",
        f"-I{folder}",
        "-o",
        str(module),
        str(c_file),
    ]
    run = subprocess.run([*command, *flags], capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{run.stderr[:3000]}\n{cdef}"
    spec = importlib.util.spec_from_file_location(name, module)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def bind(tmp_path: Path) -> Callable[..., Bound]:
    """Bind a header's text: `bind(text, source=C code behind the #include, **options)`."""

    def make(header: str, source: str = "", flags: Sequence[str] = (), **options: object) -> Bound:
        output = write(parse(header, tmp_path), **options)
        module = compile_module(output.text, f'#include "lib.h"\n{source}', tmp_path, flags)
        return Bound(module.ffi, module.lib, output.text, output.ledger)

    return make


@pytest.fixture
def bind_library(tmp_path: Path) -> Callable[..., Bound]:
    """Bind an installed library: its include lines, what is its own, and what to link."""

    def make(code: str, owned: Sequence[str], flags: Sequence[str], **options: object) -> Bound:
        output = write(parse(code, tmp_path, name="umbrella.h", owned=tuple(owned), flags=flags), **options)
        module = compile_module(output.text, code, tmp_path, flags)
        return Bound(module.ffi, module.lib, output.text, output.ledger)

    return make


@pytest.fixture
def cdef(tmp_path: Path) -> Callable[..., Output]:
    """Write the cdef of a header's text; cffi must accept it."""

    def make(header: str, **options: object) -> Output:
        output = write(parse(header, tmp_path), **options)
        cffi.FFI().cdef(output.text)
        return output

    return make
