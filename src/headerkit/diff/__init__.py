"""What changed between two readings of a library's headers, and what that breaks.

`compare(old, new)` gives a `Comparison`: changes with a verdict each. `headerkit.diff.report` writes it down.
"""

from __future__ import annotations

from headerkit.diff.changes import Change, Comparison, Verdict
from headerkit.diff.compare import compare
from headerkit.diff.report import FORMATS, render

__all__ = ["FORMATS", "Change", "Comparison", "Verdict", "compare", "render"]
