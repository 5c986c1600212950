"""Calls libc by a cdef that the build generated."""

from importlib.resources import files

from cffi import FFI

ffi = FFI()
ffi.cdef(files(__name__).joinpath("_mini.cdef.txt").read_text())
lib = ffi.dlopen(None)
