"""Which container engine is taken, and what is said when none can be."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

import pytest

from headerkit.errors import TargetError
from headerkit.targets.engines import Engine, find_engine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the engines of these tests are shell scripts")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH; no engine is named."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("HEADERKIT_CONTAINER_ENGINE", raising=False)
    monkeypatch.delenv("CIBW_CONTAINER_ENGINE", raising=False)
    return folder


def program(path: Path, name: str, script: str = "exit 0") -> str:
    made = path / name
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    return str(made)


def test_podman_is_taken_before_docker(path: Path) -> None:
    program(path, "docker")
    assert find_engine().name == "docker"
    program(path, "podman")
    assert find_engine().name == "podman"


def test_an_engine_that_does_not_answer_leaves_the_place_to_the_next(path: Path) -> None:
    program(path, "podman", "echo 'Cannot connect to Podman' >&2; exit 125")
    program(path, "docker")
    assert find_engine() == Engine("docker", str(path / "docker"))


def test_a_named_engine_is_taken_or_none(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("podman", "docker", "nerdctl", "other"):
        program(path, name)
    monkeypatch.setenv("CIBW_CONTAINER_ENGINE", "docker; create_args: --privileged")
    assert find_engine().name == "docker"
    monkeypatch.setenv("HEADERKIT_CONTAINER_ENGINE", "nerdctl")
    assert find_engine().name == "nerdctl"
    assert find_engine("other").name == "other"
    assert find_engine(str(path / "other")).program == str(path / "other")
    with pytest.raises(TargetError, match=r"^the container engine '-x' is not on PATH"):
        find_engine("-x")


def test_what_names_a_missing_engine_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIBW_CONTAINER_ENGINE", "docker;disable_host_mount: true")
    with pytest.raises(TargetError) as caught:
        find_engine()
    assert str(caught.value) == (
        "CIBW_CONTAINER_ENGINE: the container engine 'docker' is not on PATH\n"
        "  try:   install podman, or name another engine in HEADERKIT_CONTAINER_ENGINE"
    )


def test_a_machine_without_any_engine_is_told_so(path: Path) -> None:
    with pytest.raises(TargetError) as caught:
        find_engine()
    assert str(caught.value) == (
        "neither podman nor docker is on PATH, and an image's headers come through one of them\n"
        "  try:   install podman, or name another engine in HEADERKIT_CONTAINER_ENGINE"
    )


def test_engines_that_do_not_answer_say_why_in_their_own_words(path: Path) -> None:
    program(path, "podman", "printf 'Error: no machine\\n\\n' >&2; exit 125")
    program(path, "docker", "exit 3")
    with pytest.raises(TargetError) as caught:
        find_engine()
    assert str(caught.value) == (
        "podman and docker do not answer\n"
        "  cause: podman: Error: no machine; docker: docker version: exit code 3\n"
        "  try:   start it: `podman info` says when it answers"
    )


@pytest.mark.skipif(not shutil.which("docker"), reason="no docker client here")
def test_a_docker_client_without_a_daemon_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(TargetError, match=r"^docker does not answer") as caught:
        find_engine("docker")
    assert "docker daemon" in caught.value.cause


def test_a_file_that_cannot_be_run_is_no_engine(path: Path) -> None:
    (path / "podman").write_bytes(b"\x7fELF")
    (path / "podman").chmod(0o755)
    with pytest.raises(TargetError, match="podman cannot be run: Exec format error"):
        find_engine()


def test_a_command_that_takes_too_long_is_ended(path: Path) -> None:
    engine = Engine("slow", program(path, "slow", f"echo $$ > {path}/pid; exec /bin/sleep 60"))
    began = time.monotonic()
    with pytest.raises(TargetError, match=r"slow image inspect did not end in time \(\d+ s\)"):
        engine.run("image", "inspect", "x", until=began + 0.5)
    assert time.monotonic() - began < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int((path / "pid").read_text()), 0)


def test_words_from_elsewhere_cannot_command_the_terminal(path: Path) -> None:
    loud = Engine(
        "loud", program(path, "loud", "printf 'first\\n\\033[2J\\033]0;x\\007d\\303\\251nied\\r\\n' >&2; exit 1")
    )
    assert loud.run("pull", until=time.monotonic() + 30).words == "[2J ]0;x d\u00e9nied"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Trying to pull x...\nError: no such host\n", "Error: no such host"),
        ("Error: 2 errors occurred:\n\t* one\n\t* two\n\n", "Error: 2 errors occurred: * one * two"),
        ("Error response from daemon: no\n\nRun 'docker create --help' for more\n", "Error response from daemon: no"),
        ("level=warning\nCannot connect.\n\n", "Cannot connect."),
        ("", ""),
    ],
)
def test_the_words_of_an_engine_are_its_last_error(path: Path, written: str, words: str) -> None:
    (path / "written").write_text(written)
    engine = Engine("x", program(path, "x", f"/bin/cat {path}/written >&2; exit 1"))
    assert engine.run("pull", until=time.monotonic() + 30).words == words
