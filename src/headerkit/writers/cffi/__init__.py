"""The cffi writer."""

from __future__ import annotations

from headerkit.writers.cffi.options import CffiOptions
from headerkit.writers.cffi.writer import CffiWriter

__all__ = ["CffiOptions", "CffiWriter"]
