"""`headerkit cache populate`: fills the store for every target from this machine."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from headerkit.cli.arguments import (
    Parser,
    add_parse_options,
    add_screen_options,
    add_store_option,
    add_writer_options,
    overrides_from,
)
from headerkit.cli.screen import Screen, duration
from headerkit.errors import UsageError
from headerkit.settings import load_settings
from headerkit.sysroots.zig import zig_problem
from headerkit.target import short
from headerkit.targets.populate import Asked, Filled, choose_targets, fill, plan_targets, source_of, unpack

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from headerkit.errors import HeaderkitError
    from headerkit.plan import Plan
    from headerkit.store.check import Checked
    from headerkit.targets.populate import Chosen

__all__ = ["run"]

_DESCRIPTION = """\
Fill the store for other targets, from this machine: libclang parses for each of them, with that system's own headers.
They come from a folder (--sysroot) or a container image (--image) that is named for a target, else from a cross
compiler's package, else from the ziglang package (pip install 'headerkit[cross]'). Nothing is run but the parser, and
no output file is written. Without --target, --platform or --cibuildwheel: for [tool.headerkit.cache.populate].

  headerkit cache populate --target all                    every target that wheels are made for
  headerkit cache populate --target '*-linux-*'            also a triple, or a wheel's tag: macosx_11_0_arm64
  headerkit cache populate --cibuildwheel --dry-run        those of the wheels that the project builds"""
_COLOURS = {"hit": "green", "filled": "yellow", "failed": "red"}


def run(arguments: list[str]) -> int:
    """Run `cache populate`; the exit code is 0 when every target is filled, else that of the first error."""
    found = _parser().parse(arguments)
    overrides = overrides_from(found)
    settings = load_settings(overrides.base, config_file=found.config, command_line=overrides)
    asked = Asked(
        (*found.targets, *found.platforms),
        found.cibuildwheel,
        tuple(_pair(text, "--image") for text in found.images),
        tuple(_pair(text, "--sysroot", base=overrides.base) for text in found.sysroots),
    )
    chosen = choose_targets(settings, asked)
    if not chosen.targets:
        msg = "no target is named"
        hint = (
            "headerkit cache populate --target all   (or --cibuildwheel, or targets in [tool.headerkit.cache.populate])"
        )
        raise UsageError(msg, cause="; ".join(chosen.notes), hint=hint)
    screen = Screen(found.verbosity)
    plan = plan_targets(settings, overrides, chosen)
    if found.dry_run:
        _show_plan(screen, plan, chosen, found)
        return 0
    timeout = found.timeout or settings.cache.populate.timeout
    plan, errors = unpack(
        plan, chosen.images, timeout=timeout, anew=found.refresh, say=lambda text: screen.notes((text,))
    )
    if found.json or found.verbosity < 0:
        filled = fill(plan, anew=found.refresh)
    else:
        from headerkit.cli.progress import ProgressBar  # noqa: PLC0415  (only where a bar is shown)

        with ProgressBar(len(plan.jobs)) as progress:
            filled = fill(plan, anew=found.refresh, progress=progress)
    filled += tuple(Filled(target, (), (error,)) for target, error in errors.items())
    if found.json:
        _print_json(filled, chosen, plan)
    else:
        _show(screen, filled, chosen, plan)
    return next((one.errors[0].exit_code for one in filled if one.errors), 0)


def _parser() -> Parser:
    parser = Parser("cache populate", _DESCRIPTION)
    parser.add_argument("headers", nargs="*", metavar="HEADER", help="header or 'glob' (default: all of the settings)")
    which = parser.add_argument_group("for which targets")
    for flag, name, metavar, meaning in (
        ("--target", "targets", "TARGET", "triple, wheel tag, 'glob' over short triples, or all"),
        ("--platform", "platforms", "PLATFORM", "container platform, such as linux/arm64"),
    ):
        which.add_argument(flag, dest=name, action="append", default=[], metavar=metavar, help=meaning)
    which.add_argument("--cibuildwheel", action="store_true", help="those of the wheels that cibuildwheel would build")
    which.add_argument("--python", action="append", metavar="VERSION", help="without effect: no entry depends on it")
    whose = parser.add_argument_group("with whose headers")
    whose.add_argument(
        "--image",
        "--docker-image",
        dest="images",
        action="append",
        default=[],
        metavar="[TARGET=]IMAGE",
        help="those of a container image",
    )
    whose.add_argument(
        "--sysroot",
        dest="sysroots",
        action="append",
        default=[],
        metavar="[TARGET=]DIR",
        help="those of a folder with usr/include",
    )
    whose.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="for an image (default: 600)")
    add_writer_options(parser, outputs=False)
    add_parse_options(parser)
    where = parser.add_argument_group("where")
    where.add_argument("--config", metavar="FILE", help="settings file in place of the project's")
    add_store_option(where)
    add_screen_options(parser)
    parser.add_argument("--no-ir-cache", action="store_true", default=None, help="keep the generated text alone")
    parser.add_argument("--refresh", action="store_true", help="make valid entries again too")
    parser.add_argument("--dry-run", action="store_true", help="show the targets alone")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(outputs=[], target=None)
    return parser


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        msg = f"--timeout: expected a number of seconds, got {text!r}"
        raise UsageError(msg)
    return int(text)


def _pair(text: str, flag: str, *, base: str = "") -> tuple[str, str]:
    """(target, value) of `[TARGET=]VALUE`; a folder's path is taken from `base`."""
    target, equals, value = text.rpartition("=")
    if not value or (equals and not target):
        msg = f"{flag}: expected [TARGET=]VALUE, got {text!r}"
        raise UsageError(msg)
    return target, os.path.join(base, value) if base else value


def _show_plan(screen: Screen, plan: Plan, chosen: Chosen, found: argparse.Namespace) -> None:
    from headerkit.store.check import check_jobs  # noqa: PLC0415  (only a dry run asks the store alone)

    checked: dict[str, list[Checked]] = {}
    for one in check_jobs(plan.store_dir, plan.jobs, plan.cache):
        checked.setdefault(one.job.unit.target, []).append(one)
    if found.json:
        _dump(
            targets=[
                {
                    "target": target,
                    "headers_from": source_of(target, chosen),
                    "outputs": len(jobs),
                    "in_store": sum(one.current for one in jobs),
                }
                for target, jobs in checked.items()
            ],
            warnings=[*plan.warnings, *chosen.notes],
        )
        return
    width = max(len(short(target)) for target in checked)
    for target, jobs in checked.items():
        known = sum(one.current for one in jobs)
        source = source_of(target, chosen) or "no system headers"
        screen.line(f"{short(target):{width}}  {_outputs(len(jobs))}, {known} in the store  ({source})")
    screen.notes((*plan.warnings, *chosen.notes))


def _show(screen: Screen, filled: Sequence[Filled], chosen: Chosen, plan: Plan) -> None:
    shown = [one for one in filled if one.results]
    width = max((len(short(one.target)) for one in shown), default=0)
    for one in shown:
        status = _status(one)
        line = f"{screen.paint(f'{status:6}', _COLOURS[status])} {short(one.target):{width}}"
        time = screen.paint(duration(sum(result.seconds for result in one.results)), "dim")
        source = "" if status == "hit" else f"  {source_of(one.target, chosen) or 'no system headers'}"
        screen.line(f"{line}  {_outputs(len(one.results))}{source}  {time}")
        for reason in dict.fromkeys(reason for result in one.results for reason in result.reasons):
            screen.detail(f"       {reason}")
    failed = [one for one in filled if one.errors]
    _show_errors(screen, failed)
    bare = [short(one.target) for one in shown if _status(one) == "filled" and not source_of(one.target, chosen)]
    missing: list[str] = []
    if bare:
        remedy = zig_problem() or "pip install 'headerkit[cross]'"
        missing = [f"no system headers were found for {', '.join(bare)}: {remedy}"]
    screen.notes((*plan.warnings, *chosen.notes, *missing, *_notes(filled)))
    if failed:
        screen.line(f"{len(failed)} of {len(filled)} targets could not be filled")
    else:
        screen.line(f"the store has {len(filled)} {'target' if len(filled) == 1 else 'targets'}; commit it")


def _show_errors(screen: Screen, failed: Iterable[Filled]) -> None:
    """The errors, each once with all its targets: most are of several, and only where was looked differs."""
    alike: dict[str, tuple[HeaderkitError, list[str]]] = {}
    for one in failed:
        for error in one.errors:
            alike.setdefault(error.message.replace(one.target, ""), (error, []))[1].append(short(one.target))
    for error, targets in alike.values():
        lines = str(error).splitlines()
        if screen.verbosity < 0:
            print(f"headerkit: {', '.join(dict.fromkeys(targets))}: {lines[0]}", *lines[1:], sep="\n", file=sys.stderr)
            continue
        screen.line(f"{screen.paint('failed', _COLOURS['failed'])} {', '.join(dict.fromkeys(targets))}")
        for text in lines:
            screen.line(f"       {text}")


def _status(one: Filled) -> str:
    if one.errors:
        return "failed"
    return "hit" if all(result.status == "hit" for result in one.results) else "filled"


def _notes(filled: Sequence[Filled]) -> list[str]:
    """The notes of all results, each once, and of which targets where it is not of all that were filled."""
    targets: dict[str, list[str]] = {}
    good = [one for one in filled if not one.errors]
    for one in good:
        for note in dict.fromkeys(note for result in one.results for note in result.notes):
            targets.setdefault(note, []).append(short(one.target))
    return [note if len(named) == len(good) else f"{note} ({', '.join(named)})" for note, named in targets.items()]


def _print_json(filled: Sequence[Filled], chosen: Chosen, plan: Plan) -> None:
    _dump(
        targets=[
            {
                "target": one.target,
                "status": _status(one),
                "headers_from": source_of(one.target, chosen),
                "outputs": [
                    {"header": result.job.unit.header, "writer": result.job.writer, "status": result.status}
                    for result in one.results
                ],
                "notes": list(dict.fromkeys(note for result in one.results for note in result.notes)),
                "errors": [str(error) for error in one.errors],
            }
            for one in filled
        ],
        warnings=[*plan.warnings, *chosen.notes],
    )


def _dump(**facts: object) -> None:
    import json  # noqa: PLC0415  (only --json needs it)

    print(json.dumps({"version": 1, **facts}, indent=2))


def _outputs(number: int) -> str:
    return f"{number} {'output' if number == 1 else 'outputs'}"
