"""The `headerkit` command, also `python -m headerkit`."""

from __future__ import annotations

import gc
import io
import os
import sys

from headerkit.errors import HeaderkitError, OutputError

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the process's exit code. What the user can mend ends in one message, no traceback."""
    if arguments is None:
        # A process of its own: nearly all that it makes lives to its end. The imports alone would be searched for
        # garbage a dozen times.
        gc.set_threshold(1_000_000)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a header's name may be more than the terminal can show
    try:
        from headerkit.cli import run_command  # noqa: PLC0415  (here, so that Ctrl-C during the import is caught)

        code = run_command(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        if arguments is None:
            gc.freeze()  # the process ends, and Python would first look for garbage among all that it made
    except HeaderkitError as error:
        _say(f"headerkit: {error}")
        return error.exit_code
    except SystemExit as done:  # argparse's --help
        return int(done.code or 0)
    except KeyboardInterrupt:
        _say("headerkit: stopped")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`headerkit ... | head`): nobody is left to tell.
        _give_up_output()
        return 141
    except OSError as error:
        if error.filename is not None:  # of a file, and not of a stream: that is not foreseen
            raise
        _say(f"headerkit: standard output cannot be written: {error.strerror or error}")
        _give_up_output()
        return OutputError.exit_code
    return code


def _give_up_output() -> None:
    """Let what is still to be written go nowhere, for Python flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")  # which shows any character somehow: its errors= is backslashreplace


if __name__ == "__main__":
    sys.exit(main())
