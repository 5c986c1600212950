"""`headerkit schema`: the JSON schema of the settings."""

from __future__ import annotations

from headerkit.cli.arguments import Parser
from headerkit.settings.schema import schema_text

__all__ = ["run"]


def run(arguments: list[str]) -> int:
    """Print the schema."""
    Parser("schema", "Print the JSON schema of [tool.headerkit], for editors and validators.").parse(arguments)
    print(schema_text(), end="")
    return 0
