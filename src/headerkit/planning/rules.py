"""`[rules]` -> the rules that `headerkit.selection` applies, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from headerkit.selection import Rule, rule_problem
from headerkit.settings.problems import item, member

if TYPE_CHECKING:
    from headerkit.planning.context import Context
    from headerkit.settings import RuleEntry

__all__ = ["read_rules"]


def read_rules(context: Context) -> tuple[Rule, ...]:
    """The rules in the order allow, block, opaque, rename."""
    settings = context.settings.rules
    place = member(context.settings.where, "rules")
    rules = []
    tables: tuple[tuple[Literal["allow", "block", "opaque", "rename"], tuple[RuleEntry, ...]], ...] = (
        ("allow", settings.allow),
        ("block", settings.block),
        ("opaque", settings.opaque),
        ("rename", settings.rename),
    )
    for action, entries in tables:
        for index, entry in enumerate(entries):
            where = item(member(place, action), index)
            rule = Rule(action, entry.kind, entry.pattern, entry.to)
            problem = rule_problem(rule) if entry.pattern else "the pattern is empty"
            if problem:
                context.problems.add(where, problem)
            if (action == "rename") != bool(entry.to):
                what = "'to' is missing: the new name" if action == "rename" else "only 'rename' rules have 'to'"
                context.problems.add(where, what)
            rules.append(rule)
    return tuple(rules)
