from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headerkit.errors import HeaderkitError, SettingsError, UsageError, WriterError

if TYPE_CHECKING:
    from conftest import Project


def outputs(project: Project, toml: str | None = None, **asked: object) -> list[str]:
    plan = project.plan(toml, **asked)
    return [job.output.removeprefix(f"{project.root}/") for job in plan.jobs]


def refusal(project: Project, toml: str | None = None, **asked: object) -> str:
    with pytest.raises(HeaderkitError) as caught:
        project.plan(toml, **asked)
    return str(caught.value)


TWO = '[tool.headerkit.headers."include/net/a.h"]\n[tool.headerkit.headers."b.h"]\n'


@pytest.fixture
def two(project: Project) -> Project:
    project.file("include/net/a.h")
    project.file("b.h")
    return project


def test_a_template_names_one_file_a_header(two: Project):
    toml = TWO + '[tool.headerkit.output]\njson = "{dir}/{stem}.json"\ncffi = "out/{name}.txt"\n'
    assert outputs(two, toml) == ["include/net/a.json", "out/a.h.txt", "b.json", "out/b.h.txt"]


def test_a_headers_own_template_comes_first(two: Project):
    toml = TWO.replace(
        '[tool.headerkit.headers."b.h"]\n', '[tool.headerkit.headers."b.h"]\noutput = { json = "own.json" }\n'
    )
    assert outputs(two, toml + '[tool.headerkit.output]\njson = "{stem}.json"\n') == ["a.json", "own.json"]


def test_one_file_for_two_headers_is_an_error(two: Project):
    assert refusal(two, TWO + '[tool.headerkit.output]\njson = "out.json"\n') == (
        "pyproject.toml: tool.headerkit.output.json: 'include/net/a.h' and 'b.h' would both write 'out.json'; "
        "use {stem}, {name} or {dir} in the template"
    )


def test_one_file_for_two_writers_is_an_error(two: Project):
    toml = '[tool.headerkit.headers."b.h"]\n[tool.headerkit.output]\njson = "{stem}.txt"\ncffi = "b.txt"\n'
    assert "'b.h' (json) and 'b.h' (cffi) would both write 'b.txt'" in refusal(two, toml)


def test_an_output_never_overwrites_a_header(two: Project):
    toml = '[tool.headerkit.headers."b.h"]\n[tool.headerkit.output]\njson = "{dir}/{name}"\n'
    assert "'b.h' would overwrite a header" in refusal(two, toml)


@pytest.mark.parametrize("template", ["../{stem}.json", "/tmp/{stem}.json", "out/../../x.json", "."])  # noqa: S108
def test_a_template_cannot_leave_the_project(two: Project, template: str):
    toml = f'[tool.headerkit.headers."b.h"]\n[tool.headerkit.output]\njson = "{template}"\n'
    assert "leaves the project" in refusal(two, toml)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "{stme}.json",
            "unknown placeholder '{stme}' in '{stme}.json'; known are {stem}, {name} and {dir}; did you mean 'stem'?",
        ),
        ("{stem.__class__}", "unknown placeholder '{stem.__class__}'"),
        ("{stem!r}", "unknown placeholder"),
        ("a{", "unknown placeholder '{'"),
        ("{}", "unknown placeholder '{}'"),
        ("out/", "'out/' names no file"),
        ("", "'' names no file"),
        ("include", "'include' is a folder; an output is a file"),
    ],
)
def test_nothing_but_the_three_placeholders_is_known(two: Project, template: str, message: str):
    toml = f'[tool.headerkit.headers."b.h"]\n[tool.headerkit.output]\njson = "{template}"\n'
    assert message in refusal(two, toml)


def test_a_literal_path_on_the_command_line_may_lie_anywhere(two: Project):
    asked = {"headers": ("b.h",), "writers": ("json",)}
    assert two.plan(**asked, outputs=(("json", "/somewhere/x.json"),)).jobs[0].output == "/somewhere/x.json"
    plan = two.plan(**asked, outputs=(("json", "x.json"),), base=str(two.root / "include"))
    assert plan.jobs[0].output == str(two.root / "include/x.json")
    with pytest.raises(UsageError, match="leaves the project"):
        two.plan(**asked, outputs=(("json", "../{stem}.json"),))


def test_a_template_on_the_command_line_starts_at_the_root(two: Project):
    base = str(two.root / "include")
    assert outputs(two, headers=("net/a.h",), outputs=(("json", "{dir}/{stem}.json"),), base=base) == [
        "include/net/a.json"
    ]


def test_a_writer_with_two_outputs_is_refused(two: Project):
    with pytest.raises(UsageError, match="-o: the writer 'json' has two outputs"):
        two.plan(headers=("b.h",), outputs=(("json", "a"), ("json", "b")))


def test_the_writers_of_a_header_are_chosen_in_one_order(two: Project):
    def writers(toml: str, **asked: object) -> list[str]:
        return [job.writer for job in two.plan('[tool.headerkit.headers."b.h"]\n' + toml, **asked).jobs]

    with_outputs = '[tool.headerkit.output]\njson = "{stem}.json"\n'
    assert writers(with_outputs) == ["json"]
    assert writers('writers = ["cffi"]\n' + with_outputs) == ["cffi"]
    assert writers('writers = ["cffi"]\n' + with_outputs, writers=("json", "cffi")) == ["json", "cffi"]
    assert {"cffi", "json"} <= set(writers(""))


def test_a_named_header_with_a_named_writer_goes_to_the_caller(two: Project):
    toml = '[tool.headerkit.output]\njson = "{stem}.json"\n'
    assert outputs(two, toml, headers=("b.h",), writers=("json",)) == [""]
    assert outputs(two, toml, headers=("b.h",)) == ["b.json"]


def test_a_named_header_needs_a_writer_from_somewhere(two: Project):
    with pytest.raises(UsageError, match=r"no writer is chosen for b\.h"):
        two.plan("", headers=("b.h",))


def test_nothing_to_do_is_said(two: Project):
    with pytest.raises(SettingsError, match="name no header and no cffi module"):
        two.plan("")


def test_an_unknown_writer_is_named_with_the_nearest_one(two: Project):
    toml = 'writers = ["cfi"]\n[tool.headerkit.headers."b.h"]\n'
    with pytest.raises(WriterError, match=r"tool\.headerkit\.writers: there is no writer 'cfi'\n.*'cffi'"):
        two.plan(toml)
    assert "2 problems" in refusal(two, toml + 'defines = ["1"]\n')


def test_writers_that_only_options_and_outputs_name_are_known_ones(two: Project):
    toml = 'writers = ["json"]\n[tool.headerkit.headers."b.h"]\nwriter_options = { cfi = {} }\n'
    toml += "[tool.headerkit.writer.jsn]\nx = 1\n[tool.headerkit.output]\nctyps = 'x'\n"
    with pytest.raises(WriterError) as caught:
        two.plan(toml)
    head, *lines = caught.value.message.splitlines()
    assert head == "3 names are unknown:"
    assert [line.partition(": ")[0] for line in lines] == [
        "  tool.headerkit.output.ctyps",
        "  tool.headerkit.writer.jsn",
        '  tool.headerkit.headers."b.h".writer_options.cfi',
    ]


def test_an_unknown_writer_of_a_header_is_named_where_it_stands(two: Project):
    toml = 'writers = ["json"]\n[[tool.headerkit.headers]]\npattern = "b.h"\nwriters = ["cfi"]\n'
    with pytest.raises(WriterError, match=r"tool\.headerkit\.headers\[0\]\.writers: there is no writer 'cfi'"):
        two.plan(toml)


def test_an_output_that_nothing_writes_is_pointed_out(two: Project):
    toml = 'writers = ["json"]\n[tool.headerkit.headers."b.h"]\n[tool.headerkit.output]\ncffi = "x.txt"\n'
    assert two.plan(toml).warnings == (
        "tool.headerkit.output.cffi: nothing is written there, as 'cffi' is not among the writers",
    )
