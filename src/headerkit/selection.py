"""Which declarations a writer is given: the rules allow, block, opaque and rename.

A rule names a kind and a pattern. Applying rules to IR gives smaller IR and the ledger entries of what was left out.

With any `allow` rule, only what one of them matches is kept. `block` wins over `allow`. A type that is left out, but
that a kept declaration refers to, stays in the IR as somebody else's (`owned` False), without its members unless they
are needed by value. `opaque` takes a record's members away. `rename` gives a new name: a function or variable keeps
its symbol as `asm_label`. A record or enum written inside another shares its fate; one without a tag is matched by its
typedef, an enum without even that by the name of any of its constants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from headerkit.light_classes import dataclass

if TYPE_CHECKING:
    from headerkit.ir import Header
    from headerkit.writers.protocol import LedgerEntry

__all__ = ["Rule", "is_name", "rule_problem", "select"]


@dataclass(frozen=True, slots=True)
class Rule:
    r"""One rule.

    `kind` is `function variable typedef struct union enum macro` or `*`. `pattern` is an `fnmatch` glob on the whole
    name, or between slashes (`/^foo_/`) a regular expression searched in it. `to` is what `rename` makes of the name
    (with `\1` for groups when the pattern is a regular expression).
    """

    action: Literal["allow", "block", "opaque", "rename"]
    kind: str
    pattern: str
    to: str = ""

    @property
    def is_regular(self) -> bool:
        """Whether the pattern is a regular expression."""
        return len(self.pattern) > 1 and self.pattern.startswith("/") and self.pattern.endswith("/")

    def __str__(self) -> str:
        """The rule as a user writes it."""
        arrow = f" -> {self.to}" if self.action == "rename" else ""
        return f"{self.action} {self.kind}:{self.pattern}{arrow}"


def is_name(text: str) -> bool:
    """Whether C can have this as a name (C11 6.4.2, and the `$` of compilers)."""
    return text.replace("$", "_").isidentifier()


def rule_problem(rule: Rule) -> str:
    """What is wrong with a rule's pattern or new name; "" for nothing."""
    import re  # noqa: PLC0415 - settings import Rule on each run, and rules are rare

    from headerkit.settings.problems import quoted  # noqa: PLC0415

    if not rule.is_regular:
        right = not rule.to or is_name(rule.to)
        return "" if right else f"the new name {quoted(rule.to)} is none that C can have"
    try:
        pattern = re.compile(rule.pattern[1:-1])
    except (re.error, RecursionError, OverflowError) as error:
        return f"{quoted(rule.pattern)} is not a regular expression: {error}"
    try:
        pattern.sub(rule.to, "")
    except (re.error, IndexError) as error:
        return f"the new name {quoted(rule.to)} does not go with {quoted(rule.pattern)}: {error}"
    return ""


def select(header: Header, rules: tuple[Rule, ...]) -> tuple[Header, tuple[LedgerEntry, ...], tuple[str, ...]]:
    """Apply rules: (the IR that is left, an entry for each own thing left out, a warning for each rule without effect).

    Raises SettingsError for a rule that has a `rule_problem`, and for one that makes what is no name of a name.
    """
    if not rules:
        return header, (), ()
    from headerkit.filtering import Selection  # noqa: PLC0415 - settings import Rule on each run, and rules are rare

    return Selection(header, rules).run()
