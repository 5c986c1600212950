"""From what a compiler printed to an error that says what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.errors import CompileError

if TYPE_CHECKING:
    from headerkit.plan import CffiModule

__all__ = ["failure"]

_LINES = 40
_IS_ERROR = re.compile(r"\berror\b|undefined reference|cannot find|no such file|No such file", re.IGNORECASE)
_IS_COMMAND = re.compile(r"\w+Error: [Cc]ommand .* (?:returned non-zero|failed with) exit (?:status|code) \d+\.?$")
"""setuptools' last word: which command failed. The compiler said why before it."""

# What a compiler or linker says; the likely cause and the next step, with the first group filled in.
_KNOWN = (
    (
        r"Python\.h: No such file|Cannot open include file: 'Python\.h'",
        "the headers of this Python are not installed",
        "install them (Debian and Ubuntu: apt-get install python3-dev)",
    ),
    (
        r"(?:error: |')([\w./+-]+\.h)(?:'|: No such file| file not found)",
        "no include directory holds {0}",
        "add its folder to include_dirs of this [[tool.headerkit.cffi]] table, or install the library's headers",
    ),
    (
        (
            r"cannot find -l(\S+?):?(?:\s|$)|library not found for -l(\S+)|library '(\S+)' not found"
            r"|cannot open input file '(\S+?)\.lib'"
        ),
        "the library {0} is not installed where the linker looks",
        "install it with its headers, or add its folder to library_dirs",
    ),
    (
        r"undefined reference to [`']?(\w+)|Undefined symbols.*?\"_?(\w+)\"|unresolved external symbol _?(\w+)",
        "{0} is in no source and no library of this module",
        "add the C file to sources or the library to libraries of this [[tool.headerkit.cffi]] table",
    ),
    (
        r"command '[^']+' failed: No such file|^\w*Error: \[Errno 2\] No such file|Unable to find vcvarsall",
        "there is no C compiler, or CC names one that does not exist",
        "install one (Debian and Ubuntu: apt-get install gcc; Windows: the Visual Studio build tools)",
    ),
    (
        r"^(\S+): no such file$",
        "`sources` of this [[tool.headerkit.cffi]] table names it",
        "correct the path; it is relative to the project's root",
    ),
    (
        r"No module named '?(cffi|setuptools)",
        "{0} is not installed in the environment that builds",
        'pip install "headerkit[cffi]"',
    ),
)
_DIFFERENT = re.compile(r"conflicting types for|too (?:few|many) arguments to function|has no member named")
"""What a cdef that is not the header's leads to; after another error it is only what that one leads to."""


def failure(module: CffiModule, output: str) -> CompileError:
    """The error for a compile that failed with this output."""
    lines = [line.rstrip() for line in output.strip().splitlines() if line.strip()]
    if len(lines) > 1 and _IS_COMMAND.match(lines[-1]):
        lines.pop()
    first = next((line for line in lines if _IS_ERROR.search(line)), lines[-1] if lines else "no message")
    shown = lines[-_LINES:]
    if len(lines) > _LINES:
        shown = [f"... {len(lines) - _LINES} lines ...", *shown]
    msg = "\n  | ".join([f"{module.module}: {first.strip()}", *(shown if len(lines) > 1 else [])])
    for pattern, cause, hint in _KNOWN:
        found = re.search(pattern, output, re.MULTILINE | re.DOTALL)
        if found:
            name = next((group for group in found.groups() if group), "")
            return CompileError(msg, cause=cause.format(name), hint=hint)
    if _DIFFERENT.search(first):
        return CompileError(
            msg,
            cause="the cdef and the headers that the compiler sees differ",
            hint="headerkit explain, which says which headers the bindings were made from",
        )
    return CompileError(
        msg,
        cause="the compiler's own words stand above",
        hint="correct the C source, or this module's [[tool.headerkit.cffi]] table",
    )
