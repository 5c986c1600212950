"""The store: finds and puts entries. On the hit path: it imports neither backend nor writer.

One `Store` serves one run: it remembers the digests of the headers it has read.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import StoreError
from headerkit.ir_version import JSON_HEAD
from headerkit.light_classes import NamedTuple
from headerkit.store.closure import Closure, closure_from_json, closure_to_json
from headerkit.store.entry import (
    encode_metadata,
    encode_payload,
    is_payload_name,
    read_metadata,
    read_payload,
    write_entry,
)
from headerkit.store.freshness import Freshness
from headerkit.store.guarded import Refused
from headerkit.store.identity import output_identity, unit_identity
from headerkit.store.layout import check_format, check_plain_folders, entry_folder, write_top_files

if TYPE_CHECKING:
    from headerkit.plan import CachePolicy
    from headerkit.selection import Rule
    from headerkit.store.identity import Json
    from headerkit.unit import Unit

__all__ = ["Found", "Missed", "Store"]


class Found(NamedTuple):
    """A valid entry. `made_by` is the writer's `cache_version` when it was made ("" for IR)."""

    text: str
    closure: Closure
    notes: tuple[str, ...] = ()
    made_by: str = ""


class Missed(NamedTuple):
    """No valid entry; each reason is one plain line that names the file or the fact."""

    reasons: tuple[str, ...]


class Store:
    """The store in the folder `path`, which need not exist yet."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._freshness = Freshness()
        self._identities: dict[Unit, dict[str, Json]] = {}
        self._format_checked = False
        self._top_written = False
        self._plain_layers: set[tuple[str, ...]] = set()

    def find_ir(self, unit: Unit, *, policy: CachePolicy) -> Found | Missed:
        """Look for a unit's IR of this version. Raises StoreError for a store of a newer format only."""
        found = self._find(unit, self._identity(unit), policy)
        if isinstance(found, Found) and not found.text.startswith(JSON_HEAD):
            return Missed((f"the stored IR of {unit.header} is of another version of the IR",))
        return found

    def find_output(
        self,
        unit: Unit,
        writer: str,
        *,
        options: tuple[tuple[str, object], ...],
        rules: tuple[Rule, ...],
        policy: CachePolicy,
    ) -> Found | Missed:
        """Look for a writer's output, whichever release of the writer made it. Raises StoreError as `find_ir`."""
        return self._find(unit, output_identity(self._identity(unit), writer, options, rules), policy)

    def put_ir(self, unit: Unit, closure: Closure, text: str) -> bool:
        """Keep a unit's IR; False when it stood there already. Raises StoreError."""
        return self._put(self._identity(unit), closure, text, "ir.json", "")

    def put_output(
        self,
        unit: Unit,
        writer: str,
        *,
        options: tuple[tuple[str, object], ...],
        rules: tuple[Rule, ...],
        closure: Closure,
        text: str,
        suffix: str,
        made_by: str = "",
    ) -> bool:
        """Keep a writer's output; False when it stood there already. Raises StoreError.

        `suffix` is the payload's (".py"); `made_by` the writer's `cache_version`.
        """
        payload = f"output{suffix.lower()}"
        if not is_payload_name(payload):
            payload = "output.txt"
        return self._put(output_identity(self._identity(unit), writer, options, rules), closure, text, payload, made_by)

    def _identity(self, unit: Unit) -> dict[str, Json]:
        identity = self._identities.get(unit)
        if identity is None:
            identity = self._identities[unit] = unit_identity(unit)
        return identity

    def _find(self, unit: Unit, identity: dict[str, Json], policy: CachePolicy) -> Found | Missed:
        if not self._format_checked:
            check_format(self.path)
            self._format_checked = True
        folders = entry_folder(identity)
        folder = os.path.join(self.path, *folders)
        try:
            self._check_folders(folders)
            entry = read_metadata(folder)
            if entry is None:
                return Missed((f"the store has no entry for {unit.header} with these settings",))
            if entry.identity != identity:
                return Missed((f"the entry {'/'.join(folders)} belongs to other settings",))
            closure = closure_from_json(entry.closure)
            reasons, notes = self._freshness.compare(closure, unit, policy.system)
            if reasons:
                return Missed(reasons)
            return Found(read_payload(folder, entry), closure, notes, entry.made_by)
        except (Refused, ValueError) as error:
            return Missed((f"the entry {'/'.join(folders)} is refused: {error}",))
        except OSError as error:
            return Missed((f"the entry {'/'.join(folders)} cannot be read: {error.strerror or error}",))

    def _put(self, identity: dict[str, Json], closure: Closure, text: str, payload: str, made_by: str) -> bool:
        if not self._top_written:
            check_format(self.path)
            write_top_files(self.path)
            self._top_written = True
        folders = entry_folder(identity)
        try:
            self._check_folders(folders)
        except Refused as error:
            msg = f"{os.path.join(self.path, *folders)}: {error}, and nothing is written through it"
            raise StoreError(msg, hint="remove it, and run headerkit again") from error
        except OSError as error:
            msg = f"cannot write {os.path.join(self.path, *folders)}: {error.strerror or error}"
            raise StoreError(msg) from error
        data = encode_payload(text, payload)
        metadata = encode_metadata(identity, closure_to_json(closure), payload, data, made_by)
        return write_entry(os.path.join(self.path, *folders), metadata, payload, data)

    def _check_folders(self, folders: tuple[str, ...]) -> None:
        layer, known = folders[:-1], self._plain_layers
        check_plain_folders(self.path, folders, above=len(layer) if layer in known else 0)
        known.add(layer)
