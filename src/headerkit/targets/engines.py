"""The programs that have container images: podman, docker, and those that take the same command line.

Nothing goes through a shell, nothing is asked for at the terminal, and no container is ever started.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import IO

from headerkit.errors import TargetError

__all__ = ["Answer", "Engine", "find_engine"]

_USUAL = ("podman", "docker")
_PROBE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command of an engine ended: `words` is the error that it wrote last to standard error, in one line."""

    code: int
    output: str
    words: str


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine: the name it was asked for by, and the program."""

    name: str
    program: str

    def run(self, *args: str, until: float, output: IO[bytes] | None = None, undisturbed: bool = False) -> Answer:
        """Run one command and wait for it, at most until a moment of `time.monotonic()`.

        Standard output goes to the file `output` where there is one. `undisturbed`: a Ctrl-C at the terminal does not
        reach the program. Raises TargetError when the time is over (the program has ended then) or it does not start.
        """
        began = time.monotonic()
        try:
            done = subprocess.run(
                [self.program, *args],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if output is None else output,
                stderr=subprocess.PIPE,
                timeout=max(until - began, 0.0),
                start_new_session=undisturbed,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            msg = f"{self.name} {_called(args)} did not end in time ({time.monotonic() - began:.0f} s)"
            raise TargetError(msg, hint="give it more time, or pull the image first") from error
        except OSError as error:
            msg = f"{self.name} cannot be run: {error.strerror or error}"
            raise TargetError(msg) from error
        text = (done.stdout or b"").decode("utf-8", "replace")
        return Answer(done.returncode, text, _last_words(done.stderr.decode("utf-8", "replace")))

    def why_silent(self) -> str:
        """Why the engine cannot be used now, in its own words; "" where it can."""
        # docker and a remote podman end `version` with an error when the daemon or the machine behind them is down.
        try:
            answer = self.run("version", until=time.monotonic() + _PROBE_SECONDS)
        except TargetError as error:
            return error.message
        return (answer.words or f"{self.name} version: exit code {answer.code}") if answer.code else ""


def find_engine(name: str = "") -> Engine:
    """The named engine (a name on PATH, or a path), or the one that the environment names, or one that answers.

    In order: `name`, HEADERKIT_CONTAINER_ENGINE, CIBW_CONTAINER_ENGINE (without its options), podman, docker.
    Raises TargetError when there is none, or none that answers.
    """
    named, by = _named(name)
    engines = [
        Engine(os.path.basename(candidate), program)
        for candidate in ([named] if named else _USUAL)
        if (program := shutil.which(candidate))
    ]
    if not engines:
        if named:
            msg = f"{by}the container engine {named!r} is not on PATH"
        else:
            msg = "neither podman nor docker is on PATH, and an image's headers come through one of them"
        raise TargetError(msg, hint="install podman, or name another engine in HEADERKIT_CONTAINER_ENGINE")
    reasons = []
    for engine in engines:
        reason = engine.why_silent()
        if not reason:
            return engine
        reasons.append(f"{engine.name}: {reason}")
    msg = f"{' and '.join(engine.name for engine in engines)} {'do' if len(engines) > 1 else 'does'} not answer"
    raise TargetError(msg, cause="; ".join(reasons), hint=f"start it: `{engines[0].name} info` says when it answers")


def _named(name: str) -> tuple[str, str]:
    """The engine that someone names, and who does (the beginning of a sentence)."""
    environ = os.environ
    for value, by in (
        (name, ""),
        (environ.get("HEADERKIT_CONTAINER_ENGINE", ""), "HEADERKIT_CONTAINER_ENGINE: "),
        # cibuildwheel's form: `podman; create_args: --privileged`
        (environ.get("CIBW_CONTAINER_ENGINE", "").partition(";")[0], "CIBW_CONTAINER_ENGINE: "),
    ):
        if value.strip():
            return value.strip(), by
    return "", ""


def _called(args: tuple[str, ...]) -> str:
    return " ".join(args[:2]) if args[0] in ("image", "container") else args[0]


def _last_words(text: str) -> str:
    """The error at the end: from where it begins to the next empty line, after which docker gives general advice."""
    # A registry's words come through too: nothing in them may reach the terminal as a command.
    lines = ["".join(sign if sign.isprintable() else " " for sign in line).strip() for line in text.splitlines()]
    begins = [number for number, line in enumerate(lines) if line.lower().startswith("error")]
    if not begins:
        return next((line for line in reversed(lines) if line), "")
    return " ".join(itertools.takewhile(bool, lines[begins[-1] :]))
