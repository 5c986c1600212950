from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headerkit.errors import SettingsError
from headerkit.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path


def error_of(root: Path, content: bytes | str) -> str:
    path = root / "pyproject.toml"
    path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(str(root), environ={})
    return str(caught.value)


def test_broken_toml_is_shown_with_its_line(tmp_path: Path):
    assert error_of(tmp_path, '[tool.headerkit]\nwriters = ["cffi"\nstore_dir = "x"\n').splitlines() == [
        "pyproject.toml: line 3 is not valid TOML: Unclosed array",
        '  store_dir = "x"',
        "  ^",
    ]


def test_a_table_that_is_opened_twice_is_pointed_out(tmp_path: Path):
    toml = '[tool.headerkit]  # first\nbackend = "libclang"\n\n[tool.headerkit]\nstore_dir = ".headerkit"\n'
    assert error_of(tmp_path, toml).splitlines() == [
        "pyproject.toml: line 4 is not valid TOML: Cannot declare ('tool', 'headerkit') twice",
        "  [tool.headerkit]",
        "                 ^",
        "  try:   put these keys into the first [tool.headerkit] (line 1): TOML allows each table once",
    ]


def test_a_file_that_ends_too_early_is_shown_at_its_end(tmp_path: Path):
    assert "line 1 is not valid TOML" in error_of(tmp_path, 'x = "abc')


def test_a_long_line_is_cut_around_the_mistake(tmp_path: Path):
    lines = error_of(tmp_path, f"x = [{'1, ' * 200}oops]").splitlines()
    assert max(map(len, lines)) <= 110
    assert lines[1][lines[2].index("^") :].startswith("oops"[:1])


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[tool.headerkit]\nx = '\xe9'\n"])
def test_other_encodings_are_refused(tmp_path: Path, content: bytes):
    assert "is not UTF-8, as TOML must be" in error_of(tmp_path, content)


def test_deep_nesting_is_refused(tmp_path: Path):
    assert "pyproject.toml: " in error_of(tmp_path, "x = " + "[" * 5000 + "]" * 5000)


def test_a_missing_settings_file_is_named(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"hk\.toml: the settings file cannot be read: No such file"):
        load_settings(str(tmp_path), config_file="hk.toml", environ={})
