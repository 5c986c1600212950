"""Where `headerkit diff` gets its IR from: headers, IR files, stores, and a revision of the project."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headerkit import ir_json
from headerkit.cli.arguments import overrides_from
from headerkit.cli.revision import export_revision
from headerkit.errors import StoreError, UsageError
from headerkit.making import fulfil
from headerkit.planning import make_plan
from headerkit.portable import below
from headerkit.selection import select
from headerkit.settings import load_settings
from headerkit.store import Found, Store
from headerkit.store.guarded import Refused
from headerkit.store.inventory import load_entry, stored_entries

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from headerkit.ir import Header
    from headerkit.plan import Plan
    from headerkit.settings import Overrides
    from headerkit.unit import Unit

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
    overrides = overrides_from(_as_headers(found, found.sources))
    plan = _plan(overrides, found)
    root = os.path.relpath(overrides.base or os.getcwd(), plan.root)
    with tempfile.TemporaryDirectory(prefix="headerkit-diff-") as folder:
        notes = export_revision(plan.root, found.git, folder)
        there = overrides._replace(base=os.path.normpath(os.path.join(folder, root)))
        before = _units(_plan(there, found))
    pairs, more = _pairs(before, _units(plan), found.git, "working tree")
    return pairs, [*notes, *more]


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
        raise StoreError(msg, cause="it is not a store, or nothing was put into it", hint="name the folder .headerkit")
    return headers


def _read(source: str, found: argparse.Namespace) -> Header:
    if source.endswith(".json"):
        try:
            with open(source, encoding="utf-8") as file:
                return ir_json.load(file.read())
        except (OSError, ValueError) as error:
            msg = f"{source}: {error}"
            raise UsageError(msg, hint="headerkit HEADER -w json -o json:FILE.json makes such a file") from error
    overrides = overrides_from(_as_headers(found, [source]))
    units = list(_units(_plan(overrides, found)).values())
    if len(units) != 1:
        msg = f"{source}: names {len(units)} headers"
        raise UsageError(msg, hint="name one header, or compare two stores")
    return units[0]


def _as_headers(found: argparse.Namespace, headers: list[str]) -> argparse.Namespace:
    found.headers, found.writers, found.outputs, found.writer_opts = headers, [], [], []
    return found


def _plan(overrides: Overrides, found: argparse.Namespace) -> Plan:
    settings = load_settings(overrides.base, config_file=found.config, command_line=overrides)
    # No writer runs: one that every header can have leaves aside what the settings say of the others.
    any_writer = ("json",) if overrides.headers or settings.headers else ()
    return make_plan(settings, overrides._replace(writers=any_writer))


def _units(plan: Plan) -> dict[str, Header]:
    """The IR of every unit, of headers and of cffi modules, by a name that an older plan has for it too."""
    units: dict[Unit, str] = {}
    headers = {}
    for job in plan.jobs:
        name = f"{job.unit.header} ({job.unit.target})"
        if name in headers and job.unit not in units:  # a module has the header with other flags
            name += f" for {below(plan.root, job.output) or job.output}"
        if units.setdefault(job.unit, name) == name:
            header = _ir(plan, job.unit)
            headers[name] = select(header, job.rules)[0] if job.rules else header
    return headers


def _ir(plan: Plan, unit: Unit) -> Header:
    """The unit's IR from the store, or by parsing; nothing is stored."""
    stored = None if plan.cache.no_ir else Store(plan.store_dir).find_ir(unit, policy=plan.cache)
    if isinstance(stored, Found):
        try:
            return ir_json.load(stored.text)
        except ValueError:
            pass  # of this version by its first line, and none all the same: as good as no IR
    return ir_json.load(fulfil(unit, ()).ir_text or "")
