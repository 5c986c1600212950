"""What build systems need of the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from headerkit.cli.for_builds import expand_argument_files
from headerkit.errors import UsageError
from headerkit.settings import Overrides, load_settings


def run(*arguments, cwd, **keywords):
    command = [sys.executable, "-m", "headerkit", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, **keywords)


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "pro ject"
    (root / "include/sub").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.headerkit]\n")
    (root / "include/a.h").write_text('#include <stddef.h>\n#include "sub/b.h"\n#include <c.h>\nb_t a(c_t, size_t);\n')
    (root / "include/sub/b.h").write_text("typedef int b_t;\n")
    (root / "build/made").mkdir(parents=True)
    (root / "build/made/c.h").write_text("typedef long c_t;\n")
    return root


def generate(project, *arguments, out="build/a.txt"):
    return run("include/a.h", "-w", "cffi", "-o", f"cffi:{out}", *arguments, cwd=project)


def test_an_argument_file_has_one_argument_a_line_and_goes_on_after_a_tab(tmp_path):
    path = tmp_path / "arguments"
    path.write_text("a b.h\n\n--code=#include <a>\n\t#include <b>\n\t\n--arg=@c\n")
    assert expand_argument_files(["x", f"@{path}", "y"]) == [
        "x",
        "a b.h",
        "--code=#include <a>\n#include <b>\n",
        "--arg=@c",
        "y",
    ]


def test_an_argument_file_that_cannot_be_read_is_named():
    with pytest.raises(UsageError, match="@/nowhere: the argument file cannot be read: No such file"):
        expand_argument_files(["@/nowhere"])


def test_a_depfile_names_settings_and_headers_at_any_depth_and_no_libc(project):
    done = generate(project, "-I", "build/made", "--depfile", "build/a.d")
    assert done.returncode == 0, done.stderr
    target, _, files = (project / "build/a.d").read_text().replace("\\ ", " ").partition(": \\\n")
    assert target == str(project / "build/a.txt")
    expected = [project / name for name in ("pyproject.toml", "include/a.h", "include/sub/b.h", "build/made/c.h")]
    assert {line.strip(" \\") for line in files.splitlines()} == set(map(str, expected))


def test_a_hit_and_a_parse_write_the_same_depfile(project):
    depfile = project / "build/a.d"
    texts = []
    for _ in range(2):
        assert generate(project, "-I", "build/made", "--depfile", depfile).returncode == 0
        texts.append(depfile.read_text())
    assert texts[0] == texts[1]


def test_a_directory_that_a_target_provides_is_known_by_the_targets_name_wherever_it_lies(project, tmp_path):
    inside = ("--include-from", "made=build/made", "--build-dir", "build")
    assert generate(project, *inside).stdout.startswith("parsed")
    text = "".join(path.read_text() for path in (project / ".headerkit").rglob("metadata.json"))
    assert "${cmake:made}" in text
    assert "cmake[made]:c.h" in text
    assert "build" not in text

    (project / "build").rename(tmp_path / "elsewhere")
    moved = ("--include-from", f"made={tmp_path / 'elsewhere/made'}", "--build-dir", tmp_path / "elsewhere")
    assert generate(project, *moved).stdout.startswith("hit")


def test_a_directory_of_the_project_is_itself_whichever_target_provides_it(project):
    made = ("--include-from", "made=build/made", "--build-dir", "build")
    plain = json.loads(run("plan", "include/a.h", "-w", "cffi", "-I", "include", "--json", cwd=project).stdout)
    assert generate(project, *made, "--include-from", "a=include").returncode == 0
    text = "".join(path.read_text() for path in (project / ".headerkit").rglob("metadata.json"))
    assert f'"{plain["jobs"][0]["unit"]["include_dirs"][0]["spelled"]}"' in text


@pytest.mark.parametrize("text", ["made", "=build", "made=", ""])
def test_include_from_without_a_name_or_directory_is_a_usage_error(project, text):
    done = generate(project, "--include-from", text)
    assert done.returncode == 2
    assert f"--include-from: expected NAME=DIR, got '{text}'" in done.stderr


def test_no_variable_can_be_taken_for_a_target(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.headerkit]\ninclude_dirs = ["${cmake:made}"]\n')
    with pytest.raises(Exception, match=r"tool\.headerkit\.include_dirs\[0\]"):
        load_settings(str(tmp_path), command_line=Overrides(), environ={"cmake:made": "/x"})
