"""What a store holds, in numbers."""

from __future__ import annotations

import os
from dataclasses import dataclass

from headerkit.store.guarded import is_temporary
from headerkit.store.inventory import stored_entries
from headerkit.store.layout import check_format

__all__ = ["LayerStatus", "StoreStatus", "store_status"]


@dataclass(frozen=True, slots=True)
class LayerStatus:
    """One layer: `name` is `ir` or `output/<writer>`; `size` is in bytes, of all its entries' files."""

    name: str
    entries: int
    size: int


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """A whole store. `leftovers` are files of writers that were killed; `headerkit cache prune` removes them."""

    path: str
    exists: bool
    layers: tuple[LayerStatus, ...] = ()
    leftovers: int = 0

    @property
    def entries(self) -> int:
        """The entries of all layers."""
        return sum(layer.entries for layer in self.layers)


def store_status(store: str) -> StoreStatus:
    """Count a store's entries. Raises StoreError for a newer format."""
    if not os.path.isdir(store):
        return StoreStatus(store, exists=False)
    check_format(store)
    counts: dict[str, tuple[int, int]] = {}
    leftovers = 0
    for stored in stored_entries(store):
        name = "/".join(stored.layer)
        entries, size = counts.get(name, (0, 0))
        with os.scandir(stored.folder) as files:
            for file in files:
                size += file.stat(follow_symlinks=False).st_size
                leftovers += is_temporary(file.name)
        counts[name] = (entries + 1, size)
    return StoreStatus(store, True, tuple(LayerStatus(name, *count) for name, count in counts.items()), leftovers)  # noqa: FBT003
