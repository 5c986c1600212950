"""The version of the IR, apart from the IR's classes: who looks into a store needs to know it, and none of them."""

from __future__ import annotations

__all__ = ["IR_VERSION", "JSON_HEAD"]

IR_VERSION = 1

JSON_HEAD = f'{{"format": "headerkit-ir", "version": {IR_VERSION},'
"""What the IR's JSON begins with (docs/reference/ir-json.md)."""
