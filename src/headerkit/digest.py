"""Digests: SHA-256 in lowercase hexadecimal, and what of a header's bytes counts.

A *content digest* is taken with CRLF read as LF: the same header checked out by another git configuration is the same
header, and no C construct but `#embed` can tell the two apart. An embedded file's digest is that of its very bytes.
"""

from __future__ import annotations

import hashlib
import os
import stat

__all__ = [
    "FOLDER",
    "LINK",
    "RAW",
    "bytes_digest",
    "content_digest",
    "file_digest",
    "link_digest",
    "place_digest",
    "read_all",
    "text_digest",
]


RAW = "raw:"
"""What the digest of a file begins with whose line ends count."""
LINK = "link:"
"""What the digest of a symbolic link begins with where its own text counts: an `#include "../a.h"` leads behind it."""
FOLDER = "folder"
"""The digest of a folder that stands where a file was looked for: it is passed over, a file would not be."""


def text_digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes. Lone surrogates (undecodable file names) count as themselves."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def bytes_digest(data: bytes) -> str:
    """SHA-256 of the bytes as they are."""
    return hashlib.sha256(data).hexdigest()


def content_digest(data: bytes) -> str:
    """SHA-256 of a header's bytes, CRLF counted as LF."""
    if b"\r" in data:  # one byte is looked for many times faster than two
        data = data.replace(b"\r\n", b"\n")
    return hashlib.sha256(data).hexdigest()


def file_digest(path: str, *, raw: bool = False) -> str | None:
    """The content digest of a regular file (a symbolic link to one counts); None where there is none.

    With `raw` it is that of the bytes as they are, marked with `RAW`.

    Raises OSError for a file that is there and cannot be read.
    """
    try:
        # O_NONBLOCK: a named pipe in a header's place must not hang the build.
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return None
        data = read_all(fd, status.st_size)
        return RAW + bytes_digest(data) if raw else content_digest(data)
    finally:
        os.close(fd)


def link_digest(path: str) -> str | None:
    """The digest of a symbolic link's own text, marked with `LINK`; None where there is no link."""
    try:
        return LINK + text_digest(os.readlink(path).replace(os.sep, "/"))
    except OSError:
        return None


def place_digest(path: str, stored: str) -> str | None:
    """What stands at a path now, digested as the stored digest was. Raises OSError as `file_digest`."""
    if stored.startswith(LINK):
        return link_digest(path)
    if stored == FOLDER and os.path.isdir(path):
        return FOLDER
    return file_digest(path, raw=stored.startswith(RAW))


def read_all(fd: int, size: int) -> bytes:
    """All bytes of an open file that has `size` of them, or whatever it has now. Raises OSError."""
    data = os.read(fd, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    while data:
        data = os.read(fd, 1 << 20)
        parts.append(data)
    return b"".join(parts)
