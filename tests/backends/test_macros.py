from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from headerkit.ir import CONST, Alias, Builtin, Pointer, Tag

HEADERS = Path(__file__).parent / "headers"


@pytest.fixture
def macros(project, parse):
    shutil.copy(HEADERS / "macros.h", project / "macros.h")
    return {macro.name: macro for macro in parse(None, "macros.h").header.macros}


def test_gcc_agrees_with_every_numbers_value_and_type(macros, gcc_agrees):
    checks = []
    for macro in macros.values():
        if macro.kind in ("int", "char"):
            assert isinstance(macro.type, Builtin)
            suffix = "ULL" if macro.value >= 1 << 63 else "LL"
            value = f"({macro.value + 1}LL - 1)" if macro.value < 0 else f"{macro.value}{suffix}"
            checks.append(f"({macro.name}) == ({macro.type.name}){value}")
        elif macro.kind == "float":
            checks.append(f"({macro.name}) == ({macro.type.name}){macro.value!r}")
        if macro.type is not None and macro.kind != "type":
            checks.append(f"__builtin_types_compatible_p(__typeof__({macro.name}), {macro.type.name})")
    assert gcc_agrees(f'#include "{HEADERS / "macros.h"}"', checks) > 60


def test_gcc_agrees_with_every_string(macros, tmp_path):
    source = tmp_path / "strings.c"
    lines = [f'#include "{HEADERS / "macros.h"}"', "int main(void) { int bad = 0;"]
    strings = [macro for macro in macros.values() if macro.kind == "string" and not macro.wide]
    for macro in strings:
        units = ",".join(str(ord(unit)) for unit in (*macro.value, "\0"))
        lines.append(
            f"{{ unsigned char want[] = {{{units}}}; if (sizeof({macro.name}) != sizeof want || "
            f'__builtin_memcmp({macro.name}, want, sizeof want)) {{ bad = 1; __builtin_printf("{macro.name}\\n"); }} }}'
        )
    source.write_text("\n".join([*lines, "return bad; }"]))
    subprocess.run(["gcc", "-w", str(source), "-o", str(tmp_path / "strings")], check=True)
    ran = subprocess.run([str(tmp_path / "strings")], capture_output=True, text=True, check=False)
    assert ran.stdout == ""
    assert {"STRING", "JOINED", "JOINED_EMBEDDED", "STRINGIFIED", "EMBEDDED", "UTF8", "ESCAPES"} <= {
        macro.name for macro in strings
    }


@pytest.mark.parametrize(
    ("name", "kind", "alias"),
    [
        ("function_alias", "function", "real_function"),
        ("variable_alias", "function", "real_variable"),
        ("type_alias", "type", "real_type"),
        ("struct_alias", "type", "struct real_struct"),
        ("builtin_alias", "type", "unsigned long"),
    ],
)
def test_aliases_say_what_they_stand_for(macros, name, kind, alias):
    assert (macros[name].kind, macros[name].alias) == (kind, alias)


def test_a_type_alias_has_its_type(macros):
    assert macros["type_alias"].type == Alias("real_type")


def test_function_like_macros_keep_parameters_and_body(macros):
    assert (macros["wrapper"].kind, macros["wrapper"].parameters) == ("call", ("a", "b"))
    assert macros["wrapper"].body == "real_function((a) + (b))"
    assert macros["no_parameters"].parameters == ()
    assert macros["variadic"].parameters == ("fmt", "...")


@pytest.mark.parametrize(
    "name",
    [
        *("POINTER", "BEGIN", "END", "HALF", "CLOSE", "STATEMENT", "SEMICOLON", "ATTRIBUTE", "KEYWORD", "UNDECLARED"),
        *("CALL", "LIST", "INITIALISER", "SELF", "LOOP_A", "LOOP_B"),
    ],
)
def test_what_is_no_value_says_why(macros, name):
    assert macros[name].kind == "other"
    assert macros[name].reason


def test_a_bad_macro_does_not_hurt_the_next(macros):
    assert macros["AFTER_ALL"].value == 99
    assert macros["CONTINUED"].value == 6


def test_macros_are_as_they_stand_at_the_end(macros):
    assert macros["REDEFINED"].value == 2
    assert macros["BRANCH"].value == 2
    assert "UNDEFINED" not in macros
    assert "INACTIVE" not in macros


def test_wide_strings_say_so(macros):
    assert (macros["WIDE"].value, macros["WIDE"].wide) == ("wide é", "L")


def test_command_line_definitions_decide_branches_and_are_no_macros_of_the_library(ir):
    header = ir("#ifndef SIZE\n#define SIZE 10\n#endif\n#define DOUBLE (SIZE * 2)\n", defines=("SIZE=20",))
    assert [(macro.name, macro.value) for macro in header.macros] == [("DOUBLE", 40)]


def test_a_macro_undefined_by_another_file_is_gone(project, ir):
    (project / "clean.h").write_text("#undef GONE\n")
    header = ir('#define GONE 1\n#define STAYS (GONE_NOT + 0)\n#include "clean.h"\n')
    assert [macro.name for macro in header.macros] == ["STAYS"]


def test_a_file_whose_name_a_macro_spells_is_read_for_macros_too(project, ir):
    (project / "hidden.h").write_text("#define HIDDEN (40 + 2)\n")
    header = ir('#define NAME "hidden.h"\n#include NAME\n')
    assert {macro.name: macro.value for macro in header.macros}["HIDDEN"] == 42


def test_a_probe_that_swallows_its_neighbours_costs_another_parse_only(ir):
    # The brace comes from a file that is not the library's own: no look at own macros' bodies could foresee it.
    header = ir(
        "#define BAD (HIDDEN_BRACE + 1)\n#define GOOD (1 + 1)\n#define BETTER (2 + 1)\n",
        defines=("HIDDEN_BRACE=(((({",),
    )
    assert {macro.name: macro.value for macro in header.macros} == {"BAD": None, "GOOD": 2, "BETTER": 3}


def test_ten_thousand_macros_are_read(ir):
    text = "".join(f"#define M{number} ({number} + 1)\n" for number in range(10_000))
    macros = ir(text).macros
    assert [macro.value for macro in macros] == list(range(1, 10_001))


def test_macros_that_double_each_other_do_not_fill_the_memory(ir):
    text = "#define M0 1 +\n" + "".join(f"#define M{number} M{number - 1} M{number - 1}\n" for number in range(1, 40))
    macros = {macro.name: macro for macro in ir(text + "#define LAST (M39 1)\n#define SMALL (M4 1)\n").macros}
    assert (macros["LAST"].kind, macros["SMALL"].value) == ("other", 17)


def test_macros_that_use_each_other_in_a_long_chain_or_a_circle_are_read(ir):
    text = "#define M0 (1)\n" + "".join(f"#define M{number} (M{number - 1} + 1)\n" for number in range(1, 2_000))
    macros = {macro.name: macro for macro in ir(text + "#define A (B + 1)\n#define B (A + 1)\n").macros}
    assert macros["M200"].value == 201
    assert (macros["A"].kind, macros["B"].kind) == ("other", "other")


def test_a_macro_that_stands_for_another_files_has_its_value(ir):
    # The own definition of SIZE_MAX is in a branch that is not taken.
    text = "#include <stdint.h>\n#ifndef SIZE_MAX\n#define SIZE_MAX 7\n#endif\n#define MOST SIZE_MAX\n"
    (macro,) = ir(text).macros
    assert (macro.name, macro.value, macro.type) == ("MOST", (1 << 64) - 1, Builtin("unsigned long"))


def test_an_initialiser_in_another_branch_does_not_hide_a_value(ir):
    header = ir("#ifdef _WIN32\n#define INIT { 0, 0 }\n#else\n#define INIT (0)\n#endif\n#define BRACES { 0, 0 }\n")
    assert [(macro.kind, macro.value) for macro in header.macros] == [("int", 0), ("other", None)]


def test_a_compound_literal_in_another_branch_does_not_hide_a_value(ir):
    lines = "#ifdef NO_64\n#define MOST (struct two){0x7fffffff, 0xffffffff}\n#else\n#define MOST JOIN(9, L)\n#endif\n"
    header = ir(f"#define JOIN(a, b) a ## b\n{lines}#define OPEN {{ 5 }}; int x = 5\n#define AFTER 7\n")
    assert [macro.value for macro in header.macros] == [None, 9, None, 7]


def test_a_pragma_before_a_value_does_not_hide_it(ir):
    text = '#define DO(x) _Pragma(x)\n#define OLD DO("GCC warning \\"old\\"") (1 + 2)\n#define NONE _Pragma("once")\n'
    macros = {macro.name: macro for macro in ir(text).macros}
    assert (macros["OLD"].value, macros["NONE"].kind) == (3, "other")


def test_what_only_begins_with_a_value_has_none(ir):
    source = '#define A 3 x\n#define B (1 x)\n#define C "a" x\n#define D ("a" x)\n#define E "a", "b"\n#define F 4\n'
    header = ir(source + "int f(void);\n#define G (f(), 5)\n")
    kinds = {macro.name: (macro.kind, macro.value) for macro in header.macros}
    assert kinds == {**dict.fromkeys("ABCDE", ("other", None)), "F": ("int", 4), "G": ("int", 5)}


def test_a_long_name_in_parentheses_takes_no_longer_than_a_short_one(ir):
    name = "a_name_that_could_be_taken_apart_in_a_billion_ways"
    header = ir(f"int {name}(void);\n#define ADDRESS (&{name})\n#define CALLED ({name} + 1)\n")
    assert [macro.kind for macro in header.macros] == ["other", "other"]


def test_c23s_numbers_and_truth_values_have_their_values(ir):
    source = "#define A 1'000'000\n#define B 0b1111'0000\n#define C true\n#define D (u8'a' + 1'0)\n#define E 'a'\n"
    values = {macro.name: macro.value for macro in ir(source, args=("-std=c2x",)).macros}
    assert values == {"A": 1_000_000, "B": 0b1111_0000, "C": 1, "D": 107, "E": 97}
    assert [macro.kind for macro in ir("#define C true\n#define D 1\n").macros] == ["other", "int"]


def test_a_string_in_parentheses_is_one(ir):
    header = ir('#define A "a\\0b"\n#define B (A "c")\n#define C ( "a" "b" )\n')
    assert [macro.value for macro in header.macros] == ["a\0b", "a\0bc", "ab"]


def test_another_compilers_pragma_in_another_branch_does_not_hide_a_value(ir):
    cast = "#ifdef _MSC_VER\n#define CAST(x) __pragma(warning(push)) (x)\n#else\n#define CAST(x) (x)\n#endif\n"
    header = ir(cast + "#define NIL CAST((unsigned long)8)\n")
    assert (header.macros[-1].value, header.macros[-1].type) == (8, Builtin("unsigned long"))


def test_a_commented_definition_does_not_hide_what_the_real_one_gives(ir):
    """A line of slurm.h's, where each name of a number that is not used stands in a comment."""
    text = """\ufeff#define BIT(n) (1ULL << n)
/* #define        BIT(16) /\\* UNUSED *\\/ */
// #define LOW { BIT(1);
/* two
 * #define LOW do { } while (0)
 */ #define LOW BIT(2)
  #  define HIGH (LOW | BIT(40))
"""
    values = {macro.name: macro.value for macro in ir(text).macros if macro.kind == "int"}
    assert values == {"LOW": 4, "HIGH": (1 << 40) + 4}


def test_names_that_a_macro_of_any_file_hides_are_told(project, ir):
    (project / "system").mkdir()
    (project / "system" / "mask.h").write_text(
        "#define field (*place())\n#define same same\n#define gone 1\n#undef gone\n#define call(a) ((a) + 1)\n"
    )
    header = ir(
        "struct s { int field; int same; int gone; };\nint call(int a);\n#include <mask.h>\n",
        dirs=("system",),
        owned=("**/a.h",),
    )
    assert (header.masked, header.masked_calls) == (("field",), ("call",))


TYPES = """
struct own { int x; };
typedef struct own own_t;
enum e { A };
#include <sys/stat.h>
#define TAG struct own
#define WORDS unsigned char
#define ONE unsigned
#define POINTED const void *
#define CONSTANT own_t const * const
#define FOREIGN struct stat
#define NOWHERE struct nowhere *
#define CHAIN TAG *
#define ENUM enum e
#define SIZED sizeof (int)
#define SIZED_OTHER sizeof SIZED
#ifdef __linux__
#define BRANCHES unsigned long
#else
#define BRANCHES own_t
#endif
#define KEYWORD struct
#define WRONG union own
#define NO_TYPE struct own x
#define PRODUCT A * A
#define AFTER 5
"""


def test_a_type_of_several_words_has_its_type(ir, gcc_agrees):
    header = ir(TYPES)
    macros = {macro.name: macro for macro in header.macros}
    kinds = {
        "TAG": Tag("struct own"),
        "WORDS": Builtin("unsigned char"),
        "ONE": Builtin("unsigned int"),
        "POINTED": Pointer(Builtin("void", CONST)),
        "CONSTANT": Pointer(Alias("own_t", CONST), CONST),
        "FOREIGN": Tag("struct stat"),
        "NOWHERE": Pointer(Tag("struct nowhere")),
        "CHAIN": Pointer(Tag("struct own")),
        "ENUM": Tag("enum e"),
        "BRANCHES": Builtin("unsigned long"),
    }
    assert {name: macros[name].type for name in kinds} == kinds
    assert all(macros[name].kind == "type" for name in kinds)
    assert {"struct stat", "struct nowhere"} <= header.tags.keys()
    plain = [name for name in kinds if name not in ("POINTED", "CONSTANT", "NOWHERE", "CHAIN")]
    checks = [f"sizeof({name}) == sizeof({macros[name].alias})" for name in plain]
    checks.append("__builtin_types_compatible_p(CONSTANT, const struct own *const)")
    assert gcc_agrees(TYPES, checks) == 7
    assert [file for file in header.files if file.endswith("unit.c")] == []


def test_what_looks_like_a_type_and_is_none_is_told(ir):
    macros = {macro.name: macro for macro in ir(TYPES).macros}
    assert (macros["KEYWORD"].kind, macros["KEYWORD"].type) == ("type", None)
    for name in ("WRONG", "NO_TYPE"):
        assert (macros[name].kind, macros[name].reason) == ("other", "no type, though it has a type's form")
    assert [macros[name].value for name in ("SIZED", "SIZED_OTHER", "PRODUCT", "AFTER")] == [4, 8, 0, 5]


def test_a_macro_that_another_file_undefines_is_none(project, parse):
    files = {
        "system.h": "#undef ONE\n#undef TWO\n",
        "out/other.h": "#undef THREE\n#  undef FOUR\n#ifdef NEVER\n#undef KEPT\n#undef KEPT_TOO\n#endif\n",
    }
    for name, text in files.items():
        path = project / name if name == "system.h" else project.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    header = parse(
        '#define SYSTEM "system.h"\n#define ONE 1\n#define TWO (1 + 1)\n#define THREE 3\n#define FOUR (2 * 2)\n'
        "#define KEPT 5\n#define KEPT_TOO (3 + 3)\n#include SYSTEM\n#include <other.h>\n",
        dirs=[project.parent / "out"],
    ).header
    assert {macro.name: macro.value for macro in header.macros if macro.kind == "int"} == {"KEPT": 5, "KEPT_TOO": 6}
