"""`headerkit check --layouts`: what a C compiler of each target says to the IR, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit import ir_json
from headerkit.cli.screen import Screen, duration
from headerkit.errors import HeaderkitError, LayoutError, LockedError
from headerkit.making import fulfil
from headerkit.store import Found, Store
from headerkit.target import short
from headerkit.targets.layouts import Verdict, verify_layouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headerkit.ir import Header
    from headerkit.plan import CachePolicy, Plan
    from headerkit.unit import Unit

__all__ = ["check_layouts"]

_WORDS = {"verified": "ok", "disagrees": "differs", "refused": "refused", "unverified": "unverified"}
_COUNTED = (("disagrees", "with disagreements"), ("refused", "refused"), ("unverified", "not asked about"))


def check_layouts(plan: Plan, screen: Screen, *, as_json: bool) -> int:
    """Verify each unit of the plan for its target, print the verdicts, and give the exit status. Nothing is stored.

    A unit that cannot be read stops no other one; its error's exit status is then that of the run.
    """
    notes: list[str] = list(plan.warnings)
    store = Store(plan.store_dir)
    verdicts = []
    status = 0
    for unit in dict.fromkeys(job.unit for job in plan.jobs):
        try:
            verdict = verify_layouts(unit, _read(store, unit, plan.cache, notes))
        except HeaderkitError as error:
            status = status or error.exit_code
            verdict = Verdict(unit.header, unit.target, "unverified", words=tuple(str(error).splitlines()))
        verdicts.append(verdict)
        if not as_json:
            _print_lines(screen, verdict)
    if as_json:
        _print_json(verdicts, notes)
    else:
        screen.notes(notes)
        screen.line(_summary(verdicts))
    if all(one.status == "verified" for one in verdicts):
        return 0
    return status or LayoutError.exit_code


def _read(store: Store, unit: Unit, policy: CachePolicy, notes: list[str]) -> Header:
    """The unit's IR: the store's where it is valid, else that of a parse."""
    found = None if policy.no_ir else store.find_ir(unit, policy=policy)
    if isinstance(found, Found):
        notes += found.notes
        try:
            return ir_json.load(found.text)
        except ValueError:
            pass  # IR of another version is as good as none
    elif policy.locked:
        msg = f"{unit.header}: the store has no valid entry for {unit.target}, and it is locked"
        raise LockedError(msg, cause="; ".join(found.reasons) if found else "", hint="leave --locked out")
    made = fulfil(unit, ())
    notes += made.notes
    return ir_json.load(made.ir_text or "")


def _print_lines(screen: Screen, verdict: Verdict) -> None:
    word = f"{_WORDS[verdict.status]:<7}"
    colour = {"verified": "green", "unverified": "yellow"}.get(verdict.status, "red")
    about = f"{screen.paint(word, colour)} {verdict.header}  {short(verdict.target)}"
    match verdict.status:
        case "verified" | "disagrees":
            count = f"{len(verdict.disagreements)} of " if verdict.disagreements else ""
            checked = f"{count}{verdict.facts} facts{' differ' if count else ''}"
            screen.line(f"{about}  {checked}{_unchecked(verdict)}  {verdict.compiler}  ({duration(verdict.seconds)})")
        case "refused":
            screen.line(f"{about}  {verdict.compiler} refuses the header:")
        case "unverified" if verdict.words:
            screen.line(f"{about}  could not be read:")
        case "unverified":
            screen.line(f"{about}  no C compiler for this target was found; try: {verdict.hint}")
    for fact, expected, found in verdict.disagreements:
        screen.line(f"        {fact}: {expected} in the IR, {found} to the compiler")
    for line in verdict.words:
        screen.line(f"        {line}")
    for fact, why in verdict.not_checkable:
        screen.detail(f"        not checked: {fact}: {why}")


def _unchecked(verdict: Verdict) -> str:
    return f", {len(verdict.not_checkable)} not checkable" if verdict.not_checkable else ""


def _summary(verdicts: Sequence[Verdict]) -> str:
    verified = [one for one in verdicts if one.status == "verified"]
    if len(verified) == len(verdicts):
        facts = sum(one.facts for one in verdicts)
        return f"compilers confirm all {facts} facts of {_headers(verdicts)}"
    counts = (
        f"{sum(one.status == status for one in verdicts)} {word}"
        for status, word in _COUNTED
        if any(one.status == status for one in verdicts)
    )
    return f"{len(verified)} of {_headers(verdicts)} verified: {', '.join(counts)}"


def _headers(verdicts: Sequence[Verdict]) -> str:
    return f"{len(verdicts)} header{'' if len(verdicts) == 1 else 's'}"


def _print_json(verdicts: Iterable[Verdict], notes: Iterable[str]) -> None:
    import json  # noqa: PLC0415  (only --json needs it)

    shown = [
        {
            "header": one.header,
            "target": one.target,
            "status": one.status,
            "compiler": one.compiler or None,
            "facts": one.facts,
            "disagreements": [
                {"fact": fact, "ir": expected, "compiler": found} for fact, expected, found in one.disagreements
            ],
            "not_checkable": [{"fact": fact, "reason": reason} for fact, reason in one.not_checkable],
            "words": list(one.words),
            "hint": one.hint or None,
            "seconds": round(one.seconds, 3),
        }
        for one in verdicts
    ]
    verified = all(one["status"] == "verified" for one in shown)
    told = list(dict.fromkeys(notes))
    print(json.dumps({"version": 1, "verified": verified, "layouts": shown, "warnings": told}, indent=2))
