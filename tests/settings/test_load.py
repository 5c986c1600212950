from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headerkit.errors import SettingsError
from headerkit.settings import Overrides, Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path


def load(root: Path, toml: str = "", *, environ: dict[str, str] | None = None, **more: object) -> Settings:
    (root / "pyproject.toml").write_text(f"[tool.headerkit]\n{toml}", encoding="utf-8")
    return load_settings(str(root), environ=environ or {}, **more)


def problem_of(root: Path, toml: str, **more: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load(root, toml, **more)
    return str(caught.value)


def test_without_a_settings_file_the_defaults_hold(tmp_path: Path):
    settings = load_settings(str(tmp_path), environ={})
    assert (settings.backend, settings.store_dir, settings.headers) == ("libclang", ".headerkit", ())


def test_the_root_is_the_nearest_folder_upward_with_a_settings_file(tmp_path: Path):
    inner = tmp_path / "a/b"
    (inner / ".git").mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    assert load_settings(str(inner), environ={}).root == str(tmp_path)
    (tmp_path / "a/.headerkit.toml").touch()
    assert load_settings(str(inner), environ={}).root == str(tmp_path / "a")


def test_the_dedicated_file_has_the_keys_at_its_top(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (tmp_path / ".headerkit.toml").write_text('store_dir = "st"\n[cache]\nno_cache = true\n')
    settings = load_settings(str(tmp_path), environ={})
    assert (settings.store_dir, settings.cache.no_cache) == ("st", True)


def test_settings_in_both_files_are_refused(tmp_path: Path):
    (tmp_path / ".headerkit.toml").touch()
    assert "both pyproject.toml ([tool.headerkit]) and .headerkit.toml" in problem_of(tmp_path, "")


def test_both_forms_of_headers_are_read_in_order(tmp_path: Path):
    by_path = load(tmp_path, '[tool.headerkit.headers."b.h"]\ndefines = ["X"]\n[tool.headerkit.headers."a.h"]\n')
    assert [(entry.pattern, entry.defines) for entry in by_path.headers] == [("b.h", ("X",)), ("a.h", ())]
    listed = load(
        tmp_path, '[[tool.headerkit.headers]]\npattern = "b.h"\n[[tool.headerkit.headers]]\npattern = "a.h"\n'
    )
    assert [entry.pattern for entry in listed.headers] == ["b.h", "a.h"]


SOURCES = [
    (
        {
            "command_line": Overrides(target="cl"),
            "config_settings": {"target": "cs"},
            "environ": {"HEADERKIT_TARGET": "env"},
        },
        "cl",
    ),
    ({"config_settings": {"target": "cs"}, "environ": {"HEADERKIT_TARGET": "env"}}, "env"),
    ({"config_settings": {"target": "cs"}}, "cs"),
    ({}, "file"),
]


@pytest.mark.parametrize(("sources", "winner"), SOURCES, ids=[winner for _, winner in SOURCES])
def test_the_higher_source_wins(tmp_path: Path, sources: dict[str, object], winner: str):
    assert load(tmp_path, 'target = "file"', **sources).target == winner


def test_an_environment_variable_can_switch_a_setting_off(tmp_path: Path):
    settings = load(tmp_path, "[tool.headerkit.cache]\nno_cache = true\n", environ={"HEADERKIT_NO_CACHE": "0"})
    assert not settings.cache.no_cache


def test_a_value_that_is_replaced_is_not_looked_at(tmp_path: Path):
    toml = 'store_dir = "${HEADERKIT_STORE_DIR}"'
    assert "HEADERKIT_STORE_DIR is not set" in problem_of(tmp_path, toml)
    assert load(tmp_path, toml, command_line=Overrides(store_dir="s")).store_dir == str(tmp_path / "s")
    assert load(tmp_path, toml, environ={"HEADERKIT_STORE_DIR": "/st"}).store_dir == "/st"


def test_other_sources_are_not_expanded(tmp_path: Path):
    assert load(tmp_path, environ={"HEADERKIT_STORE_DIR": "${HOME}"}).store_dir == "${HOME}"


def test_config_settings_of_other_backends_are_left_alone(tmp_path: Path):
    settings = load(
        tmp_path, config_settings={"cmake.args": ["-DX"], "no-cache": ["false", "true"], "--global-option": ""}
    )
    assert settings.cache.no_cache


@pytest.mark.parametrize("text", ["maybe", "2", "tru"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(tmp_path: Path, text: str):
    said = problem_of(tmp_path, "", environ={"HEADERKIT_LOCKED": text})
    assert said == f"HEADERKIT_LOCKED: expected 1 or 0, got '{text}'"


def test_a_misspelt_variable_gives_a_warning(tmp_path: Path):
    settings = load(
        tmp_path, environ={"HEADERKIT_STOREDIR": "x", "HEADERKIT_LIBCLANG": "y", "HEADERKIT_QUITE_ELSE": "z"}
    )
    assert settings.warnings == (
        "the environment variable 'HEADERKIT_STOREDIR' means nothing to headerkit; did you mean HEADERKIT_STORE_DIR?",
    )


def test_only_the_wanted_keys_are_looked_at(tmp_path: Path):
    toml = 'include_dirs = ["${UNSET}"]\nstore_dir = "st"\n'
    assert load(tmp_path, toml, only=("store_dir",)).store_dir == "st"


def test_a_chosen_file_replaces_the_projects(tmp_path: Path):
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/hk.toml").write_text('store_dir = "other"\n')
    settings = load(tmp_path, 'store_dir = "st"', config_file="ci/hk.toml")
    assert (settings.store_dir, settings.root) == ("other", str(tmp_path))


def test_all_problems_come_at_once_each_with_its_path(tmp_path: Path):
    toml = """\
incldue_dirs = ["include"]
store_dir = 5
writers = "cffi"
[[tool.headerkit.headers]]
pattern = "a.h"
[[tool.headerkit.headers]]
defines = [3, "${NOT_SET}"]
patern = "b.h"
[tool.headerkit.output]
cffi = ["x"]
[tool.headerkit.cache]
system = "thrust"
locked = "yes"
[[tool.headerkit.cffi]]
module = "a._b"
abi3 = 3.10
"""
    assert problem_of(tmp_path, toml).splitlines() == [
        "11 problems in pyproject.toml:",
        "  tool.headerkit.incldue_dirs: unknown key; did you mean 'include_dirs'?",
        "  tool.headerkit.store_dir: expected a string, got int",
        '  tool.headerkit.writers: expected a list of strings, got str; write ["cffi"]',
        "  tool.headerkit.headers[1].defines[0]: expected a string, got int",
        "  tool.headerkit.headers[1].defines[1]: the environment variable NOT_SET is not set (used as ${NOT_SET})",
        "  tool.headerkit.headers[1].patern: unknown key; did you mean 'pattern'?",
        "  tool.headerkit.headers[1]: the key 'pattern' is missing",
        "  tool.headerkit.output.cffi: expected a string, got list",
        "  tool.headerkit.cache.system: expected 'trust' or 'verify', got 'thrust'; did you mean 'trust'?",
        "  tool.headerkit.cache.locked: expected true or false, got str",
        "  tool.headerkit.cffi[0].abi3: expected true, false or a string, got float",
    ]


def test_one_problem_is_one_line(tmp_path: Path):
    toml = '[[tool.headerkit.headers]]\npattern = "a.h"\n[[tool.headerkit.headers]]\npattern = "b.h"\ndefines = [1]\n'
    assert (
        problem_of(tmp_path, toml) == "pyproject.toml: tool.headerkit.headers[1].defines[0]: expected a string, got int"
    )


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (
            '[tool.headerkit.headers."a.h"]\npattern = "b.h"',
            'tool.headerkit.headers."a.h".pattern: this table is named',
        ),
        ('[tool.headerkit.headers]\npattern = "b.h"', "tool.headerkit.headers.pattern: a table of [headers] is named"),
        ("headers = 3", "tool.headerkit.headers: expected an array of tables, got int"),
        ('headers = ["a.h"]', 'tool.headerkit.headers[0]: expected a table, got str; write { pattern = "a.h" }'),
        ("[[tool.headerkit.cache]]", "tool.headerkit.cache: expected a table, got list"),
        ('rules = { allow = ["fnction:x"] }', "tool.headerkit.rules.allow[0].kind: expected '*', 'function',"),
        ('store_dir = "a\\u0000b"', "tool.headerkit.store_dir: a string cannot hold a NUL"),
        ('store_dir = "${a b}"', "write '$${' for a literal one"),
        ("[tool.headerkit.writer.cffi]\nx = 1979-05-27", "tool.headerkit.writer.cffi.x: expected a string, number"),
    ],
)
def test_a_wrong_shape_is_said_in_words(tmp_path: Path, toml: str, message: str):
    assert message in problem_of(tmp_path, toml)


def test_a_table_that_is_none_is_refused(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool]\nheaderkit = 1\n")
    with pytest.raises(SettingsError, match=r"tool\.headerkit: expected a table, got int"):
        load_settings(str(tmp_path), environ={})


def test_rules_have_a_short_form(tmp_path: Path):
    rules = load(
        tmp_path, "rules = { allow = ['struct:vec_*', '/^a:b/', 'plain'], rename = [{pattern='a', to='b'}] }"
    ).rules
    assert [(rule.kind, rule.pattern) for rule in rules.allow] == [("struct", "vec_*"), ("*", "/^a:b/"), ("*", "plain")]
    assert rules.rename[0].to == "b"
