from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from headerkit import ir
from headerkit.ir import (
    CONST,
    NONNULL,
    NULLABLE,
    RESTRICT,
    Alias,
    Array,
    Atomic,
    Attribute,
    Builtin,
    Function,
    FunctionType,
    Pointer,
    Tag,
    Vector,
)

HEADERS = Path(__file__).parent / "headers"
INT = Builtin("int")
CHAR_POINTER = Pointer(Builtin("char", CONST))


@pytest.fixture
def header(project, parse):
    shutil.copy(HEADERS / "types.h", project / "types.h")
    return parse(None, "types.h").header


@pytest.fixture
def named(header):
    return {item.name: item for item in header.declarations if not isinstance(item, ir.Record | ir.Enum)}


def fields(header, key):
    return {field.name: field for field in header.tags[key].fields}


def test_an_opaque_record_has_no_size(header):
    assert header.tags["struct opaque"].fields is None
    assert header.tags["struct opaque"].size is None
    assert header.typedefs["opaque_t"].size is None


def test_an_untagged_record_takes_the_typedefs_name_and_keeps_docs(header):
    point = header.tags["point_t"]
    assert (point.name, point.typedef, point.doc) == ("", "point_t", "A point.\n\nIn the plane.")
    assert [(field.name, field.doc) for field in point.fields] == [("x", "across"), ("y", "up")]


def test_nested_records_know_their_parent_and_come_before_it(header):
    keys = [item.key for item in header.declarations if isinstance(item, ir.Record | ir.Enum)]
    assert keys.index("struct deep") < keys.index("struct inner") < keys.index("struct node")
    assert header.tags["struct deep"].parent == "struct inner"
    assert header.tags["struct inner"].parent == "struct node"
    assert header.tags["struct node.#3"].parent == "struct node"
    assert header.tags["struct node.#3.#2"].parent == "struct node.#3"
    assert header.tags["struct node.side"].parent == "struct node"
    assert header.tags["struct other"].parent == ""


def test_one_nested_type_of_two_members_is_one_record(header):
    members = fields(header, "struct node")
    assert members["inner"].type == Array(Tag("struct inner"), 2)
    assert members["to_inner"].type == Pointer(Tag("struct inner"))


def test_bit_fields_have_widths_also_without_names(header):
    widths = [(field.name, field.offset, field.width) for field in header.tags["struct bits"].fields]
    assert widths[:4] == [("a", 0, 3), ("", 3, 2), ("b", 5, 7), ("", 32, 0)]


def test_a_flexible_array_has_no_length_and_a_zero_array_has_zero(header):
    assert fields(header, "struct flexible")["items"].type == Array(INT, None)
    assert fields(header, "struct zero_length")["data"].type == Array(Builtin("char"), 0)


@pytest.mark.parametrize(
    ("key", "packed"),
    [
        ("struct packed", True),
        ("struct partly_packed", True),
        ("struct pragma_packed", True),
        ("struct aligned", False),
        ("struct all_types", False),
    ],
)
def test_packed_says_whether_members_stand_closer_than_their_alignment(header, key, packed):
    assert header.tags[key].packed is packed


def test_enums_have_exact_values_and_underlying_types(header):
    values = {item.name: item.value for tag in header.tags.values() for item in getattr(tag, "enumerators", None) or ()}
    assert values["HUGE_VALUE"] == 2**63 - 1
    assert values["ALL_ONES"] == 2**64 - 1
    assert values["NEGATIVE"] == -3
    assert header.tags["enum color"].underlying == INT
    assert header.tags["enum unsigned_big"].underlying == Builtin("unsigned long")
    assert header.tags["enum tiny"].underlying == Builtin("unsigned char")
    assert header.tags["mode_t_"].typedef == "mode_t_"
    assert [item.name for item in header.tags["enum {ANONYMOUS_A}"].enumerators] == ["ANONYMOUS_A", "ANONYMOUS_B"]
    assert header.tags["enum old_color"].enumerators[0].attributes == (Attribute("deprecated", "use RED"),)


def test_typedefs_keep_their_chains(header):
    assert header.typedefs["octet"].type == Alias("byte")
    assert header.typedefs["buffer"].type == Array(Alias("octet"), 16)
    assert header.typedefs["buffer_ptr"].type == Pointer(Alias("buffer"))
    assert header.typedefs["matrix"].type == Array(Array(INT, 4), 3)
    assert header.typedefs["handler_factory"].type == Pointer(FunctionType(Alias("handler"), (CHAR_POINTER,)))
    assert header.typedefs["vec4"].type == Vector(Builtin("float"), 4)
    assert header.typedefs["int128"].type == Builtin("__int128")
    assert header.typedefs["atomic_number"].type == Atomic(INT)
    assert header.typedefs["node_ptr"].type == Pointer(Tag("struct node"))
    assert header.typedefs["nonnull_int"].type == Pointer(INT, NONNULL)
    assert header.typedefs["plain_function"].size is None


def test_a_typedef_of_a_pointer_to_an_unnamed_record_has_a_key_by_its_first_member(header):
    assert header.typedefs["unnamed_ptr"].type == Pointer(Tag("struct {x}"))


def test_parameters_are_adjusted_and_typedefs_of_arrays_stay(named):
    arrays = named["arrays"]
    assert arrays.type.params == (
        Pointer(INT),
        Pointer(CHAR_POINTER),
        Alias("matrix"),
        Pointer(INT),
        Alias("size_t"),
    )
    assert arrays.parameters == ("a", "argv", "m", "b", "n")
    assert named["callbacks"].type.params[0] == Pointer(FunctionType(INT, (INT,)))


def test_functions_say_how_they_are_called(named):
    assert named["no_prototype"].type.params is None
    assert named["no_parameters"].type.params == ()
    assert named["printf_like"].type.variadic
    assert named["printf_like"].attributes == (Attribute("format", "printf, 1, 2"),)
    assert named["vprintf_like"].type.params == (CHAR_POINTER, Alias("va_list"))
    assert (named["square"].storage, named["square"].inline) == ("static", True)
    assert named["external_inline"].inline
    assert not named["add"].inline
    assert named["renamed"].asm_label == "the_real_name"
    assert named["windows_abi"].type.convention == "ms_abi"
    assert named["declared_by_typedef"].type == FunctionType(INT, (INT, INT))
    assert named["redeclared"].type.params == (INT,)
    assert named["redeclared"].parameters == ("value",)
    assert named["restricted"].type.params == (
        Pointer(Builtin("char"), RESTRICT),
        Pointer(Builtin("char", CONST), RESTRICT),
    )
    assert named["nullable"].type.params == (Pointer(INT, NULLABLE), Pointer(INT, NONNULL))


def test_function_pointers_nest_to_any_depth(named):
    callback = Pointer(FunctionType(Builtin("void"), (INT,)))
    assert named["signal_like"].type if "signal_like" in named else True
    assert named["returns_pointer"].type == FunctionType(Pointer(FunctionType(INT, (CHAR_POINTER,))), (INT,))
    assert named["returns_array_pointer"].type == FunctionType(Pointer(Array(INT, 4)), ())
    assert named["signal_like"].type == FunctionType(callback, (INT, callback))


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("fatal", Attribute("noreturn")),
        ("fatal_c11", Attribute("noreturn")),
        ("old_add", Attribute("deprecated", "use add")),
        ("hidden_function", Attribute("visibility", "hidden")),
        ("weak_function", Attribute("weak")),
        ("allocate", Attribute("nonnull", "1")),
        ("allocate", Attribute("returns_nonnull")),
        ("allocate", Attribute("malloc")),
        ("allocate", Attribute("warn_unused_result")),
    ],
)
def test_attributes_that_matter_to_a_binding_are_kept(named, name, attribute):
    assert attribute in named[name].attributes


def test_attributes_are_found_inside_macros_with_their_arguments(ir):
    header = ir(
        "#define FORMAT(a, b) __attribute__((__format__(__printf__, a, b)))\n"
        '#define OLD(what) __attribute__((__deprecated__("use " #what)))\n'
        "void log_it(int level, const char *text, ...) FORMAT(2, 3) OLD(new_log);\n"
    )
    assert header.declarations[0].attributes == (
        Attribute("format", "printf, 2, 3"),
        Attribute("deprecated", "use new_log"),
    )


def test_variables_have_their_storage_and_value(named):
    assert named["counter"].storage == "extern"
    assert named["per_thread"].thread_local
    assert named["table"].type == Array(Builtin("int", CONST), None)
    assert named["grid"].type == Array(Array(INT, 3), 2)
    assert (named["answer"].storage, named["answer"].value) == ("static", 42)
    assert named["ratio"].value == 0.5
    assert named["untagged_variable"].type == Tag("struct {x}~2")


def test_locations_count_from_the_headers_first_line(header, named):
    line = (HEADERS / "types.h").read_text().split("\n").index("int add(int a, int b);") + 1
    location = named["add"].location
    assert (header.files[location.file], location.line) == ("project:types.h", line)


def test_what_a_c_program_writes_is_recorded(parse):
    assert parse("int x;", "include/vec/vec.h", dirs=["include"]).header.includes == ('"vec/vec.h"',)
    assert parse("int x;", "plain.h").header.includes == ('"plain.h"',)
    assert parse(None, "u.h", code='#include <stdio.h>\n#include "plain.h"\n').header.includes == (
        "<stdio.h>",
        '"plain.h"',
    )


def test_a_folder_whose_name_begins_as_the_projects_is_not_the_projects(project, parse):
    folder = f"../{project.name}-more/include"
    includes = {"lib.h": ("<lib.h>",), "deep/lib.h": ("<deep/lib.h>",)}
    for name, expected in includes.items():
        assert parse("int x;", f"{folder}/{name}", dirs=[folder]).header.includes == expected


def test_c23_gives_enums_a_type_and_empty_parentheses_a_prototype(ir):
    header = ir("enum small : unsigned char { A, B }; int f();", args=("-std=c2x",))
    assert header.tags["enum small"].underlying == Builtin("unsigned char")
    assert header.tags["enum small"].size == 1
    assert header.declarations[-1].type.params == ()


def test_comments_of_any_style_are_kept(ir):
    header = ir(
        "// one\n// two\nint a(void);\n\n/* plain */ int b(void);\n\n"
        "/**\n * Starred.\n *\n *   - indented\n */\nint c(void);\n"
        "extern int d; ///< trailing\nint e(void);\n"
    )
    assert [item.doc for item in header.declarations] == [
        "one\ntwo",
        "plain",
        "Starred.\n\n  - indented",
        "trailing",
        "",
    ]


def test_functions_that_clang_knows_itself_keep_va_list_and_get_no_made_up_attributes(ir):
    header = ir("#include <stdarg.h>\nint vprintf(const char *format, va_list args);\nint printf(const char *, ...);\n")
    functions = [item for item in header.declarations if type(item).__name__ == "Function"]
    assert functions[0].type.params[1] in (Alias("va_list"), Builtin("__builtin_va_list"))
    assert [item.attributes for item in functions] == [(), ()]
    assert "struct __va_list_tag" not in header.tags


def test_functions_that_clang_knows_itself_keep_the_names_of_their_types(ir):
    header = ir(
        "#include <stdarg.h>\n#include <stddef.h>\n"
        "typedef struct file FILE; typedef char text; typedef const char *words; typedef size_t count;\n"
        "int vsnprintf(text *restrict to, count size, const char *format, va_list rest);\n"
        "int vfprintf(FILE *to, words format, va_list rest);\n"
        "count strlen(const text *s);\nwords strchr(const char *s, int c);\nFILE *fopen(words name, words mode);\n"
        "int printf(words format, ...);\nvoid *malloc(count size);\nvoid abort(void);\ntext *strdup(const text[]);\n"
    )
    functions = {item.name: item.type for item in header.declarations if isinstance(item, Function)}
    assert functions["vsnprintf"].params == (
        Pointer(Alias("text"), RESTRICT),
        Alias("count"),
        Pointer(Builtin("char", CONST)),
        Alias("va_list"),
    )
    assert functions["vfprintf"].params == (Pointer(Alias("FILE")), Alias("words"), Alias("va_list"))
    assert functions["strlen"] == FunctionType(Alias("count"), (Pointer(Alias("text", CONST)),))
    assert functions["strchr"].result == Alias("words")
    assert functions["fopen"] == FunctionType(Pointer(Alias("FILE")), (Alias("words"), Alias("words")))
    assert functions["printf"] == FunctionType(Builtin("int"), (Alias("words"),), variadic=True)
    assert functions["malloc"] == FunctionType(Pointer(Builtin("void")), (Alias("count"),))
    assert functions["abort"] == FunctionType(Builtin("void"), ())
    assert functions["strdup"] == FunctionType(Pointer(Alias("text")), (Pointer(Alias("text", CONST)),))


def test_a_forward_enum_has_the_integer_that_enums_have(ir):
    (enum, _) = ir("enum later; int f(enum later *);").declarations
    assert (enum.enumerators, enum.underlying, enum.size) == (None, Builtin("unsigned int"), None)


def test_a_members_name_may_have_a_dollar_sign(ir):
    (record,) = ir("struct a$ { int x$; union { int y; }; };").declarations[-1:]
    assert [field.name for field in record.fields] == ["x$", ""]


def test_an_inline_definition_is_one_that_makes_no_symbol(ir):
    header = ir(
        "inline int alone(int x) { return x; }\ninline int twice(int);\ninline int twice(int x) { return x; }\n"
        "int before(int);\ninline int before(int x) { return x; }\n"
        "inline int after(int x) { return x; }\nextern int after(int);\n"
        "extern inline int external(int x) { return x; }\nstatic inline int internal(int x) { return x; }\n"
        "inline int bodiless(int) ;\nint plain(int x);\n"
        "#define DEFINE(name) inline int name(void) { return 0; }\nDEFINE(by_macro)\n"
    )
    functions = [item for item in header.declarations if isinstance(item, Function)]
    assert [item.name for item in functions if item.inline_definition] == ["alone", "twice", "by_macro"]


def test_inline_is_what_says_so_and_not_what_has_a_body(ir):
    header = ir(
        "int body(void) { return 1; }\nstatic int internal(void) { return 1; }\ninline int said(int);\n"
        "extern inline int external(void) { return 1; }\nint late(void);\ninline int late(void) { return 1; }\n"
        "extern inline __attribute__((gnu_inline)) int gnu(void) { return 1; }\nint plain(void);\n"
    )
    functions = {item.name: item.inline for item in header.declarations if isinstance(item, Function)}
    assert functions == {
        "body": False,
        "internal": False,
        "said": True,
        "external": True,
        "late": True,
        "gnu": True,
        "plain": False,
    }
