"""`headerkit schema`: the JSON schema of the settings."""

from __future__ import annotations

import json

from headerkit.cli.arguments import Parser
from headerkit.settings.schema import settings_schema

__all__ = ["run", "schema_text"]


def schema_text() -> str:
    """The schema as the shipped file has it."""
    return json.dumps(settings_schema(), indent=2) + "\n"


def run(arguments: list[str]) -> int:
    """Print the schema."""
    Parser("schema", "Print the JSON schema of [tool.headerkit], for editors and validators.").parse(arguments)
    print(schema_text(), end="")
    return 0
