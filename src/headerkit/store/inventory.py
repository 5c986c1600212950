"""What stands in a store, entry by entry, and how an entry is taken out of it."""

from __future__ import annotations

import contextlib
import os
import stat
from functools import partial
from typing import TYPE_CHECKING

from headerkit.light_classes import NamedTuple
from headerkit.store.entry import METADATA, Entry, decode_metadata, is_payload_name, read_payload
from headerkit.store.guarded import METADATA_LIMIT, Refused, is_temporary, read_regular
from headerkit.store.identity import FORMAT
from headerkit.store.layout import INDEX, TOP_FILES, entry_folder, layers, list_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Stored", "load_entry", "place_entry", "remove_entry", "stored_entries", "stored_files"]


class Stored(NamedTuple):
    """One entry's folder: `name` is its path below the store (`ir/libclang.a...`), with forward slashes."""

    name: str
    folder: str
    layer: tuple[str, ...]
    slug: str


def stored_entries(store: str) -> Iterator[Stored]:
    """Every entry's folder, sorted by layer and slug. Links, files and foreign folders are passed over."""
    for layer in layers(store):
        name, folder = "/".join(layer), os.path.join(store, *layer)
        for slug in list_entries(store, layer):
            yield Stored(f"{name}/{slug}", f"{folder}{os.sep}{slug}", layer, slug)


def stored_files(store: str) -> Iterator[str]:
    """Every file that a store is made of, as a path below it with forward slashes; regular files only."""
    yield from filter(partial(_is_regular, store), TOP_FILES)
    for layer in layers(store):
        yield from filter(partial(_is_regular, store), ["/".join((*layer, INDEX))])
    for stored in stored_entries(store):
        names = sorted(name for name in os.listdir(stored.folder) if name == METADATA or is_payload_name(name))
        yield from filter(partial(_is_regular, store), [f"{stored.name}/{name}" for name in names])


def _is_regular(store: str, path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(os.path.join(store, *path.split("/"))).st_mode)
    except OSError:
        return False


def load_entry(stored: Stored, *, payload: bool = True) -> tuple[Entry, str]:
    """Read an entry and verify all that can be without its headers; the text is "" when `payload` is false.

    Raises Refused with the reason, also for what cannot be read.
    """
    try:
        data = read_regular(os.path.join(stored.folder, METADATA), METADATA_LIMIT)
        entry = place_entry(stored, data)
        return entry, read_payload(stored.folder, entry) if payload else ""
    except OSError as error:
        msg = f"it cannot be read: {error.strerror or error}"
        raise Refused(msg) from error


def place_entry(stored: Stored, data: bytes | None) -> Entry:
    """Read metadata, and make sure that its identity belongs where it was found. Raises Refused."""
    if data is None:
        msg = f"its {METADATA} is missing"
        raise Refused(msg)
    entry = decode_metadata(data)
    if entry.identity.get("format") != FORMAT:
        msg = "its identity is of another format"
        raise Refused(msg)
    try:
        place = entry_folder(entry.identity)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = "its identity has another shape than format 1"
        raise Refused(msg) from error
    if place != (*stored.layer, stored.slug):
        msg = f"it belongs into {'/'.join(place)}"
        raise Refused(msg)
    return entry


def remove_entry(stored: Stored) -> None:
    """Remove an entry: its metadata first, so that it is never half there. Foreign files stay. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(stored.folder, METADATA))
    for name in os.listdir(stored.folder):
        if is_payload_name(name) or is_temporary(name):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(stored.folder, name))
    with contextlib.suppress(OSError):  # something foreign is in it, or a writer has just come back
        os.rmdir(stored.folder)
