from __future__ import annotations

import pytest

from headerkit import generate
from headerkit.errors import SettingsError
from headerkit.writers import get_writer, writer_names

HEADER = """
#define LIMIT 12
#define BAR "a|b"
struct point { int x, y; };
int plus(int a, int b);
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample.h").write_text(HEADER)


def test_headerkit_finds_it_by_its_entry_point():
    assert "markdown" in writer_names()
    assert get_writer("markdown").format_description == "a page of Markdown"


@pytest.mark.usefixtures("here")
def test_a_page_lists_functions_and_constants():
    page = generate("sample.h", "markdown", writer_options={"title": "Sample"})
    assert page.startswith("# Sample\n")
    assert "    int plus(int, int);\n" in page
    assert "| LIMIT | 12 |\n| BAR | 'a&#124;b' |\n" in page


@pytest.mark.usefixtures("here")
def test_options_are_checked():
    with pytest.raises(SettingsError, match="did you mean 'title'"):
        generate("sample.h", "markdown", writer_options={"titel": "Sample"})
