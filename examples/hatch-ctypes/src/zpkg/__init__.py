"""Compress with the system's zlib."""

import ctypes

from zpkg import _zlib

__all__ = ["compress", "decompress"]


def compress(data, level=_zlib.Z_BEST_COMPRESSION):
    size = _zlib.uLongf(_zlib.compressBound(len(data)))
    packed = (_zlib.Bytef * size.value)()
    _check(_zlib.compress2(packed, ctypes.byref(size), _buffer(data), len(data), level))
    return bytes(packed[: size.value])


def decompress(data, size):
    """`size` is that of the original."""
    length = _zlib.uLongf(size)
    unpacked = (_zlib.Bytef * size)()
    _check(_zlib.uncompress(unpacked, ctypes.byref(length), _buffer(data), len(data)))
    return bytes(unpacked[: length.value])


def _buffer(data):
    return (_zlib.Bytef * len(data)).from_buffer_copy(data)


def _check(status):
    if status != _zlib.Z_OK:
        raise ValueError(_zlib.zError(status).decode())
