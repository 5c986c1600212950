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

__all__ = ["Rule", "select"]


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

    def __str__(self) -> str:
        """The rule as a user writes it."""
        arrow = f" -> {self.to}" if self.action == "rename" else ""
        return f"{self.action} {self.kind}:{self.pattern}{arrow}"


def select(header: Header, rules: tuple[Rule, ...]) -> tuple[Header, tuple[LedgerEntry, ...], tuple[str, ...]]:
    """Apply rules: (the IR that is left, an entry for each own thing left out, a warning for each rule without effect).

    Raises SettingsError for a pattern that is no regular expression.
    """
    if not rules:
        return header, (), ()
    from headerkit.filtering import Selection  # noqa: PLC0415 - settings import Rule on each run, and rules are rare

    return Selection(header, rules).run()
