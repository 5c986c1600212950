"""A library's own text sees Visual C++, though the system's headers are mingw's."""

from __future__ import annotations

from pathlib import Path

import pytest

from headerkit.backends import get_backend
from headerkit.ir import Record, Typedef
from headerkit.sysroots import sysroot_of
from headerkit.sysroots.windows import MINGW_WRAPPERS, pose, reading_mingw
from headerkit.sysroots.zig import zig_folder
from headerkit.targets.layouts import verify_layouts
from headerkit.unit import Unit

TARGETS = ("x86_64-pc-windows-msvc", "i686-pc-windows-msvc", "aarch64-pc-windows-msvc")
C_HEADERS = (
    *("assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits", "locale", "math"),
    *("setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool", "stddef", "stdint", "stdio", "stdlib"),
    *("stdnoreturn", "string", "tgmath", "time", "uchar", "wchar", "wctype"),
)
WINDOWS_HEADERS = (
    *("windows", "winsock2", "ws2tcpip", "io", "direct", "process", "sys/types", "sys/stat", "intrin", "malloc"),
    *("Windows", "WinSock2", "WS2tcpip", "BaseTsd", "fcntl", "conio", "crtdbg", "sal", "strsafe", "shlobj"),
)
needs_zig = pytest.mark.skipif(not zig_folder(), reason="the ziglang package is not installed")


def parsed(text: str, target: str, folder: Path) -> tuple[Unit, dict[str, object]]:
    """The unit of a text, and its own declarations by name, records by their tag."""
    (folder / "own.h").write_text(text)
    unit = Unit(str(folder), "own.h", target, str(folder / "own.h"))
    header = get_backend("libclang").parse(unit).header
    assert verify_layouts(unit, header).status == "verified"
    return unit, {item.name: item for item in header.declarations if item.owned}


ASKING = """\
{include}
#if defined __GNUC__ || defined __MINGW32__ || defined __MINGW64__ || defined __CYGWIN__
int sees_gcc(void);
#endif
#if defined _MSC_VER && defined _MSC_FULL_VER && _MSC_VER >= 1930
int sees_visual_c(void);
#endif
#ifdef _WIN32_WINNT
int sees_a_release(void);
#endif
"""


@needs_zig
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["", *C_HEADERS, *WINDOWS_HEADERS])
def test_own_text_sees_visual_c_whatever_it_includes(name, target, tmp_path):
    _, own = parsed(ASKING.format(include=f"#include <{name}.h>" if name else ""), target, tmp_path)
    assert set(own) - {"sees_a_release"} == {"sees_visual_c"}
    # It comes with Windows' own headers (and, sooner than on Windows, with C's).
    assert name or "sees_a_release" not in own


@needs_zig
@pytest.mark.parametrize("target", TARGETS)
def test_a_branch_for_gcc_is_not_taken(target, tmp_path):
    text = """\
    #include <stdint.h>
    #ifdef __GNUC__
    #define PACKED __attribute__((packed))
    #else
    #define PACKED
    #endif
    struct record { char tag; int32_t value; } PACKED;
    """
    _, own = parsed(text, target, tmp_path)
    assert isinstance(own["record"], Record)
    assert own["record"].size == 8


@needs_zig
@pytest.mark.parametrize("target", TARGETS)
def test_types_are_those_of_visual_c(target, tmp_path):
    text = """\
    #include <stddef.h>
    #include <stdint.h>
    #include <wchar.h>
    #include <sys/types.h>
    typedef max_align_t most;
    typedef int_fast16_t quick;
    typedef uint_fast16_t uquick;
    typedef mbstate_t shifted;
    typedef off_t offset;
    enum { top = INT_FAST16_MAX, utop = UINT_FAST16_MAX == 0xffffffff };
    """
    _, own = parsed("#define _FILE_OFFSET_BITS 64\n" + text, target, tmp_path)
    sizes = {name: item.size for name, item in own.items() if isinstance(item, Typedef)}
    assert sizes == {"most": 8, "quick": 4, "uquick": 4, "shifted": 8, "offset": 4}


@needs_zig
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("includes", [("sys/types", "time", "io"), ("windows",), ("stdio",), ("limits",)])
def test_a_library_may_declare_what_visual_c_leaves_to_it(includes, target, tmp_path):
    text = """\
    #ifdef _MSC_VER
    typedef int ssize_t;
    typedef int pid_t;
    typedef int mode_t;
    struct timezone { int minutes; };
    static __forceinline int quick(int a) { return a; }
    #endif
    #ifndef PATH_MAX
    #define PATH_MAX 1024
    #endif
    struct place { char path[PATH_MAX]; ssize_t length; };
    """
    include = "".join(f"#include <{name}.h>\n" for name in includes)
    _, own = parsed(include + text, target, tmp_path)
    assert own["place"].size == 1028


@needs_zig
@pytest.mark.parametrize("target", TARGETS)
def test_values_of_the_c_library_are_still_there(target, tmp_path):
    (tmp_path / "own.h").write_text(
        "#include <math.h>\n#include <limits.h>\n#define HUGE HUGE_VAL\n#define LONG LONG_MAX\n"
    )
    unit = Unit(str(tmp_path), "own.h", target, str(tmp_path / "own.h"))
    values = {macro.name: macro.value for macro in get_backend("libclang").parse(unit).header.macros}
    assert values == {"HUGE": float("inf"), "LONG": 2**31 - 1}


def test_what_clang_claims_follows_from_the_target_alone(monkeypatch):
    monkeypatch.setattr("headerkit.sysroots.zig.zig_folder", lambda: "")
    sysroot_of.cache_clear()
    try:
        for target in TARGETS:
            assert pose(target) == ("-fms-compatibility-version=19.33",)
            assert pose(target.replace("msvc", "gnu")) == reading_mingw(target.replace("msvc", "gnu")) == ()
            assert sysroot_of(target).include_dirs == ()
    finally:
        sysroot_of.cache_clear()


def test_each_wrapper_ends_what_it_begins():
    for path in Path(MINGW_WRAPPERS).rglob("*.h"):
        text = path.read_text()
        assert text.count("begin_pose.h") == text.count("end_pose.h") or path.name in {"begin_pose.h", "end_pose.h"}
    pushed = (Path(MINGW_WRAPPERS) / "begin_pose.h").read_text().count("push_macro")
    assert pushed == (Path(MINGW_WRAPPERS) / "end_pose.h").read_text().count("pop_macro")
