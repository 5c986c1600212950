"""pkg-config: what a package adds to parsing, compiling and linking.

What is found enters plans under the package's name (`pkg-config:zlib`), never as this machine's directories: the store
then knows the package that was asked for, on machines that keep it elsewhere and on those that lack it. So a package
that is not found is a warning here, for the store may have the answer; nothing is parsed without it.
"""

from __future__ import annotations

import os
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


_KNOWN: dict[str, tuple[str, str]] = {}
"""Package -> (flags, why there are none); a package is asked about once a process."""


def ask_packages(context: Context, names: Iterable[str], where: str) -> list[Package]:
    """Ask pkg-config for each package, in order."""
    packages = []
    for name in dict.fromkeys(names):
        if not name or name.startswith("-") or name.split() != [name]:
            context.problems.add(where, f"{name!r} is no package's name")
            continue
        flags, why = _KNOWN.get(name) or _KNOWN.setdefault(name, _ask(name))
        if why:
            context.warnings.append(f"pkg-config: {why}")
        packages.append(_package(name, flags))
    return packages


def check_packages(unit: Unit) -> None:
    """Refuse to parse a unit without a package that it names: what it would say is not what the package's users get.

    Raises SettingsError.
    """
    for include_dir in unit.include_dirs:
        name = None if include_dir.path else pkg_config_name(include_dir.spelled)
        if name is not None:
            _, why = _KNOWN.get(name) or _KNOWN.setdefault(name, _ask(name))
            if why:
                msg = f"{unit.header} cannot be parsed: {why}"
                raise SettingsError(msg, hint="install the package's development files, or set PKG_CONFIG_PATH")


def _ask(name: str) -> tuple[str, str]:
    import shlex  # noqa: PLC0415  (only projects that name packages pay for these)
    import shutil  # noqa: PLC0415
    import subprocess  # noqa: PLC0415

    chosen = os.environ.get("PKG_CONFIG", "")
    # PKG_CONFIG may hold options too ("pkg-config --static"); what it names is taken or nothing is.
    commands = [shlex.split(chosen)] if chosen else [["pkg-config"], ["pkgconf"]]
    command = next((words for words in commands if words and shutil.which(words[0])), None)
    if command is None:
        what = f"PKG_CONFIG names {chosen!r}, which is not" if chosen else "neither pkg-config nor pkgconf is"
        return "", f"{what} installed, so {name!r} adds nothing"
    # System directories are left out by pkg-config itself: naming them would change the search order of the compiler.
    done = subprocess.run([*command, "--cflags", "--libs", name], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = next((line.strip() for line in done.stderr.splitlines() if line.strip()), "")
        return "", f"{command[0]} does not know {name!r}: {reason or 'no reason given'}"
    return done.stdout, ""


def _package(name: str, flags: str) -> Package:
    import shlex  # noqa: PLC0415

    found: dict[str, list[str]] = {"-I": [], "-D": [], "-l": [], "-L": [], "link": [], "compile": []}
    words = shlex.split(flags)
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word in ("-I", "-D", "-l", "-L", "-isystem", "-framework") and position < len(words):
            kind, value = ("-I" if word == "-isystem" else word), words[position]
            position += 1
            found["link"].extend(("-framework", value)) if kind == "-framework" else found[kind].append(value)
        elif word[:2] in ("-I", "-D", "-l", "-L") and len(word) > 2:
            found[word[:2]].append(word[2:])
        else:
            found["link" if _is_for_linker(word) else "compile"].append(word)
    spelled = f"pkg-config:{name}"
    include_dirs = tuple(IncludeDir(spelled, os.path.normpath(path)) for path in dict.fromkeys(found["-I"]))
    return Package(
        name,
        include_dirs or (IncludeDir(spelled, ""),),
        tuple(found["-D"]),
        tuple(found["compile"]),
        tuple(found["-l"]),
        tuple(found["-L"]),
        tuple(found["link"]),
    )


def _is_for_linker(word: str) -> bool:
    return (
        word.startswith(("-Wl,", "-u", "-z")) or word in ("-static", "-shared", "-rdynamic") or not word.startswith("-")
    )


def flags_of(packages: Sequence[Package]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arguments for clang and their spellings: what the compiler must be told besides directories and macros."""
    values = [(arg, package.spelled) for package in packages for arg in package.compile_args]
    return tuple(value for value, _ in values), tuple(spelled for _, spelled in values)
