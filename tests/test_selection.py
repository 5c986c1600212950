from __future__ import annotations

from dataclasses import replace

import pytest

from headerkit.errors import SettingsError
from headerkit.ir import (
    Alias,
    Builtin,
    Enum,
    Enumerator,
    Field,
    Function,
    FunctionType,
    Header,
    Macro,
    Pointer,
    Record,
    Tag,
    Typedef,
)
from headerkit.selection import Rule, select

INT = Builtin("int")


def function(name, *params):
    return Function(name, FunctionType(INT, params))


@pytest.fixture
def header():
    declarations = (
        Record("struct a", "struct", "a", (Field("x", INT, 0),), 4, 4),
        Record("struct b", "struct", "b", (Field("a", Tag("struct a"), 0),), 4, 4),
        Typedef("b_t", Tag("struct b"), 4, 4),
        Record("c_t", "struct", "", (Field("x", INT, 0),), 4, 4, typedef="c_t"),
        Typedef("c_t", Tag("c_t"), 4, 4),
        Enum("enum {RED}", "", (Enumerator("RED", 0), Enumerator("BLUE", 1)), INT, 4, 4),
        function("by_pointer", Pointer(Alias("b_t"))),
        function("by_value", Tag("struct b")),
        function("other"),
    )
    macros = (Macro("A_ONE", "int", 1, INT), Macro("B_TWO", "int", 2, INT))
    return Header("h.h", "t", declarations, macros, ("project:h.h",), (0,), {"int": (4, 4)})


def names(header):
    return [getattr(item, "key", item.name) for item in header.declarations if item.owned]


def test_without_rules_nothing_changes(header):
    assert select(header, ()) == (header, (), ())


def test_allow_keeps_what_it_names_and_what_that_needs(header):
    selected, ledger, warnings = select(header, (Rule("allow", "function", "by_pointer"),))
    assert names(selected) == ["by_pointer"]
    foreign = {getattr(item, "key", item.name): item for item in selected.declarations if not item.owned}
    assert foreign.keys() == {"struct b", "b_t"}
    assert foreign["struct b"].elided
    assert foreign["struct b"].fields is None
    assert selected.macros == ()
    assert {(entry.kind, entry.name, entry.fate, entry.reason) for entry in ledger} >= {
        ("function", "other", "filtered", "no allow rule matches"),
        ("macro", "A_ONE", "filtered", "no allow rule matches"),
    }
    assert warnings == ()


def test_what_is_needed_by_value_keeps_its_members(header):
    selected, _, _ = select(header, (Rule("allow", "function", "by_value"),))
    foreign = {item.key: item for item in selected.declarations if not item.owned}
    assert foreign["struct a"].fields
    assert foreign["struct b"].fields
    assert [getattr(item, "key", item.name) for item in selected.declarations] == ["struct a", "struct b", "by_value"]


def test_block_wins_over_allow_and_says_so(header):
    rules = (Rule("allow", "*", "*"), Rule("block", "function", "/^by_/"), Rule("block", "macro", "B_*"))
    selected, ledger, warnings = select(header, rules)
    assert "other" in names(selected)
    assert "by_value" not in names(selected)
    assert [(entry.name, entry.reason) for entry in ledger] == [
        ("by_pointer", "block function:/^by_/"),
        ("by_value", "block function:/^by_/"),
        ("B_TWO", "block macro:B_*"),
    ]
    assert warnings == ()


def test_an_unnamed_enum_is_known_by_its_constants_and_an_untagged_record_by_its_typedef(header):
    selected, _, warnings = select(header, (Rule("block", "enum", "BLUE"), Rule("block", "struct", "c_t")))
    assert "enum {RED}" not in names(selected)
    assert [item.owned for item in selected.declarations if getattr(item, "key", "") == "c_t"] == [False]
    assert warnings == ()


def test_opaque_takes_members_away(header):
    selected, _, _ = select(header, (Rule("opaque", "struct", "a"),))
    assert selected.tags["struct a"].fields is None
    assert (selected.tags["struct a"].elided, selected.tags["struct a"].size) == (True, 4)


def test_rename_reaches_every_use_and_keeps_symbols(header):
    rules = (
        Rule("rename", "function", "/^by_(.*)$/", r"with_\1"),
        Rule("rename", "struct", "b", "better"),
        Rule("rename", "typedef", "b_t", "better_t"),
        Rule("rename", "macro", "A_ONE", "ONE"),
    )
    selected, _, warnings = select(header, rules)
    functions = {item.name: item for item in selected.declarations if isinstance(item, Function)}
    assert functions["with_pointer"].asm_label == "by_pointer"
    assert functions["with_pointer"].type.params == (Pointer(Alias("better_t")),)
    assert functions["with_value"].type.params == (Tag("struct better"),)
    assert selected.tags["struct better"].name == "better"
    assert selected.typedefs["better_t"].type == Tag("struct better")
    assert [macro.name for macro in selected.macros] == ["ONE", "B_TWO"]
    assert warnings == ()


def test_a_rule_that_matches_nothing_is_named(header):
    _, _, warnings = select(header, (Rule("block", "function", "nope_*"), Rule("rename", "*", "no", "yes")))
    assert warnings == ("rule `block function:nope_*` matches nothing", "rule `rename *:no -> yes` matches nothing")


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (Rule("block", "*", "/(/"), "'/(/' is not a regular expression: "),
        (
            Rule("rename", "*", "/^by_/", r"\2x"),
            r"the new name '\2x' does not go with '/^by_/': invalid group reference",
        ),
        (Rule("rename", "*", "/^by_/", r"\g<no>"), "does not go with '/^by_/': unknown group name 'no'"),
        (Rule("rename", "*", "/^by_/", r"\q"), "does not go with '/^by_/': bad escape"),
        (Rule("rename", "*", "by_value", "1 x("), "the new name '1 x(' is none that C can have"),
        (
            Rule("rename", "function", "/^by_(.*)$/", r"1 \1("),
            "it makes '1 pointer(' of by_pointer, which is not",
        ),
        (Rule("rename", "function", "/^by_.*$/", ""), "it makes '' of by_pointer, which is not a name that C can have"),
        (Rule("rename", "macro", "/^A/", "-"), "it makes '-_ONE' of A_ONE"),
    ],
)
def test_a_wrong_rule_is_a_settings_error(header, rule, problem):
    with pytest.raises(SettingsError) as caught:
        select(header, (rule,))
    assert caught.value.message.startswith(f"rule `{rule}`: ")
    assert problem in caught.value.message


def test_a_new_name_may_have_what_a_compiler_lets_names_have(header):
    rules = (Rule("rename", "function", "by_value", "by$value"), Rule("rename", "function", "by_pointer", "größe"))
    selected, _, _ = select(header, rules)
    assert {item.name for item in selected.declarations if isinstance(item, Function)} >= {"by$value", "größe"}


def test_what_a_macros_type_names_is_still_there(header):
    foreign = (
        Record("struct stat", "struct", "stat", None, 144, 8, elided=True, owned=False),
        Typedef("char16_t", Builtin("unsigned short"), 2, 2, owned=False),
        Typedef("unused", INT, 4, 4, owned=False),
    )
    macros = (
        Macro("STAT", "type", type=Pointer(Tag("struct stat")), alias="struct stat *"),
        Macro("WORDS", "string", "w", wide="u"),
    )
    header = replace(header, declarations=(*foreign, *header.declarations), macros=macros)
    selected, _, _ = select(header, (Rule("block", "function", "other"),))
    assert [getattr(item, "key", item.name) for item in selected.declarations if not item.owned] == [
        "struct stat",
        "char16_t",
    ]
