"""What setuptools compiles: cffi's usual build script, with the cdef that headerkit wrote."""

from pathlib import Path

from cffi import FFI

ffi = FFI()
ffi.cdef(Path("src/rgbpkg/_rgb.cdef.txt").read_text(encoding="utf-8"))
ffi.set_source("rgbpkg._rgb", "#include <rgb/rgb.h>", sources=["csrc/rgb.c"], include_dirs=["include"])
