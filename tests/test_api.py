"""The Python API: one header is one answer, several are a list, and nothing that the user should know is lost."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import headerkit
from headerkit import HeaderkitWarning, generate, generate_all, generate_many
from headerkit.errors import UsageError

PAGE = Path(__file__).parents[1] / "docs/reference/python-api.md"
HEADER = "#ifdef VEC_FAST\nint fast(void);\n#endif\n#define PLUS(a, b) ((a) + (b))\nint {}(void);\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HEADERKIT_STORE_DIR", "HEADERKIT_TARGET", "HEADERKIT_NO_CACHE", "HEADERKIT_LOCKED"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "project"
    (root / "include").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.headerkit]\n")
    for stem in ("vec", "mat"):
        (root / "include" / f"{stem}.h").write_text(HEADER.format(stem))
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("function", [generate, generate_all])
def test_a_pattern_of_several_headers_is_refused_before_anything_is_made(project: Path, function) -> None:
    writer = "json" if function is generate else ["json"]
    with pytest.raises(UsageError) as caught:
        function("include/*.h", writer)
    assert str(caught.value) == (
        f"{function.__name__}() binds one header, and 'include/*.h' means several outputs here: "
        "include/mat.h (json), include/vec.h (json)\n  try:   generate_many(['include/*.h'], ...), which returns a list"
    )
    assert not (project / ".headerkit").exists()
    assert "int vec(void);" in generate("include/v*.h", "cffi")


def test_a_header_that_a_module_binds_with_other_flags_is_not_one_of_two_by_chance(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.headerkit]\nwriters = ["cffi"]\n[[tool.headerkit.cffi]]\nmodule = "_vec"\nheaders = ["include/vec.h"]\n'
        'define_macros = ["VEC_FAST"]\n'
    )
    with pytest.raises(UsageError, match=r"include/vec\.h \(cffi\), include/vec\.h \(cffi\)"):
        generate_all("include/vec.h")
    assert "fast" not in generate("include/vec.h", "cffi")
    assert ["fast" in result.text for result in generate_many(["include/vec.h"])] == [False, True]


def test_several_headers_are_a_list_in_the_plans_order(project: Path) -> None:
    results = generate_many(["include/*.h"], ["cffi", "json"], exclude=["**/mat.h"])
    assert [(each.job.unit.header, each.job.writer) for each in results] == [
        ("include/vec.h", "cffi"),
        ("include/vec.h", "json"),
    ]
    paths = {"json": "out/{stem}.json"}
    assert [each.written for each in generate_many(["include/*.h"], output_paths=paths)] == [True, True]
    assert sorted(path.name for path in (project / "out").iterdir()) == ["mat.json", "vec.json"]


def test_without_headers_all_of_the_settings_is_made(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[[tool.headerkit.headers]]\npattern = "include/mat.h"\noutput = { json = "mat.json" }\n'
        '[[tool.headerkit.cffi]]\nmodule = "_vec"\nheaders = ["include/vec.h"]\n'
    )
    assert [Path(each.job.output).name for each in generate_many()] == ["mat.json", "_vec.cdef.txt"]
    assert (project / "mat.json").is_file()
    assert (project / "_vec.cdef.txt").is_file()


def test_a_report_is_had_on_a_hit_too(project: Path) -> None:
    assert generate_all("include/vec.h", ["cffi"])["cffi"].ledger
    assert generate_all("include/vec.h", ["cffi"])["cffi"].ledger == ()
    result = generate_all("include/vec.h", ["cffi"], report=True)["cffi"]
    assert (result.status, "vec" in {entry.name for entry in result.ledger}) == ("ir-hit", True)
    assert generate_many(["include/vec.h"], ["cffi"], report=True)[0].ledger == result.ledger


def test_a_root_stands_in_for_the_current_folder(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert "int vec(void);" in generate("include/vec.h", "cffi", root=project, output_path="out/vec.txt")
    assert (project / "out" / "vec.txt").is_file()
    assert (project / ".headerkit").is_dir()
    assert list(elsewhere.iterdir()) == []
    with pytest.raises(UsageError, match=r"^root: \S+/nowhere is not a folder$"):
        generate("include/vec.h", "cffi", root="nowhere")


def test_a_settings_file_can_be_named(project: Path) -> None:
    (project / "fast.toml").write_text('defines = ["VEC_FAST"]\n')
    assert "fast" in generate("include/vec.h", "cffi", config="fast.toml")
    assert "fast" not in generate("include/vec.h", "cffi")


def test_what_the_user_should_know_is_a_warning_or_a_note(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADERKIT_TARGETT", "x")
    warning = "the environment variable 'HEADERKIT_TARGETT' means nothing to headerkit; did you mean HEADERKIT_TARGET?"
    with pytest.warns(HeaderkitWarning) as caught:
        generate("include/vec.h", "cffi", owned=["**/vec.h", "none.h"])
    assert str(caught[0].message) == f"include/vec.h: {warning}"
    assert "none.h" in str(caught[1].message)
    assert caught[0].filename == __file__
    results = generate_all("include/vec.h", ["cffi", "json"])
    assert [result.notes for result in results.values()] == [(warning,), ()]


@pytest.mark.parametrize("value", ["include/vec.h", Path("include/vec.h")])
def test_one_path_is_no_list_of_headers(project: Path, value: str | Path) -> None:
    words = (
        r"^headers: expected a list of strings, got the string 'include/vec.h'\n  try:   headers=\['include/vec.h'\]$"
    )
    with pytest.raises(UsageError, match=words):
        generate_many(value, ["cffi"])  # type: ignore[arg-type]  # which is the mistake


def test_the_page_names_every_argument_and_result_and_its_example_runs(project: Path, capsys) -> None:
    page = PAGE.read_text()
    said = set(re.findall(r"`(\w+)`", page))
    for function in (generate, generate_all, generate_many):
        signature = inspect.signature(function)
        assert {name for name, each in signature.parameters.items() if each.kind is each.KEYWORD_ONLY} <= said
    assert set(headerkit.Result._fields) - {"closure"} <= said
    example = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert example is not None
    exec(example[1], {})  # noqa: S102  (the page's own)
    shown = capsys.readouterr().out
    assert "function vec emitted" in shown
    assert "include/mat.h parsed ()" in shown


def test_the_docstring_names_every_argument() -> None:
    said = " ".join(str(function.__doc__) for function in (generate, generate_all, generate_many))
    for function in (generate, generate_all, generate_many):
        assert set(inspect.signature(function).parameters) - {"writer"} <= set(re.findall(r"`(\w+)`", said))
