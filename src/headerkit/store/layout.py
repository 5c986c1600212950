"""Where things are in a store: layers, entries' folders, and the files at its top.

Every path is made from an identity, never from what a stored file says.
"""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

from headerkit.errors import StoreError
from headerkit.store.guarded import METADATA_LIMIT, Refused, read_regular, remove_leftovers, replace_file
from headerkit.store.identity import FORMAT, identity_digest
from headerkit.store.slug import entry_slug, folder_name, is_slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.store.identity import Json

__all__ = [
    "INDEX",
    "TOP_FILES",
    "check_format",
    "check_plain_folders",
    "entry_folder",
    "is_writer_folder",
    "layers",
    "list_entries",
    "write_top_files",
]

INDEX = "index.json"
_TOP = "store.json"
_IGNORE = ".gitignore"
TOP_FILES = {
    _TOP: b'{"format": 1}\n',
    ".gitattributes": b"* -text linguist-generated\n",
    # A project ignores the outputs that its builds write (`*.cdef.txt`, `*.pyi`), and means none of the store's.
    _IGNORE: b"!/output/\n!/output/**\n!*.json\n*.tmp\n",
}


def entry_folder(identity: dict[str, Json]) -> tuple[str, ...]:
    """The folders, from the store's top down, of the entry with this identity."""
    slug = entry_slug(identity, identity_digest(identity))
    writer = identity.get("writer")
    return ("output", folder_name(writer), slug) if isinstance(writer, str) else ("ir", slug)


def layers(store: str) -> tuple[tuple[str, ...], ...]:
    """The layers that a store has: `("ir",)` and `("output", writer)`, sorted. Folders only, no symbolic links."""
    found: list[tuple[str, ...]] = []
    if _is_folder(os.path.join(store, "ir")):
        found.append(("ir",))
    if _is_folder(os.path.join(store, "output")):
        writers = sorted(name for name in _names(os.path.join(store, "output")) if is_writer_folder(name))
        found += [("output", name) for name in writers if _is_folder(os.path.join(store, "output", name))]
    return tuple(found)


def list_entries(store: str, layer: tuple[str, ...]) -> Iterator[str]:
    """The slugs of a layer, sorted; real folders only."""
    try:
        with os.scandir(os.path.join(store, *layer)) as items:
            names = [item.name for item in items if is_slug(item.name) and item.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        msg = f"cannot read {os.path.join(store, *layer)}: {error.strerror or error}"
        raise StoreError(msg) from error
    yield from sorted(names)


def is_writer_folder(name: str) -> bool:
    """Whether a folder's name below `output/` is one that a writer can have."""
    return folder_name(name) == name or (is_slug(name) and name == name.lower())


def check_format(store: str) -> None:
    """Refuse a store of a newer format. Raises StoreError.

    A store without a readable `store.json` passes: every entry says its own format, and a merge by hand may lose the
    file. So does an unknown minor version, which older readers can read by definition.
    """
    path = os.path.join(store, _TOP)
    try:
        data = read_regular(path, METADATA_LIMIT)
        facts = json.loads(data) if data is not None else {}
    except (Refused, OSError, ValueError, RecursionError):
        return
    stored = facts.get("format") if isinstance(facts, dict) else None
    if isinstance(stored, (int, float)) and int(stored) > FORMAT:
        msg = f"{path}: the store has format {stored}, and this headerkit reads format {FORMAT}"
        raise StoreError(msg, cause="a newer headerkit made it", hint="pip install -U headerkit")


def write_top_files(store: str) -> None:
    """Make `store.json` and `.gitattributes` say what format 1 says, and a `.gitignore` be there. Raises StoreError."""
    # Who wants no store in version control may say so in a .gitignore there.
    kept = {_IGNORE} if os.path.lexists(os.path.join(store, _IGNORE)) else set()
    written = [replace_file(os.path.join(store, name), data) for name, data in TOP_FILES.items() if name not in kept]
    if any(written):
        remove_leftovers(store)


def check_plain_folders(store: str, folders: tuple[str, ...], *, above: int = 0) -> None:
    """Refuse folders of a store that are symbolic links or no folders. Missing ones pass. Raises Refused, OSError.

    `above` is the number of folders that need no look, from the store's top down.
    """
    path = os.path.join(store, *folders[:above])
    for name in folders[above:]:
        path = os.path.join(path, name)
        try:
            mode = os.lstat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return
        if not stat.S_ISDIR(mode):
            kind = "a symbolic link" if stat.S_ISLNK(mode) else "no folder"
            msg = f"{name} is {kind}"
            raise Refused(msg)


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        msg = f"cannot read {folder}: {error.strerror or error}"
        raise StoreError(msg) from error
