from __future__ import annotations

import subprocess
import sys

import pytest

from headerkit.errors import TargetError
from headerkit.target import host_target, normalize, short
from headerkit.targets.wheels import (
    WHEEL_TARGETS,
    matching,
    one_target,
    platform_of,
    target_of_platform,
    targets_of_tag,
)

# What the Python of each wheel says of itself: HOST_GNU_TYPE as config.guess and distributions spell it on Linux,
# uname's machine on macOS, sysconfig.get_platform() on Windows.
SAID_BY_PYTHON = {
    "manylinux_x86_64": (
        "x86_64-pc-linux-gnu",
        "x86_64-linux-gnu",
        "x86_64-conda-linux-gnu",
        "x86_64-redhat-linux-gnu",
    ),
    "manylinux_i686": ("i686-pc-linux-gnu", "i386-linux-gnu", "i586-suse-linux-gnu"),
    "manylinux_aarch64": ("aarch64-unknown-linux-gnu", "aarch64-linux-gnu", "aarch64-redhat-linux-gnu"),
    "manylinux_ppc64le": ("powerpc64le-unknown-linux-gnu", "powerpc64le-linux-gnu", "ppc64le-redhat-linux-gnu"),
    "manylinux_s390x": ("s390x-ibm-linux-gnu", "s390x-linux-gnu"),
    "manylinux_armv7l": ("armv7l-unknown-linux-gnueabihf", "armv7-unknown-linux-gnueabihf"),
    "manylinux_riscv64": ("riscv64-unknown-linux-gnu", "riscv64-linux-gnu"),
    "musllinux_x86_64": ("x86_64-pc-linux-musl", "x86_64-alpine-linux-musl"),
    "musllinux_i686": ("i686-pc-linux-musl", "i586-alpine-linux-musl"),
    "musllinux_aarch64": ("aarch64-unknown-linux-musl", "aarch64-alpine-linux-musl"),
    "musllinux_ppc64le": ("powerpc64le-unknown-linux-musl", "powerpc64le-alpine-linux-musl"),
    "musllinux_s390x": ("s390x-ibm-linux-musl", "s390x-alpine-linux-musl"),
    "musllinux_armv7l": ("armv7l-unknown-linux-musleabihf", "armv7-alpine-linux-musleabihf"),
    "musllinux_riscv64": ("riscv64-unknown-linux-musl", "riscv64-alpine-linux-musl"),
    "macosx_x86_64": ("x86_64-apple-darwin", "x86_64-apple-darwin22.1.0"),
    "macosx_arm64": ("arm64-apple-darwin", "aarch64-apple-darwin23.4.0"),
    "win_amd64": ("win-amd64",),
    "win32": ("win32",),
    "win_arm64": ("win-arm64",),
}


@pytest.mark.parametrize("family", SAID_BY_PYTHON)
def test_a_wheels_target_is_what_its_python_says_of_itself(family):
    assert {(normalize(said),) for said in SAID_BY_PYTHON[family]} == {targets_of_tag(family)}


def test_every_target_is_canonical_and_has_one_family():
    assert [normalize(triple) for triple in WHEEL_TARGETS] == list(WHEEL_TARGETS)
    assert [triple for family in SAID_BY_PYTHON for triple in targets_of_tag(family)] == list(WHEEL_TARGETS)


def test_the_wheels_that_this_python_installs_are_for_its_target():
    tags = pytest.importorskip("packaging.tags")
    if sys.platform == "darwin":
        pytest.skip("a Python of macOS takes wheels for older Macs that no target is for")
    for tag in tags.platform_tags():
        assert targets_of_tag(tag) == (host_target(),)


@pytest.mark.parametrize(
    ("tag", "triples"),
    [
        ("manylinux_2_28_x86_64", ("x86_64-unknown-linux-gnu",)),
        ("manylinux2014_aarch64", ("aarch64-unknown-linux-gnu",)),
        ("manylinux1_i686", ("i686-unknown-linux-gnu",)),
        ("manylinux_2_31_armv7l", ("armv7-unknown-linux-gnueabihf",)),
        ("linux_x86_64", ("x86_64-unknown-linux-gnu",)),
        ("musllinux_1_2_x86_64", ("x86_64-unknown-linux-musl",)),
        ("macosx_11_0_arm64", ("aarch64-apple-darwin",)),
        ("macosx_10_9_x86_64", ("x86_64-apple-darwin",)),
        ("macosx_10_9_universal2", ("x86_64-apple-darwin", "aarch64-apple-darwin")),
        ("macosx_universal2", ("x86_64-apple-darwin", "aarch64-apple-darwin")),
        ("win_arm64", ("aarch64-pc-windows-msvc",)),
        ("manylinux2014_x86_64.manylinux_2_17_x86_64", ("x86_64-unknown-linux-gnu",)),
        ("macosx_11_0_arm64.macosx_10_9_x86_64", ("x86_64-apple-darwin", "aarch64-apple-darwin")),
    ],
)
def test_a_platform_tag_names_targets_whatever_version_it_holds(tag, triples):
    assert targets_of_tag(tag) == matching(tag) == triples


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("pyodide_2024_0_wasm32", "headerkit has no libc headers for WebAssembly (Emscripten)"),
        ("pyemscripten_2026_0_wasm32", "headerkit has no libc headers for WebAssembly (Emscripten)"),
        ("android_21_arm64_v8a", "headerkit has no libc headers for Android (Bionic)"),
        ("ios_13_0_arm64_iphoneos", "headerkit has no libc headers for iOS"),
        ("any", "such a wheel holds nothing that is compiled for a target"),
        ("macosx_10_6_intel", "headerkit knows no wheels of that name"),
        ("linux_armv6l", "headerkit knows no wheels of that name"),
        ("manylinux_2_28_x86_64_more", "headerkit knows no wheels of that name"),
        ("", "headerkit knows no wheels of that name"),
    ],
)
def test_a_platform_tag_without_a_target_is_refused_with_the_reason(tag, reason):
    with pytest.raises(TargetError) as caught:
        targets_of_tag(tag)
    assert caught.value.cause == reason


def test_a_misspelt_platform_tag_brings_a_suggestion():
    with pytest.raises(TargetError) as caught:
        targets_of_tag("musllinux_aarch46")
    assert str(caught.value) == (
        "no target for the wheel platform 'musllinux_aarch46'\n"
        "  cause: headerkit knows no wheels of that name\n"
        "  try:   did you mean 'musllinux_aarch64'?"
    )


@pytest.mark.parametrize(
    ("platform", "libc", "triple"),
    [
        ("linux/amd64", "gnu", "x86_64-unknown-linux-gnu"),
        ("linux/amd64", "musl", "x86_64-unknown-linux-musl"),
        ("linux/amd64/v3", "gnu", "x86_64-unknown-linux-gnu"),
        ("linux/x86_64", "gnu", "x86_64-unknown-linux-gnu"),
        ("linux/arm64", "gnu", "aarch64-unknown-linux-gnu"),
        ("linux/arm64/v8", "musl", "aarch64-unknown-linux-musl"),
        ("linux/aarch64", "gnu", "aarch64-unknown-linux-gnu"),
        ("linux/386", "gnu", "i686-unknown-linux-gnu"),
        ("linux/i386", "musl", "i686-unknown-linux-musl"),
        ("linux/ppc64le", "gnu", "powerpc64le-unknown-linux-gnu"),
        ("linux/s390x", "musl", "s390x-unknown-linux-musl"),
        ("linux/arm/v7", "gnu", "armv7-unknown-linux-gnueabihf"),
        ("linux/arm", "musl", "armv7-unknown-linux-musleabihf"),
        ("linux/armhf", "gnu", "armv7-unknown-linux-gnueabihf"),
        ("linux/riscv64", "gnu", "riscv64-unknown-linux-gnu"),
        ("Darwin/arm64", "gnu", "aarch64-apple-darwin"),
        ("macos/amd64", "musl", "x86_64-apple-darwin"),
        ("windows/amd64", "gnu", "x86_64-pc-windows-msvc"),
        ("windows/arm64", "musl", "aarch64-pc-windows-msvc"),
    ],
)
def test_a_container_platform_has_one_target_of_each_libc(platform, libc, triple):
    assert target_of_platform(platform, libc) == triple


@pytest.mark.parametrize("triple", WHEEL_TARGETS)
def test_a_targets_container_platform_leads_back_to_it(triple):
    libc = "musl" if "-musl" in triple else "gnu"
    assert target_of_platform(platform_of(short(triple)), libc) == triple


@pytest.mark.parametrize(
    ("platform", "hint"),
    [
        ("linux/arm46", "did you mean 'linux/arm64'?"),
        ("linux/arm/v6", "did you mean 'linux/arm/v7'?"),
        (
            "beos",
            (
                "known are linux/amd64, linux/386, linux/arm64, linux/ppc64le, linux/s390x, linux/arm/v7, "
                "linux/riscv64, darwin/amd64, darwin/arm64, windows/amd64, windows/386, windows/arm64"
            ),
        ),
    ],
)
def test_an_unknown_container_platform_is_refused(platform, hint):
    with pytest.raises(TargetError) as caught:
        target_of_platform(platform)
    assert caught.value.message == f"no target for the container platform {platform!r}"
    assert caught.value.hint == hint


def test_a_libc_that_no_wheels_are_made_for_is_refused():
    with pytest.raises(TargetError, match="no target for the C library 'uclibc'"):
        target_of_platform("linux/amd64", "uclibc")


def test_a_target_without_wheels_has_no_container_platform():
    with pytest.raises(
        TargetError, match="no container platform is known for the target loongarch64-unknown-linux-gnu"
    ):
        platform_of("loongarch64-linux-gnu")


@pytest.mark.parametrize(
    ("pattern", "shorts"),
    [
        ("x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
        ("x86_64-linux-gnu", "x86_64-linux-gnu"),
        (" X86_64-pc-linux-gnu ", "x86_64-linux-gnu"),
        ("arm64-apple-macosx14.0", "aarch64-darwin"),
        ("win-amd64", "x86_64-windows-msvc"),
        ("win32", "i686-windows-msvc"),
        ("manylinux_x86_64", "x86_64-linux-gnu"),
        ("linux/arm64", "aarch64-linux-gnu"),
        ("aarch64-*", "aarch64-linux-gnu aarch64-linux-musl aarch64-darwin aarch64-windows-msvc"),
        ("*-darwin", "x86_64-darwin aarch64-darwin"),
        ("*-apple-*", "x86_64-darwin aarch64-darwin"),
        ("musllinux_*64", "x86_64-linux-musl aarch64-linux-musl riscv64-linux-musl"),
        ("win*", "x86_64-windows-msvc i686-windows-msvc aarch64-windows-msvc"),
        ("armv7-linux-*", "armv7-linux-gnueabihf armv7-linux-musleabihf"),
        # Targets that no wheels are made for, yet clang parses for.
        ("x86_64-w64-mingw32", "x86_64-windows-gnu"),
        ("loongarch64-linux-gnu", "loongarch64-linux-gnu"),
        ("amd64-unknown-freebsd13.2", "x86_64-freebsd"),
    ],
)
def test_a_word_of_the_user_means_targets(pattern, shorts):
    assert [short(triple) for triple in matching(pattern)] == shorts.split()
    assert all(triple == normalize(triple) for triple in matching(pattern))


def test_all_targets_and_a_glob_keep_the_tables_order():
    assert matching("all") == matching("*") == WHEEL_TARGETS
    assert matching("*-linux-*") == tuple(triple for triple in WHEEL_TARGETS if "-linux-" in triple)


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("aarch64", "did you mean 'aarch64-*'?"),
        ("linux", "did you mean '*-linux-*'?"),
        ("musl", "did you mean '*-musl'?"),
        ("x86_64-linus-gnu", "did you mean 'x86_64-linux-gnu'?"),
        ("x86_64-linux-musll", "did you mean 'x86_64-linux-musl'?"),
        ("macos", "did you mean '*-darwin'?"),
        ("*-macos*", "did you mean '*-darwin'?"),
        ("arm64", "did you mean 'aarch64-*'?"),
        ("macos-arm64", "did you mean 'aarch64-darwin'?"),
        ("linux-x86_64", "did you mean 'x86_64-linux-gnu'?"),
        ("alpine-x86-64", "did you mean 'x86_64-linux-musl'?"),
        ("cp312-manylinux_x86_64", "did you mean 'manylinux_x86_64'?"),
        (
            "*-beos-*",
            (
                "write a triple (x86_64-linux-gnu), a glob over triples (*-linux-*), a wheel's platform "
                "(musllinux_aarch64), a container's platform (linux/arm64) or all"
            ),
        ),
    ],
)
def test_what_matches_nothing_is_refused_with_a_hint(pattern, hint):
    with pytest.raises(TargetError) as caught:
        matching(pattern)
    assert str(caught.value) == f"no target matches {pattern!r}\n  try:   {hint}"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("win_amd64", "not a target triple: 'win_amd64'\n  try:   did you mean 'x86_64-windows-msvc'?"),
        (
            "macosx_11_0_universal2",
            "not a target triple: 'macosx_11_0_universal2'\n  try:   did you mean 'x86_64-darwin' or 'aarch64-darwin'?",
        ),
        (
            "x86_64-linux-musll",
            "no C library of linux is called 'musll': 'x86_64-linux-musll'\n  try:   did you mean 'x86_64-linux-musl'?",
        ),
        ("linux-arm64", "not a target triple: 'linux-arm64'\n  try:   did you mean 'aarch64-linux-gnu'?"),
        (
            "arm64",
            (
                "not a target triple: 'arm64'\n"
                "  try:   write it as machine-vendor-system-libc, e.g. x86_64-unknown-linux-gnu"
            ),
        ),
    ],
)
def test_one_target_is_a_triple(name, message):
    with pytest.raises(TargetError) as caught:
        one_target(name)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "name",
    [
        *WHEEL_TARGETS,
        *("armv7-unknown-linux-gnueabi", "x86_64-linux-gnux32", "mips64-linux-gnuabi64", "aarch64-linux-android24"),
        *("aarch64-unknown-linux-ohos", "armv7-unknown-linux-eabihf"),
        *(
            "x86_64-linux-gnu.2.17",
            "wasm32-wasi",
            "x86_64-w64-mingw32",
            "arm-poky-linux-gnueabi",
            "sparc-sun-solaris2.11",
        ),
    ],
)
def test_a_triple_of_any_system_is_one(name):
    assert one_target(name) == normalize(name)


def test_win64_is_no_tag_and_the_tag_is_named():
    with pytest.raises(TargetError, match="no target for the wheel platform 'win64'") as caught:
        matching("win64")
    assert caught.value.hint == "did you mean 'win_amd64'?"


def test_the_modules_import_nothing_heavy():
    heavy = {"tomllib", "tomli", "subprocess", "difflib", "fnmatch", "importlib.metadata", "dataclasses"}
    code = (
        "import sys; before = set(sys.modules); import headerkit.targets.wheels, headerkit.targets.cibuildwheel;"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())
