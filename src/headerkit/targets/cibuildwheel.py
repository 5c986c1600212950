"""The targets of the wheels that a project builds with cibuildwheel, as cibuildwheel itself selects them.

It is asked for its build identifiers (`cp312-manylinux_x86_64`), whose end is a wheel's family. The `archs` `auto`,
`native`, `auto64` and `auto32` mean the machine that cibuildwheel runs on: here, every machine that people's runners
have. A target too many costs an entry in the store, one too few somebody's build.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from headerkit.errors import SettingsError, TargetError, UsageError
from headerkit.light_classes import NamedTuple
from headerkit.targets.wheels import WHEEL_TARGETS, targets_of_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Wheels", "wheel_targets"]

_RUNNERS = {
    "linux": (("x86_64", "aarch64"), ("i686", "armv7l")),
    "macos": (("x86_64", "arm64"), ()),
    "windows": (("AMD64", "ARM64"), ("x86",)),
}
"""Platforms that headerkit has targets of, with the archs of their usual runners and the 32-bit ones that these run."""

_WITHOUT_TARGETS = ("pyodide", "android", "ios")
_RUNNERS_WORDS = frozenset(("auto", "native", "auto64", "auto32"))
_IDENTIFIER = re.compile(r"^\w+-(\w+)\s*$", re.MULTILINE)
_OF_ARM_ALONE = re.compile(r"\w+-(macosx_arm64)\b")
"""On x86_64 cibuildwheel notes among its complaints that it leaves PyPy's wheels for arm64 to a runner of that kind."""


class Wheels(NamedTuple):
    """What would be built: canonical triples in the order of WHEEL_TARGETS, and (family, reason) of what has no target.

    Both are empty where the project's selectors leave nothing to build.
    """

    targets: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def wheel_targets(root: str) -> Wheels:
    """What cibuildwheel would build of the project at `root`, on whatever runners: its configuration and `CIBW_*`.

    Archs that are named count as they stand. Of those that mean the runner's machine, `auto`, `native` and `auto64`
    are x86_64 and aarch64 (Linux), x86_64 and arm64 (macOS), AMD64 and ARM64 (Windows); `auto` is x86 too on Windows,
    and i686 on Linux where the installed cibuildwheel says so; `auto32` is i686, armv7l and x86. CIBW_PLATFORM narrows
    the question to one platform. Pyodide, Android and iOS are asked for where the configuration speaks of them.

    Raises UsageError where no cibuildwheel is installed, SettingsError with its words where it refuses its settings.
    """
    root = os.path.abspath(root)
    command = _command()
    config = _Config(_table(root), os.environ)
    questions = {
        platform: [*command, "--print-build-identifiers", "--platform", platform, *archs, root]
        for platform in config.platforms()
        if (archs := config.archs(platform)) is not None
    }
    triples: set[str] = set()
    left_out: dict[str, str] = {}
    refusals: dict[str, list[str]] = {}
    for platform, (status, said, complaint) in _ask(questions).items():
        if not status:
            for family in dict.fromkeys(_IDENTIFIER.findall(said) + _OF_ARM_ALONE.findall(complaint)):
                found, reason = _targets_of(family)
                triples.update(found)
                left_out |= {family: reason} if reason else {}
        elif platform in _WITHOUT_TARGETS:  # nothing of it would be used
            left_out[platform] = _words(complaint)
        else:
            refusals.setdefault(_words(complaint), []).append(platform)
    if refusals:
        raise _refusal(root, refusals)
    return Wheels(tuple(triple for triple in WHEEL_TARGETS if triple in triples), tuple(left_out.items()))


def _targets_of(family: str) -> tuple[tuple[str, ...], str]:
    """The targets of a wheel's family; without any, the reason."""
    try:
        return targets_of_tag(family), ""
    except TargetError as error:
        return (), error.cause


class _Config(NamedTuple):
    """`[tool.cibuildwheel]` and the environment: as much of both as decides what cibuildwheel is asked."""

    table: dict[str, Any]
    environ: Mapping[str, str]

    def platforms(self) -> tuple[str, ...]:
        chosen = self.environ.get("CIBW_PLATFORM", "")
        if chosen not in ("", "auto"):
            return (chosen,)
        build = self.environ.get("CIBW_BUILD") or self.table.get("build", "")
        return (*_RUNNERS, *(name for name in _WITHOUT_TARGETS if name in self.table or name in str(build)))

    def archs(self, platform: str) -> tuple[str, ...] | None:
        """Arguments that say the archs for `platform`: none where its own settings do; None where it has none."""
        if platform not in _RUNNERS:
            return ("--archs", "all") if platform in _WITHOUT_TARGETS else ()
        words = self._archs_words(platform)
        if not _RUNNERS_WORDS.intersection(words):
            return ()
        named = dict.fromkeys(arch for word in words for arch in _archs_of(word, platform))
        return ("--archs", ",".join(named)) if named else None

    def _archs_words(self, platform: str) -> list[str]:
        """The words of the setting `archs` for one platform: the last layer that has some, and what it adds to."""
        own = self.table.get(platform)
        own = own if isinstance(own, dict) else {}
        rules = self.environ.get("CIBW_INHERIT", "")
        words = ["auto"]
        for value, adds in (
            (self.table.get("archs"), _adds(self.table.get("inherit"), "archs")),
            (own.get("archs"), _adds(own.get("inherit"), "archs")),
            (self.environ.get("CIBW_ARCHS"), _adds(rules, "archs")),
            (self.environ.get(f"CIBW_ARCHS_{platform.upper()}"), _adds(rules, f"archs-{platform}")),
        ):
            listed = value if isinstance(value, list) else [value or ""]
            if said := re.findall(r"[^\s,]+", " ".join(map(str, listed))):
                words = [*words, *said] if adds else said
        return words


def _adds(rules: object, name: str) -> bool:
    """Whether `inherit` (a table, or text: `archs`, `archs: append; skip: none`) adds an option to the layer below."""
    if isinstance(rules, dict):
        return rules.get(name) in ("append", "prepend")
    for field in str(rules or "").split(";"):
        names, colon, rule = field.partition(":")
        if name in names.split():
            return not colon or rule.strip() in ("append", "prepend")
    return False


def _archs_of(word: str, platform: str) -> Iterable[str]:
    wide, narrow = _RUNNERS[platform]
    match word:
        case "auto":
            import platform as this  # noqa: PLC0415  (only for this word)

            # cibuildwheel 2 adds i686 on x86_64 and later ones do not, which this word says where it is run on one.
            kept = ("auto",) if this.machine() in ("x86_64", "AMD64") else ()
            return (*kept, *wide, *(narrow if platform == "windows" else ()))
        case "native" | "auto64":
            return wide
        case "auto32":
            return narrow
        case _:
            return (word,)


def _table(root: str) -> dict[str, Any]:
    """`[tool.cibuildwheel]`; empty also where it cannot be read, which cibuildwheel itself says best."""
    from headerkit._compat import tomllib  # noqa: PLC0415  (5 ms)

    try:
        with open(os.path.join(root, "pyproject.toml"), "rb") as file:
            found = tomllib.load(file)["tool"]["cibuildwheel"]
    except (OSError, KeyError, TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _command() -> list[str]:
    from importlib.util import find_spec  # noqa: PLC0415  (only who asks cibuildwheel needs it)
    from shutil import which  # noqa: PLC0415

    found = find_spec("cibuildwheel")
    if found is not None and found.origin:  # not a mere folder of that name
        return [sys.executable, "-m", "cibuildwheel"]
    program = which("cibuildwheel")
    if program:
        return [program]
    msg = "cibuildwheel is not installed, and only it knows which wheels its settings select"
    hint = "pip install cibuildwheel   (or `uv tool install cibuildwheel`, `pipx install cibuildwheel`)"
    if sys.version_info < (3, 11):
        hint = (
            "pipx install cibuildwheel   (or `uv tool install`; it needs Python 3.11, pip would take an old one here)"
        )
    raise UsageError(msg, hint=hint)


def _ask(questions: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, str, str]]:
    """Status, output and complaints of each command; all run at once."""
    import subprocess  # noqa: PLC0415  (see above)

    # Not to run what lies in the project's folder (`packaging.py`), nor to answer with a traceback.
    env = {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "utf-8:replace", "CIBW_DEBUG_TRACEBACK": "0"}
    running: dict[str, subprocess.Popen[bytes]] = {}
    answers = {}
    try:
        for name, command in questions.items():
            running[name] = subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        for name, process in running.items():
            said, complaint = process.communicate()
            answers[name] = process.returncode, said.decode(errors="replace"), complaint.decode(errors="replace")
    except OSError as error:
        msg = f"cibuildwheel cannot be started: {error}"
        raise UsageError(msg, hint="pip install --force-reinstall cibuildwheel") from error
    finally:
        for process in running.values():
            if process.poll() is None:
                process.kill()
                process.communicate()
    return answers


def _words(complaint: str) -> str:
    """What cibuildwheel says is wrong, without its decorations, a usage text or a traceback's calls."""
    text = re.sub(r"\x1b\[[\d;]*m", "", complaint).strip()
    if "Traceback (most recent call last)" in text:
        return text.splitlines()[-1]
    # `cibuildwheel: error: …`, GitHub's `::error::cibuildwheel: …`, argparse's `__main__.py: error: …`
    return re.split(r"(?m)^(?:\S+: error: |::error::cibuildwheel: )", text)[-1].strip()


def _refusal(root: str, refusals: Mapping[str, Sequence[str]]) -> SettingsError:
    msg = "\n".join(
        [
            f"cibuildwheel cannot say which wheels it would build of {root}:",
            *(f"  {', '.join(platforms)}: {words}" for words, platforms in refusals.items()),
        ]
    )
    first = next(iter(refusals.values()))[0]
    return SettingsError(msg, hint=f"cibuildwheel --print-build-identifiers --platform {first}   (asks it the same)")
