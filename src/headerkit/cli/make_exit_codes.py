"""The reference page of the exit codes, made from the classes of `headerkit.errors`.

python -m headerkit.cli.make_exit_codes > docs/reference/exit-codes.md
"""

from __future__ import annotations

from headerkit import errors

__all__ = ["exit_codes_reference"]

_INTRODUCTION = """\
# Exit codes

<!-- Made by `python -m headerkit.cli.make_exit_codes` from the error classes; a test keeps both equal. -->

Each status means one thing. An error ends in one message on standard error: what happened and where, the likely cause,
and what to try. In Python each is a class of `headerkit.errors`, below `HeaderkitError`.

| status | class | meaning |
|---|---|---|
| 0 | | done |
"""
_STOPPED = """\
| 130 | `KeyboardInterrupt` | Stopped by Ctrl-C; nothing is half written. |
| 141 | | The reader of standard output has gone. |
"""


def exit_codes_reference() -> str:
    """The whole page."""
    classes = sorted((getattr(errors, name) for name in errors.__all__), key=lambda cls: cls.exit_code)
    rows = [f"| {cls.exit_code} | `{cls.__name__}` | {_meaning(cls)} |\n" for cls in classes]
    return "".join([_INTRODUCTION, *rows, _STOPPED])


def _meaning(cls: type[errors.HeaderkitError]) -> str:
    if cls is errors.HeaderkitError:
        return "Another error that is the user's to mend."
    return " ".join((cls.__doc__ or "").split())


if __name__ == "__main__":
    print(exit_codes_reference(), end="")
