"""Settings for one header -> its unit: defaults, the entries that mean it and the command line, in that order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.light_classes import NamedTuple
from headerkit.planning.packages import ask_packages, flags_of
from headerkit.portable import PROVIDED, directory_args
from headerkit.settings.expand import Expanded, spelling
from headerkit.settings.problems import item, member, quoted
from headerkit.unit import IncludeDir, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headerkit.planning.context import Context
    from headerkit.planning.headers import Header
    from headerkit.planning.packages import Package
    from headerkit.settings import CffiEntry, HeaderEntry

__all__ = ["Flags", "check_defaults", "header_unit", "module_unit"]


class _Source(NamedTuple):
    """One place that adds to a unit: its path in messages, and the folder its relative paths start from."""

    where: str
    base: str
    include_dirs: Sequence[str] = ()
    defines: Sequence[str] = ()
    args: Sequence[str] = ()
    pkg_config: Sequence[str] = ()
    owned: Sequence[str] = ()
    defines_key: str = "defines"


class Flags(NamedTuple):
    """What all sources say together, packages included."""

    include_dirs: tuple[IncludeDir, ...]
    defines: tuple[str, ...]
    spelled_defines: tuple[str, ...]
    args: tuple[str, ...]
    spelled_args: tuple[str, ...]
    owned: tuple[str, ...]
    packages: tuple[Package, ...]


def header_unit(context: Context, header: Header) -> Unit:
    """The unit of a header that the settings or the command line name."""
    flags = context.flags.get(header.entries)
    if flags is None:  # many headers have the same entries
        sources = [_defaults(context), *(_of_entry(context, entry) for entry in header.entries), _asked(context)]
        flags = context.flags[header.entries] = _gather(context, sources)
    chosen = [entry for entry in header.entries if entry.target]
    target = context.target
    if chosen and context.overrides.target is None:
        target = context.normal_target(chosen[-1].target, member(chosen[-1].where, "target"))
    return _unit(context, header, target, flags)


def module_unit(context: Context, header: Header, entry: CffiEntry) -> tuple[Unit, Flags]:
    """The unit of a cffi module's headers, and its flags, which its compilation needs as well."""
    own = _Source(
        entry.where,
        context.root,
        entry.include_dirs,
        entry.define_macros,
        entry.args,
        entry.pkg_config,
        entry.owned,
        "define_macros",
    )
    flags = _gather(context, [_defaults(context), own, _asked(context)])
    return _unit(context, header, context.target, flags), flags


def check_defaults(context: Context) -> None:
    """Note what is wrong with the general settings, also where no header is left to have them."""
    _gather(context, [_defaults(context), _asked(context)])


def _unit(context: Context, header: Header, target: str, flags: Flags) -> Unit:
    return Unit(
        root=context.root,
        header=header.name,
        target=target,
        path=header.path,
        code=header.code,
        backend=context.settings.backend,
        include_dirs=flags.include_dirs,
        defines=flags.defines,
        args=flags.args,
        spelled_defines=flags.spelled_defines,
        spelled_args=flags.spelled_args,
        owned=flags.owned,
    )


def _defaults(context: Context) -> _Source:
    found = context.settings
    return _Source(
        found.where, context.root, found.include_dirs, found.defines, found.args, found.pkg_config, found.owned
    )


def _of_entry(context: Context, entry: HeaderEntry) -> _Source:
    return _Source(
        entry.where, context.root, entry.include_dirs, entry.defines, entry.args, entry.pkg_config, entry.owned
    )


def _asked(context: Context) -> _Source:
    asked = context.overrides
    return _Source("", context.base, asked.include_dirs, asked.defines, asked.args, asked.pkg_config, asked.owned)


def _gather(context: Context, sources: Iterable[_Source]) -> Flags:
    include_dirs: dict[str, IncludeDir] = {}
    defines: list[str] = []
    args: list[str] = []
    spelled_args: list[str] = []
    owned: dict[str, None] = {}
    packages: dict[str, Package] = {}
    for source in sources:
        for index, text in enumerate(source.include_dirs):
            found = _include_dir(context, text, source.base, _place(source, "include_dirs", index, "-I"))
            include_dirs.setdefault(found.path, found)
        for index, text in enumerate(source.defines):
            _check_define(context, text, _place(source, source.defines_key, index, "-D"))
            _add_define(defines, text)
        for value, spelled in _arguments(context, source):
            args.append(value)
            spelled_args.append(spelled)
        owned.update(dict.fromkeys(source.owned))
        for package in ask_packages(context, source.pkg_config, member(source.where, "pkg_config")):
            packages.setdefault(package.name, package)
    package_args, package_spellings = flags_of(tuple(packages.values()))
    package_defines = [(define, package.spelled) for package in packages.values() for define in package.defines]
    return Flags(
        include_dirs=(
            *include_dirs.values(),
            *(folder for package in packages.values() for folder in package.include_dirs),
        ),
        defines=(*(str(text) for text in defines), *(define for define, _ in package_defines)),
        spelled_defines=(*(spelling(text) for text in defines), *(spelled for _, spelled in package_defines)),
        args=(*args, *package_args),
        spelled_args=(*spelled_args, *package_spellings),
        owned=tuple(owned),
        packages=tuple(packages.values()),
    )


def _place(source: _Source, key: str, index: int, flag: str) -> str:
    # Only the command line has no path of its own.
    return item(member(source.where, key), index) if source.base and source.where else flag


def _include_dir(context: Context, text: str, base: str, where: str) -> IncludeDir:
    if not text or text.startswith("-"):
        hint = f"; write {quoted(text[2:])}" if text.startswith("-I") and len(text) > 2 else ""
        context.problems.add(where, f"{quoted(text)} is not an include directory{hint}")
    path = os.path.normpath(os.path.join(base, text))
    spelled = spelling(text)
    if spelled.startswith(PROVIDED):
        spelled = context.below_root(path) or spelled
    elif spelled == text:
        spelled = context.below_root(path) or (
            text if os.path.isabs(text) else os.path.relpath(path, context.root).replace(os.sep, "/")
        )
    return IncludeDir(spelled, path)


def _check_define(context: Context, text: str, where: str) -> None:
    name = text.partition("=")[0].partition("(")[0]
    if not name.isidentifier() or "\n" in text:
        hint = f"; write {quoted(text[2:])}" if text.startswith("-D") and len(text) > 2 else ""
        context.problems.add(where, f"{quoted(text)} defines no macro; expected NAME or NAME=VALUE{hint}")


def _add_define(defines: list[str], text: str) -> None:
    """Add a macro, unless its last definition is the same already."""
    name = text.partition("=")[0]
    last = next((known for known in reversed(defines) if known.partition("=")[0] == name), None)
    if last != text:
        defines.append(text)


def _arguments(context: Context, source: _Source) -> list[tuple[str, str]]:
    """A source's arguments and their spellings; a directory among them is made absolute: a parser may run anywhere."""
    found = [(str(arg), spelling(arg)) for arg in source.args]
    for index, flag, folder in directory_args(tuple(arg for arg, _ in found)):
        arg, spelled = found[index]
        joined = flag if arg != folder else ""
        path = os.path.normpath(os.path.join(source.base, folder))
        if not isinstance(source.args[index], Expanded):
            spelled = joined + (context.below_root(path) or folder)
        found[index] = (joined + path, spelled)
    return found
