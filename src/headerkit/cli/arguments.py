"""Command-line arguments: a parser whose errors are ours, and the options that several commands share."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, NoReturn

from headerkit.errors import UsageError
from headerkit.planning import make_plan
from headerkit.settings import Overrides, load_settings
from headerkit.settings.problems import did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.plan import Plan

__all__ = [
    "Parser",
    "add_choice_options",
    "add_header_options",
    "add_parse_options",
    "add_screen_options",
    "add_store_option",
    "add_writer_options",
    "overrides_from",
    "plan_from",
]


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help at a fixed width: argparse makes a formatter for each option, and to ask the terminal costs an import."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=100)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises UsageError, with "did you mean" for an unknown option; nothing is abbreviated."""

    def __init__(self, command: str, description: str, *, add_help: bool = True) -> None:
        super().__init__(
            prog=f"headerkit {command}".rstrip(),
            description=description,
            add_help=add_help,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError in place of printing and leaving."""
        raise UsageError(message, hint=f"{self.prog} --help")

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse all arguments, options and positional ones in any order. Raises UsageError."""
        if "_ARGCOMPLETE" in os.environ:
            from headerkit.cli.completion import complete  # noqa: PLC0415  (only when a shell asks)

            complete(self)
        found, unknown = self.parse_known_intermixed_args(_joined(arguments))
        if unknown:
            known = [name for action in self._actions for name in action.option_strings]
            wrong = unknown[0].partition("=")[0]
            what = "option" if wrong.startswith("-") else "argument"
            self.error(f"unknown {what} {quoted(wrong)}" + (did_you_mean(wrong, known) if what == "option" else ""))
        return found


def _joined(arguments: Sequence[str]) -> list[str]:
    """`--arg -std=c99` as `--arg=-std=c99`: argparse takes a value that starts with a dash for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--arg":
            joined[-1] = f"--arg={argument}"
        else:
            joined.append(argument)
    return joined


def add_choice_options(parser: Parser) -> None:
    """Options that say which settings and which store."""
    group = parser.add_argument_group("where")
    group.add_argument("--config", metavar="FILE", help="settings file in place of the project's")
    group.add_argument("--target", metavar="TRIPLE", help="target triple (default: this Python's)")
    add_store_option(group)


def add_store_option(parser: argparse._ActionsContainer) -> None:
    """`--store-dir`."""
    parser.add_argument("--store-dir", metavar="DIR", help="the store's folder (default: .headerkit)")


def add_screen_options(parser: Parser) -> None:
    """`-v` and `-q`."""
    parser.add_argument("-v", "--verbose", dest="verbosity", action="store_const", const=1, default=0, help="say more")
    parser.add_argument("-q", "--quiet", dest="verbosity", action="store_const", const=-1, help="errors alone")


def add_header_options(parser: Parser) -> None:
    """Options that say which headers, how they are parsed and what is made of them."""
    parser.add_argument("headers", nargs="*", metavar="HEADER", help="header or 'glob' (default: all of the settings)")
    add_writer_options(parser)
    add_parse_options(parser)


def add_writer_options(parser: Parser, *, outputs: bool = True) -> None:
    """`-w`, `--writer-opt` and, where files are written, `-o`."""
    what = parser.add_argument_group("what to make")
    what.add_argument(
        "-w",
        "--writer",
        dest="writers",
        action="append",
        default=[],
        metavar="WRITER",
        help="cffi, ctypes, ...; without -o it prints",
    )
    if outputs:
        what.add_argument(
            "-o",
            "--output",
            dest="outputs",
            action="append",
            default=[],
            metavar="WRITER:PATH",
            help="path or template with {stem} {name} {dir}",
        )
    what.add_argument(
        "--writer-opt",
        dest="writer_opts",
        action="append",
        default=[],
        metavar="WRITER:KEY=VALUE",
        help="a writer's option",
    )


def add_parse_options(parser: Parser) -> None:
    """Options that say how headers are parsed."""
    how = parser.add_argument_group("how to parse")
    how.add_argument("-I", dest="include_dirs", action="append", default=[], metavar="DIR", help="include directory")
    how.add_argument("-D", dest="defines", action="append", default=[], metavar="NAME[=VALUE]", help="macro")
    how.add_argument(
        "--arg", dest="args", action="append", default=[], metavar="ARG", help="argument for clang (--arg=-std=c99)"
    )
    how.add_argument(
        "--pkg-config", dest="pkg_config", action="append", default=[], metavar="PACKAGE", help="flags from pkg-config"
    )
    how.add_argument("--code", metavar="TEXT", help="parse this text; HEADER only names it")
    how.add_argument(
        "--own", dest="owned", action="append", default=[], metavar="GLOB", help="files that belong to the library"
    )
    how.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="headers to leave out")
    how.add_argument("--backend", metavar="NAME", help="parser (default: libclang)")


def plan_from(found: argparse.Namespace) -> Plan:
    """The plan that parsed arguments ask for. Raises UsageError, SettingsError and HeaderNotFoundError."""
    overrides = overrides_from(found)
    return make_plan(load_settings(overrides.base, config_file=found.config, command_line=overrides), overrides)


def overrides_from(found: argparse.Namespace) -> Overrides:
    """The run's choices from parsed arguments. Raises UsageError."""
    outputs = []
    for text in found.outputs:
        writer, colon, template = text.partition(":")
        if text and not colon and len(found.writers) == 1:
            writer, colon, template = found.writers[0], ":", text
        if not colon or not writer or not template:
            named, path = (found.writers[0] if len(found.writers) == 1 else "WRITER"), text.lstrip(":")
            if "=" in text:  # as other options are written
                named, _, path = text.partition("=")
            msg = f"-o: expected WRITER:PATH, got {quoted(text)}"
            raise UsageError(msg, hint=f"-o {named}:{path or 'PATH'}")
        outputs.append((writer, template))
    texts = []
    for text in found.writer_opts:
        head, equals, value = text.partition("=")
        writer, colon, name = head.partition(":")
        if not (colon and equals and writer and name):
            msg = f"--writer-opt: expected WRITER:KEY=VALUE, got {quoted(text)}"
            raise UsageError(msg, hint="--writer-opt cffi:mode=abi")
        texts.append((writer, name, value))
    return Overrides(
        headers=tuple(found.headers),
        exclude=tuple(found.exclude),
        writers=tuple(found.writers),
        outputs=tuple(outputs),
        include_dirs=tuple(found.include_dirs),
        defines=tuple(found.defines),
        args=tuple(found.args),
        pkg_config=tuple(found.pkg_config),
        owned=tuple(found.owned),
        code=found.code,
        writer_option_texts=tuple(texts),
        backend=found.backend,
        target=found.target,
        store_dir=found.store_dir,
        no_cache=getattr(found, "no_cache", None),
        no_ir_cache=getattr(found, "no_ir_cache", None),
        no_output_cache=getattr(found, "no_output_cache", None),
        locked=getattr(found, "locked", None),
        base=os.getcwd(),
        build_dir=getattr(found, "build_dir", None) or "",
    )
