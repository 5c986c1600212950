"""What clang warns of, as far as a binding is concerned; the rest is silence."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("#warning this header is old\nint x;\n", "a.h:1: warning: this header is old"),
        ("#define A 1\n#define A 2\n", "a.h:2: warning: 'A' macro redefined"),
        ("int x;\nstruct { int y; };\n", "a.h:2: warning: declaration does not declare anything"),
        (
            "int f(struct nowhere *p);\n",
            "a.h:1: warning: declaration of 'struct nowhere' will not be visible outside of this function",
        ),
        (
            "#pragma pack(push, 1)\nstruct p { char a; int b; };\n",
            "a.h:1: warning: unterminated '#pragma pack (push, ...)' at end of file",
        ),
        (
            'struct __attribute__((scalar_storage_order("big-endian"))) be { int x; };\n',
            "a.h:1: warning: unknown attribute 'scalar_storage_order' ignored",
        ),
    ],
)
def test_what_a_binding_loses_is_told_in_clangs_words(parse, text, warning):
    assert parse(text).warnings == (warning,)
    # A user's -Werror is for a compiler.
    assert parse(text, "a.h", args=("-Wall", "-Werror")).warnings == (warning,)


def test_other_warnings_are_silence(parse):
    text = (
        "struct __attribute__((some_attribute)) s { int x; };\nint old();\n#define SHIFT (1 << 40)\n"
        "static int unused(int a) { return 0; }\nextern int x = 1;\n#pragma unknown\n#define same 1\n#define same 1\n"
    )
    assert parse(text, args=("-Weverything",)).warnings == ()


def test_only_the_librarys_own_files_are_spoken_of(project, parse):
    (project.parent / "lib").mkdir()
    (project.parent / "lib" / "other.h").write_text("#warning of another library\n#define A 1\n#define A 2\n")
    assert parse("#include <other.h>\nint x;\n", dirs=[project.parent / "lib"]).warnings == ()


def test_a_flood_of_warnings_is_cut(parse):
    text = "".join(f"#define A {number}\n" for number in range(40))
    warnings = parse(text).warnings
    assert len(warnings) == 11
    assert warnings[-1] == "a.h: ... and 29 more warnings"


def test_an_umbrellas_warning_has_its_own_line(parse):
    assert parse(None, "u.h", code="int x;\n#warning here\n").warnings == ("u.h:2: warning: here",)
