"""A module's C source: what cffi emits for a cdef (its `cffi-gen-src` does the same work for one file).

The text depends on the interpreter (cffi asks whether it is free-threaded), so it is made at build time, not stored.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from typing import TYPE_CHECKING

from headerkit.errors import CompileError, HeaderNotFoundError
from headerkit.replacing import write_if_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cffi import FFI

    from headerkit.plan import CffiModule

__all__ = ["emit", "read_cdef", "write_source"]

_POSITION = re.compile(r"<cdef source string>:(\d+)(?::\d+)?")


def write_source(
    module: CffiModule, out: str, *, known: Mapping[str, CffiModule] | None = None, depfile: str = ""
) -> bool:
    """Write the module's C source to `out`, with LF line ends, if its bytes differ; say whether they did.

    `known` holds the other modules of the project by name, for `includes`. `depfile` is a Makefile rule to write
    beside it that names the cdefs read. Raises CompileError where cffi refuses a cdef.
    """
    text = emit(module, known or {})
    if depfile:
        cdefs = [module.cdef, *((known or {})[name].cdef for name in module.includes)]
        rule = " ".join([f"{_escape(out)}:", *map(_escape, cdefs)])
        write_if_changed(depfile, f"{rule}\n".encode())
    return write_if_changed(out, text.encode("utf-8", "surrogateescape"))


def emit(module: CffiModule, known: Mapping[str, CffiModule]) -> str:
    """The module's C source as text."""
    ffi = _ffi(module, known, ())
    out = io.StringIO()
    # cffi announces what it generates on standard output, which belongs to the host.
    with contextlib.redirect_stdout(io.StringIO()):
        ffi.emit_c_code(out)
    return out.getvalue().replace("\r\n", "\n")


def read_cdef(module: CffiModule) -> str:
    """The text of the module's cdef. Raises HeaderNotFoundError where the file is missing."""
    try:
        with open(module.cdef, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except FileNotFoundError:
        msg = f"{module.module}: its cdef does not exist: {module.cdef}"
        raise HeaderNotFoundError(msg, hint="headerkit, which writes it from the headers") from None


def _ffi(module: CffiModule, known: Mapping[str, CffiModule], seen: tuple[str, ...]) -> FFI:
    try:
        from cffi import FFI, CDefError, FFIError  # noqa: PLC0415  imported only where something is compiled
    except ImportError as error:
        msg = f"{module.module}: compiling a cffi module needs cffi, and {sys.executable} has none: {error}"
        raise CompileError(msg, hint='pip install "cffi>=2.1"   (a build: add it to build-system.requires)') from error
    from headerkit.writers.cffi.inline import inline_definitions_code  # noqa: PLC0415  (likewise)

    ffi = FFI()
    for name in module.includes:
        if name in seen or name == module.module:
            msg = f"{module.module}: includes itself through {name}"
            raise CompileError(msg, hint="remove one of the two from `includes`")
        if name not in known:
            msg = f"{module.module}: includes {name}, which is not a cffi module of this project"
            raise CompileError(msg, hint=f"add a [[tool.headerkit.cffi]] table with module = {name!r}")
        ffi.include(_ffi(known[name], known, (*seen, module.module)))
    text = read_cdef(module)
    csrc = module.csrc
    if symbols := inline_definitions_code(text):
        csrc = f"{csrc}\n{symbols}"
    try:
        ffi.cdef(text)
        ffi.set_source(module.module, csrc)
    except (CDefError, FFIError, NotImplementedError) as error:
        raise _refused(module, error) from error
    return ffi


def _refused(module: CffiModule, error: Exception) -> CompileError:
    said = str(error).strip()
    found = _POSITION.search(said)
    where = f"{module.cdef}:{found[1]}" if found else module.cdef
    said = _POSITION.sub(where.replace("\\", r"\\"), said)
    msg = f"{module.module}: cffi refuses the cdef {where}\n  {said.replace(chr(10), chr(10) + '  ')}"
    return CompileError(
        msg,
        cause="a line of extra_cdef, or of a cdef written by hand, is not what cffi reads",
        hint="correct that line, or leave the declaration out with [tool.headerkit.rules] block",
    )


def _escape(path: str) -> str:
    return path.replace("$", "$$").replace("#", r"\#").replace(" ", r"\ ")
