"""The shipped JSON schema of `[tool.headerkit]` (JSON Schema draft 7), for editors and for validate-pyproject."""

from __future__ import annotations

import json
import os
from typing import Any, cast

__all__ = ["schema_text", "tool_schema"]


def schema_text() -> str:
    """The schema as the shipped file has it; `python -m headerkit.cli.make_schema` made it from the dataclasses."""
    with open(os.path.join(os.path.dirname(__file__), "schema.json"), encoding="utf-8") as file:
        return file.read()


def tool_schema(tool_name: str = "headerkit") -> dict[str, Any]:  # noqa: ARG001  (the caller names the table)
    """The schema of `[tool.headerkit]`: validate-pyproject's entry point `validate_pyproject.tool_schema`."""
    return cast("dict[str, Any]", json.loads(schema_text()))
