"""The comments of macros: which one belongs to a macro, as with declarations."""

from __future__ import annotations

import pytest


def doc(header, name="M"):
    (found,) = [macro.doc for macro in header.macros if macro.name == name]
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/** Above. */\n#define M 1\n", "Above."),
        ("/* Plain,\n * on lines. */\n#define M 1\n", "Plain,\non lines."),
        ("/* Above. */\r\n#define M 1\r\n", "Above."),
        ("  /* Indented. */\n  #  define M(a) \\\n a\n", "Indented."),
        ("// one\n// two\n#define M 1\n", "one\ntwo"),
        ("#define M 1 /**< Behind. */\n", "Behind."),
        ("#define M 1 /* Plain. */\n", "Plain."),
        ("#define M 1 // slashes\n", "slashes"),
        ("#define M 1 // one\n            // two\n#define N 2\n", "one\ntwo"),
        ("#define M 1 /* over\n * lines */\n#define N 2\n", "over\nlines"),
        ("#define M 1 + \\\n 2 /* Continued. */\n", "Continued."),
        ('#define M "/* no */" /* but "this" */\n', 'but "this"'),
        ("/* Above. */\n#define M 1 /* plain */\n", "Above."),
        ("/* Above. */\n#define M 1 ///< marked\n", "marked"),
        ("/* clang-format off */\n#define M 1\n", ""),
        ("#define M 1 // NOLINT(whitespace)\n", ""),
        ("/* NOLINT is a word of a comment. */\n#define M 1\n", "NOLINT is a word of a comment."),
        ("/* The default. */\n#ifndef M\n#define M 1\n#endif\n", "The default."),
        ("/* one */ /* two */\n#define M 1\n/* last */", ""),
        ("/* A line away. */\n\n#define M 1\n", ""),
        ("int x; /* of x */\n#define M 1\n", ""),
        ("int x;\n/**< of x */\n#define M 1\n", ""),
        ("#define N 1 /* of N\n */\n#define M 1\n", ""),
        ("#define N 1 // of N\n            // too\n#define M 1\n", ""),
        ("#define M /* within */ 1\n", ""),
        ('#define M "http://x/"\n', ""),
        ("/**/\n#define M 1\n", ""),
        ("// \n#define M 1\n", ""),
        ("/* of the file */\n#ifndef M\n#define M\n#endif\n", ""),
        ("/* first */\n#define M 1\n#undef M\n/* second */\n#define M 2\n", "second"),
        ("#if 0\n/* not read */\n#define M 1\n#else\n#define M 2\n#endif\n", ""),
    ],
)
def test_a_macros_doc_is_the_comment_right_above_or_at_the_end_of_its_line(ir, text, expected):
    assert doc(ir(text)) == expected


def test_a_comment_that_is_not_utf8_is_read_all_the_same(ir):
    assert doc(ir(b"/* caf\xe9 */\n#define M 1\n")) == "caf\ufffd"


def test_an_umbrellas_macros_have_docs_too(parse):
    code = "#include <stddef.h>\n/* Own. */\n#define M 1 \n#define N 2 /* Too. */\n"
    header = parse(None, "umbrella.h", code=code).header
    assert (doc(header), doc(header, "N")) == ("Own.", "Too.")


def test_a_string_that_looks_like_a_comment_is_no_comment(ir):
    (macro,) = ir('#define M "http:" "/* no end" // "\n').macros
    assert macro.value == "http:/* no end"


def test_a_comment_on_a_continued_line_has_no_backslashes(ir):
    assert doc(ir("#define M 1 /* one \\\n   two */ \\\n\n")) == "one\ntwo"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/*\n** one\n**\n** two\n*/", "one\n\ntwo"),
        ("/*\n * a\n **bold** b\n */", "a\n*bold** b"),
        ("/*!!!!!!!!\n * text\n *!!!!!! */", "text"),
    ],
)
def test_decoration_is_no_part_of_a_doc(ir, text, expected):
    assert doc(ir(f"{text}\n#define M 1\n")) == expected
    (found,) = ir(f"{text}\nint x;\n", "b.h").declarations
    assert found.doc == expected
