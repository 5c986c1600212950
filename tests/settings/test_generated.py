"""The schema and the reference are made from the dataclasses, and say the same as the reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from headerkit._compat import tomllib
from headerkit.cli.make_reference import settings_reference
from headerkit.cli.make_schema import settings_schema
from headerkit.settings.model import (
    BuildSettings,
    CacheSettings,
    CffiEntry,
    HeaderEntry,
    RuleEntry,
    RuleSettings,
    Settings,
)
from headerkit.settings.problems import Problems
from headerkit.settings.read import Reader, keys_of
from headerkit.settings.schema import tool_schema

ROOT = Path(__file__).parents[2]


def test_the_shipped_schema_is_the_generated_one():
    assert tool_schema("headerkit") == settings_schema(), "python -m headerkit.cli.make_schema"


def test_the_reference_is_the_generated_one():
    page = (ROOT / "docs/reference/settings.md").read_text()
    assert page == settings_reference(), "python -m headerkit.cli.make_reference"


def test_the_reference_has_every_key():
    page = settings_reference()
    for cls in (Settings, HeaderEntry, CffiEntry):
        assert not [name for name in keys_of(cls) if f"### `{name}`" not in page]


ACCEPTED: list[dict[str, Any]] = [
    {},
    {"headers": {"a.h": {"defines": ["X"]}}},
    {"headers": [{"pattern": "*.h", "writer_options": {"cffi": {"mode": "abi"}}}]},
    {"cffi": [{"module": "a._b", "headers": ["a.h"], "abi3": True}, {"module": "a._c", "abi3": "3.12"}]},
    {"rules": {"allow": ["struct:x", {"kind": "enum", "pattern": "y"}]}},
    {"writer": {"cffi": {"define_patterns": ["^X"]}, "mine": {"anything": [1, {"x": True}]}}},
    {"cache": {"system": "verify"}, "build": {"inner-backend": "flit_core.buildapi"}},
]
REFUSED: list[dict[str, Any]] = [
    {"unknown": 1},
    {"headers": [{}]},
    {"headers": {"a.h": {"pattern": "b.h"}}},
    {"headers": 1},
    {"defines": "X"},
    {"cffi": [{"module": "a", "abi3": 3}]},
    {"rules": {"allow": [{"kind": "nonsense", "pattern": "x"}]}},
    {"cache": {"system": "other"}},
    {"output": {"cffi": 1}},
    {"build": {"inner_backend": "x"}},
]


def reads(table: dict[str, Any]) -> bool:
    problems = Problems()
    Reader(problems, {}).table(Settings, table, "")
    return not problems


@pytest.mark.parametrize(("table", "good"), [*((t, True) for t in ACCEPTED), *((t, False) for t in REFUSED)])
def test_the_schema_accepts_what_the_reader_accepts(table: dict[str, Any], good: bool):  # noqa: FBT001
    jsonschema = pytest.importorskip("jsonschema")
    assert reads(table) is good
    assert jsonschema.Draft7Validator(settings_schema()).is_valid(table) is good


def test_the_schema_is_json():
    assert json.loads(json.dumps(settings_schema())) == settings_schema()


def test_validate_pyproject_takes_the_schema():
    plugins = pytest.importorskip("validate_pyproject.plugins")
    api = pytest.importorskip("validate_pyproject.api")
    errors = pytest.importorskip("validate_pyproject.errors")
    validate = api.Validator(extra_plugins=[plugins.PluginWrapper("headerkit", tool_schema)])
    validate({"tool": {"headerkit": ACCEPTED[2]}})
    with pytest.raises(errors.ValidationError, match=r"tool\.headerkit"):
        validate({"tool": {"headerkit": REFUSED[0]}})


PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_settings_on_every_page_are_settings(page: Path):
    blocks = re.findall(r"^```toml\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    for block in blocks:
        tables = tomllib.loads(block)
        problems = Problems()
        if "headerkit" in tables.get("tool", {}):
            Reader(problems, dict.fromkeys(re.findall(r"\$\{(\w+)\}", block), "x")).table(
                Settings, tables["tool"]["headerkit"], "tool.headerkit"
            )
        assert not problems, block


TABLES = (Settings, HeaderEntry, CffiEntry, RuleSettings, RuleEntry, CacheSettings, BuildSettings)
EXAMPLES = [
    (f"{cls.__name__}.{name}", hint, f"{name} = {found.metadata['example']}")
    for cls in TABLES
    for name, (found, hint) in keys_of(cls).items()
    if found.metadata["example"]
]


@pytest.mark.parametrize(("hint", "text"), [example[1:] for example in EXAMPLES], ids=[name for name, *_ in EXAMPLES])
def test_every_example_is_a_value_of_its_key(hint: object, text: str):
    problems = Problems()
    (value,) = tomllib.loads(text).values()
    Reader(problems, {}).value(hint, value, "key")
    assert not problems
