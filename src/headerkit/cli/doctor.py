"""`headerkit doctor`: what is there on this machine, which versions, and what to do about what is missing."""

from __future__ import annotations

import importlib.util
import json
import platform
import shutil
import sys
from typing import TYPE_CHECKING

from headerkit.cli.arguments import Parser
from headerkit.sysroots.zig import zig_problem

if TYPE_CHECKING:
    from headerkit.backends.libclang.diagnosis import Diagnosis

__all__ = ["run"]

_DESCRIPTION = """\
Print which libclang, headers and compilers are found, where, and what to do about what is missing. The exit code is 0
when headers can be parsed here."""

_TOOLS = (
    ("C compiler", ("cc", "gcc", "clang", "cl"), "compiles cffi modules"),
    ("pkg-config", ("pkg-config", "pkgconf"), "answers the setting pkg_config"),
)
_MODULES = (
    ("cffi", "compiles cffi modules", "pip install 'headerkit[cffi]'"),
    ("setuptools", "compiles cffi modules", "pip install 'headerkit[cffi]'"),
    ("ziglang", "holds the libc headers of other targets", "pip install 'headerkit[cross]'"),
)


def run(arguments: list[str]) -> int:
    """Look, print, and say by the exit code whether a header can be parsed."""
    parser = Parser("doctor", _DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--target", metavar="TRIPLE", default="", help="look for the headers of another target")
    wanted = parser.parse(arguments)
    from headerkit.backends.libclang.diagnosis import diagnose  # noqa: PLC0415  (not for --help)
    from headerkit.targets.wheels import one_target  # noqa: PLC0415  (likewise)

    found = diagnose(one_target(wanted.target) if wanted.target else "")
    print(json.dumps(_facts(found), indent=2) if wanted.json else "\n".join(_lines(found)))
    return 0 if found.error is None else found.error.exit_code


def _facts(found: Diagnosis) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "target": found.target,
        "libclang": found.used or None,
        "libraries": [
            {"path": item.path, "source": item.source, "version": item.version, "problem": item.problem}
            for item in found.libraries
        ],
        "builtin_headers": found.builtin_headers,
        "compiler_headers": found.compiler_headers or None,
        "system_include_dirs": list(found.system),
        "system_headers_from": found.source or None,
        "tools": {name: _which(names) or None for name, names, _ in _TOOLS},
        "modules": {name: importlib.util.find_spec(name) is not None for name, _, _ in _MODULES},
        "zig_problem": zig_problem() or None,
        "error": None if found.error is None else str(found.error),
    }


def _lines(found: Diagnosis) -> list[str]:
    lines = [f"Python      {platform.python_version()} ({sys.executable})", f"target      {found.target}"]
    for item in found.libraries:
        mark = "*" if item.path == found.used else " "
        lines.append(f"libclang  {mark} {item.path} ({item.source})  {item.version or 'unusable'}")
        if item.problem:
            lines.append(f"            {item.problem}")
    if not found.libraries:
        lines.append("libclang    none")
    lines.append(f"headers     builtin: {found.builtin_headers}")
    if found.compiler_headers:
        lines.append(f"            of a compiler, where those do not suffice: {found.compiler_headers}")
    lines.append(
        f"            system: {', '.join(found.system) or 'none'}" + (f" ({found.source})" if found.system else "")
    )
    for name, names, use in _TOOLS:
        lines.append(f"{name:<11} {_which(names) or f'none ({use})'}")
    for name, use, install in _MODULES:
        there = importlib.util.find_spec(name) is not None
        lines.append(f"{name:<11} {'installed' if there else f'not installed ({use}): {install}'}")
    if broken := zig_problem():
        lines.append(f"            {broken}; try: pip install --force-reinstall --no-cache-dir ziglang")
    if found.error is None:
        lines.append("result      headers can be parsed here")
    else:
        lines += ["result      headers cannot be parsed here", str(found.error)]
    return lines


def _which(names: tuple[str, ...]) -> str:
    return next((path for path in map(shutil.which, names) if path), "")
