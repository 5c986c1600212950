"""An entry: a payload, and the metadata that says what it answers and what it depends on.

The metadata is JSON with one fact a line; its last line is the digest of all the bytes before that line, so that a
damaged or edited file is told from a good one before anything in it is believed. Payload first, metadata last: metadata
that verifies names a payload that was whole.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from headerkit.digest import bytes_digest
from headerkit.errors import StoreError
from headerkit.light_classes import NamedTuple
from headerkit.store.guarded import (
    METADATA_LIMIT,
    PAYLOAD_LIMIT,
    Refused,
    is_temporary,
    make_folder,
    read_regular,
    remove_leftovers,
    replace_file,
    write_file,
)

if TYPE_CHECKING:
    from headerkit.store.identity import Json

__all__ = [
    "METADATA",
    "Entry",
    "decode_metadata",
    "encode_metadata",
    "encode_payload",
    "is_payload_name",
    "read_metadata",
    "read_payload",
    "verified_payload",
    "write_entry",
    "write_new_entry",
]

METADATA = "metadata.json"
_TAIL = b' "digest": "%s"\n}\n'
_TAIL_LENGTH = len(_TAIL % (b"0" * 64))
_PAYLOAD_STEMS = ("ir", "output")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class Entry(NamedTuple):
    """Metadata that verified. `identity` and `closure` are JSON values, `payload` is a file name in the entry."""

    identity: dict[str, Json]
    closure: Json
    payload: str
    sha256: str
    made_by: str


def encode_payload(text: str, payload: str) -> bytes:
    """The bytes of an entry's payload. Raises StoreError."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        msg = f"cannot store {payload}: it holds a character that is not Unicode text ({error.reason})"
        raise StoreError(msg) from error


def encode_metadata(
    identity: dict[str, Json], closure: dict[str, Json], payload: str, data: bytes, made_by: str
) -> bytes:
    """The bytes of an entry's metadata; `data` are those of its payload."""
    facts: dict[str, Json] = {
        "format": identity["format"],
        "made_by": made_by,
        "payload": payload,
        "sha256": bytes_digest(data),
        "identity": identity,
        "closure": closure,
    }
    head = (json.dumps(facts, indent=1)[: -len("\n}")] + ",\n").encode("ascii")
    return head + _TAIL % bytes_digest(head).encode("ascii")


def read_metadata(folder: str) -> Entry | None:
    """Read the metadata of the entry in `folder`; None where there is none. Raises Refused, or OSError."""
    data = read_regular(f"{folder}{os.sep}{METADATA}", METADATA_LIMIT)
    if data is None:
        return None
    return decode_metadata(data)


def decode_metadata(data: bytes) -> Entry:
    """Verify and read an entry's metadata. Raises Refused."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")  # a checkout that ignored .gitattributes
    head, tail = data[:-_TAIL_LENGTH], data[-_TAIL_LENGTH:]
    if tail != _TAIL % bytes_digest(head).encode("ascii"):
        msg = "its metadata is damaged or was edited"
        raise Refused(msg)
    try:
        facts = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError) as error:
        msg = "its metadata is not JSON"
        raise Refused(msg) from error
    match facts:
        case {
            "identity": dict(identity),
            "closure": closure,
            "payload": str(payload),
            "sha256": str(sha256),
            "made_by": str(made_by),
        } if is_payload_name(payload):
            return Entry(identity, closure, payload, sha256, made_by)
    msg = "its metadata has another shape than format 1"
    raise Refused(msg)


def read_payload(folder: str, entry: Entry, *, limit: int = PAYLOAD_LIMIT) -> str:
    """The payload's text, verified. Raises Refused, or OSError."""
    return verified_payload(folder, entry, limit=limit).decode("utf-8")


def verified_payload(folder: str, entry: Entry, *, limit: int = PAYLOAD_LIMIT) -> bytes:
    """The payload's bytes, as they were stored: UTF-8. Raises Refused, or OSError."""
    data = read_regular(f"{folder}{os.sep}{entry.payload}", limit)
    if data is None:
        msg = f"its {entry.payload} is missing"
        raise Refused(msg)
    if bytes_digest(data) != entry.sha256:
        data = data.replace(b"\r\n", b"\n")  # a checkout that ignored .gitattributes
        if bytes_digest(data) != entry.sha256:
            msg = f"its {entry.payload} is not what was stored: damaged or edited"
            raise Refused(msg)
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            msg = f"its {entry.payload} is not UTF-8"
            raise Refused(msg) from error
    return data


def write_new_entry(folder: str, metadata: bytes, payload: str, data: bytes) -> bool:
    """Write an entry whose folder is not there yet, payload first; False when it is. Raises StoreError."""
    if not make_folder(folder):
        return False
    # In a folder just made there is nothing to compare with, and nothing to tidy.
    write_file(f"{folder}{os.sep}{payload}", data)
    write_file(f"{folder}{os.sep}{METADATA}", metadata)
    return True


def write_entry(folder: str, metadata: bytes, payload: str, data: bytes) -> bool:
    """Write an entry, payload first; False when it stood there already. Raises StoreError."""
    if write_new_entry(folder, metadata, payload, data):
        return True
    changed = replace_file(os.path.join(folder, payload), data)
    changed = replace_file(os.path.join(folder, METADATA), metadata) or changed
    if changed:
        _tidy(folder, payload)
    return changed


def is_payload_name(name: str) -> bool:
    """Whether a stored name is one that a payload can have: `ir` or `output`, and short plain suffixes."""
    stem, *suffixes = name.split(".")
    return (
        stem in _PAYLOAD_STEMS
        and 0 < len(suffixes) <= 3
        and all(suffix and len(suffix) <= 16 and _PLAIN.issuperset(suffix) for suffix in suffixes)
    )


def _tidy(folder: str, payload: str) -> None:
    """Remove what killed writers left, and the payload of another suffix that an older writer had."""
    remove_leftovers(folder)
    try:
        for name in os.listdir(folder):
            if name not in (payload, METADATA) and not is_temporary(name) and is_payload_name(name):
                os.unlink(os.path.join(folder, name))
    except OSError:
        pass  # Nobody reads it; `cache prune` takes it away.
