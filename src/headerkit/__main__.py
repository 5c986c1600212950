"""The `headerkit` command, also `python -m headerkit`."""

from __future__ import annotations

import io
import os
import sys

from headerkit.errors import HeaderkitError

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the process's exit code. What the user can mend ends in one message, no traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a header's name may be more than the terminal can show
    try:
        from headerkit.cli import run_command  # noqa: PLC0415  (here, so that Ctrl-C during the import is caught)

        code = run_command(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except HeaderkitError as error:
        _say(f"headerkit: {error}")
        return error.exit_code
    except SystemExit as done:  # argparse's --help
        return int(done.code or 0)
    except KeyboardInterrupt:
        _say("headerkit: stopped")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`headerkit ... | head`): nobody is left to tell, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return code


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")  # which shows any character somehow: its errors= is backslashreplace


if __name__ == "__main__":
    sys.exit(main())
