"""`headerkit check --regenerate`: parse anew, and compare what comes out with what is stored and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.making import fulfil
from headerkit.portable import below
from headerkit.store import Found, Store
from headerkit.store.check import Checked
from headerkit.writers import writer_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.plan import Job, Plan
    from headerkit.unit import Unit

__all__ = ["check_regenerated"]


def check_regenerated(plan: Plan, checked: Sequence[Checked]) -> list[Checked]:
    """The checks with the reasons that a new parse adds. Nothing is written. Raises what a parse raises."""
    store = Store(plan.store_dir)
    units: dict[Unit, list[int]] = {}
    for index, one in enumerate(checked):
        units.setdefault(one.job.unit, []).append(index)
    result = list(checked)
    for unit, indices in units.items():
        made = fulfil(unit, [checked[index].job for index in indices])
        stored = store.find_ir(unit, policy=plan.cache)
        differs = isinstance(stored, Found) and stored.text != made.ir_text
        ir_reasons = ("the stored IR is not what the header gives",) if differs else ()
        for index, (text, _, _) in zip(indices, made.outputs, strict=True):
            before = checked[index]
            known = () if before.current else before.reasons
            reasons = tuple(dict.fromkeys((*known, *ir_reasons, *_reasons(store, plan, before.job, text))))
            if reasons:
                result[index] = Checked(before.job, current=False, reasons=reasons, notes=before.notes)
    return result


def _reasons(store: Store, plan: Plan, job: Job, text: str) -> list[str]:
    reasons = []
    if writer_facts(job.writer).cache_output:
        stored = store.find_output(job.unit, job.writer, options=job.options, rules=job.rules, policy=plan.cache)
        if isinstance(stored, Found) and stored.text != text:
            reasons.append(f"the stored {job.writer} output is not what the header gives")
    if job.output:
        name = below(plan.root, job.output) or job.output
        try:
            with open(job.output, encoding="utf-8", errors="surrogateescape") as file:
                if file.read() != text:
                    reasons.append(f"{name} differs from what its header gives")
        except OSError:
            pass  # the check by digests has said so
    return reasons
