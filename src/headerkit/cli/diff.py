"""`headerkit diff OLD NEW`, `headerkit diff --git REVISION`: what changed, and what that breaks."""

from __future__ import annotations

import sys

from headerkit.cli.arguments import Parser, add_choice_options, add_parse_options
from headerkit.cli.diff_sources import Pair, revision_pairs, two_sources
from headerkit.cli.screen import Screen
from headerkit.diff import FORMATS, Comparison, Verdict, compare, render
from headerkit.errors import BreakingChangeError, ParseError, UsageError

__all__ = ["run"]

_DESCRIPTION = """\
Compare what two readings of a library's headers declare. Each change has a verdict: compatible; source break (programs
may no longer compile); ABI break (programs that were compiled before may fail with the new library).

OLD and NEW are headers, IR files (headerkit HEADER -w json) or stores. With --git they are the headers of the project's
settings, or those named, as they were at a revision and as they are now."""

_FAIL_ON = ("abi", "source", "any")


def run(arguments: list[str]) -> int:
    """Compare; the exit status is 14 when --fail-on finds what it looks for, else 0."""
    found = _parser().parse(arguments)
    if found.git:
        pairs, notes = revision_pairs(found)
    elif len(found.sources) == 2:
        old, new = found.sources
        pairs, notes = two_sources(old, new, found)
    else:
        msg = f"expected OLD and NEW, got {len(found.sources)} of them"
        raise UsageError(msg, hint="headerkit diff OLD NEW   (or headerkit diff --git REVISION)")
    comparisons = [_compare(pair, tuple(found.ignore)) for pair in pairs]
    sys.stdout.write(render(comparisons, found.format))
    Screen().notes(notes)
    return BreakingChangeError.exit_code if _fails(comparisons, found.fail_on) else 0


def _parser() -> Parser:
    parser = Parser("diff", _DESCRIPTION)
    parser.add_argument("sources", nargs="*", metavar="OLD NEW", help="header, IR file or store (--git: headers)")
    parser.add_argument("--git", metavar="REVISION", help="compare this revision with the working tree")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text, markdown or json (default: text)")
    parser.add_argument(
        "--fail-on", choices=_FAIL_ON, help="exit with 14 on an ABI break, a source break or worse, any"
    )
    parser.add_argument("--ignore", action="append", default=[], metavar="GLOB", help="names not to compare")
    add_parse_options(parser)
    add_choice_options(parser)
    return parser


def _compare(pair: Pair, ignore: tuple[str, ...]) -> Comparison:
    try:
        made = compare(pair.old, pair.new, ignore=ignore)
    except RecursionError as error:
        msg = f"{pair.new_label or pair.new.name}: a type is nested deeper than Python can follow"
        raise ParseError(msg, cause="hundreds of pointers to pointers, or the like") from error
    return Comparison(pair.old_label or made.old, pair.new_label or made.new, made.changes)


def _fails(comparisons: list[Comparison], fail_on: str | None) -> bool:
    if fail_on is None:
        return False
    if fail_on == "any":
        return any(comparison.changes for comparison in comparisons)
    limit = Verdict(fail_on).rank
    return any(comparison.changes and comparison.verdict.rank >= limit for comparison in comparisons)
