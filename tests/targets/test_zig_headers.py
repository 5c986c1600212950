"""The libc headers in the ziglang package give the bindings that a machine of that target would make itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from headerkit import generate
from headerkit.backends import get_backend
from headerkit.sysroots import Sysroot, sysroot_of
from headerkit.sysroots.zig import zig_folder, zig_headers, zig_target
from headerkit.target import host_target
from headerkit.targets.wheels import WHEEL_TARGETS
from headerkit.unit import IncludeDir, Unit

pytestmark = pytest.mark.skipif(not zig_folder(), reason="the ziglang package is not installed")

LIBRARIES = {
    "zlib.h": ("zlib.h", "zconf.h"),
    "sqlite3.h": ("sqlite3.h",),
    "curl/curl.h": ("curl",),
    "lz4.h": ("lz4.h",),
    "png.h": ("png.h", "pngconf.h", "pnglibconf.h", "zlib.h", "zconf.h"),
    "uv.h": ("uv.h", "uv"),
    "vulkan/vulkan_core.h": ("vulkan", "vk_video"),
    "git2.h": ("git2.h", "git2"),
    "event2/event.h": ("event2",),
}
FOLDERS = (Path("/usr/include"), Path("/usr/include/x86_64-linux-gnu"))


def copied(name, folder):
    """The library's headers in a folder of their own, or a skip: nothing of this machine's libc lies beside them."""
    for part in LIBRARIES[name]:
        found = next((place / part for place in FOLDERS if (place / part).exists()), None)
        if found is None:
            pytest.skip(f"{part} is not installed")
        if found.is_dir():
            shutil.copytree(found, folder / part)
        else:
            shutil.copy(found, folder / part)
    return folder


@pytest.fixture
def zig_as_native(monkeypatch):
    """This machine's own target, parsed with zig's headers."""

    def sysroot(target, root=""):
        assert (target, root) == (host_target(), "")
        found = zig_headers(target)
        return Sysroot(found.include_dirs, found.args, "ziglang")

    def switch():
        for module in ("headerkit.sysroots", "headerkit.backends.libclang.arguments"):
            monkeypatch.setattr(f"{module}.sysroot_of", sysroot)

    return switch


@pytest.mark.skipif("-linux-gnu" not in host_target(), reason="compares with this machine's own glibc")
@pytest.mark.parametrize("writer", ["cffi", "ctypes", "cython"])
@pytest.mark.parametrize("name", [name for name in LIBRARIES if name != "uv.h"])  # which binds what glibcs differ in
def test_bindings_are_those_of_a_native_parse(name, writer, tmp_path, zig_as_native, monkeypatch):
    include = copied(name, tmp_path)
    monkeypatch.chdir(tmp_path)
    native = generate(name, writer, include_dirs=[include], no_cache=True)
    zig_as_native()
    assert generate(name, writer, include_dirs=[include], no_cache=True) == native


@pytest.mark.parametrize("target", WHEEL_TARGETS)
@pytest.mark.parametrize("name", [name for name in LIBRARIES if name != "event2/event.h"])  # configured for Linux
def test_real_libraries_parse_for_every_target(name, target, tmp_path):
    include = copied(name, tmp_path)
    unit = Unit(str(include), name, target, str(include / name), include_dirs=(IncludeDir(".", str(include)),))
    header = get_backend("libclang").parse(unit).header
    assert header.target == target
    assert sum(item.owned for item in header.declarations) > 10


def test_every_target_of_wheels_has_headers_without_those_of_a_compiler():
    for target in WHEEL_TARGETS:
        found = zig_headers(target)
        assert found is not None, target
        assert any(os.path.isfile(os.path.join(folder, "stdio.h")) for folder in found.include_dirs)
        assert os.path.join(zig_folder(), "lib", "include") not in found.include_dirs


@pytest.mark.parametrize(
    "target", ["riscv64-pc-windows-msvc", "wasm32-unknown-emscripten", "nonsense-unknown-linux-gnu"]
)
def test_a_target_whose_libc_zig_has_not_has_none(target):
    assert zig_headers(target) is None
    assert sysroot_of(target) == Sysroot()


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("i686-linux-gnu", "x86-linux-gnu"),
        ("armv7l-linux-gnueabihf", "arm-linux-gnueabihf"),
        ("arm64-apple-darwin", "aarch64-macos"),
        ("win-amd64", "x86_64-windows-gnu"),
        ("ppc64le-linux-musl", "powerpc64le-linux-musl"),
    ],
)
def test_zig_has_its_own_names(target, name):
    assert zig_target(target) == name


@pytest.mark.parametrize("target", [target for target in WHEEL_TARGETS if "-linux-" in target])
def test_gcc_has_its_say_with_the_newest_glibc_and_musl(target, tmp_path):
    names = ("complex", "errno", "inttypes", "math", "pthread", "signal", "stdio", "stdlib", "string", "tgmath")
    text = "".join(f"#include <{name}.h>\n" for name in names)
    text += "#if defined(__GNUC__) && __GNUC__ < 7\nint for_old_ones(void);\n#endif\nint for_all(void);\n"
    (tmp_path / "a.h").write_text(text)
    header = get_backend("libclang").parse(Unit(str(tmp_path), "a.h", target, str(tmp_path / "a.h"))).header
    assert [item.name for item in header.declarations if item.owned] == ["for_all"]
    assert ("function", "for_old_ones") in {(entry.kind, entry.name) for entry in header.left_out}
