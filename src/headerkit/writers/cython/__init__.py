"""The Cython writer: a `.pxd` that declares a C library to Cython 3."""

from __future__ import annotations

from headerkit.writers.cython.writer import CythonWriter

__all__ = ["CythonWriter"]
