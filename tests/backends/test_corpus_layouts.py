"""The layouts of installed public libraries, own and foreign, as gcc sees them."""

from __future__ import annotations

import os
import subprocess

import pytest

LIBRARIES = {
    "zlib.h": "",
    "sqlite3.h": "",
    "curl/curl.h": "",
    "openssl/ssl.h": "",
    "vulkan/vulkan_core.h": "",
    "alsa/asoundlib.h": "",
    "duktape.h": "",
    "git2.h": "",
    "hdf5.h": "hdf5",
    "libavcodec/avcodec.h": "",
    "SDL.h": "sdl2",
    "glib-object.h": "gobject-2.0",
    "libxml/parser.h": "libxml-2.0",
    "freetype/freetype.h": "freetype2",
    "lzma.h": "",
    "uv.h": "",
    "png.h": "libpng",
    "xcb/xcb.h": "",
    "gsl/gsl_linalg.h": "",
    "pcap.h": "",
}


def include_dirs(package: str) -> list[str]:
    if not package:
        return []
    found = subprocess.run(["pkg-config", "--cflags-only-I", package], capture_output=True, text=True, check=False)
    return [flag[2:] for flag in found.stdout.split()]


def installed(name: str, dirs: list[str]) -> bool:
    return any(
        os.path.exists(f"{folder}/{name}") for folder in (*dirs, "/usr/include", "/usr/include/x86_64-linux-gnu")
    )


@pytest.mark.corpus
@pytest.mark.parametrize("name", sorted(LIBRARIES))
def test_gcc_agrees_with_every_layout_of(name, confirmed):
    dirs = include_dirs(LIBRARIES[name])
    if not installed(name, dirs):
        pytest.skip("not installed")
    code = f"#include <stdio.h>\n#include <{name}>\n"
    assert confirmed(None, "u.h", code=code, dirs=dirs, owned=False, but="DUK_USE_COMPILER_STRING") > 10
