"""Layout verification: a C compiler of the target confirms what an IR says of sizes, places and values.

The compiler gets the unit as it was parsed and one assertion for each fact; nothing is run, so that any target will do.
What it does not confirm is a disagreement, with the compiler's own value beside the IR's.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, Literal

from headerkit.backends.libclang.environment import clean_environment
from headerkit.light_classes import NamedTuple
from headerkit.targets.layout_compilers import compiler_for, remedy
from headerkit.targets.layout_facts import layout_facts
from headerkit.targets.layout_program import FILE, layout_program, read_images

if TYPE_CHECKING:
    from collections.abc import Collection

    from headerkit.ir import Header
    from headerkit.targets.layout_compilers import Compiler
    from headerkit.targets.layout_facts import Fact
    from headerkit.unit import Unit

__all__ = ["Disagreement", "Status", "Verdict", "verify_layouts"]

Status = Literal["verified", "disagrees", "refused", "unverified"]

_SECONDS = 600
_SAID = re.compile(r"^(?:(?P<file>.+?):(?P<line>\d+):(?:\d+:)? |[\w.+-]+: )?(?:fatal )?error: (?P<text>.*)$")
_FAILED = re.compile(r"static assertion failed|static_assert failed")
_CANNOT_SAY = re.compile(r"not (?:an? )?(?:integral |integer )?constant|is not an integer|initializer element|poisoned")
_WORDS = 5
"""So many lines of a compiler that refuses a header are shown."""


class Disagreement(NamedTuple):
    """A fact that the compiler does not confirm: what the IR says, and the compiler's value or, without one, words."""

    fact: str
    expected: str
    found: str


class Verdict(NamedTuple):
    """What the compiler of a unit's target says to its IR.

    | status | |
    |---|---|
    | `verified` | the compiler confirms every fact |
    | `disagrees` | it has another opinion of those in `disagreements` |
    | `refused` | it does not compile the header at all; `words` are its first errors |
    | `unverified` | no compiler was asked; `hint` says which to install |

    `facts` counts those that the compiler was asked and could answer; `not_checkable` are the others and why C cannot
    tell. `compiler` is what it says it is. `seconds` is wall time.
    """

    header: str
    target: str
    status: Status
    compiler: str = ""
    facts: int = 0
    disagreements: tuple[Disagreement, ...] = ()
    not_checkable: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    hint: str = ""
    seconds: float = 0.0


def verify_layouts(unit: Unit, header: Header, *, owned: bool = True) -> Verdict:
    """Ask a compiler of the unit's target about the IR that was made of the unit, by its own declarations.

    `owned=False` asks about those of other files too. Raises TargetError where the environment names a compiler that
    does not run.
    """
    start = time.perf_counter()
    compiler = compiler_for(unit.target)
    if compiler is None:
        return Verdict(unit.header, unit.target, "unverified", hint=remedy(unit.target))
    with tempfile.TemporaryDirectory(prefix="headerkit-") as scratch:
        asked = _Asking(unit, header, compiler, scratch, owned=owned)
        asked.ask()
    verdict = asked.verdict()
    return verdict._replace(seconds=time.perf_counter() - start)


class _Said(NamedTuple):
    """What one compilation gave: its words on facts, by their index; its other errors; the images it made."""

    on_facts: dict[int, str]
    elsewhere: tuple[str, ...]
    images: dict[int, str]


class _Asking:
    """The facts of one unit, and what became of them."""

    def __init__(self, unit: Unit, header: Header, compiler: Compiler, scratch: str, *, owned: bool) -> None:
        self._unit = unit
        self._header = header
        self._compiler = compiler
        self._scratch = scratch
        self._facts, impossible = layout_facts(header, owned=owned)
        self._not_checkable = list(impossible)
        self._wrong: dict[int, str] = {}
        self._unknown: set[int] = set()
        self._words: tuple[str, ...] = ()

    def ask(self) -> None:
        """One compilation where all is well; another one for the values of what is not."""
        bits = {index for index, fact in enumerate(self._facts) if fact.bits is not None}
        said = self._compile(set(range(len(self._facts))) - bits, bits)
        if said.elsewhere:
            self._words = said.elsewhere
            return
        failed = set()
        for index, text in said.on_facts.items():
            if _FAILED.search(text):
                failed.add(index)
            elif _CANNOT_SAY.search(text):
                self._unknown.add(index)
                self._not_checkable.append((self._facts[index].name, f"to the compiler: {text}"))
            else:
                self._wrong[index] = text
        bits -= said.on_facts.keys()
        images = said.images
        if failed or (bits and not images):
            images = self._images(bits, failed)
        for index in failed:
            self._wrong[index] = self._words_for(self._facts[index], images.get(index))
        for index in sorted(bits):
            if index not in images:
                self._unknown.add(index)
                self._not_checkable.append((self._facts[index].name, "the compiler makes no object file of it"))
            elif images[index] != self._facts[index].expected:
                self._wrong[index] = images[index]

    def _images(self, bits: set[int], failed: set[int]) -> dict[int, str]:
        """What the compiler makes of these; those that it has no constant for are left out."""
        wanted = bits | {index for index in failed if self._facts[index].value}
        said = self._compile((), wanted)
        if said.on_facts and not said.elsewhere:
            said = self._compile((), wanted - said.on_facts.keys())
        return said.images

    @staticmethod
    def _words_for(fact: Fact, value: str | None) -> str:
        if value is None:
            return "something else"
        if fact.kind == "text":
            return f"another text, {value} bytes long"
        return value

    def _compile(self, asserted: Collection[int], imaged: Collection[int]) -> _Said:
        program = layout_program(
            self._unit, self._header, self._facts, asserted=sorted(asserted), imaged=sorted(imaged)
        )
        source, made = os.path.join(self._scratch, "layouts.c"), os.path.join(self._scratch, "layouts.o")
        with open(source, "wb") as file:
            file.write(program.text.encode("utf-8", "surrogateescape"))
        purpose = ["-c", "-O0", "-fno-lto", "-o", made] if program.images else ["-fsyntax-only"]
        returncode, output = self._run([*self._compiler.arguments(self._unit), *purpose, source])
        on_facts, elsewhere = _errors(output, program.lines)
        if returncode and not on_facts and not elsewhere:
            elsewhere = tuple(output.strip().splitlines()[-_WORDS:]) or (f"exit status {returncode}",)
        images: dict[int, str] = {}
        if program.images and not returncode:
            with open(made, "rb") as file:
                images = read_images(file.read(), self._facts)
        return _Said(on_facts, elsewhere, images)

    def _run(self, command: list[str]) -> tuple[int, str]:
        """The exit status of a compiler and all that it says."""
        try:
            done = subprocess.run(
                command,
                cwd=self._unit.root,
                env={**clean_environment(), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return 1, f"it did not end within {_SECONDS} s"
        except OSError as error:
            return 1, f"it cannot be run: {error.strerror or error}"
        return done.returncode, done.stderr.decode("utf-8", "replace")

    def verdict(self) -> Verdict:
        """All of it in one."""
        about = (self._unit.header, self._unit.target)
        if self._words:
            return Verdict(*about, "refused", self._compiler.name, words=self._words)
        wrong = tuple(
            Disagreement(self._facts[index].name, self._facts[index].expected, text)
            for index, text in sorted(self._wrong.items())
        )
        return Verdict(
            *about,
            "disagrees" if wrong else "verified",
            self._compiler.name,
            len(self._facts) - len(self._unknown),
            wrong,
            tuple(self._not_checkable),
        )


def _errors(output: str, lines: dict[int, int]) -> tuple[dict[int, str], tuple[str, ...]]:
    """A compiler's errors: the first of each fact by its index, and some of those elsewhere."""
    on_facts: dict[int, str] = {}
    elsewhere: list[str] = []
    for line in output.splitlines():
        said = _SAID.match(line)
        if said is None:
            continue
        index = lines.get(int(said["line"])) if said["file"] == FILE else None
        if index is None:
            elsewhere.append(line)
        else:
            on_facts.setdefault(index, said["text"])
    return on_facts, tuple(elsewhere[:_WORDS])
