"""Run-length coding: the C library rle, bound with cffi."""

from rlepkg._rle import ffi, lib

__all__ = ["decode", "encode", "ffi", "lib", "longest_run"]


def encode(data: bytes) -> bytes:
    """The runs of the data as pairs (count, byte)."""
    return _convert(lib.rle_encode, data, 2 * len(data))


def decode(data: bytes) -> bytes:
    """The reverse of `encode`; raises ValueError for what it did not make."""
    return _convert(lib.rle_decode, data, lib.RLE_MAX_RUN * len(data))


def longest_run(data: bytes) -> tuple[bytes, int]:
    """The byte of the longest run, and that run's length."""
    stats = ffi.new("rle_stats *")
    lib.rle_count(data, len(data), stats)
    return bytes([stats.longest_byte]), stats.longest


def _convert(function, data, size):
    out = ffi.new("uint8_t[]", size)
    room = ffi.new("size_t *", size)
    status = function(data, len(data), out, room)
    if status != lib.RLE_OK:
        raise ValueError(ffi.string(lib.rle_status_text(status)).decode())
    return bytes(ffi.buffer(out, room[0]))
