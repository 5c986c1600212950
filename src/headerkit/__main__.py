"""The `headerkit` command, also `python -m headerkit`."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO, cast

from headerkit.errors import HeaderkitError, OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the process's exit code. What the user can mend ends in one message, no traceback."""
    if arguments is None:
        # A process of its own: nearly all that it makes lives to its end. The imports alone would be searched for
        # garbage a dozen times.
        gc.set_threshold(1_000_000)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the process: what is printed goes nowhere
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (lives as long as the process)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a header's name may be more than the terminal can show
    stdout = sys.stdout
    sys.stdout = cast("TextIO", _StandardOutput(stdout))
    try:
        code = _run(arguments)
        if arguments is None:
            gc.freeze()  # the process ends, and Python would first look for garbage among all that it made
    except HeaderkitError as error:
        _say(f"headerkit: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("headerkit: stopped")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`headerkit ... | head`): nobody is left to tell.
        _give_up_output()
        return 141
    finally:
        sys.stdout = stdout
    return code


def _run(arguments: list[str] | None) -> int:
    """Run the command, and write all of its output. Raises HeaderkitError, KeyboardInterrupt, BrokenPipeError."""
    try:
        from headerkit.cli import run_command  # noqa: PLC0415  (here, so that Ctrl-C during the import is caught)

        try:
            code = run_command(sys.argv[1:] if arguments is None else arguments)
        except SystemExit as done:  # argparse's --help
            code = int(done.code or 0)
        sys.stdout.flush()
    except _UnwrittenError as error:
        _give_up_output()
        msg = f"standard output cannot be written: {error}"
        raise OutputError(msg) from error
    except FileNotFoundError as error:
        if error.filename is None and _is_folder_gone():
            msg = "the current folder was removed"
            raise UsageError(msg, hint="cd to a folder that is there") from error
        raise
    return code


class _UnwrittenError(Exception):
    """Standard output could not be written. No OSError, for those of files are caught where they arise."""


class _StandardOutput:
    """Standard output, or its buffer, whose failures are told from those of files."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @property
    def buffer(self) -> _StandardOutput:
        return _StandardOutput(self._stream.buffer)

    def write(self, data: Any) -> int:
        return cast("int", _told(self._stream.write, data))

    def flush(self) -> None:
        _told(self._stream.flush)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _told(write: Callable[..., object], *data: object) -> object:
    try:
        return write(*data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _UnwrittenError(error.strerror or error) from error


def _is_folder_gone() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _give_up_output() -> None:
    """Let what is still to be written go nowhere, for Python flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")  # which shows any character somehow: its errors= is backslashreplace


if __name__ == "__main__":
    sys.exit(main())
