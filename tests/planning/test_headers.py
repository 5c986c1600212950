from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from headerkit.errors import HeaderNotFoundError, SettingsError, UsageError

if TYPE_CHECKING:
    from conftest import Project

ENTRY = '[[tool.headerkit.headers]]\npattern = "{}"\n'


def missing(project: Project, toml: str | None = None, **asked: object) -> str:
    with pytest.raises(HeaderNotFoundError) as caught:
        project.plan(toml, **asked)
    return str(caught.value)


def test_a_pattern_means_its_files_in_order(project: Project):
    for name in ("include/b.h", "include/a.h", "include/x/c.h", "include/internal/no.h"):
        project.file(name)
    toml = 'writers = ["json"]\n' + ENTRY.format("include/**/*.h") + 'exclude = ["include/internal/**"]\n'
    assert project.headers(toml) == ["include/a.h", "include/b.h", "include/x/c.h"]


def test_a_header_of_several_entries_comes_once_with_the_keys_of_all(project: Project):
    project.file("a.h")
    project.file("b.h")
    toml = (
        'writers = ["json"]\ndefines = ["ALL"]\n' + ENTRY.format("*.h") + 'defines = ["GLOB"]\n' + ENTRY.format("b.h")
    )
    plan = project.plan(toml + 'defines = ["B"]\ninclude_dirs = ["b"]\n')
    assert [(job.unit.header, job.unit.defines) for job in plan.jobs] == [
        ("a.h", ("ALL", "GLOB")),
        ("b.h", ("ALL", "GLOB", "B")),
    ]


def test_a_system_header_is_named_as_it_is_included(project: Project):
    (job,) = project.plan('writers = ["json"]\n' + ENTRY.format("stdio.h")).jobs
    assert (job.unit.header, job.unit.path) == ("stdio.h", "")


def test_a_library_that_this_machine_lacks_may_still_be_in_the_store(project: Project):
    project.file("include/mine.h")
    assert project.headers('writers = ["json"]\n' + ENTRY.format("nosuchlib/lib.h")) == ["nosuchlib/lib.h"]


def test_a_python_package_of_the_librarys_name_is_no_header_folder(project: Project):
    project.file("nosuchlib/__init__.py", "")
    assert project.headers('writers = ["json"]\n' + ENTRY.format("nosuchlib/lib.h")) == ["nosuchlib/lib.h"]


def test_a_missing_header_of_the_project_is_an_error_with_the_nearest_name(project: Project):
    project.file("include/vector.h")
    assert missing(project, 'writers = ["json"]\n' + ENTRY.format("include/vectr.h")) == (
        "tool.headerkit.headers[0].pattern: the header 'include/vectr.h' does not exist; "
        "did you mean 'include/vector.h'?"
    )


def test_a_header_in_another_folder_is_suggested(project: Project):
    project.file("include/vec/vec.h")
    project.file("src/other.h")
    text = missing(project, headers=("src/vec.h",), writers=("json",))
    assert text == "the header 'src/vec.h' does not exist; did you mean 'include/vec/vec.h'?"


def test_a_glob_that_matches_nothing_is_an_error(project: Project):
    text = missing(project, 'writers = ["json"]\n' + ENTRY.format("inc/*.h"))
    assert text == f"tool.headerkit.headers[0].pattern: no file matches 'inc/*.h' below {project.root}"


def test_a_folder_is_no_header(project: Project):
    project.file("include/a.h")
    text = missing(project, headers=("include",), writers=("json",))
    assert text == "'include' is a folder, not a header; for all its headers write 'include/**/*.h'"


def test_several_missing_headers_come_at_once(project: Project):
    project.file("include/a.h")
    text = missing(project, headers=("include/x.h", "include/y.h"), writers=("json",))
    assert text.splitlines()[0] == "these headers are missing:"
    assert len(text.splitlines()) == 3


def test_missing_headers_and_wrong_settings_come_together(project: Project):
    project.file("include/a.h")
    with pytest.raises(SettingsError, match=r"2 problems in pyproject\.toml"):
        project.plan('writers = ["json"]\ndefines = ["1X"]\n' + ENTRY.format("include/x.h"))


def test_a_header_that_is_listed_and_excluded_is_a_contradiction(project: Project):
    project.file("a.h")
    with pytest.raises(SettingsError, match=r"'a\.h' is listed here and excluded by '\*\.h'"):
        project.plan('writers = ["json"]\nexclude = ["*.h"]\n' + ENTRY.format("a.h"))


@pytest.mark.parametrize("exclude", ["include/internal/**", "include/internal", "./include/internal/"])
def test_a_folder_is_excluded_with_all_that_is_in_it(project: Project, exclude: str):
    for name in ("include/a.h", "include/internal/deep/no.h", "include/internals.h"):
        project.file(name)
    toml = f'writers = ["json"]\nexclude = ["{exclude}"]\n' + ENTRY.format("**/*.h")
    assert project.headers(toml) == ["include/a.h", "include/internals.h"]


def test_a_shells_expansion_can_be_thinned_out(project: Project):
    project.file("a.h")
    project.file("b.h")
    assert project.headers(headers=("a.h", "b.h"), exclude=("b.h",), writers=("json",)) == ["a.h"]


def test_a_named_header_keeps_what_the_settings_say_about_it(project: Project):
    project.file("include/a.h")
    toml = 'include_dirs = ["include"]\n[tool.headerkit.headers."include/a.h"]\ndefines = ["VERSION=2"]\n'
    (job,) = project.plan(toml, headers=("include/a.h",), writers=("json",), defines=("MORE",)).jobs
    assert job.unit.defines == ("VERSION=2", "MORE")
    assert [found.spelled for found in job.unit.include_dirs] == ["include"]


def test_a_header_is_found_from_the_folder_where_one_stands(project: Project):
    project.file("include/a.h")
    base = str(project.root / "include")
    assert project.headers(headers=("a.h",), writers=("json",), base=base) == ["include/a.h"]
    assert project.headers(headers=("include/a.h",), writers=("json",), base=base) == ["include/a.h"]
    assert "did you mean 'include/*.h'?" in missing(project, headers=("*.h",), writers=("json",), base=base)


def test_a_header_on_the_include_path_of_the_project_is_the_projects(project: Project):
    project.file("include/vec/vec.h")
    assert project.headers(headers=("vec/vec.h",), writers=("json",), include_dirs=("include",)) == [
        "include/vec/vec.h"
    ]


def test_an_absolute_path_below_the_root_is_relative(project: Project):
    path = project.file("include/a.h")
    assert project.headers(headers=(str(path),), writers=("json",)) == ["include/a.h"]
    assert project.headers(f'writers = ["json"]\n[tool.headerkit.headers."{path}"]\n') == ["include/a.h"]


def test_a_file_elsewhere_is_named_as_its_include_directory_says(project: Project):
    outside = project.root.parent / "lib/include/lib/lib.h"
    outside.parent.mkdir(parents=True)
    outside.touch()
    asked = {"headers": (str(outside),), "writers": ("json",)}
    (job,) = project.plan(**asked, include_dirs=(str(outside.parents[1]),)).jobs
    assert (job.unit.header, job.unit.path) == ("lib/lib.h", str(outside))
    (job,) = project.plan(**asked).jobs
    assert (job.unit.header, job.unit.path) == ("lib.h", str(outside))


def test_code_is_one_unit_that_the_header_names(project: Project):
    (job,) = project.plan(headers=("umbrella.h",), code="#include <stdio.h>\n", writers=("json",)).jobs
    assert (job.unit.header, job.unit.path, job.unit.code) == ("umbrella.h", "", "#include <stdio.h>\n")
    with pytest.raises(UsageError, match="--code is the text of one header, and 2 are named"):
        project.plan(headers=("a.h", "b.h"), code="", writers=("json",))


def test_text_without_a_header_to_name_it_is_refused(project: Project):
    project.file("a.h")
    with pytest.raises(UsageError, match="--code is the text of one header, and none is named"):
        project.plan('headers = [{ pattern = "a.h" }]\n', code="int f(void);")


@pytest.mark.parametrize("asked", [{"writers": ("json",)}, {"outputs": (("json", "x.json"),)}])
def test_a_writer_that_no_header_would_get_is_refused(project: Project, asked: dict[str, object]):
    project.file("a.h")
    toml = '[[tool.headerkit.cffi]]\nmodule = "_a"\nheaders = ["a.h"]\n'
    with pytest.raises(UsageError, match=r"-[wo] json: the settings name cffi modules alone"):
        project.plan(toml, **asked)


def test_code_of_the_settings_is_used_for_the_name_on_the_command_line(project: Project):
    toml = ENTRY.format("all.h") + 'code = "#include <stdio.h>"\n'
    (job,) = project.plan(toml, headers=("all.h",), writers=("json",)).jobs
    assert job.unit.code == "#include <stdio.h>"


def test_no_pattern_leaves_the_project(project: Project):
    with pytest.raises(SettingsError, match="a pattern cannot leave the project"):
        project.plan('writers = ["json"]\n' + ENTRY.format("../*.h"))


def test_a_link_to_the_root_leads_into_the_project(project: Project):
    project.file("include/a.h")
    link = project.root.parent / "link"
    link.symlink_to(project.root)
    assert project.headers(headers=(os.fspath(link / "include/a.h"),), writers=("json",)) == ["include/a.h"]


def test_two_files_outside_the_project_with_one_name_are_an_error_until_they_have_two(project: Project):
    headers = []
    for folder in ("x", "y"):
        path = project.root.parent / "ext" / folder / "config.h"
        path.parent.mkdir(parents=True)
        path.write_text("int a;\n")
        headers.append(str(path))
    with pytest.raises(UsageError, match=r"'config\.h' would be the name of both .*ext.x.config\.h and .*ext.y.config"):
        project.plan('writers = ["json"]\n', headers=tuple(headers))
    listed = "".join(ENTRY.format(os.path.relpath(path, project.root)) for path in headers)
    with pytest.raises(SettingsError, match=r"headers\[1\].*'config\.h' would be the name of both"):
        project.plan('writers = ["json"]\n' + listed)
    module = f'[[tool.headerkit.cffi]]\nmodule = "m"\nheaders = ["{headers[0]}", "{headers[1]}"]\n'
    with pytest.raises(SettingsError, match=r"headers\[1\].*'config\.h' would be the name of both"):
        project.plan(module)
    assert project.headers('writers = ["json"]\ninclude_dirs = ["../ext"]\n' + listed) == ["x/config.h", "y/config.h"]


def test_settings_that_name_nothing_are_refused_and_cmakes_own_check_is_named(project):
    with pytest.raises(SettingsError) as caught:
        project.plan("")
    assert caught.value.hint == "headerkit init   (or name a header: headerkit HEADER -w cffi)"
    project.file("CMakeLists.txt", "headerkit_generate(PROJECT)\n")
    with pytest.raises(SettingsError) as caught:
        project.plan("")
    assert caught.value.hint.endswith(
        "what CMakeLists.txt binds is made by its build, and checked by one with HEADERKIT_LOCKED=1"
    )
