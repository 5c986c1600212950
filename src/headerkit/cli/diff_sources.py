"""Where `headerkit diff` gets its IR from: headers, IR files, stores, and a revision of the project."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headerkit import ir_json
from headerkit.backends import get_backend
from headerkit.cli.arguments import overrides_from
from headerkit.errors import HeaderkitError, StoreError, UsageError
from headerkit.planning import make_plan
from headerkit.selection import select
from headerkit.settings import load_settings
from headerkit.store import Found, Store
from headerkit.store.guarded import Refused
from headerkit.store.inventory import load_entry, stored_entries

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from headerkit.ir import Header
    from headerkit.plan import Plan
    from headerkit.settings import Overrides

__all__ = ["Pair", "revision_pairs", "two_sources"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two readings of one header; the labels say which is which, "" where the header's name does."""

    old: Header
    new: Header
    old_label: str = ""
    new_label: str = ""


def two_sources(old: str, new: str, found: argparse.Namespace) -> tuple[list[Pair], list[str]]:
    """Pair two headers or IR files, or two stores entry by entry; notes tell what has no counterpart."""
    if os.path.isdir(old) != os.path.isdir(new):
        msg = f"{old} and {new}: a store can only be compared with a store"
        raise UsageError(msg)
    if os.path.isdir(old):
        return _pairs(_stored(old), _stored(new), old, new)
    return [Pair(_read(old, found), _read(new, found), old, new)], []


def revision_pairs(found: argparse.Namespace) -> tuple[list[Pair], list[str]]:
    """Pair the project's headers at a git revision with the working tree's. Raises UsageError where git refuses."""
    overrides = overrides_from(_as_headers(found, found.sources))._replace(writers=("json",))
    plan = _plan(overrides, found)
    root = os.path.relpath(overrides.base or os.getcwd(), plan.root)
    with tempfile.TemporaryDirectory(prefix="headerkit-diff-") as folder:
        _export(plan.root, found.git, folder)
        there = overrides._replace(base=os.path.normpath(os.path.join(folder, root)))
        before = _units(_plan(there, found))
    return _pairs(before, _units(plan), found.git, "working tree")


def _pairs(
    old: Mapping[str, Header], new: Mapping[str, Header], old_label: str, new_label: str
) -> tuple[list[Pair], list[str]]:
    """Pair by name. What is on one side only was added or removed with all that it declares, and a note says so."""
    if not old.keys() & new.keys():
        msg = f"{old_label} and {new_label} have no header in common"
        raise UsageError(msg, cause="other headers, targets, defines or include directories were asked for")
    pairs, notes = [], []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            notes.append(f"{name} is in {old_label if after is None else new_label} only")
        before, after = before or _without_declarations(after), after or _without_declarations(before)
        pairs.append(Pair(before, after, f"{old_label}: {name}", f"{new_label}: {name}"))
    return pairs, notes


def _without_declarations(header: Header | None) -> Header:
    assert header is not None  # noqa: S101  (a name comes from one side at least)
    return replace(header, declarations=(), macros=())


def _stored(store: str) -> dict[str, Header]:
    headers = {}
    for stored in stored_entries(store):
        if stored.layer == ("ir",):
            try:
                headers[stored.slug] = ir_json.load(load_entry(stored)[1])
            except (Refused, ValueError) as error:
                msg = f"{store}: the entry {stored.name} cannot be used: {error}"
                raise StoreError(msg, hint="headerkit cache verify") from error
    if not headers:
        msg = f"{store}: there is no IR in it"
        raise StoreError(msg, cause="it is no store, or nothing was put into it", hint="name the folder .headerkit")
    return headers


def _read(source: str, found: argparse.Namespace) -> Header:
    if source.endswith(".json"):
        try:
            with open(source, encoding="utf-8") as file:
                return ir_json.load(file.read())
        except (OSError, ValueError) as error:
            msg = f"{source}: {error}"
            raise UsageError(msg, hint="headerkit HEADER -w json -o json:FILE.json makes such a file") from error
    overrides = overrides_from(_as_headers(found, [source]))._replace(writers=("json",))
    units = list(_units(_plan(overrides, found)).values())
    if len(units) != 1:
        msg = f"{source}: names {len(units)} headers"
        raise UsageError(msg, hint="name one header, or compare two stores")
    return units[0]


def _as_headers(found: argparse.Namespace, headers: list[str]) -> argparse.Namespace:
    found.headers, found.writers, found.outputs, found.writer_opts = headers, ["json"], [], []
    return found


def _plan(overrides: Overrides, found: argparse.Namespace) -> Plan:
    return make_plan(load_settings(overrides.base, config_file=found.config, command_line=overrides), overrides)


def _units(plan: Plan) -> dict[str, Header]:
    """Read the IR of every unit from the store, or by parsing; nothing is stored."""
    store = Store(plan.store_dir)
    headers = {}
    for job in plan.jobs:
        name = f"{job.unit.header} ({job.unit.target})"
        if name in headers:
            continue
        stored = store.find_ir(job.unit, policy=plan.cache)
        if isinstance(stored, Found):
            header = ir_json.load(stored.text)
        else:
            header = get_backend(job.unit.backend).parse(job.unit).header
        headers[name] = select(header, job.rules)[0] if job.rules else header
    return headers


def _export(root: str, revision: str, folder: str) -> None:
    """Write the project's files as they were at a revision."""
    if revision.startswith("-"):
        msg = f"--git: {revision!r} is no revision"
        raise UsageError(msg)
    archive = os.path.join(folder, ".headerkit-diff.tar")
    command = ["git", "-C", root, "archive", "--format=tar", f"--output={archive}", revision, "--", "."]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    except FileNotFoundError as error:
        msg = "--git: there is no git program"
        raise UsageError(msg) from error
    if done.returncode:
        msg = f"--git: {done.stderr.strip() or 'git archive failed'}"
        raise UsageError(msg, hint="git log --oneline names the revisions")
    try:
        with tarfile.open(archive) as tar:
            # Set even where nothing is left to filter: Python 3.12 warns without, and 3.10.11 has none.
            tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
            tar.extractall(folder, members=list(_harmless(tar, folder)))  # noqa: S202  (_harmless chose the members)
    except (tarfile.TarError, OSError) as error:
        msg = f"--git: the revision {revision} cannot be written to a folder: {error}"
        raise HeaderkitError(msg) from error
    finally:
        os.unlink(archive)


def _harmless(tar: tarfile.TarFile, folder: str) -> Iterator[tarfile.TarInfo]:
    """Files and folders that stay below the folder; a link is of no use to a parse that ends before git does."""
    top = os.path.join(os.path.realpath(folder), "")
    for member in tar.getmembers():
        place = os.path.normpath(os.path.join(top, member.name))
        if (member.isfile() or member.isdir()) and (place + os.sep).startswith(top):
            yield member
