"""A plan as text and as JSON: what `--dry-run` and `headerkit plan` show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.portable import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.plan import CffiModule, Job, Plan

__all__ = ["plan_as_json", "plan_lines"]


def plan_as_json(plan: Plan) -> str:
    """The plan as JSON, for machines; `version` counts its incompatible changes."""
    import json  # noqa: PLC0415  (only --json needs it)

    return json.dumps({"version": 1, **{name: _as_json(value) for name, value in plan._asdict().items()}}, indent=2)


def _as_json(value: object) -> object:
    """Records become tables by the names of their fields, whatever kind of record they are."""
    names = getattr(value, "__match_args__", None)  # of named tuples and of dataclasses
    if names is not None:
        return {name: _as_json(getattr(value, name)) for name in names}
    return [_as_json(item) for item in value] if isinstance(value, tuple) else value


def plan_lines(plan: Plan) -> Iterator[str]:
    """The plan for a person: the store, then each job and module with what it is made from."""
    yield f"store  {_shown(plan, plan.store_dir)}{_cache(plan)}"
    for job in plan.jobs:
        output = _shown(plan, job.output) if job.output else "(the store alone)"
        yield f"{job.writer:6} {job.unit.header}{' (code)' if job.unit.code is not None else ''} -> {output}"
        yield from (f"         {line}" for line in _details(job))
    for module in plan.modules:
        yield f"module {module.module} from {_shown(plan, module.cdef)}"
        yield from (f"         {line}" for line in _module_details(plan, module))


def _shown(plan: Plan, path: str) -> str:
    return below(plan.root, path) or path


def _cache(plan: Plan) -> str:
    words = [
        word
        for word, said in (
            ("no IR", plan.cache.no_ir),
            ("no outputs", plan.cache.no_output),
            ("locked", plan.cache.locked),
            ("system headers verified", plan.cache.system == "verify"),
        )
        if said
    ]
    return f" ({', '.join(words)})" if words else ""


def _details(job: Job) -> Iterator[str]:
    unit = job.unit
    yield f"target {unit.target}"
    for name, values in (
        ("include_dirs", [found.spelled for found in unit.include_dirs]),
        ("defines", list(unit.spelled_defines)),
        ("args", list(unit.spelled_args)),
        ("owned", list(unit.owned)),
        ("options", [f"{key}={value!r}" for key, value in job.options]),
        ("rules", [f"{rule.action} {rule.kind}:{rule.pattern}" for rule in job.rules]),
    ):
        if values:
            yield f"{name} {', '.join(values)}"


def _module_details(plan: Plan, module: CffiModule) -> Iterator[str]:
    for name, values in (
        ("sources", [_shown(plan, path) for path in module.sources]),
        ("include_dirs", [found.spelled for found in module.include_dirs]),
        ("libraries", list(module.libraries)),
        ("abi3", [module.abi3] if module.abi3 else []),
    ):
        if values:
            yield f"{name} {', '.join(values)}"
