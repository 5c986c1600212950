"""How a macro changed. A macro's value is compiled into the programs that use it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.diff.changes import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit import ir

__all__ = ["macro_differences"]

# What names a release changes with each release, and breaks nobody.
_RELEASE = re.compile(
    r"(^|_)(VERSION|VERNUM|VER|MAJOR|MINOR|MICRO|PATCH(LEVEL)?|REVISION|RELEASE|BUILD|DATE)(_|\d|$)", re.IGNORECASE
)
_KINDS = {"call": "a function-like macro", "function": "an alias of a function", "type": "a type"}


def macro_differences(old: ir.Macro, new: ir.Macro) -> Iterator[tuple[Verdict, str]]:
    """Compare two definitions of one macro."""
    if old.kind != new.kind:
        verdict = Verdict.COMPATIBLE if old.kind in ("empty", "other") else Verdict.SOURCE
        yield verdict, f"is {_shown(new)}, was {_shown(old)}"
    elif repr(old.value) != repr(new.value):  # a NaN is not equal to itself
        yield _value_verdict(old), f"{old.value!r} -> {new.value!r}"
    elif old.kind in ("function", "type") and old.alias != new.alias:
        yield Verdict.SOURCE, f"stands for {new.alias}, stood for {old.alias}"
    elif old.kind == "call" and len(old.parameters or ()) != len(new.parameters or ()):
        yield Verdict.SOURCE, f"takes {len(new.parameters or ())} arguments, took {len(old.parameters or ())}"
    elif old.type != new.type and old.kind in ("int", "float"):
        yield Verdict.SOURCE, "has another type now"


def _value_verdict(old: ir.Macro) -> Verdict:
    if _RELEASE.search(old.name) or old.kind in ("string", "float"):
        return Verdict.COMPATIBLE
    return Verdict.ABI


def _shown(m: ir.Macro) -> str:
    if m.value is not None:
        return repr(m.value)
    return _KINDS.get(m.kind, "no value")
