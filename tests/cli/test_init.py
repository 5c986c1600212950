from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headerkit._compat import tomllib
from headerkit.cli.init.toml_text import add_to_array, quoted_string

if TYPE_CHECKING:
    from conftest import Project

HATCH = """\
# The project's own comment.
[build-system]
requires = [
    "hatchling",  # a ] in a comment
]
build-backend = "hatchling.build"

[project]
name = "Vec.Pkg"
version = "1"
"""


@pytest.fixture
def vec(project: Project) -> Project:
    project.file("pyproject.toml", HATCH)
    project.file("src/vec_pkg/__init__.py", "")
    project.file("include/vec.h")
    project.file("csrc/vec.c", '#include "vec.h"\n')
    project.file("tests/other.h")
    return project


def written(project: Project) -> dict[str, object]:
    return tomllib.loads(project.read("pyproject.toml"))


def test_a_hatch_project_gets_the_hook_the_settings_and_uvs_cache_keys(vec: Project):
    ran = vec.run("init", "--yes")
    assert ran.code == 0
    assert written(vec) == {
        "build-system": {"requires": ["hatchling", "headerkit"], "build-backend": "hatchling.build"},
        "project": {"name": "Vec.Pkg", "version": "1"},
        "tool": {
            "hatch": {"build": {"hooks": {"headerkit": {}}}},
            "headerkit": {
                "include_dirs": ["include"],
                "cffi": [{"module": "vec_pkg._vec", "headers": ["include/vec.h"], "sources": ["csrc/vec.c"]}],
            },
            "uv": {
                "cache-keys": [
                    {"file": "pyproject.toml"},
                    {"file": "**/*.h"},
                    {"file": "**/*.c"},
                    {"file": ".headerkit/**"},
                ]
            },
        },
    }
    assert vec.read("pyproject.toml").startswith(HATCH[: HATCH.index("]\nbuild-backend")])
    assert vec.read(".gitattributes") == ".headerkit/** -text linguist-generated\n"


def test_what_it_writes_is_what_headerkit_runs(vec: Project):
    vec.run("init", "--yes")
    assert vec.run().code == 0
    assert "int f(void);" in vec.read("src/vec_pkg/_vec.cdef.txt")
    assert vec.run("check").code == 0


def test_a_part_of_another_header_is_not_named_beside_it(vec: Project):
    vec.file("include/vec.h", '#include "parts/types.h"\n#include <guarded.h>\nint f(void);\n')
    vec.file("include/parts/types.h", "typedef struct { int x; } part;\n")
    vec.file("include/guarded.h", "#ifndef GUARDED\n#define GUARDED\nint g(void);\n#endif\n")
    vec.run("init", "--yes")
    (module,) = written(vec)["tool"]["headerkit"]["cffi"]
    assert module["headers"] == ["include/guarded.h", "include/vec.h"]
    assert vec.run().code == 0
    text = vec.read("src/vec_pkg/_vec_pkg.cdef.txt")
    assert all(found in text for found in ("part;", "f(void)", "g(void)"))


def test_the_change_is_shown_and_asked_for(vec: Project):
    before = vec.files()
    ran = vec.run("init")
    assert (ran.code, "nobody is there to be asked" in ran.err) == (2, True)
    assert '+    "headerkit",' in ran.out
    assert vec.run("init", "--dry-run").code == 0
    assert vec.files() == before
    assert vec.read("pyproject.toml") == HATCH


@pytest.mark.parametrize(("answer", "changed"), [("y", True), ("", False), ("no", False)])
def test_the_answer_counts(vec: Project, answer: str, changed: bool):  # noqa: FBT001
    vec.monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    vec.monkeypatch.setattr("builtins.input", lambda _: answer)
    assert vec.run("init").code == 0
    assert (vec.read("pyproject.toml") != HATCH) == changed


def test_settings_that_are_there_stay(vec: Project):
    vec.run("init", "--yes")
    before = vec.read("pyproject.toml")
    ran = vec.run("init", "--yes")
    assert (ran.code, "there are settings of headerkit already" in ran.err) == (4, True)
    assert vec.read("pyproject.toml") == before


def test_files_that_are_there_stay(vec: Project):
    vec.file(".gitattributes", "*.png binary")
    vec.file(".github/workflows/headerkit.yml", "mine\n")
    vec.run("init", "--yes", "--ci")
    assert vec.read(".gitattributes") == "*.png binary\n.headerkit/** -text linguist-generated\n"
    assert vec.read(".github/workflows/headerkit.yml") == "mine\n"


def test_a_workflow_is_written_when_asked_for(vec: Project):
    vec.run("init", "--yes", "--ci")
    assert "- run: headerkit check\n" in vec.read(".github/workflows/headerkit.yml")


@pytest.mark.parametrize("backend", ["setuptools.build_meta", "flit_core.buildapi", "mesonpy"])
def test_any_other_backend_is_wrapped(vec: Project, backend: str):
    text = f"[build-system]\nrequires = ['x']\nbuild-backend = '{backend}'  # ours\n[project]\nname = 'vec-pkg'\n"
    vec.file("pyproject.toml", text)
    assert vec.run("init", "--yes").code == 0
    data = written(vec)
    assert data["build-system"] == {"requires": ["x", "headerkit"], "build-backend": "headerkit.build_backend"}
    assert data["tool"]["headerkit"]["build"] == {"inner-backend": backend}


def test_without_a_build_system_the_default_one_is_wrapped(vec: Project):
    vec.file("pyproject.toml", "[project]\nname = 'vec-pkg'\n")
    vec.run("init", "--yes")
    assert written(vec)["build-system"]["build-backend"] == "headerkit.build_backend"
    assert written(vec)["tool"]["headerkit"]["build"] == {"inner-backend": "setuptools.build_meta"}


def test_scikit_build_core_gets_its_provider_and_the_rest_is_said(vec: Project):
    vec.file("pyproject.toml", HATCH.replace("hatchling.build", "scikit_build_core.build"))
    ran = vec.run("init", "--yes")
    assert written(vec)["tool"]["dynamic-metadata"] == [{"provider": "headerkit"}]
    assert "left to do in CMakeLists.txt: find_package(headerkit CONFIG REQUIRED)" in ran.out


def test_what_cannot_be_edited_is_left_to_the_person(vec: Project):
    vec.file("pyproject.toml", 'build-system = { requires = ["hatchling"], build-backend = "hatchling.build" }\n')
    ran = vec.run("init", "--yes")
    assert ran.code == 0
    assert 'left to do in pyproject.toml: "headerkit" in requires of [build-system]' in ran.out


@pytest.mark.parametrize(
    ("table", "by_hand"),
    [
        ('[tool.hatch.build]\nhooks = { vcs = { version-file = "v.py" } }', "[tool.hatch.build.hooks.headerkit]"),
        ('[tool.hatch]\nbuild.hooks = { vcs = { version-file = "v.py" } }', "[tool.hatch.build.hooks.headerkit]"),
        ("[tool]\nuv = { managed = true }", "cache-keys"),
    ],
)
def test_a_table_that_toml_allows_no_addition_to_is_left_to_the_person(vec: Project, table: str, by_hand: str):
    vec.file("pyproject.toml", f"{HATCH}\n{table}\n")
    before = tomllib.loads(HATCH + table)["tool"]
    ran = vec.run("init", "--yes")
    assert (ran.code, by_hand in ran.out.partition("left to do in pyproject.toml")[2]) == (0, True)
    after = written(vec)["tool"]
    assert {name: after[name] for name in before} == before
    assert after["headerkit"]["cffi"]


def test_settings_that_cannot_be_added_are_shown(vec: Project):
    text = "tool = { black = { line-length = 100 } }\n" + HATCH
    vec.file("pyproject.toml", text)
    ran = vec.run("init", "--yes")
    assert ran.code == 0
    assert '    [tool.headerkit]\n    include_dirs = ["include"]\n\n    [[tool.headerkit.cffi]]\n' in ran.out
    assert written(vec)["tool"] == {"black": {"line-length": 100}}


def test_a_hook_in_a_comment_is_none(vec: Project):
    vec.file("pyproject.toml", f"{HATCH}\n# [tool.hatch.build.hooks.headerkit]\n")
    vec.run("init", "--yes")
    assert written(vec)["tool"]["hatch"] == {"build": {"hooks": {"headerkit": {}}}}


@pytest.mark.parametrize("place", ["", "targets.wheel."])
def test_a_hook_that_is_there_stays(vec: Project, place: str):
    table = f"[tool.hatch.build.{place}hooks]\nheaderkit = {{}}\n"
    vec.file("pyproject.toml", f"{HATCH}\n{table}")
    assert vec.run("init", "--yes").code == 0
    assert written(vec)["tool"]["hatch"] == tomllib.loads(table)["tool"]["hatch"]


def test_a_provider_stands_beside_others(vec: Project):
    other = '[[tool.dynamic-metadata]]\nprovider = "other"\n'
    vec.file("pyproject.toml", HATCH.replace("hatchling.build", "scikit_build_core.build") + other)
    vec.run("init", "--yes")
    assert written(vec)["tool"]["dynamic-metadata"] == [{"provider": "other"}, {"provider": "headerkit"}]


def test_attributes_that_are_not_utf8_stay(vec: Project):
    attributes = "# für Bücher\n".encode("latin-1")
    (vec.root / ".gitattributes").write_bytes(attributes)
    ran = vec.run("init", "--yes")
    assert (ran.code, "left to do in .gitattributes: .headerkit/** -text linguist-generated" in ran.out) == (0, True)
    assert (vec.root / ".gitattributes").read_bytes() == attributes


def test_attributes_that_only_mention_the_store_get_the_line(vec: Project):
    vec.file(".gitattributes", "# no rule for .headerkit/ yet\n")
    vec.run("init", "--yes")
    assert vec.read(".gitattributes").endswith("yet\n.headerkit/** -text linguist-generated\n")


def test_a_system_library_is_bound_by_naming_its_header(vec: Project):
    vec.run("init", "zlib.h", "--yes")
    module = written(vec)["tool"]["headerkit"]["cffi"][0]
    assert (module["module"], module["headers"], module["libraries"]) == ("vec_pkg._zlib", ["zlib.h"], [])


def test_without_a_pyproject_the_dedicated_file_is_written(project: Project):
    project.file("include/vec.h")
    project.file("vec/__init__.py", "")
    project.run("init", "--yes")
    data = tomllib.loads(project.read(".headerkit.toml"))
    assert data == {"include_dirs": ["include"], "cffi": [{"module": "vec._vec", "headers": ["include/vec.h"]}]}
    assert project.run().code == 0


def test_a_project_without_headers_is_told_to_name_them(project: Project):
    ran = project.run("init", "--yes")
    assert project.read(".headerkit.toml").startswith("[[cffi]]\n")
    assert "next: name what to bind in headers of .headerkit.toml, then headerkit " in ran.out
    ran = project.run()
    assert (ran.code, ran.err.endswith("which say what the module binds; all are missing or empty\n")) == (4, True)


def test_who_compiles_inside_the_wrapper_is_said(vec: Project):
    vec.file("pyproject.toml", HATCH.replace("hatchling.build", "setuptools.build_meta"))
    assert "left to do in setup.py: compile the cffi module from its cdef" in vec.run("init", "--yes").out
    vec.file("pyproject.toml", HATCH.replace("hatchling.build", "mesonpy"))
    assert "left to do in the build of mesonpy: compile the cffi module" in vec.run("init", "--yes").out


@given(st.lists(st.text(max_size=5), max_size=4), st.booleans(), st.booleans())
def test_an_array_grows_by_one_whatever_it_holds(values: list[str], multiline: bool, comma: bool):  # noqa: FBT001
    separator = ",\n  " if multiline else ", "
    inside = separator.join(quoted_string(value) for value in values) + ("," if comma and values else "")
    text = f"[a]\nx = 1\nr = [{inside}]  # end\ny = 2\n[b]\nr = []\n"
    edited = add_to_array(text, "a", "r", "new")
    assert edited is not None
    assert tomllib.loads(edited) == {"a": {"x": 1, "r": [*values, "new"], "y": 2}, "b": {"r": []}}
