"""The json writer: the IR itself, in its canonical form, for other programs to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from headerkit.ir_json import dump
from headerkit.writers.ledger import emitted
from headerkit.writers.protocol import Output

if TYPE_CHECKING:
    from headerkit.ir import Header

__all__ = ["JsonWriter"]


class JsonWriter:
    """Writes everything; nothing is unsupported."""

    name: ClassVar[str] = "json"
    format_description: ClassVar[str] = "the parsed declarations as JSON, one a line"
    suffix: ClassVar[str] = ".json"
    cache_output: ClassVar[bool] = True
    cache_version: ClassVar[str] = "1"

    def write(self, header: Header) -> Output:
        """Turn the IR into canonical JSON."""
        return Output(dump(header), tuple(emitted(header)))
