"""Clearing a store: all entries of the layers that are named, and nothing that is not headerkit's."""

from __future__ import annotations

import contextlib
import os

from headerkit.errors import StoreError
from headerkit.store.guarded import remove_leftovers
from headerkit.store.inventory import remove_entry, stored_entries
from headerkit.store.layout import INDEX, check_format, layers

__all__ = ["clear_store"]


def clear_store(store: str, *, ir: bool = True, output: bool = True) -> int:
    """Remove every entry of the layers asked for, and their indexes. The number of entries. Raises StoreError."""
    check_format(store)
    removed = 0
    try:
        for stored in list(stored_entries(store)):
            if ir if stored.layer == ("ir",) else output:
                remove_entry(stored)
                removed += 1
        for layer in layers(store):
            if ir if layer == ("ir",) else output:
                folder = os.path.join(store, *layer)
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(folder, INDEX))
                remove_leftovers(folder, every=True)
                with contextlib.suppress(OSError):  # not empty: something in it is not headerkit's
                    os.rmdir(folder)
        with contextlib.suppress(OSError):
            os.rmdir(os.path.join(store, "output"))
    except OSError as error:
        msg = f"cannot clear {error.filename or store}: {error.strerror or error}"
        raise StoreError(msg, hint="make the store's folder writable") from error
    return removed
