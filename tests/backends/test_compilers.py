"""What is declared for another version of GCC than the one that compiles the binding stays out, with that reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headerkit.backends import get_backend
from headerkit.backends.libclang.scan import scan
from headerkit.backends.libclang.version_checks import asks_for_version, poses_on
from headerkit.target import host_target
from headerkit.unit import Unit

if TYPE_CHECKING:
    from pathlib import Path

    from headerkit.ir import Header

pytestmark = pytest.mark.skipif(not poses_on(host_target()), reason="gcc is not this platform's usual compiler")

OLD_ONLY = """
#if defined(__GNUC__) && __GNUC__ < 7
#define OLD_VALUE 1
struct old { int x; };
typedef struct old *old_pointer;
int old_function(struct old *);
extern int old_variable;
#endif
int everywhere(void);
"""


def read(folder: Path, text: str) -> Header:
    (folder / "a.h").write_text(text)
    unit = Unit(str(folder), "a.h", host_target(), path=str(folder / "a.h"))
    return get_backend("libclang").parse(unit).header


def test_what_only_an_old_gcc_gets_is_left_out_and_accounted_for(tmp_path: Path) -> None:
    header = read(tmp_path, OLD_ONLY)
    assert [item.name for item in header.declarations] == ["everywhere"]
    assert header.macros == ()
    assert {(entry.kind, entry.name) for entry in header.left_out} == {
        ("macro", "OLD_VALUE"),
        ("struct", "old"),
        ("typedef", "old_pointer"),
        ("function", "old_function"),
        ("variable", "old_variable"),
    }


def test_what_an_old_gcc_may_call_and_a_new_one_may_not_is_left_out(tmp_path: Path) -> None:
    header = read(
        tmp_path,
        """
        #if __GNUC__ > 4 || (__GNUC__ == 4 && __GNUC_MINOR__ >= 3)
        void __attribute__((error("wrong size"))) wrong_size(void);
        void __attribute__((warning("odd"))) odd(void);
        #else
        static inline void wrong_size(void) {}
        static inline void odd(void) {}
        #endif
        """,
    )
    assert [item.name for item in header.declarations] == ["odd"]
    assert [(item.kind, item.name) for item in header.left_out] == [("function", "wrong_size")]


def test_what_only_a_new_gcc_gets_was_never_read(tmp_path: Path) -> None:
    header = read(tmp_path, "#if __GNUC__ >= 5\nint new_function(void);\n#endif\nint everywhere(void);\n")
    assert [item.name for item in header.declarations] == ["everywhere"]
    assert header.left_out == ()


def test_what_only_clang_gets_is_left_out_where_gccs_version_is_asked_too(tmp_path: Path) -> None:
    text = "#if defined(__clang__)\n#define BY_CLANG 1\n#elif __GNUC__ >= 7\n#define BY_GCC 1\n#endif\n"
    header = read(tmp_path, f"{text}#define EVERYWHERE 1\n")
    assert [macro.name for macro in header.macros] == ["EVERYWHERE"]
    assert [(entry.kind, entry.name) for entry in header.left_out] == [("macro", "BY_CLANG")]


def test_a_type_that_something_kept_refers_to_is_kept(tmp_path: Path) -> None:
    text = "#if __GNUC__ < 7\nstruct old;\n#endif\nint everywhere(struct old *);\n"
    assert [item.name for item in read(tmp_path, text).declarations] == ["old", "everywhere"]


@pytest.mark.parametrize(
    "text",
    [
        "#if __GNUC__ < 7\n#define VALUE 1\n#endif\n",
        "#if __GNUC__ >= 5\n#else\nint f(void);\n#endif\n",
        (
            "#define AT_LEAST(a, b) (__GNUC__ > (a) || __GNUC__ == (a) && __GNUC_MINOR__ >= (b))\n"
            "#if !AT_LEAST(4, 8)\nint f(void);\n#endif\n"
        ),
        "#define MODERN (__GNUC__ > 4)\n#if MODERN\n#define VALUE 'x'\n#endif\n",
        "#if __GNUC__ * 100 + __GNUC_MINOR__ < 405\nint f(void);\n#endif\n",
    ],
)
def test_a_check_that_decides_about_a_declaration_or_a_value_is_noticed(text: str) -> None:
    assert asks_for_version([text.encode()], [scan(text.encode())])


@pytest.mark.parametrize(
    "text",
    [
        "#ifdef __GNUC__\nint f(void);\n#endif\n",
        "#if __GNUC__ >= 3\nint f(void);\n#endif\n",
        "#if defined(__GNUC__) && __GNUC__ >= 7\n#define NODISCARD __attribute__((warn_unused_result))\n#endif\n",
        '#if __GNUC__ >= 7\n#define DO_PRAGMA(x) _Pragma(#x)\n#define WARN DO_PRAGMA(GCC warning "x")\n#endif\n',
        (
            "#define AT_LEAST(a, b) (__GNUC__ > (a) || __GNUC__ == (a) && __GNUC_MINOR__ >= (b))\n"
            "#if AT_LEAST(3, 1)\nint f(void);\n#endif\n"
        ),
        "static int f(int x) {\n#if __GNUC__ >= 5\n  return __builtin_bswap16(x);\n#else\n  return 1;\n#endif\n}\n",
        "/* __GNUC__ < 5 */ int f(void);\n",
    ],
)
def test_checks_of_attributes_and_inside_bodies_cost_no_second_parse(text: str) -> None:
    assert not asks_for_version([text.encode()], [scan(text.encode())])
