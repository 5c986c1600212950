"""How bright a colour is: the C library rgb, bound with cffi."""

from rgbpkg._rgb import ffi, lib

__all__ = ["ffi", "lib", "luminance"]


def luminance(word, model=lib.RGB_REC709):
    colour = ffi.new("rgb_colour *", lib.rgb_split(word))
    return lib.rgb_luminance(colour, model)
