"""Units for another target than this machine's: with its headers installed, without, and with another machine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from headerkit.backends import get_backend
from headerkit.errors import ParseError, TargetError
from headerkit.sysroots import sysroot_of
from headerkit.sysroots.cross_packages import cross_include_dirs, debian_package, multiarch
from headerkit.sysroots.zig import zig_folder
from headerkit.target import host_target, normalize
from headerkit.targets.layout_compilers import compiler_for
from headerkit.unit import IncludeDir, Unit

HEADERS = Path(__file__).parent / "headers"
CROSS = ("aarch64-unknown-linux-gnu", "x86_64-unknown-linux-musl", "x86_64-pc-windows-gnu")
NOWHERE = "riscv64-unknown-linux-gnu"


@pytest.fixture
def bare(monkeypatch):
    """A machine without any headers for other targets."""
    monkeypatch.setattr("headerkit.sysroots.cross_packages.cross_include_dirs", lambda _: ())
    monkeypatch.setattr("headerkit.sysroots.zig.zig_folder", lambda: "")
    sysroot_of.cache_clear()
    yield
    sysroot_of.cache_clear()


@pytest.fixture
def cross(project):
    def run(text, target, **changes):
        (project / "a.h").write_text(text)
        unit = Unit(str(project), "a.h", normalize(target), path=str(project / "a.h"), **changes)
        return get_backend("libclang").parse(unit)

    return run


@pytest.mark.parametrize("target", CROSS)
def test_a_cross_compiler_agrees_with_every_layout(confirmed, target):
    compiler = compiler_for(target)
    if compiler is None or compiler.is_zigs or not cross_include_dirs(target):
        pytest.skip(f"a gcc and the headers of {target} are not installed")
    types = (HEADERS / "types.h").read_text().partition("/* functions that clang knows")[0]  # mingw's are inline
    text = f"{types}#include <stdio.h>\n#include <time.h>\nFILE *f; struct tm t; time_t n;\n"
    assert confirmed(text, target=target, owned=False) > 250


def test_a_sysroot_has_the_targets_headers(cross, tmp_path):
    folder = tmp_path / "root" / "usr" / "include"
    folder.mkdir(parents=True)
    (folder / "stdio.h").write_text("typedef struct here FILE;\n")
    text = "#include <stdio.h>\nFILE *f;\n"
    header = cross(text, NOWHERE, args=(f"--sysroot={tmp_path}/root",)).header
    assert "system:stdio.h" in header.files
    assert "struct here" in header.tags


@pytest.mark.usefixtures("bare")
def test_missing_headers_of_another_target_name_what_helps(cross):
    with pytest.raises(ParseError) as caught:
        cross("#include <stdio.h>\n", NOWHERE)
    assert caught.value.cause == (
        "the C library's headers for riscv64-unknown-linux-gnu are not installed; looked in no directory at all"
    )
    assert caught.value.hint == (
        "pip install 'headerkit[cross]' (the C libraries' headers in the ziglang package), or "
        "install them (Debian: apt install libc6-dev-riscv64-cross), or name a folder with that system's headers: "
        "headerkit cache populate --sysroot riscv64-linux-gnu=DIR"
    )
    with pytest.raises(ParseError, match="the sysroot /nowhere"):
        cross("#include <stdio.h>\n", NOWHERE, args=("--sysroot=/nowhere",))


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("arm64-apple-macosx", "--sysroot aarch64-darwin=SDK"),
        ("x86_64-pc-windows-msvc", "Visual C++"),
        ("i686-pc-windows-gnu", "mingw-w64-i686-dev"),
        ("s390x-linux-musl", "musl-dev:s390x"),
    ],
)
def test_each_system_has_its_own_remedy(cross, target, word):
    with pytest.raises(ParseError) as caught:
        cross("#include <stdio.h>\n", target)
    assert word in caught.value.hint


@pytest.mark.parametrize("target", ["aarch64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"])
def test_what_c_itself_asks_of_a_compiler_is_there_for_every_target(cross, target):
    header = cross(
        "#include <stddef.h>\n#include <stdarg.h>\n#include <stdbool.h>\nsize_t n; va_list v; bool b;\n", target
    )
    assert [item.name for item in header.header.declarations if item.owned] == ["n", "v", "b"]


def test_a_header_that_is_made_for_another_machine_is_a_warning(cross, tmp_path):
    folder = tmp_path / "lib" / "s390x-linux-gnu" / "include"
    folder.mkdir(parents=True)
    (folder / "generated.h").write_text("#define WORD 8\n")
    dirs = (IncludeDir(str(folder), str(folder)),)
    parsed = cross("#include <generated.h>\nint x[WORD];\n", host_target(), include_dirs=dirs)
    (warning,) = parsed.warnings
    assert warning.startswith(f"a.h: {folder}/generated.h is made for s390x-linux-gnu, not for {host_target()}: ")
    assert cross("#include <stdio.h>\nFILE *f;\n", host_target()).warnings == ()


def test_a_header_that_is_made_for_this_machine_is_refused_for_another(cross, tmp_path):
    folder = tmp_path / "lib" / multiarch(host_target()) / "include"
    folder.mkdir(parents=True)
    (folder / "generated.h").write_text("#define WORD 8\n")
    dirs = (IncludeDir(str(folder), str(folder)),)
    with pytest.raises(TargetError) as caught:
        cross("#include <generated.h>\nint x[WORD];\n", NOWHERE, include_dirs=dirs)
    assert caught.value.message.endswith(f"is made for {multiarch(host_target())}, not for {NOWHERE}")


@pytest.mark.skipif(not Path("/usr/include/stdio.h").exists(), reason="this machine has no C library's headers")
@pytest.mark.parametrize(
    "named", [{"include_dirs": (IncludeDir("/usr/include", "/usr/include"),)}, {"args": ("-I/usr/include",)}]
)
def test_this_machines_c_library_is_refused_for_another_target(cross, named):
    with pytest.raises(TargetError, match="/usr/include has the C library of this machine, not that of riscv64"):
        cross("int x;\n", NOWHERE, **named)
    assert cross("int x;\n", host_target(), **named).warnings == ()


def test_a_target_that_clang_does_not_know_is_told(cross):
    with pytest.raises(ParseError) as caught:
        cross("int x;\n", "nonsense-linux-gnu")
    assert "--target=nonsense-unknown-linux-gnu" in caught.value.hint


@pytest.mark.parametrize(
    ("target", "package", "folder"),
    [
        ("aarch64-linux-gnu", "libc6-dev-arm64-cross", "aarch64-linux-gnu"),
        ("armv7l-linux-gnueabihf", "libc6-dev-armhf-cross", "arm-linux-gnueabihf"),
        ("i686-linux-gnu", "libc6-dev-i386-cross", "i386-linux-gnu"),
        ("ppc64le-linux-gnu", "libc6-dev-ppc64el-cross", "powerpc64le-linux-gnu"),
        ("x86_64-w64-mingw32", "mingw-w64-x86-64-dev", "x86_64-windows-gnu"),
        ("aarch64-apple-darwin", "", "aarch64-darwin"),
    ],
)
def test_debian_calls_targets_by_other_names(target, package, folder):
    assert (debian_package(target), multiarch(target)) == (package, folder)


@pytest.mark.skipif(not zig_folder(), reason="the ziglang package is not installed")
@pytest.mark.parametrize(
    ("target", "name", "macro"),
    [
        ("aarch64-apple-darwin", "sys/epoll.h", "__APPLE__"),
        ("x86_64-pc-windows-msvc", "sys/epoll.h", "_WIN32"),
        ("riscv64-unknown-linux-musl", "mach/mach.h", "__linux__"),
    ],
)
def test_a_header_of_another_system_is_to_be_left_out(cross, target, name, macro):
    with pytest.raises(ParseError) as caught:
        cross(f"#include <{name}>\n", target)
    assert caught.value.cause.startswith(f"{target} has no {name} among the headers that are here for it; looked in /")
    assert caught.value.hint.startswith(f"leave its #include out there (#ifndef {macro}), or name a folder with that ")


@pytest.mark.skipif(not zig_folder(), reason="the ziglang package is not installed")
@pytest.mark.parametrize(("target", "release"), [("x86_64-apple-darwin", 101300), ("aarch64-apple-darwin", 110000)])
def test_macos_is_the_release_of_cpythons_own_binaries(cross, target, release):
    text = "#include <AvailabilityMacros.h>\n#define OLDEST MAC_OS_X_VERSION_MIN_REQUIRED\n"
    macros = {macro.name: macro.value for macro in cross(text, target).header.macros}
    assert macros["OLDEST"] == release
    macros = {
        macro.name: macro.value for macro in cross(text, target, args=("-mmacosx-version-min=14.0",)).header.macros
    }
    assert macros["OLDEST"] == 140000
