"""`#embed` (C23): what is embedded decides about the answer as a header does, to the last line end."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from headerkit.backends.libclang.library import candidates
from headerkit.errors import LockedError, ParseError

FIRST_RELEASE = 19
"""The LLVM release that knows `#embed`."""
RELEASE_OF = """
import sys
from headerkit.backends.libclang.library import Candidate, load_candidate
print(load_candidate(Candidate(sys.argv[1], "test")).major)
"""
EMBEDS = "enum { N =\n#embed {}\n};\n"
ASKS = '#if __has_embed("data")\nint b;\n#endif\nint a;\n'

CHANGES = {
    "to a file that it embeds": (EMBEDS.replace("{}", '"data"'), "include/data", b"1", b"2"),
    "to a line end of what it embeds": (
        'static const char data[] = {\n#embed "data"\n};\n',
        "include/data",
        b"1\n",
        b"1\r\n",
    ),
    "to a file that it embeds by a macro": (
        f'#define DATA "data"\n{EMBEDS.replace("{}", "DATA")}',
        "include/data",
        b"1",
        b"2",
    ),
    "to a file embedded behind a comment": (
        EMBEDS.replace("#embed", "#\t/* a word\nand more */ embed").replace("{}", '"data"'),
        "include/data",
        b"1",
        b"2",
    ),
    "to a file embedded behind a joined line": (
        EMBEDS.replace("#embed", "#\\\n embed").replace("{}", '"data"'),
        "include/data",
        b"1",
        b"2",
    ),
    "to a file embedded by a digraph": (
        EMBEDS.replace("#embed", "%:embed").replace("{}", '"data"'),
        "include/data",
        b"1",
        b"2",
    ),
    "to a file of a folder for embedding": (EMBEDS.replace("{}", "<data>"), "data/data", b"1", b"2"),
    "that makes a file it asks for": (ASKS, "include/data", None, b"2"),
    "that removes a file it asks for": (ASKS, "include/data", b"2", None),
}


@pytest.fixture(scope="module")
def library() -> str:
    extra = os.environ.get("HEADERKIT_TEST_LIBCLANGS", "").split(os.pathsep)
    for path in (*filter(None, extra), *(item.path for item in candidates())):
        ran = subprocess.run([sys.executable, "-c", RELEASE_OF, path], capture_output=True, text=True, check=False)
        if ran.returncode == 0 and int(ran.stdout) >= FIRST_RELEASE:
            return path
    pytest.skip(f"needs libclang {FIRST_RELEASE} or later")


@pytest.fixture
def run(make_project, library):
    project = make_project("p", {"data/x": "", "pyproject.toml": ""})

    def headerkit(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "headerkit", "include/a.h", "-w", "json", "-q", "--arg=-std=gnu23"]
        return subprocess.run(
            [*command, "--arg=--embed-dir=data", *arguments],
            cwd=project.root,
            env={**os.environ, "HEADERKIT_LIBCLANG": library},
            capture_output=True,
            text=True,
            check=False,
        )

    headerkit.project = project
    return headerkit


def put(path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)


@pytest.mark.parametrize("what", CHANGES)
def test_a_hit_is_no_hit_any_more_after_a_change(what, run):
    text, name, before, after = CHANGES[what]
    run.project.write("include/a.h", text)
    put(run.project.root / name, before)
    first = run()
    assert first.returncode == 0, first.stderr
    assert run("--locked").stdout == first.stdout
    put(run.project.root / name, after)
    locked = run("--locked")
    assert (locked.returncode, "data" in locked.stderr) == (LockedError.exit_code, True)
    again = run()
    assert again.returncode == 0, again.stderr
    assert again.stdout != first.stdout


def test_an_embedded_file_whose_name_cannot_be_told_is_refused(run):
    run.project.write("include/a.h", "#define NAME(x) #x\n#define DATA NAME(data)\nenum { N =\n#embed DATA\n};\n")
    run.project.write("include/data", "1")
    refused = run()
    assert (refused.returncode, "#embed DATA: which file that is cannot be told" in refused.stderr) == (
        ParseError.exit_code,
        True,
    )
