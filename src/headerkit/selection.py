"""Which declarations a writer is given: the rules allow, block, opaque and rename.

A rule names a kind and a pattern. Applying rules to IR gives smaller IR and the ledger entries of what was left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Rule"]


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
