"""A comparison as text for a terminal, as Markdown for a review, as JSON for a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, get_args

from headerkit._compat import assert_never
from headerkit.diff.changes import Verdict
from headerkit.writers.python_names import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headerkit.diff.changes import Change, Comparison

__all__ = ["FORMATS", "JSON_VERSION", "Format", "render"]

Format = Literal["text", "markdown", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
JSON_VERSION = 1

_TITLES = {Verdict.ABI: "ABI break", Verdict.SOURCE: "Source break", Verdict.COMPATIBLE: "Compatible"}


def render(comparisons: Sequence[Comparison], form: Format = "text") -> str:
    """Write comparisons down, with a final newline."""
    match form:
        case "text":
            lines = [line for c in comparisons for line in _text(c)]
        case "markdown":
            lines = [line for c in comparisons for line in _markdown(c)]
        case "json":
            lines = [_json(comparisons)]
        case _:
            assert_never(form)
    return "\n".join(lines).strip("\n") + "\n"


def _summary(comparison: Comparison) -> str:
    if not comparison.changes:
        return "no change"
    return ", ".join(
        f"{_TITLES[verdict].lower().replace('abi', 'ABI')}: {comparison.count(verdict)}" for verdict in _worst_first()
    )


def _worst_first() -> list[Verdict]:
    return sorted(Verdict, key=lambda v: -v.rank)


def _text(comparison: Comparison) -> Iterator[str]:
    yield one_line(f"{comparison.old} -> {comparison.new}: {_summary(comparison)}")
    for verdict in _worst_first():
        group = [c for c in comparison.changes if c.verdict is verdict]
        if group:
            yield _TITLES[verdict]
        for change in group:
            details = "" if not change.details else f": {'; '.join(change.details)}"
            place = f"  [{change.new or change.old}]" if change.new or change.old else ""
            yield f"  {one_line(f'{change.kind} {change.name} {change.what}{details}{place}')}"
    yield ""


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"## {_code(comparison.old)} → {_code(comparison.new)}"
    yield ""
    yield f"{_summary(comparison)[:1].upper()}{_summary(comparison)[1:]}."
    yield ""
    for verdict in _worst_first():
        group = [c for c in comparison.changes if c.verdict is verdict]
        if not group:
            continue
        yield f"### {_TITLES[verdict]}"
        yield ""
        yield "| what | change | details |"
        yield "|---|---|---|"
        for c in group:
            details = "<br>".join(map(_code, c.details))
            yield f"| {_code(f'{c.kind} {c.name}')} | {c.what} | {details} |"
        yield ""


def _code(text: str) -> str:
    """A code span that cannot end early nor break a table's row (CommonMark 6.1, GFM 4.10)."""
    text = one_line(text).replace("|", "\\|")
    longest = max((len(run) for run in _backticks(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _backticks(text: str) -> list[str]:
    runs, run = [], ""
    for c in text:
        run = run + c if c == "`" else ""
        if run:
            runs.append(run)
    return runs


def _json(comparisons: Sequence[Comparison]) -> str:
    data = {
        "format": "headerkit-diff",
        "version": JSON_VERSION,
        "verdict": max((c.verdict for c in comparisons), key=lambda v: v.rank, default=Verdict.COMPATIBLE).value,
        "comparisons": [
            {
                "old": c.old,
                "new": c.new,
                "verdict": c.verdict.value,
                "changes": [_change(change) for change in c.changes],
            }
            for c in comparisons
        ],
    }
    return json.dumps(data, indent=1, ensure_ascii=True)


def _change(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "name": change.name,
        "what": change.what,
        "verdict": change.verdict.value,
        "details": list(change.details),
        "old": change.old,
        "new": change.new,
    }
