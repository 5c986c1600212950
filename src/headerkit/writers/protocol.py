"""What a writer is: it turns IR into text, and accounts for every declaration.

A writer class may have an attribute `Options`, a frozen dataclass with defaults: settings validate against it and the
class is then made as `Writer(options)`, otherwise as `Writer()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from headerkit.light_classes import NamedTuple, dataclass

if TYPE_CHECKING:
    from headerkit.ir import Header

__all__ = ["Fate", "LedgerEntry", "Output", "Writer"]

Fate = Literal["emitted", "filtered", "unsupported"]


class LedgerEntry(NamedTuple):
    """Where one declaration ended: `kind` is function, variable, typedef, struct, union, enum or macro.

    A tuple, for there is one for each of tens of thousands of macros and a frozen dataclass costs four times as much.
    """

    kind: str
    name: str
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A writer's text, and the coverage ledger: one entry for each owned declaration and macro."""

    text: str
    ledger: tuple[LedgerEntry, ...] = ()


class Writer(Protocol):
    """A writer. Registered under its name (entry point group `headerkit.writers`, or `register_writer`).

    Optional class attributes: `Options` (see above), `suffix` (".py"; default ".txt"), `cache_output` (False: the store
    keeps no output of it), `cache_version` (a str, to be changed when the same header gives another text: the command
    line and the API then make stored outputs anew, while builds go on to take them, so that an sdist builds for ever).
    """

    @property
    def name(self) -> str:
        """The name that settings and identities use."""

    @property
    def format_description(self) -> str:
        """One line for a person."""

    def write(self, header: Header) -> str | Output:
        """Turn the IR into text. Raises WriterError where that is impossible."""
