"""The index files: one for each layer, for people and other programs. headerkit itself never reads them.

They are derived, so they are made on request and never kept up by a build: two builds cannot cross there.
"""

from __future__ import annotations

import json
import os

from headerkit.store.guarded import Refused, replace_file
from headerkit.store.identity import FORMAT, identity_digest
from headerkit.store.inventory import load_entry, stored_entries
from headerkit.store.layout import INDEX, check_format, layers

__all__ = ["has_index", "rebuild_index"]


def rebuild_index(store: str) -> int:
    """Write each layer's `index.json`: slug to identity digest. The number of entries listed. Raises StoreError."""
    check_format(store)
    slugs: dict[tuple[str, ...], dict[str, str]] = {layer: {} for layer in layers(store)}
    for stored in stored_entries(store):
        try:
            entry, _ = load_entry(stored, payload=False)
        except Refused:
            continue
        slugs[stored.layer][stored.slug] = identity_digest(entry.identity)
    for layer, entries in slugs.items():
        text = json.dumps({"format": FORMAT, "entries": entries}, indent=1) + "\n"
        replace_file(os.path.join(store, *layer, INDEX), text.encode("ascii"))
    return sum(map(len, slugs.values()))


def has_index(store: str) -> bool:
    """Whether any layer has an index file."""
    return any(os.path.lexists(os.path.join(store, *layer, INDEX)) for layer in layers(store))
