"""The diff writer: what changed since a reading that was kept (`headerkit diff` compares two headers at once)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from headerkit import ir_json
from headerkit.diff import compare, render
from headerkit.errors import WriterError
from headerkit.writers.ledger import emitted
from headerkit.writers.protocol import Output

if TYPE_CHECKING:
    from headerkit.ir import Header

__all__ = ["DiffOptions", "DiffWriter"]


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """Settings of the diff writer."""

    against: str = ""
    """The IR to compare with: a file that the json writer made, or an `ir.json` of a store."""
    format: Literal["text", "markdown", "json"] = "text"
    """How the changes are written."""
    ignore: tuple[str, ...] = ()
    """Globs of names that are not compared."""


class DiffWriter:
    """Compares with a file that is no part of the store's identity, so its output is never kept."""

    Options = DiffOptions
    name: ClassVar[str] = "diff"
    format_description: ClassVar[str] = "what changed since a kept IR, and what that breaks"
    suffix: ClassVar[str] = ".txt"
    cache_output: ClassVar[bool] = False
    cache_version: ClassVar[str] = "1"

    def __init__(self, options: DiffOptions | None = None) -> None:
        self.options = options or DiffOptions()

    def write(self, header: Header) -> Output:
        """Write the changes. Raises WriterError where there is nothing to compare with."""
        path = self.options.against
        if not path:
            msg = "diff: the option `against` names no IR to compare with"
            raise WriterError(msg, hint="headerkit HEADER -w json -o json:FILE.json makes one")
        try:
            with open(path, encoding="utf-8") as file:
                old = ir_json.load(file.read())
        except (OSError, ValueError) as error:
            msg = f"diff: {path}: {error}"
            raise WriterError(msg, hint="headerkit HEADER -w json -o json:FILE.json makes such a file") from error
        comparison = compare(old, header, ignore=self.options.ignore)
        return Output(render([comparison], self.options.format), tuple(emitted(header)))
