"""pkg-config: what a package adds to parsing, compiling and linking.

What is found enters plans under the package's name (`pkg-config:zlib`), never as this machine's directories: the store
then knows the package that was asked for, on machines that keep it elsewhere and on those that lack it. So a package
that is not found is a warning here, for the store may have the answer; nothing is parsed without it.
"""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING

from headerkit.errors import SettingsError
from headerkit.light_classes import NamedTuple
from headerkit.portable import pkg_config_name
from headerkit.unit import IncludeDir

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headerkit.planning.context import Context
    from headerkit.unit import Unit

__all__ = ["Package", "ask_packages", "check_packages"]


class Package(NamedTuple):
    """What a package says. `include_dirs` is never empty: a package without one is a directory without a path."""

    name: str
    include_dirs: tuple[IncludeDir, ...]
    defines: tuple[str, ...] = ()
    compile_args: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    library_dirs: tuple[str, ...] = ()
    link_args: tuple[str, ...] = ()

    @property
    def spelled(self) -> str:
        """How the package is named in plans."""
        return f"pkg-config:{self.name}"


class _Answer(NamedTuple):
    """The words that pkg-config gave for the compiler and for the linker, or why there are none."""

    cflags: tuple[str, ...] = ()
    libs: tuple[str, ...] = ()
    why: str = ""


_KNOWN: dict[str, _Answer] = {}
"""A package is asked about once a process."""


def ask_packages(context: Context, names: Iterable[str], where: str) -> list[Package]:
    """Ask pkg-config for each package, in order."""
    packages = []
    for name in dict.fromkeys(names):
        if not name or name.startswith("-") or name.split() != [name]:
            context.problems.add(where, f"{name!r} is not a package's name")
            continue
        answer = _KNOWN.get(name) or _KNOWN.setdefault(name, _ask(name))
        if answer.why:
            context.warnings.append(f"pkg-config: {answer.why}")
        packages.append(_package(name, answer))
    return packages


def check_packages(unit: Unit) -> None:
    """Refuse to parse a unit without a package that it names: what it would say is not what the package's users get.

    Raises SettingsError.
    """
    for include_dir in unit.include_dirs:
        name = None if include_dir.path else pkg_config_name(include_dir.spelled)
        if name is not None:
            answer = _KNOWN.get(name) or _KNOWN.setdefault(name, _ask(name))
            if answer.why:
                msg = f"{unit.header} cannot be parsed: {answer.why}"
                raise SettingsError(msg, hint="install the package's development files, or set PKG_CONFIG_PATH")


def _ask(name: str) -> _Answer:
    import shlex  # noqa: PLC0415  (only projects that name packages pay for these)
    import shutil  # noqa: PLC0415
    import subprocess  # noqa: PLC0415

    chosen = os.environ.get("PKG_CONFIG", "")
    commands = [_words(chosen)] if chosen else [["pkg-config"], ["pkgconf"]]
    command = next((words for words in commands if words and shutil.which(words[0])), None)
    if command is None:
        what = f"PKG_CONFIG names {chosen!r}, which is not" if chosen else "neither pkg-config nor pkgconf is"
        return _Answer(why=f"{what} installed, so {name!r} adds nothing")
    words = []
    # Two questions, for one flag may be for the compiler, the linker or both (-pthread, -F, -arch).
    for question in ("--cflags", "--libs"):
        # System directories are left out by pkg-config itself: naming them would change the compiler's search order.
        done = subprocess.run([*command, question, name], capture_output=True, text=True, check=False)
        if done.returncode:
            reason = next((line.strip() for line in done.stderr.splitlines() if line.strip()), "")
            return _Answer(why=f"{command[0]} does not know {name!r}: {reason or 'no reason given'}")
        try:
            words.append(tuple(shlex.split(done.stdout)))
        except ValueError as error:
            flags = done.stdout.strip()
            return _Answer(why=f"the flags of {name!r} cannot be read ({error}): {command[0]} {question} says {flags}")
    cflags, libs = words
    return _Answer(cflags, libs)


def _words(command: str) -> list[str]:
    """A program and its options ("pkg-config --static"), or a program alone, whose path may have spaces."""
    import shlex  # noqa: PLC0415
    import shutil  # noqa: PLC0415

    if shutil.which(command):
        return [command]
    lexer = shlex.shlex(command, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    if os.sep == "\\":
        lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:  # a quotation that nothing closes: no program has such a name
        return []


def _package(name: str, answer: _Answer) -> Package:
    compiler, linker = _by_flag(answer.cflags, ("-I", "-D")), _by_flag(answer.libs, ("-l", "-L"))
    spelled = f"pkg-config:{name}"
    include_dirs = tuple(IncludeDir(spelled, os.path.normpath(path)) for path in dict.fromkeys(compiler["-I"]))
    return Package(
        name,
        include_dirs or (IncludeDir(spelled, ""),),
        tuple(compiler["-D"]),
        tuple(compiler[""]),
        tuple(linker["-l"]),
        tuple(linker["-L"]),
        tuple(linker[""]),
    )


def _by_flag(words: Iterable[str], flags: tuple[str, str]) -> dict[str, list[str]]:
    """The values of two flags; all other words under "", in their order, which keeps `-framework X` together."""
    found: dict[str, list[str]] = {"": [], **{flag: [] for flag in flags}}
    rest = iter(words)
    for word in rest:
        flag = "-I" if word == "-isystem" else word[:2]
        if flag not in flags:
            found[""].append(word)
        elif word in (flag, "-isystem"):
            found[flag].extend(islice(rest, 1))
        else:
            found[flag].append(word[2:])
    return found


def flags_of(packages: Sequence[Package]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arguments for clang and their spellings: what the compiler must be told besides directories and macros."""
    values = [(arg, package.spelled) for package in packages for arg in package.compile_args]
    return tuple(value for value, _ in values), tuple(spelled for _, spelled in values)
