"""Depfiles: Makefile rules that tell make, Ninja or CMake which files an output was made from.

Ninja and CMake read the subset that compilers write: one rule, `output: file file`, with space, `#` and `$` escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.generation import Result

__all__ = ["depfile_of", "rule"]


def rule(outputs: Iterable[str], files: Iterable[str]) -> str:
    """The rule that makes `outputs` depend on `files`, each file once, in the order given."""
    targets = " ".join(map(_escape, outputs))
    return f"{targets}:{''.join(f' {chr(92)}{chr(10)}  {_escape(file)}' for file in dict.fromkeys(files))}\n"


def depfile_of(results: Iterable[Result], settings: Iterable[str] = ()) -> str:
    """The rule for all outputs of a run: what their headers include at any depth, and the settings files.

    libc's and the compiler's headers are left out, as they are by `gcc -MMD`.
    """
    from headerkit.store.closure import closure_paths  # noqa: PLC0415  (few runs write a depfile)

    outputs: list[str] = []
    files = list(settings)
    for result in results:
        outputs.append(result.job.output)
        files += [result.job.unit.path] if result.job.unit.path else []
        if result.closure is not None:
            files += closure_paths(result.closure, result.job.unit)
    return rule([output for output in outputs if output], files)


def _escape(path: str) -> str:
    # A colon is left as it is, as compilers leave it: drive letters have one.
    return path.replace("$", "$$").replace("#", "\\#").replace(" ", "\\ ")
