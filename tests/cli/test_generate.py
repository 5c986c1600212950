from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Project

BOTH = """\
[[tool.headerkit.headers]]
pattern = "include/*.h"
[tool.headerkit.output]
json = "out/{stem}.json"
cffi = "out/{stem}.cdef.txt"
"""


@pytest.fixture
def two(project: Project) -> Project:
    project.file("include/a.h", "int a(void);\n")
    project.file("include/b.h", "int b(void);\n")
    project.settings(BOTH)
    return project


def without_times(text: str) -> list[str]:
    return [re.sub(r"[\d.]+ m?s$", "TIME", line) for line in text.splitlines()]


def test_without_headers_all_that_the_settings_name_is_made(two: Project):
    ran = two.run()
    assert (ran.code, ran.err) == (0, "")
    assert without_times(ran.out) == [
        "parsed include/a.h  json, cffi  TIME",
        "parsed include/b.h  json, cffi  TIME",
    ]
    assert two.files() == [
        "include/a.h",
        "include/b.h",
        "out/a.cdef.txt",
        "out/a.json",
        "out/b.cdef.txt",
        "out/b.json",
        "pyproject.toml",
    ]
    assert "int a(void);" in two.read("out/a.cdef.txt")


def test_the_second_run_is_a_hit_and_writes_nothing(two: Project):
    two.run()
    before = os.stat(two.root / "out/a.json").st_mtime_ns
    ran = two.run("-v")
    assert without_times(ran.out) == [
        "hit    include/a.h  json, cffi  TIME",
        "       json -> out/a.json (unchanged)",
        "       cffi -> out/a.cdef.txt (unchanged)",
        "hit    include/b.h  json, cffi  TIME",
        "       json -> out/b.json (unchanged)",
        "       cffi -> out/b.cdef.txt (unchanged)",
    ]
    assert os.stat(two.root / "out/a.json").st_mtime_ns == before


def test_a_miss_is_explained_to_who_asks(two: Project):
    two.run()
    two.file("include/a.h", "int a(long);\n")
    assert "       include/a.h changed since the entry was made" in two.run("-v").out


def test_quiet_says_nothing(two: Project):
    assert two.run("-q") == (0, "", "")


def test_a_writer_without_an_output_prints_its_text_and_nothing_else(two: Project):
    for _ in range(2):
        ran = two.run("include/a.h", "-w", "cffi")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.endswith("int a(void);\n")
        assert "TIME" not in ran.out
        assert two.files() == ["include/a.h", "include/b.h", "pyproject.toml"]


def test_a_dash_as_output_is_standard_output(two: Project):
    expected = two.run("include/a.h", "-w", "cffi").out
    for arguments in (("include/a.h", "-o", "cffi:-"), ("include/a.h", "-w", "cffi", "-o", "-")):
        ran = two.run(*arguments)
        assert (ran.code, ran.out, ran.err) == (0, expected, "")
    assert two.run("-o", "cffi:-").out.count("int ") == 2
    assert two.files() == ["include/a.h", "include/b.h", "pyproject.toml"]


def test_it_prints_from_the_headers_own_folder_too(two: Project):
    two.go("include")
    assert two.run("a.h", "-w", "cffi").out == two.run("./a.h", "-w", "cffi").out
    assert not (two.root / "include/.headerkit").exists()


def test_it_prints_where_no_project_is(project: Project):
    project.file("a.h", "int a(void);\n")
    assert "int a(void);" in project.run("a.h", "-w", "cffi").out


def test_a_header_is_bound_as_the_settings_say(two: Project):
    assert without_times(two.run("include/b.h").out) == ["parsed include/b.h  json, cffi  TIME"]
    assert [name for name in two.files() if name.startswith("out/")] == ["out/b.cdef.txt", "out/b.json"]


def test_a_header_is_bound_by_the_module_that_includes_it(two: Project):
    two.file("pkg/__init__.py", "")
    two.settings('[[tool.headerkit.cffi]]\nmodule = "pkg._x"\nheaders = ["include/a.h", "include/b.h"]\n')
    assert without_times(two.run("include/a.h").out) == ["parsed pkg._x.h (code)  cffi  TIME"]
    assert "int b(void);" in two.read("pkg/_x.cdef.txt")


def test_code_and_a_literal_output_from_an_empty_folder(project: Project):
    out = project.root.parent / "elsewhere/out.txt"
    ran = project.run("umbrella.h", "--code", "#include <stddef.h>\nint g(size_t);", "-w", "cffi", "-o", f"cffi:{out}")
    assert ran.code == 0
    assert "int g(size_t);" in out.read_text()


def test_flags_reach_the_parser(project: Project):
    project.file("a.h", "#include <x.h>\n#ifdef WANTED\nint wanted(X);\n#endif\n#if OTHER != 3\n#error no\n#endif\n")
    project.file("deep/x.h", "typedef int X;\n")
    ran = project.run("a.h", "-w", "cffi", "-I", "deep", "-D", "WANTED", "-DOTHER=3", "--arg", "-std=c99")
    assert "wanted" in ran.out


def test_who_owns_a_declaration_can_be_said(project: Project):
    project.file("one/a.h", "#include <two/b.h>\nint a(void);\n")
    project.file("inc/two/b.h", "int b(void);\n")
    asked = ("one/a.h", "-w", "cffi", "-I", "inc")
    assert "int b(void);" in project.run(*asked).out
    own = project.run(*asked, "--own", "one/**", "--own", str(project.root / "one/*")).out
    assert "int a(void);" in own
    assert "int b(void);" not in own


def test_a_dry_run_shows_the_plan_and_does_nothing(two: Project):
    ran = two.run("--dry-run")
    assert ran.code == 0
    assert "json   include/a.h -> out/a.json" in ran.out
    assert two.files() == ["include/a.h", "include/b.h", "pyproject.toml"]
    assert not (two.root / ".headerkit").exists()


def test_the_plan_is_there_as_json(two: Project):
    plan = json.loads(two.run("plan", "--json").out)
    assert plan["version"] == 1
    job = plan["jobs"][0]
    assert (job["unit"]["header"], job["writer"]) == ("include/a.h", "json")
    assert json.loads(two.run("--dry-run", "--json").out) == plan
    assert not (two.root / ".headerkit").exists()


def test_a_locked_miss_names_the_command_that_was_typed(two: Project):
    ran = two.run("include/a.h", "-w", "cffi", "--locked", "-D", "X=a b")
    assert ran.code == 11
    assert ran.err.endswith("  try:   headerkit include/a.h -w cffi -D 'X=a b'   (not locked; then commit the store)\n")


def test_results_are_there_as_json(two: Project):
    result = json.loads(two.run("--json").out)
    assert (result["version"], result["warnings"]) == (1, [])
    first = result["results"][0]
    assert (first["header"], first["writer"], first["status"], first["written"]) == (
        "include/a.h",
        "json",
        "parsed",
        True,
    )
    printed = json.loads(two.run("include/a.h", "-w", "cffi", "--json").out)["results"][0]
    assert "int a(void);" in printed["text"]


def test_the_ledger_says_what_was_emitted(two: Project):
    assert "include/a.h cffi: 1 emitted" in two.run("--report").out
    ran = two.run("include/a.h", "-w", "cffi", "--report")
    assert "emitted" not in ran.out
    assert "include/a.h cffi: 1 emitted" in ran.err
    assert json.loads(two.run("--report", "--json").out)["results"][0]["ledger"][0]["name"] == "a"


def test_locked_refuses_a_miss(two: Project):
    ran = two.run("--locked")
    assert ran.code == 11
    assert "it is locked" in ran.err
    two.run()
    assert two.run("--locked").code == 0


def test_nothing_is_written_when_anything_is_wrong(two: Project):
    two.file("include/c.h", "int c(;\n")
    ran = two.run()
    assert ran.code == 6
    assert "include/c.h" in ran.err
    assert not (two.root / "out").exists()


def test_the_cache_can_be_left_alone(two: Project):
    assert two.run("--no-cache").code == 0
    assert not (two.root / ".headerkit/ir").exists()


def test_a_store_elsewhere_is_filled_from_where_one_stands(two: Project):
    two.go("include")
    assert two.run("--store-dir", "st").code == 0
    assert (two.root / "include/st/store.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--writter", "cffi"], 2, "unknown option '--writter'; did you mean '--writer'?"),
        (["-o", "cffi=out.txt"], 2, "-o: expected WRITER:PATH, got 'cffi=out.txt'\n  try:   -o cffi:out.txt"),
        (["-o", "out.txt"], 2, "-o: expected WRITER:PATH, got 'out.txt'\n  try:   -o WRITER:out.txt"),
        (["--writer-opt", "mode=abi"], 2, "--writer-opt: expected WRITER:KEY=VALUE, got 'mode=abi'"),
        (["-D"], 2, "argument -D: expected one argument"),
        (
            ["include/a.h", "-w", "cffi", "--writer-opt", "lua:x=1"],
            2,
            "--writer-opt lua:x: the writer 'lua' does not run",
        ),
        (["include/a.h", "-w", "cffi", "--writer-opt", "cfi:x=1"], 9, "--writer-opt cfi:x: there is no writer 'cfi'"),
        (["chek"], 2, "'chek' is neither a header nor a command; did you mean 'check'?"),
        (["-v", "check"], 2, "the command 'check' must be the first word"),
        (["cache", "stats"], 2, "headerkit cache: unknown action 'stats'; did you mean 'status'?"),
        (["include/a.h", "-w", "cfi"], 9, "-w cfi: there is no writer 'cfi'\n  try:   did you mean 'cffi'?"),
        (["include/c.h"], 5, "the header 'include/c.h' does not exist; did you mean 'include/"),
        (["nosuch.h", "-w", "cffi"], 5, "the header 'nosuch.h' does not exist\n  cause: looked for nosuch.h in "),
        (
            ["nosuch", "-w", "cffi"],
            5,
            "the header 'nosuch' does not exist\n  try:   headerkit --help   (a header is a ",
        ),
        (["include/a.h", "-w", "cffi", "--target", "nonsense"], 13, "--target: "),
        (["--config", "nope.toml"], 4, "nope.toml: the settings file cannot be read"),
    ],
)
def test_a_mistake_ends_in_one_message(two: Project, arguments: list[str], code: int, message: str):
    ran = two.run(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("headerkit: ")
    assert message in ran.err


def test_notes_and_warnings_go_to_standard_error(two: Project):
    two.monkeypatch.setenv("HEADERKIT_STOREDIR", "x")
    ran = two.run()
    assert "did you mean HEADERKIT_STORE_DIR?" in ran.err
    assert "STOREDIR" not in ran.out


def test_colour_is_for_terminals_that_want_it(two: Project):
    assert "\033[" not in two.run().out
    two.monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\033[32mhit" in two.run().out


def run_module(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "headerkit", *arguments], capture_output=True, text=True, check=False, **more
    )


def test_the_module_is_the_command(two: Project):
    done = run_module(cwd=two.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("parsed include/a.h")


def test_a_closed_pipe_is_no_error(two: Project):
    command = f"{sys.executable} -m headerkit plan --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, cwd=two.root)
    assert (done.stdout, done.stderr) == ("{", "")


@pytest.mark.parametrize("headers", [1, 4], ids=["one process", "a pool"])
def test_ctrl_c_stops_with_one_line_and_nothing_half_written(project: Project, headers: int):
    # Long enough to be interrupted.
    text = "".join(f"int f{n}(struct s{n} *p, int (*q)(int, char));\n" for n in range(20_000))
    for number in range(headers):
        project.file(f"h{number}.h", text)
    project.settings('[[tool.headerkit.headers]]\npattern = "*.h"\n[tool.headerkit.output]\ncffi = "out/{stem}.txt"\n')
    command = [sys.executable, "-m", "headerkit"]
    process = subprocess.Popen(command, cwd=project.root, stdout=-1, stderr=-1, text=True, start_new_session=True)
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, (out, err)
    assert (out, err) == ("", "headerkit: stopped\n")
    assert not (project.root / "out").exists()
    assert not list(project.root.rglob("*.tmp"))


def test_a_name_beyond_the_terminals_letters_is_shown_somehow(project: Project):
    project.file("größe.h", "int g(void);\n")
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = run_module("größe.h", "-o", "cffi:out.txt", cwd=project.root, env=environ)
    assert done.returncode == 0
    assert "gr\\xf6\\xdfe.h" in done.stdout


def test_wrong_options_of_writers_are_all_reported_before_anything_is_parsed(two: Project):
    two.settings(
        BOTH.replace('pattern = "include/*.h"', 'pattern = "include/*.h"\nwriter_options = { cffi = { mode = "apy" } }')
        + "[tool.headerkit.writer.cffi]\ndefine_pattrens = ['X']\n"
    )
    ran = two.run("--writer-opt", "cffi:comments=true")
    assert ran.code == 4
    assert ran.err.splitlines() == [
        "headerkit: 2 problems in the settings:",
        "  tool.headerkit.writer.cffi.define_pattrens: no such option; did you mean 'define_patterns'?",
        "  tool.headerkit.headers[0].writer_options.cffi.mode: expected one of 'api', 'abi', got 'apy'",
    ]
    assert not (two.root / ".headerkit/ir").exists()


def test_an_option_that_does_not_fit_its_type_is_said_on_the_command_line(two: Project):
    ran = two.run("include/a.h", "-w", "cffi", "--writer-opt", "cffi:comments=maybe")
    assert (ran.code, ran.err) == (2, "headerkit: --writer-opt cffi:comments: expected true or false, got 'maybe'\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output_is_said(two: Project):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "headerkit", "include/a.h", "-w", "cffi"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=two.root)
    assert (done.returncode, done.stderr) == (
        12,
        "headerkit: standard output cannot be written: No space left on device\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be removed")
def test_a_folder_that_was_removed_is_said(two: Project):
    code = "import os, sys; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
    code += "from headerkit.__main__ import main; sys.exit(main(['plan']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=two.root)
    said = "headerkit: the current folder was removed\n  try:   cd to a folder that is there\n"
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("arguments", ["", "plan", "include/a.h -w cffi", "check", "nothing.h -w cffi"])
@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_stop_nothing(two: Project, arguments: str, streams: str):
    assert two.run().code == 0
    line = f'"{sys.executable}" -m headerkit {arguments} {streams}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, cwd=two.root)
    assert (done.returncode, "Traceback" in done.stderr) == (5 if "nothing" in arguments else 0, False)
