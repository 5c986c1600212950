"""`[[cffi]]` entries -> cffi modules to compile, and the units whose cdef they need."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.light_classes import NamedTuple
from headerkit.plan import CffiModule
from headerkit.planning.globs import expand_glob, is_glob
from headerkit.planning.headers import Header, module_headers
from headerkit.planning.outputs import OutputTemplate
from headerkit.planning.separators import with_slashes
from headerkit.planning.units import module_unit
from headerkit.settings.problems import did_you_mean, item, member, quoted
from headerkit.unit import IncludeDir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.planning.context import Context
    from headerkit.planning.units import Flags
    from headerkit.settings import CffiEntry
    from headerkit.unit import Unit

__all__ = ["PlannedModule", "plan_modules"]

_OLDEST = 10
"""The minor version of the oldest Python that a module can be built for."""


class PlannedModule(NamedTuple):
    """A module; with `unit`, its cdef is the cffi writer's output for it with `options`."""

    module: CffiModule
    unit: Unit | None
    options: tuple[tuple[str, dict[str, object]], ...]
    headers: tuple[str, ...]
    where: str


def plan_modules(context: Context) -> list[PlannedModule]:
    """Plan every module of the settings."""
    names = [entry.module for entry in context.settings.cffi]
    planned = []
    for index, entry in enumerate(context.settings.cffi):
        where = member(entry.where, "module")
        if not all(part.isidentifier() for part in entry.module.split(".")):
            context.problems.add(where, f"{quoted(entry.module)} is not a module name")
            continue
        if entry.module in names[:index]:
            context.problems.add(where, f"the module {quoted(entry.module)} is described twice")
            continue
        for position, other in enumerate(entry.includes):
            if other not in names:
                place = item(member(entry.where, "includes"), position)
                context.problems.add(place, f"no [[cffi]] entry makes {quoted(other)}{did_you_mean(other, names)}")
        planned.append(_plan_module(context, entry))
    return planned


def _plan_module(context: Context, entry: CffiEntry) -> PlannedModule:
    if bool(entry.headers) + bool(entry.code) > 1 or not (entry.headers or entry.code or entry.cdef):
        what = "expected one of 'headers', 'code' and 'cdef', which say what the module binds"
        context.problems.add(entry.where, what if entry.headers else f"{what}; all are missing or empty")
    headers = module_headers(context, entry.headers, member(entry.where, "headers"), entry.include_dirs)
    header = headers[0] if len(headers) == 1 and not entry.code else Header(f"{entry.module}.h", "")
    unit, flags = module_unit(context, header, entry)
    lines, needs_root = _include_lines(headers, flags)
    if header.path == "" and header.name == f"{entry.module}.h":
        umbrella = entry.code if not entry.code or entry.code.endswith("\n") else entry.code + "\n"
        unit, flags = module_unit(context, header._replace(code=umbrella or lines), entry)
    output = _cdef_path(context, entry)
    module = CffiModule(
        module=entry.module,
        cdef=output,
        csrc=_csrc(context, entry, lines),
        sources=_sources(context, entry),
        include_dirs=(*_real(flags.include_dirs), *((IncludeDir(".", context.root),) if needs_root else ())),
        define_macros=tuple(_macro(text) for text in flags.defines),
        libraries=_together(entry.libraries, *(package.libraries for package in flags.packages)),
        library_dirs=_together(
            [os.path.normpath(os.path.join(context.root, folder)) for folder in entry.library_dirs],
            *(package.library_dirs for package in flags.packages),
        ),
        extra_compile_args=(
            *entry.extra_compile_args,
            *(arg for package in flags.packages for arg in package.compile_args),
        ),
        extra_link_args=(*entry.extra_link_args, *(arg for package in flags.packages for arg in package.link_args)),
        abi3=_abi3(context, entry),
        includes=entry.includes,
    )
    names = tuple(found.name for found in headers)
    return PlannedModule(module, None if entry.cdef else unit, _options(entry), names, entry.where)


def _together(*lists: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(element for found in lists for element in found))


def _real(include_dirs: Sequence[IncludeDir]) -> tuple[IncludeDir, ...]:
    """The include directories that are one: a package without any is a directory without a path."""
    return tuple(found for found in include_dirs if found.path)


def _macro(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    return name, value if equals else None


def _options(entry: CffiEntry) -> tuple[tuple[str, dict[str, object]], ...]:
    """The cffi writer's options that an entry has, as its own keys and in a table, each with its path."""
    own = {name: getattr(entry, name) for name in ("mode", "extra_cdef", "define_patterns", "exclude_patterns")}
    return (
        (member(entry.where, "writer_options"), dict(entry.writer_options)),
        (entry.where, {name: value for name, value in own.items() if value}),
    )


def _include_lines(headers: Sequence[Header], flags: Flags) -> tuple[str, bool]:
    """`#include` lines for headers, as a C compiler finds them; and whether it needs the project root for that."""
    lines = []
    needs_root = False
    for header in headers:
        if not header.path:
            lines.append(f"#include <{header.name}>\n")
            continue
        name = _name_on_include_path(header, flags.include_dirs)
        needs_root |= name is None
        lines.append(f'#include "{header.name}"\n' if name is None else f"#include <{name}>\n")
    return "".join(lines), needs_root


def _name_on_include_path(header: Header, include_dirs: Sequence[IncludeDir]) -> str | None:
    """The shortest name by which the include directories lead to a header, and to no other file."""
    found = []
    for include_dir in _real(include_dirs):
        prefix = include_dir.path.rstrip(os.sep) + os.sep
        if header.path.startswith(prefix):
            name = header.path[len(prefix) :].replace(os.sep, "/")
            first = next(
                d.path for d in _real(include_dirs) if os.path.isfile(os.path.join(d.path, name)) or d is include_dir
            )
            if os.path.join(first, *name.split("/")) == header.path:
                found.append(name)
    return min(found, key=len, default=None)


def _csrc(context: Context, entry: CffiEntry, lines: str) -> str:
    if not entry.csrc:
        if entry.cdef and not (lines or entry.code):
            context.problems.add(
                entry.where, "with 'cdef' alone, 'csrc' or 'headers' must say what the C source includes"
            )
        return entry.code or lines
    path = os.path.join(context.root, entry.csrc)
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError as error:
        context.problems.add(
            member(entry.where, "csrc"),
            f"{quoted(entry.csrc)}: {error.strerror or error}{with_slashes(context.root, entry.csrc)}",
        )
        return ""


def _sources(context: Context, entry: CffiEntry) -> tuple[str, ...]:
    paths = []
    for index, text in enumerate(entry.sources):
        path = os.path.normpath(os.path.join(context.root, text))
        if os.path.isfile(path):
            paths.append(path)
            continue
        found = expand_glob(context.root, text.replace(os.sep, "/")) if is_glob(text) else []
        paths += [os.path.join(context.root, *name.split("/")) for name in found]
        if not found:
            what = "no file matches" if is_glob(text) else "no such file:"
            hint = with_slashes(context.root, text)
            context.problems.add(item(member(entry.where, "sources"), index), f"{what} {quoted(text)}{hint}")
    return tuple(dict.fromkeys(paths))


def _cdef_path(context: Context, entry: CffiEntry) -> str:
    if entry.cdef:
        return os.path.normpath(os.path.join(context.root, entry.cdef))
    if entry.output:
        template = OutputTemplate(context, entry.output, member(entry.where, "output"))
        return template.path(f"{entry.module.rpartition('.')[2]}.h")
    *packages, name = entry.module.split(".")
    if not packages:
        return os.path.join(context.root, f"{name}.cdef.txt")
    for folder in (os.path.join(context.root, "src"), context.root):
        if os.path.isdir(os.path.join(folder, packages[0])):
            return os.path.join(folder, *packages, f"{name}.cdef.txt")
    where = f"neither src/{packages[0]} nor {packages[0]} is a folder of the project"
    context.problems.add(
        member(entry.where, "module"), f"{where}, so there is no place for the cdef; correct the name, or set 'output'"
    )
    return ""


def _abi3(context: Context, entry: CffiEntry) -> str:
    if entry.abi3 is False:
        return ""
    if entry.abi3 is True:
        floor = re.search(r"(?:>=|~=|==)\s*3\.(\d+)", context.settings.requires_python)
        return f"3.{max(_OLDEST, int(floor[1]) if floor else _OLDEST)}"
    found = re.fullmatch(r"(?:3\.|cp3)(\d{1,2})", entry.abi3)
    if found is None or int(found[1]) < _OLDEST:
        where = member(entry.where, "abi3")
        context.problems.add(where, f"expected true, false or a Python from '3.{_OLDEST}' on, got {quoted(entry.abi3)}")
        return ""
    return f"3.{found[1]}"
