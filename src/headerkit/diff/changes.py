"""Changes and their verdicts, as data.

*ABI break*: a program compiled against the old headers may fail or misbehave with the new library. *Source break*: it
goes on running, but compiling it against the new headers may fail or warn. *Compatible*: neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

__all__ = ["Change", "Comparison", "Verdict"]


class Verdict(Enum):
    """How bad a change is; the values are what JSON and `--fail-on` say."""

    COMPATIBLE = "compatible"
    SOURCE = "source"
    ABI = "abi"

    @property
    def rank(self) -> int:
        """Higher is worse."""
        return list(Verdict).index(self)

    def or_worse(self, other: Verdict) -> Verdict:
        """The worse one of the two."""
        return max(self, other, key=lambda verdict: verdict.rank)


@dataclass(frozen=True, slots=True)
class Change:
    """One declaration or macro that differs.

    `kind` and `name` are the ledger's. `details` say what changed, one plain line each; they hold names and types of
    the headers, never their comments. `old` and `new` are places, `file:line` with a portable path, "" where it is not.
    """

    kind: str
    name: str
    what: Literal["added", "removed", "changed"]
    verdict: Verdict
    details: tuple[str, ...] = ()
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes of one header, worst first, then by kind and name. `old` and `new` name what was compared."""

    old: str
    new: str
    changes: tuple[Change, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all; compatible where nothing changed."""
        return max((change.verdict for change in self.changes), key=lambda v: v.rank, default=Verdict.COMPATIBLE)

    def count(self, verdict: Verdict) -> int:
        """How many changes have this verdict."""
        return sum(change.verdict is verdict for change in self.changes)
