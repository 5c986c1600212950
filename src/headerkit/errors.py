"""Every error that headerkit raises on purpose: one class per thing a user can do about it, one exit code per class.

An error says what happened, where (file, key, line), the likely cause and the next command to type. Libraries raise;
only a host prints (`str(error)` is the whole text) and only a host turns `exit_code` into a process status.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "BreakingChangeError",
    "CompileError",
    "HeaderNotFoundError",
    "HeaderkitError",
    "LayoutError",
    "LibclangUnavailableError",
    "LockedError",
    "OutputError",
    "ParseError",
    "SettingsError",
    "StaleError",
    "StoreError",
    "TargetError",
    "UsageError",
    "WriterError",
]


class HeaderkitError(Exception):
    """Base of all errors that are the user's to mend.

    `message` is what happened and where, on its first line; `cause` the likely reason; `hint` the next command to
    type or setting to change. `str(error)` shows all three, the last two on lines of their own.
    """

    exit_code: ClassVar[int] = 1
    meaning: ClassVar[str] = "another error"

    def __init__(self, message: str, *, cause: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause
        self.hint = hint

    def __str__(self) -> str:
        lines = [self.message]
        if self.cause:
            lines.append(f"  cause: {self.cause}")
        if self.hint:
            lines.append(f"  try:   {self.hint}")
        return "\n".join(lines)


class UsageError(HeaderkitError):
    """The command line or the arguments of an API call do not fit together."""

    exit_code = 2
    meaning = "wrong command line"


class StaleError(HeaderkitError):
    """`headerkit check` found outputs or store entries that do not match their headers."""

    exit_code = 3
    meaning = "outputs or store are not up to date (headerkit check)"


class SettingsError(HeaderkitError):
    """The settings are wrong; the message lists every problem with its path."""

    exit_code = 4
    meaning = "wrong settings"


class HeaderNotFoundError(HeaderkitError):
    """A header that was asked for does not exist."""

    exit_code = 5
    meaning = "a header is missing"


class ParseError(HeaderkitError):
    """clang reported an error in a translation unit; nothing of it is used."""

    exit_code = 6
    meaning = "a header does not parse"


class LibclangUnavailableError(HeaderkitError):
    """The store has no valid entry and no usable libclang was found."""

    exit_code = 7
    meaning = "store miss, and libclang was not found"


class StoreError(HeaderkitError):
    """The store cannot be used: a newer format, a symbolic link, no permission."""

    exit_code = 8
    meaning = "the store cannot be used"


class WriterError(HeaderkitError):
    """A writer is unknown, or cannot write what was asked for."""

    exit_code = 9
    meaning = "a writer is unknown or cannot write this"


class CompileError(HeaderkitError):
    """The C compiler or linker refused an extension module."""

    exit_code = 10
    meaning = "the C compiler failed"


class LockedError(HeaderkitError):
    """`--locked` is in force and the store has no valid entry."""

    exit_code = 11
    meaning = "store miss under --locked"


class OutputError(HeaderkitError):
    """An output file cannot be written."""

    exit_code = 12
    meaning = "an output cannot be written"


class TargetError(HeaderkitError):
    """A target is unknown, or its libc headers are not at hand."""

    exit_code = 13
    meaning = "a target is unknown or not supported"


class BreakingChangeError(HeaderkitError):
    """`headerkit diff --fail-on` found a change as bad as it was told to look for."""

    exit_code = 14
    meaning = "a change that --fail-on names (headerkit diff)"


class LayoutError(HeaderkitError):
    """`headerkit check --layouts`: a C compiler of the target disagrees, refuses the header, or is not there."""

    exit_code = 15
    meaning = "a C compiler did not confirm the layouts (headerkit check --layouts)"
