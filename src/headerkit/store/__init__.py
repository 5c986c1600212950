"""The store `.headerkit/`: what was learned from headers, committed, never stale.

Words: an *identity* is everything that was asked; an *entry* is what is kept for one identity, payload and metadata; a
*layer* holds the entries of one kind (`ir`, `output/<writer>`); a *closure* is what an entry's answer depends on.
"""

from __future__ import annotations

from headerkit.store.closure import Closure, take_closure
from headerkit.store.store import Found, Missed, Store

__all__ = ["Closure", "Found", "Missed", "Store", "take_closure"]
