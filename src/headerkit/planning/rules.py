"""`[rules]` -> the rules that `headerkit.selection` applies, checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from headerkit.selection import Rule
from headerkit.settings.problems import item, member, quoted

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
            _check_pattern(context, where, entry.pattern)
            if (action == "rename") != bool(entry.to):
                what = "'to' is missing: the new name" if action == "rename" else "only 'rename' rules have 'to'"
                context.problems.add(where, what)
            rules.append(Rule(action, entry.kind, entry.pattern, entry.to))
    return tuple(rules)


def _check_pattern(context: Context, where: str, pattern: str) -> None:
    if not pattern:
        context.problems.add(where, "the pattern is empty")
    elif len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        try:
            re.compile(pattern[1:-1])
        except (re.error, RecursionError, OverflowError) as error:
            context.problems.add(where, f"{quoted(pattern)} is no regular expression: {error}")
