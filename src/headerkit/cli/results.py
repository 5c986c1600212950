"""Shows the results of a run: a line a header, the ledger, or JSON for machines."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from headerkit.cli.screen import Screen, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.generation import Result

__all__ = ["print_json", "print_ledger", "print_lines"]

_COLOURS = {"hit": "green", "ir-hit": "green", "parsed": "yellow"}
_WORST_FIRST = ("parsed", "ir-hit", "hit")
_SHOWN = 10
"""So many names of one reason are listed without -v."""


def print_lines(screen: Screen, results: Sequence[Result]) -> None:
    """One line a header: what the store gave, its writers, the time; with -v why it missed, and each output."""
    headers: dict[str, list[Result]] = {}
    for result in results:
        unit = result.job.unit
        name = unit.header if unit.code is None else f"{unit.header} (code)"
        headers.setdefault(name, []).append(result)
    width = max(map(len, headers), default=0)
    for name, found in headers.items():
        status = next(word for word in _WORST_FIRST if any(result.status == word for result in found))
        writers = ", ".join(dict.fromkeys(result.job.writer for result in found))
        time = screen.paint(duration(sum(result.seconds for result in found)), "dim")
        screen.line(f"{screen.paint(f'{status:6}', _COLOURS[status])} {name:{width}}  {writers}  {time}")
        for reason in dict.fromkeys(reason for result in found for reason in result.reasons):
            screen.detail(f"       {reason}")
        for result in found:
            if result.job.output:
                shown = _from_here(result.job.output)
                state = "written" if result.written else "unchanged"
                screen.detail(f"       {result.job.writer} -> {shown} ({state})")


def _from_here(path: str) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # Windows: on another drive
        return path


def print_ledger(screen: Screen, results: Sequence[Result], *, to_stderr: bool = False) -> None:
    """The coverage ledger of each output: what was emitted, and what was not and why."""
    if to_stderr:
        from contextlib import redirect_stdout  # noqa: PLC0415  (1 ms, which only --report pays)

        with redirect_stdout(sys.stderr):
            print_ledger(screen, results)
        return
    for result in results:
        fates: dict[str, int] = {}
        reasons: dict[tuple[str, str], list[str]] = {}
        for entry in result.ledger:
            fates[entry.fate] = fates.get(entry.fate, 0) + 1
            if entry.fate != "emitted":
                reasons.setdefault((entry.fate, entry.reason), []).append(f"{entry.kind} {entry.name}")
        counts = ", ".join(f"{count} {fate}" for fate, count in fates.items()) or "nothing declared"
        screen.line(screen.paint(f"{result.job.unit.header} {result.job.writer}: {counts}", "bold"))
        for (fate, reason), names in sorted(reasons.items()):
            screen.line(f"  {fate}: {reason or 'no reason given'} ({len(names)})")
            shown = names if screen.verbosity > 0 else names[:_SHOWN]
            for name in shown:
                screen.line(f"    {name}")
            if len(shown) < len(names):
                screen.line(f"    ... and {len(names) - len(shown)} more (-v shows all)")


def print_json(results: Sequence[Result], warnings: Sequence[str]) -> None:
    """The results as one JSON object; `text` stands where no file is written."""
    import json  # noqa: PLC0415  (only --json needs it)

    shown = [
        {
            "header": result.job.unit.header,
            "target": result.job.unit.target,
            "writer": result.job.writer,
            "status": result.status,
            "seconds": round(result.seconds, 6),
            "output": result.job.output or None,
            "written": result.written,
            "notes": list(result.notes),
            **({} if result.job.output else {"text": result.text}),
            **(
                {
                    "ledger": [
                        {"kind": entry.kind, "name": entry.name, "fate": entry.fate, "reason": entry.reason}
                        for entry in result.ledger
                    ]
                }
                if result.ledger
                else {}
            ),
        }
        for result in results
    ]
    print(json.dumps({"version": 1, "results": shown, "warnings": list(warnings)}, indent=2))
