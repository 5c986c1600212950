"""What a user sees of a build that cannot be made: one message, its own exit code, nothing half written."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def listing(project: Path) -> dict[str, bytes]:
    skipped = (".hatch", "dist")
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and not path.relative_to(project).parts[0].startswith(skipped)
    }


@pytest.fixture
def project(sample, tmp_path) -> Path:
    return sample("hatch-cffi", tmp_path / "p")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def drop_store(project: Path) -> None:
    edit(project / "include" / "vec" / "types.h", "#define VEC_DIMENSIONS 3", "#define VEC_DIMENSIONS 2")


def unparsable(project: Path) -> None:
    edit(project / "include" / "vec" / "types.h", "double at[VEC_DIMENSIONS];", "double at[VEC_DIMENSIONS;")


def missing_header(project: Path) -> None:
    edit(project / "pyproject.toml", "include/vec/vec.h", "include/vec/gone.h")


def missing_include(project: Path) -> None:
    (project / "include" / "vec" / "types.h").unlink()


def unknown_key(project: Path) -> None:
    edit(project / "pyproject.toml", 'include_dirs = ["include"]', 'include_dir = ["include"]')


def key_in_hook(project: Path) -> None:
    edit(
        project / "pyproject.toml",
        "[tool.hatch.build.hooks.headerkit]",
        "[tool.hatch.build.hooks.headerkit]\nabi3 = true",
    )


def bad_c(project: Path) -> None:
    edit(project / "csrc" / "vec.c", "return VEC_VERSION_NUMBER;", "return VEC_VERSION_NUMBER")


def missing_source(project: Path) -> None:
    edit(project / "pyproject.toml", "csrc/vec.c", "csrc/gone.c")


def bad_module(project: Path) -> None:
    edit(project / "pyproject.toml", '"vecpkg._vec"', '"vecpkg.1vec"')


def newer_store(project: Path) -> None:
    (project / ".headerkit" / "store.json").write_text('{"format": 99}\n')


# What is wrong: how it is made, the exit code, and what the message must say.
CASES = {
    "no libclang on a miss": (drop_store, 7, ["include/vec/vec.h", "include/vec/types.h changed"]),
    "header that does not parse": (unparsable, 6, ["include/vec/types.h:12:", "expected ']'"]),
    "missing header": (missing_header, 5, ["include/vec/gone.h", "tool.headerkit.cffi[0].headers[0]"]),
    "missing included header": (missing_include, 6, ["include/vec/vec.h:", "types.h"]),
    "unknown key": (unknown_key, 4, ["tool.headerkit.include_dir: unknown key", "include_dirs"]),
    "key in the hook's table": (
        key_in_hook,
        4,
        ["tool.hatch.build.hooks.headerkit.abi3: unknown key", "[tool.headerkit]"],
    ),
    "compile error": (bad_c, 10, ["vecpkg._vec: csrc/vec.c:18:", "error: expected"]),
    "missing source": (missing_source, 4, ["tool.headerkit.cffi[0].sources[0]", "csrc/gone.c"]),
    "wrong module name": (bad_module, 4, ["tool.headerkit.cffi[0].module", "vecpkg.1vec"]),
    "store of a newer format": (newer_store, 8, ["format 99"]),
}


@pytest.fixture(params=CASES)
def case(request, project, no_libclang):
    """A project with something wrong, the environment to build it in, the exit code and what must be said."""
    break_it, status, words = CASES[request.param]
    break_it(project)
    needs_libclang = break_it in (unparsable, missing_include)
    return {} if needs_libclang else no_libclang, status, words


def check_message(said: str, words: list[str]) -> None:
    assert "Traceback" not in said
    assert said.count("headerkit: error:") == 1
    for word in words:
        assert word in said


def test_a_broken_project_ends_the_build_with_one_message(case, project, front_ends, hatchling_with_libclang, tmp_path):
    environment, status, words = case
    before = listing(project)
    command = [hatchling_with_libclang, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "out"]
    done = front_ends.run(*command, cwd=project, **environment)
    assert done.status == status, done.said
    check_message(done.said, words)
    after = listing(project)
    after.pop("src/vecpkg/_vec.cdef.txt", None) if status == 10 else None
    assert after == before
    assert not list((tmp_path / "out").glob("*.whl")) if (tmp_path / "out").exists() else True


@pytest.mark.parametrize("case", ["no libclang on a miss", "unknown key", "compile error"], indirect=True)
@pytest.mark.parametrize("front_end", ["pip", "build", "uv"])
def test_every_front_end_shows_it(case, front_end, project, front_ends, uv, tmp_path):
    environment, status, words = case
    if front_end == "pip":
        python = front_ends.venv(tmp_path / "venv")
        done = front_ends.pip(python, "install", project, **environment)
        assert f"exit code: {status}" in done.said
    elif front_end == "build":
        done = front_ends.build(project, "--wheel", **environment)
    else:
        done = front_ends.run(uv, "build", "--wheel", "--python", sys.executable, project, **environment)
        assert f"exit status: {status}" in done.said
    assert done.status != 0
    check_message(done.said, words)


@pytest.mark.parametrize(
    "case", ["no libclang on a miss", "header that does not parse", "missing header", "unknown key"], indirect=True
)
def test_the_command_line_says_the_same_with_the_same_exit_code(case, project, front_ends):
    environment, status, words = case
    done = front_ends.run(sys.executable, "-m", "headerkit", cwd=project, **environment)
    assert done.status == status, done.said
    assert "Traceback" not in done.said
    for word in words:
        assert word in done.said


def test_an_sdist_of_a_miss_without_libclang_is_made_with_a_warning(project, front_ends, hatchling, no_libclang):
    drop_store(project)
    done = front_ends.run(hatchling, "-m", "hatchling", "build", "-t", "sdist", cwd=project, **no_libclang)
    assert done.status == 0, done.said
    assert "headerkit: warning: the sdist's store is not complete: include/vec/vec.h" in done.said


def test_an_sdist_of_a_header_that_does_not_parse_is_not_made(project, front_ends, hatchling_with_libclang):
    unparsable(project)
    done = front_ends.run(hatchling_with_libclang, "-m", "hatchling", "build", "-t", "sdist", cwd=project)
    assert done.status == 6, done.said
    check_message(done.said, ["include/vec/types.h"])


def test_a_locked_build_of_a_miss_fails_even_with_libclang(project, front_ends, hatchling_with_libclang):
    drop_store(project)
    command = [hatchling_with_libclang, "-m", "hatchling", "build", "-t", "wheel"]
    done = front_ends.run(*command, cwd=project, HEADERKIT_LOCKED="1")
    assert done.status == 11, done.said
    check_message(done.said, ["include/vec/types.h changed"])


def test_a_miss_installs_libclang_and_only_then(project, front_ends, contents):
    drop_store(project)
    done = front_ends.build(project, "--wheel")
    assert done.status == 0, done.said
    assert "libclang" in done.installed
    (wheel,) = (project / "dist").glob("*.whl")
    assert "vecpkg/_vec.cdef.txt" in contents(wheel)
    # The build has filled the store: the next one is a hit.
    done = front_ends.build(project, "--wheel")
    assert done.status == 0, done.said
    assert "libclang" not in done.installed


def test_a_deleted_header_is_named_after_the_store_was_filled(project, front_ends, hatchling, no_libclang):
    os.remove(project / "include" / "vec" / "types.h")
    done = front_ends.run(hatchling, "-m", "hatchling", "build", "-t", "wheel", cwd=project, **no_libclang)
    assert done.status == 7, done.said
    check_message(done.said, ["include/vec/types.h is missing"])
