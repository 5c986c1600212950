"""What is not a header, or no libclang, through the command line: a message, an exit code, no output."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Project

GIGABYTE = 1 << 30
ARM64 = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\xb7\x00\x01\x00\x00\x00"
"""How a shared library for AArch64 begins."""


def refused(project: Project, header: str, code: int, *lines: str) -> None:
    ran = project.run(header, "-w", "cffi", "--no-cache")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.splitlines()[: len(lines)] == list(lines)
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"/* no end\nint x;\n", ["  bad.h:1: error: unterminated /* comment"]),
        (b"#if 1\nint x;\n", ["  bad.h:1: error: unterminated conditional directive"]),
        (b"#error no such system\n", ["  bad.h:1: error: no such system"]),
        (
            "int x;".encode("utf-16"),
            [
                (
                    "  bad.h:1: fatal error: UTF-16 (LE) byte order mark detected in 'PATH', "
                    "but encoding is not supported"
                ),
                "  cause: the file is not text in UTF-8",
                "  try:   name a C header; save one that is in another encoding as UTF-8",
            ],
        ),
    ],
)
def test_a_broken_header_is_told_by_file_and_line(project: Project, content: bytes, lines: list[str]) -> None:
    path = project.file("bad.h")
    path.write_bytes(content)
    refused(
        project, "bad.h", 6, "headerkit: bad.h does not parse", *(each.replace("PATH", str(path)) for each in lines)
    )


def test_a_header_that_ends_too_early_is_told_so(project: Project) -> None:
    for text in ("struct s {\n int x;\n", "enum e { A,\n"):
        project.file("bad.h", text)
        ran = project.run("bad.h", "-w", "cffi", "--no-cache")
        assert (ran.code, ran.out) == (6, "")
        assert "cause: the header ends inside a declaration\n" in ran.err
        assert "try:   look for a } or ; that is missing, at its end or before\n" in ran.err


def test_binary_data_is_told(project: Project) -> None:
    path = project.file("bad.h")
    path.write_bytes(bytes(range(1, 256)) * 64)
    ran = project.run("bad.h", "-w", "cffi", "--no-cache")
    assert (ran.code, ran.out) == (6, "")
    assert "cause: the file is not text in UTF-8" in ran.err
    assert len(ran.err.splitlines()) < 20


def test_an_empty_header_gives_an_empty_output_and_a_warning(project: Project) -> None:
    project.file("a.h", "")
    ran = project.run("a.h", "-w", "ctypes", "--no-cache")
    assert ran.code == 0
    assert "nothing is declared in the library's own files (project:a.h)" in ran.err
    compile(ran.out, "a.py", "exec")


def test_a_header_of_macros_alone_is_one(project: Project) -> None:
    project.file("a.h", "#define A 1\n")
    ran = project.run("a.h", "-w", "cffi", "--no-cache")
    assert (ran.code, ran.err) == (0, "")
    assert "#define A ..." in ran.out


def test_a_folder_a_pipe_and_a_dangling_link_are_no_headers(project: Project) -> None:
    project.file("folder.h/a.h")
    os.mkfifo(project.root / "pipe.h")
    (project.root / "dangling.h").symlink_to("nowhere.h")
    refused(
        project,
        "folder.h",
        5,
        "headerkit: 'folder.h' is a folder, not a header; for all its headers write 'folder.h/**/*.h'",
    )
    refused(project, "pipe.h", 5, "headerkit: 'pipe.h' is a pipe or a device, not a header")
    refused(project, "dangling.h", 5, "headerkit: 'dangling.h' is a symbolic link that leads nowhere")


def test_an_included_pipe_is_not_waited_for(project: Project) -> None:
    os.mkfifo(project.root / "pipe.h")
    project.file("a.h", '#include "pipe.h"\n')
    refused(project, "a.h", 6, f"headerkit: {project.root}/pipe.h is a pipe or a device, not a header")


def command(project: Project, *arguments: str, before: tuple[str, ...] = (), **environment: str):
    line = [*before, sys.executable, "-m", "headerkit", *arguments, "--no-cache"]
    env = {**os.environ, **environment}
    return subprocess.run(line, cwd=project.root, env=env, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv takes the rights of root away")
@pytest.mark.parametrize("header", ["secret.h", "a.h"])
def test_a_header_that_may_not_be_read_is_named(project: Project, header: str) -> None:
    project.file("secret.h").chmod(0)
    project.file("a.h", '#include "secret.h"\n')
    plain = ("setpriv", "--inh-caps=-all", "--bounding-set=-all") if os.geteuid() == 0 else ()
    ran = command(project, header, "-w", "cffi", before=plain)
    assert (ran.returncode, ran.stdout) == (6, "")
    assert f"{project.root}/secret.h" in ran.stderr
    assert "ermission" in ran.stderr


@pytest.mark.skipif(not shutil.which("prlimit"), reason="prlimit bounds the memory")
@pytest.mark.parametrize("header", ["huge.h", "a.h", "b.h"])
def test_a_gigabyte_is_refused_at_once_and_in_little_memory(project: Project, tmp_path: Path, header: str) -> None:
    """Of the header itself, of one that it includes, and of another library's."""
    (tmp_path / "elsewhere").mkdir()
    for folder in (project.root, tmp_path / "elsewhere"):
        with (folder / "huge.h").open("wb") as file:
            file.write(b"#define FIRST 1\n")
            file.truncate(GIGABYTE)
    (tmp_path / "elsewhere" / "huge.h").rename(tmp_path / "elsewhere" / "other.h")
    project.file("a.h", '#include "huge.h"\n')
    project.file("b.h", "#include <other.h>\n")
    start = time.monotonic()
    ran = command(
        project, header, "-w", "cffi", "-I", str(tmp_path / "elsewhere"), before=("prlimit", "--as=900000000")
    )
    assert time.monotonic() - start < 20
    assert (ran.returncode, ran.stdout) == (6, "")
    limit = "a file that it includes may have 512 MB" if header == "b.h" else "a header of the library may have 64 MB"
    assert f"has 1,024 MB: {limit}" in ran.stderr


def test_a_large_header_of_another_library_is_read(project: Project, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(exist_ok=True)
    with (tmp_path / "elsewhere" / "other.h").open("wb") as file:
        file.write(b"typedef int other_t;\n/*" + b"x" * (65 << 20) + b"*/\n")
    project.file("b.h", "#include <other.h>\nother_t of_other(void);\n")
    ran = project.run("b.h", "-w", "cffi", "-I", str(tmp_path / "elsewhere"), "--no-cache")
    assert ran.code == 0, ran.err
    assert "other_t of_other(void);" in ran.out


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "file too short"),
        (b"not a library" * 100, "invalid ELF header"),
        (b"\x7fELF\x01\x01\x01" + bytes(2000), "wrong ELF class"),
        (
            b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\xb7\x00\x01\x00\x00\x00" + bytes(2000),
            "cannot open shared object file",
        ),
    ],
)
def test_a_corrupt_libclang_or_one_for_another_machine_is_told(project: Project, content: bytes, cause: str) -> None:
    project.file("a.h")
    path = project.root / "libclang.so"
    path.write_bytes(content)
    ran = command(project, "a.h", "-w", "cffi", LIBCLANG_PATH=str(path))
    assert (ran.returncode, ran.stdout) == (7, "")
    assert f"LIBCLANG_PATH names a libclang that cannot be used: {path}" in ran.stderr
    assert cause in ran.stderr
    assert "try:   unset LIBCLANG_PATH, or name a libclang for this machine" in ran.stderr


CHAIN = "typedef int t0;\n" + "".join(f"typedef t{n} t{n + 1};\n" for n in range(3000)) + "t3000 f(t3000);\n"


@pytest.mark.parametrize("writer", ["cffi", "ctypes", "cython", "json", "lua", "prompt", "pyi"])
@pytest.mark.parametrize("text", ["extern int " + "*" * 600 + "p;\n", CHAIN, "int " + "*" * 300 + "f(void);\n"])
def test_a_type_that_is_too_deep_is_an_error_of_that_header_or_none(project: Project, text: str, writer: str) -> None:
    project.file("deep.h", text)
    ran = project.run("deep.h", "-w", writer, "--no-cache")
    assert "Traceback" not in ran.err
    if ran.code:
        assert ran.code in (6, 9)
        assert ran.err.startswith("headerkit: deep.h: ")
    else:
        assert ran.out


def test_types_that_are_too_deep_to_compare_are_an_error(project: Project) -> None:
    project.file("old.h", "extern int " + "*" * 440 + "p;\n")
    project.file("new.h", "extern long " + "*" * 440 + "p;\n")
    ran = project.run("diff", "old.h", "new.h")
    assert (ran.code, ran.out) == (6, "")
    assert ran.err.splitlines()[0] == "headerkit: new.h: a type is nested deeper than Python can follow"
