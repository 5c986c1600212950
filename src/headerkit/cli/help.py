"""`headerkit --help`: one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit import errors
from headerkit.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EXIT_CODES", "help_text"]

_USAGE = """\
usage: headerkit [HEADER | 'GLOB' ...] [options]     bind these headers, or those of the settings
       headerkit COMMAND ...                         see headerkit COMMAND --help

  headerkit zlib.h -w cffi                           print a cffi cdef of zlib.h
  headerkit 'include/**/*.h' -w ctypes -o 'ctypes:src/pkg/_{stem}.py'

what to make
  -w, --writer WRITER            cffi, ctypes, ...; without -o its text is printed
  -o, --output WRITER:PATH       a file, or a template with {stem} {name} {dir}
  --writer-opt WRITER:KEY=VALUE  an option of a writer
how to parse
  -I DIR   -D NAME[=VALUE]   --arg ARG   --pkg-config PACKAGE   --target TRIPLE   --backend NAME
  --code TEXT                    parse this text; HEADER only names it
  --own GLOB   --exclude GLOB    files that belong to the library; headers to leave out
the store and the settings
  --config FILE  --store-dir DIR  --locked  --no-cache  --no-ir-cache  --no-output-cache
for build systems
  --depfile FILE   --include-from TARGET=DIR   --build-dir DIR
what to show
  --dry-run  --report  --json  -v, --verbose  -q, --quiet  -h, --help  --version  --cmakedir
commands"""


def _exit_codes() -> dict[int, str]:
    classes = [getattr(errors, name) for name in errors.__all__]
    found = {cls.exit_code: cls.meaning for cls in classes}
    return {0: "done", **dict(sorted(found.items())), 130: "stopped by Ctrl-C"}


EXIT_CODES = _exit_codes()
"""What each exit status means; each stands for one thing."""


def help_text() -> str:
    """The whole help."""
    commands = [f"  {name:17} {what}" for name, what in COMMANDS.items()]
    codes = [f"{code:>3} {meaning.partition(' (')[0]}" for code, meaning in EXIT_CODES.items()]
    return "\n".join([_USAGE, *commands, "exit codes", *_two_columns(codes)])


def _two_columns(entries: list[str]) -> Iterator[str]:
    half = (len(entries) + 1) // 2
    for left, right in zip(entries[:half], [*entries[half:], ""], strict=False):
        yield f"  {left:46}{right}".rstrip()
