from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headerkit.errors import SettingsError, TargetError, UsageError
from headerkit.target import host_target

if TYPE_CHECKING:
    from conftest import Project

    from headerkit.unit import Unit

ASKED = {"headers": ("a.h",), "writers": ("json",)}


def unit(project: Project, toml: str = "", **asked: object) -> Unit:
    project.file("a.h")
    return project.plan(toml, **{**ASKED, **asked}).jobs[0].unit


def test_lists_are_added_up_in_order_and_never_sorted(project: Project):
    toml = 'include_dirs = ["z", "a"]\ndefines = ["Z", "A"]\nargs = ["-Wz", "-Wa"]\nowned = ["z/**"]\n'
    toml += '[tool.headerkit.headers."a.h"]\ninclude_dirs = ["m"]\ndefines = ["M"]\nargs = ["-Wm"]\nowned = ["m/**"]\n'
    found = unit(project, toml, include_dirs=("c",), defines=("C",), args=("-Wc",), owned=("c/**",))
    assert [each.spelled for each in found.include_dirs] == ["z", "a", "m", "c"]
    assert found.defines == ("Z", "A", "M", "C")
    assert found.args == ("-Wz", "-Wa", "-Wm", "-Wc")
    assert found.owned == ("z/**", "m/**", "c/**")


def test_the_spelling_of_a_variable_is_kept_beside_its_value(project: Project):
    toml = 'include_dirs = ["${INC}/x"]\ndefines = ["P=${INC}"]\nargs = ["-I${INC}"]\n'
    project.file("a.h")
    found = project.plan(toml, **ASKED, environ={"INC": "/opt/inc"}).jobs[0].unit
    assert [(each.spelled, each.path) for each in found.include_dirs] == [("${INC}/x", "/opt/inc/x")]
    assert (found.defines, found.spelled_defines) == (("P=/opt/inc",), ("P=${INC}",))
    assert (found.args, found.spelled_args) == (("-I/opt/inc",), ("-I${INC}",))


def test_a_directory_in_the_project_is_spelled_from_the_root(project: Project):
    absolute = str(project.root / "include")
    found = unit(project, include_dirs=(absolute, "inc"), base=str(project.root / "sub"), headers=("../a.h",))
    assert [each.spelled for each in found.include_dirs] == ["include", "sub/inc"]


def test_the_same_directory_and_the_same_macro_count_once(project: Project):
    toml = 'include_dirs = ["include"]\ndefines = ["X=1"]\n'
    found = unit(project, toml, include_dirs=("./include/",), defines=("X=1", "Y"))
    assert [each.spelled for each in found.include_dirs] == ["include"]
    assert found.defines == ("X=1", "Y")


def test_the_last_definition_of_a_macro_stays_the_last(project: Project):
    assert unit(project, 'defines = ["X=1", "X=2"]\n', defines=("X=1",)).defines == ("X=1", "X=2", "X=1")


def test_directories_among_arguments_are_found_from_anywhere(project: Project):
    found = unit(project, args=("-isystem", "inc", "-Iother"), base=str(project.root))
    assert found.args == ("-isystem", str(project.root / "inc"), f"-I{project.root}/other")
    assert found.spelled_args == ("-isystem", "inc", "-Iother")


@pytest.mark.parametrize(
    ("define", "message"),
    [
        ("-DX", "'-DX' defines no macro; expected NAME or NAME=VALUE; write 'X'"),
        ("1X", "'1X' defines no macro"),
        ("", "'' defines"),
    ],
)
def test_a_macro_needs_a_name(project: Project, define: str, message: str):
    with pytest.raises(SettingsError) as caught:
        unit(project, f'defines = ["OK", "{define}"]\n')
    assert f"tool.headerkit.defines[1]: {message}" in str(caught.value)
    with pytest.raises(UsageError, match="-D: "):
        unit(project, defines=(define,))


def test_a_function_like_macro_is_a_macro(project: Project):
    assert unit(project, defines=("F(x)=x",)).defines == ("F(x)=x",)


def test_an_include_directory_is_no_flag(project: Project):
    with pytest.raises(SettingsError, match=r"include_dirs\[0\]: '-Iinc' is not an include directory; write 'inc'"):
        unit(project, 'include_dirs = ["-Iinc"]\n')


def test_the_target_comes_from_the_nearest_place(project: Project):
    toml = 'target = "aarch64-linux-gnu"\n[tool.headerkit.headers."a.h"]\ntarget = "riscv64-linux-gnu"\n'
    assert unit(project, 'target = "aarch64-linux-gnu"\n').target == "aarch64-unknown-linux-gnu"
    assert unit(project, toml).target == "riscv64-unknown-linux-gnu"
    assert unit(project, toml, target="x86_64-linux-musl").target == "x86_64-unknown-linux-musl"


def test_the_default_target_is_that_of_this_python(project: Project):
    assert unit(project).target == host_target()


def test_a_target_that_is_none_is_refused(project: Project):
    with pytest.raises(TargetError, match=r"tool\.headerkit\.target: "):
        unit(project, 'target = "not a triple"\n')


def test_options_of_a_writer_are_added_up(project: Project):
    project.file("a.h")
    toml = '[tool.headerkit.writer.cffi]\ndefine_patterns = ["^A"]\nmode = "api"\n'
    toml += (
        '[tool.headerkit.headers."a.h"]\nwriter_options = { cffi = { define_patterns = ["^B", "^A"], mode = "abi" } }\n'
    )
    (job,) = project.plan(
        toml, headers=("a.h",), writers=("cffi",), writer_options={"cffi": {"define_patterns": ["^C"]}}
    ).jobs
    assert dict(job.options) == {"define_patterns": ("^A", "^B", "^C"), "mode": "abi"}


def test_options_on_the_command_line_take_the_options_type(project: Project):
    project.file("a.h")
    texts = (("cffi", "define_patterns", "^A"), ("cffi", "define_patterns", '["^B", "^C"]'), ("cffi", "mode", "abi"))
    (job,) = project.plan("", headers=("a.h",), writers=("cffi",), writer_option_texts=texts).jobs
    assert dict(job.options) == {"define_patterns": ("^A", "^B", "^C"), "mode": "abi"}


def test_rules_are_kept_in_their_order(project: Project):
    toml = "rules = { block = ['function:x'], allow = ['/^a/'], rename = [{ pattern = '/^b_(.*)/', to = '\\1' }] }\n"
    project.file("a.h")
    rules = project.plan(toml, **ASKED).jobs[0].rules
    assert [(rule.action, rule.kind, rule.pattern, rule.to) for rule in rules] == [
        ("allow", "*", "/^a/", ""),
        ("block", "function", "x", ""),
        ("rename", "*", "/^b_(.*)/", r"\1"),
    ]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("allow = ['/(/']", "rules.allow[0]: '/(/' is not a regular expression"),
        ("rename = ['a']", "rules.rename[0]: 'to' is missing"),
        (
            "rename = [{ pattern = '/^a/', to = '\\2x' }]",
            "rules.rename[0]: the new name '\\2x' does not go with '/^a/': invalid group reference",
        ),
        ("rename = [{ pattern = 'a', to = '1 x(' }]", "rules.rename[0]: the new name '1 x(' is none that C can have"),
        ("block = [{ pattern = 'a', to = 'b' }]", "rules.block[0]: only 'rename' rules have 'to'"),
        ("block = ['']", "rules.block[0]: the pattern is empty"),
    ],
)
def test_a_wrong_rule_is_refused(project: Project, rules: str, message: str):
    with pytest.raises(SettingsError) as caught:
        unit(project, f"rules = {{ {rules} }}\n")
    assert message in str(caught.value)


def test_all_caches_off_means_both(project: Project):
    project.file("a.h")
    cache = project.plan("", **ASKED, no_cache=True).cache
    assert (cache.no_ir, cache.no_output) == (True, True)
