"""The cffi writer."""

from __future__ import annotations

from headerkit.writers.cffi.writer import CffiOptions, CffiWriter

__all__ = ["CffiOptions", "CffiWriter"]
