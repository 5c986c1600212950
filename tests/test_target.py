from __future__ import annotations

import os
import subprocess
import sys
import sysconfig

import pytest

from headerkit.errors import TargetError
from headerkit.target import host_target, normalize, short


@pytest.mark.parametrize(
    ("given", "canonical", "brief"),
    [
        ("x86_64-linux-gnu", "x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
        ("x86_64-pc-linux-gnu", "x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
        ("amd64-unknown-linux", "x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
        ("aarch64-alpine-linux-musl", "aarch64-unknown-linux-musl", "aarch64-linux-musl"),
        ("arm64-apple-macosx14.0", "aarch64-apple-darwin", "aarch64-darwin"),
        ("x86_64-apple-darwin22.1.0", "x86_64-apple-darwin", "x86_64-darwin"),
        ("win-amd64", "x86_64-pc-windows-msvc", "x86_64-windows-msvc"),
        ("win32", "i686-pc-windows-msvc", "i686-windows-msvc"),
        ("x86_64-w64-mingw32", "x86_64-pc-windows-gnu", "x86_64-windows-gnu"),
        ("armv7l-unknown-linux-gnueabihf", "armv7-unknown-linux-gnueabihf", "armv7-linux-gnueabihf"),
        ("arm-linux-gnueabihf", "armv7-unknown-linux-gnueabihf", "armv7-linux-gnueabihf"),
        ("armv8l-linux-musleabihf", "armv7-unknown-linux-musleabihf", "armv7-linux-musleabihf"),
        ("arm-linux-gnueabi", "arm-unknown-linux-gnueabi", "arm-linux-gnueabi"),
        ("x86-64-linux-gnu", "x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
        ("i386-linux-gnu", "i686-unknown-linux-gnu", "i686-linux-gnu"),
        ("amd64-portbld-freebsd14.1", "x86_64-unknown-freebsd", "x86_64-freebsd"),
        ("x86_64--netbsd", "x86_64-unknown-netbsd", "x86_64-netbsd"),
        ("x86_64-portbld-dragonfly6.4", "x86_64-unknown-dragonfly", "x86_64-dragonfly"),
        ("i586-slackware-linux", "i686-unknown-linux-gnu", "i686-linux-gnu"),
        ("x86_64-alt-linux", "x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
        ("x86_64-conda-linux-gnu", "x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
        ("x86_64-pc-linux-gnux32", "x86_64-unknown-linux-gnux32", "x86_64-linux-gnux32"),
        ("sparc-sun-solaris2.11", "sparc-unknown-solaris", "sparc-solaris"),
        ("powerpc-ibm-aix7.2.0.0", "powerpc-unknown-aix", "powerpc-aix"),
        ("wasm32-unknown-emscripten", "wasm32-unknown-emscripten", "wasm32-emscripten"),
        ("aarch64-unknown-linux-android", "aarch64-unknown-linux-android", "aarch64-linux-android"),
        ("arm64-apple-ios13.0-simulator", "aarch64-apple-ios-simulator", "aarch64-ios-simulator"),
        ("mingw_x86_64", "x86_64-pc-windows-gnu", "x86_64-windows-gnu"),
        ("mingw_x86_64_ucrt_gnu", "x86_64-pc-windows-gnu", "x86_64-windows-gnu"),
        ("mingw_aarch64_ucrt_llvm", "aarch64-pc-windows-gnu", "aarch64-windows-gnu"),
        ("mingw_i686", "i686-pc-windows-gnu", "i686-windows-gnu"),
        ("arm-none-eabi", "arm-unknown-eabi", "arm-eabi"),
        ("x86_64-unknown-somewhere", "x86_64-unknown-somewhere", "x86_64-somewhere"),
        ("x86_64-linux-gnu.2.17", "x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
    ],
)
def test_each_usual_spelling_has_one_canonical_form(given, canonical, brief):
    assert normalize(given) == canonical
    assert normalize(canonical) == canonical
    assert short(given) == brief


@pytest.mark.parametrize(
    "given", ["", "x86_64", "a b-c", "-linux-gnu", "x86_64-", "x86_64--", "x86_64-linux-", "x86_64---linux"]
)
def test_what_is_no_triple_is_refused(given):
    with pytest.raises(TargetError, match="not a target triple"):
        normalize(given)


def test_msys2s_python_is_a_target_of_its_own_compiler(monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("sysconfig.get_platform", lambda: "mingw_x86_64_ucrt_gnu")
    monkeypatch.setattr("headerkit.target._host", [])
    monkeypatch.setenv("VSCMD_ARG_TGT_ARCH", "x64")
    assert host_target() == "x86_64-pc-windows-gnu"


def test_the_host_is_what_gcc_compiles_for():
    machine = subprocess.run(["gcc", "-dumpmachine"], capture_output=True, text=True, check=True).stdout.strip()
    assert host_target() == normalize(machine)
    assert sys.platform != "linux" or "linux" in host_target()


def test_what_the_kernel_and_libc_say_is_what_python_was_configured_for():
    configured = sysconfig.get_config_var("HOST_GNU_TYPE")
    if sys.platform != "linux" or not configured:
        pytest.skip("HOST_GNU_TYPE is Linux's answer here")
    assert host_target() == normalize(configured)


def ask(machine: str, **environ: str) -> str:
    code = f"""
import os, sys
class Uname:
    machine = {machine!r}
os.uname = Uname
from headerkit.target import host_target
print(host_target(), "sysconfig" in sys.modules)
"""
    env = {**os.environ, **environ}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_pythons_configuration_is_asked_where_the_machine_does_not_say_all():
    glibc = "CS_GNU_LIBC_VERSION" in os.confstr_names
    assert ask("s390x").split() == (["s390x-unknown-linux-gnu", "False"] if glibc else [host_target(), "True"])
    assert ask("armv7l").split() == [host_target(), "True"]
    name = sysconfig._get_sysconfigdata_name()
    assert ask("s390x", _PYTHON_SYSCONFIGDATA_NAME=name).split() == [host_target(), "True"]


def ask_elsewhere(platform: str, **environ: str) -> str:
    code = f"""
import os, sys, sysconfig
class Uname:
    machine = "arm64"
os.uname = Uname
from headerkit import target
sysconfig.get_platform = lambda: "win-amd64"
target._is_plain_glibc = lambda: False
sys.platform = {platform!r}
print(target.host_target())
"""
    env = {**os.environ, **environ}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    ).stdout.strip()


@pytest.mark.parametrize(
    ("environ", "machine"),
    [
        ({}, "aarch64"),
        ({"_PYTHON_HOST_PLATFORM": "macosx-10.9-x86_64", "ARCHFLAGS": "-arch x86_64"}, "x86_64"),
        ({"_PYTHON_HOST_PLATFORM": "macosx-11.0-arm64"}, "aarch64"),
        ({"_PYTHON_HOST_PLATFORM": "macosx-10.9-universal2", "ARCHFLAGS": "-arch arm64 -arch x86_64"}, "aarch64"),
        ({"ARCHFLAGS": "-arch x86_64"}, "x86_64"),
        ({"ARCHFLAGS": "-arch"}, "aarch64"),
    ],
)
def test_a_mac_that_compiles_for_the_other_machine_has_that_target(environ, machine):
    assert ask_elsewhere("darwin", **environ) == f"{machine}-apple-darwin"


@pytest.mark.parametrize(
    ("arch", "machine"), [("", "x86_64"), ("arm64", "aarch64"), ("x86", "i686"), ("odd", "x86_64")]
)
def test_windows_has_the_target_that_visual_c_is_set_up_for(arch, machine):
    assert ask_elsewhere("win32", VSCMD_ARG_TGT_ARCH=arch) == f"{machine}-pc-windows-msvc"
