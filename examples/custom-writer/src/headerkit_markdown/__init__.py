"""A writer for headerkit: a page of Markdown with a header's functions and constants.

A writer is a class with a name and `write`; everything else here is optional and shows what a writer may say of itself.
Rename the package, the class and the entry point in pyproject.toml, and write what you need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from headerkit.ir import Function, Header, Macro
from headerkit.writers.declarator import declare
from headerkit.writers.ledger import kind_of, name_of
from headerkit.writers.protocol import LedgerEntry, Output

__all__ = ["MarkdownOptions", "MarkdownWriter"]


@dataclass(frozen=True)
class MarkdownOptions:
    """Settings: `[tool.headerkit.writer.markdown]` and `--writer-opt markdown:KEY=VALUE` are checked against this."""

    title: str = ""
    """The page's title; the header's name where it is empty."""
    constants: Literal["table", "none"] = "table"
    """Whether macros with a value are listed."""


class MarkdownWriter:
    """One section for the functions, one for the constants."""

    Options = MarkdownOptions
    name: ClassVar[str] = "markdown"
    format_description: ClassVar[str] = "a page of Markdown"
    suffix: ClassVar[str] = ".md"
    # False would keep the store from keeping the output, for what does not depend on the header alone.
    cache_output: ClassVar[bool] = True
    # Change it when the same header gives another text: the developer's command then writes stored outputs anew.
    cache_version: ClassVar[str] = "1"

    def __init__(self, options: MarkdownOptions | None = None) -> None:
        self.options = options or MarkdownOptions()

    def write(self, header: Header) -> Output:
        """Write the page, and account for each declaration and macro that the library owns."""
        lines = [f"# {_plain(self.options.title or header.name)}", "", "## Functions", ""]
        ledger = []
        for d in header.declarations:
            if not d.owned:
                continue  # what another library declares, and this one refers to
            kind, name = kind_of(d), name_of(d)
            if isinstance(d, Function):
                lines.append(f"    {_plain(declare(d.type, d.name, header.tags))};")
                ledger.append(LedgerEntry(kind, name, "emitted"))
            else:
                ledger.append(LedgerEntry(kind, name, "unsupported", "this page lists functions and constants"))
        shown = self.options.constants == "table"
        if shown:
            lines += ["", "## Constants", "", "| name | value |", "|---|---|"]
        for m in header.macros:
            if shown and m.value is not None:
                lines.append(f"| {_plain(m.name)} | {_plain(_value(m))} |")
                ledger.append(LedgerEntry("macro", m.name, "emitted"))
            else:
                ledger.append(LedgerEntry("macro", m.name, "unsupported", m.reason or "it has no value to list"))
        return Output("\n".join(lines) + "\n", tuple(ledger))


def _value(macro: Macro) -> str:
    return repr(macro.value)


def _plain(text: str) -> str:
    """Header text on one line of a table's cell: never let it end what it stands in."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() and c not in "|`<>[]\\" else f"&#{ord(c)};" for c in line)
