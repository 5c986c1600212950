"""Which headers are meant: globs and names -> files of the project, files elsewhere, and system headers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import UsageError
from headerkit.light_classes import NamedTuple
from headerkit.planning.globs import expand_glob, is_glob, matches
from headerkit.planning.separators import with_slashes
from headerkit.settings.problems import item, member, nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.planning.context import Context
    from headerkit.settings import HeaderEntry

__all__ = ["Header", "asked_headers", "find_header", "settings_headers"]

_SUFFIXES = (".h", ".hh", ".hpp", ".hxx", ".inc")


class Header(NamedTuple):
    """A header to bind: `name` and `path` as `Unit.header` and `Unit.path`; the settings' entries that mean it."""

    name: str
    path: str
    entries: tuple[HeaderEntry, ...] = ()
    code: str | None = None


def settings_headers(context: Context) -> list[Header]:
    """The headers of the settings, in their order; one that several entries mean comes once."""
    found: dict[str, Header] = {}
    for entry in context.settings.headers:
        for header in _entry_headers(context, entry):
            before = found.get(header.name, Header(header.name, header.path))
            if clash := _clash(before, header):
                context.problems.add(entry.where, clash)
            code = entry.code or before.code
            found[header.name] = Header(header.name, header.path, (*before.entries, entry), code)
    return list(found.values())


def _entry_headers(context: Context, entry: HeaderEntry) -> list[Header]:
    pattern = _relative(context, entry.pattern)
    where = entry.where if is_key_form(entry) else member(entry.where, "pattern")
    exclude = (*context.settings.exclude, *entry.exclude, *context.overrides.exclude)
    if entry.code:
        return [Header(pattern, "")]
    if is_glob(pattern):
        return _expand(context, pattern, exclude, where, "")
    header = find_header(context, pattern, context.root, where, entry.include_dirs)
    if header is None:
        return []
    by = next((glob for glob in exclude if _excludes(glob, header.name)), None)
    if by is not None and by not in context.overrides.exclude:
        context.problems.add(where, f"{quoted(header.name)} is listed here and excluded by {quoted(by)}")
    return [] if by is not None else [header]


def _excludes(glob: str, name: str) -> bool:
    """Whether an exclude means a header: as a glob, or as the path of a folder that it lies in."""
    folder = glob.removeprefix("./").rstrip("/") + "/"
    return matches(name, glob.removeprefix("./")) or name.startswith(folder)


def _clash(one: Header, other: Header) -> str:
    """What to say of two files outside the project that have one name, by which the store would know both."""
    if not one.path or not other.path or one.path == other.path:
        return ""
    return (
        f"{quoted(one.name)} would be the name of both {one.path} and {other.path}: "
        "add the folder above them to include_dirs (-I), which gives each a name of its own"
    )


def is_key_form(entry: HeaderEntry) -> bool:
    """Whether an entry is a table named by its path, rather than an element of an array."""
    return not entry.where.endswith("]")


def _relative(context: Context, text: str) -> str:
    """A path or glob of the settings, relative to the root where it lies below it, with forward slashes."""
    text = text.replace(os.sep, "/")
    while text.startswith("./"):
        text = text[2:]
    prefix = context.root.replace(os.sep, "/").rstrip("/") + "/"
    return text.removeprefix(prefix)


def _expand(context: Context, pattern: str, exclude: Iterable[str], where: str, base: str) -> list[Header]:
    if pattern.startswith("../") or "/../" in pattern:
        context.problems.add(where, f"{quoted(pattern)}: a pattern cannot leave the project")
        return []
    if os.path.isabs(pattern):
        paths = expand_glob("/", pattern.lstrip("/")) if os.sep == "/" else []
        headers = [_outside(context, "/" + path, ()) for path in paths]
    else:
        headers = [
            Header(path, os.path.join(context.root, *path.split("/"))) for path in expand_glob(context.root, pattern)
        ]
    kept = [header for header in headers if not any(_excludes(glob, header.name) for glob in exclude)]
    if not headers:
        hint = with_slashes(context.root, pattern) or _nearby(context, pattern, base)
        context.miss(where, f"no file matches {quoted(pattern)}{hint}")
    elif not kept:
        context.miss(where, f"{quoted(pattern)} matches {len(headers)} files, and all of them are excluded")
    return kept


def _nearby(context: Context, pattern: str, base: str) -> str:
    """Where a pattern given in a subfolder of the project would have matched."""
    inside = context.below_root(base) if base else None
    if inside and inside != "." and expand_glob(context.root, f"{inside}/{pattern}"):
        return f"; patterns are relative to the project root: did you mean {quoted(f'{inside}/{pattern}')}?"
    return f" below {context.root}"


def asked_headers(context: Context) -> list[Header]:
    """The headers of the command line, each with the entries of the settings that mean it too."""
    overrides = context.overrides
    if overrides.code is not None:
        if len(overrides.headers) != 1:
            msg = f"--code is the text of one header, and {len(overrides.headers)} are named"
            raise UsageError(msg, hint="headerkit NAME.h --code TEXT -w WRITER")
        return [Header(overrides.headers[0].replace(os.sep, "/"), "", (), overrides.code)]
    exclude = (*context.settings.exclude, *overrides.exclude)
    found: dict[str, Header] = {}
    for text in overrides.headers:
        umbrella = next((entry for entry in context.settings.headers if entry.code and entry.pattern == text), None)
        if umbrella is not None:
            found[text] = Header(text, "", (umbrella,), umbrella.code)
            continue
        exists = os.path.isfile(os.path.join(context.base, text))
        if is_glob(text) and not exists:
            headers = _expand(context, _relative(context, text), exclude, "", context.base)
        else:
            header = find_header(context, text, context.base, "", overrides.include_dirs)
            headers = [header] if header and not any(_excludes(glob, header.name) for glob in exclude) else []
        for header in headers:
            if clash := _clash(found.get(header.name, header), header):
                raise UsageError(clash)
            found[header.name] = header._replace(entries=_entries_for(context, header.name))
    if overrides.headers and not found and not context.missing:
        context.miss("", "the headers that were named are all excluded")
    return list(found.values())


def _entries_for(context: Context, name: str) -> tuple[HeaderEntry, ...]:
    return tuple(
        entry
        for entry in context.settings.headers
        if not entry.code
        and matches(name, _relative(context, entry.pattern))
        and not any(_excludes(glob, name) for glob in entry.exclude)
    )


def find_header(context: Context, text: str, base: str, where: str, include_dirs: Iterable[str]) -> Header | None:
    """Find one header by its path from `base`, its path below the root, or its name on the include path.

    A name that is found nowhere may still be a library's header that this machine lacks: the store can know it. Where
    the name can only mean a file of the project, it is noted as missing.
    """
    for folder in dict.fromkeys((base, context.root)):
        path = os.path.normpath(os.path.join(folder, text))
        if os.path.isfile(path):
            inside = context.below_root(path)
            return Header(inside, path) if inside else _outside(context, path, include_dirs)
    name = text.replace(os.sep, "/")
    included = _on_include_path(context, name, include_dirs)
    if included is not None:
        return included
    if not _may_be_system(context, name):
        context.miss(where, _missing(context, text, base))
        return None
    return Header(name, "")


def _search_dirs(context: Context, include_dirs: Iterable[str]) -> list[str]:
    dirs = [os.path.join(context.root, path) for path in (*context.settings.include_dirs, *include_dirs)]
    dirs += [os.path.join(context.base, path) for path in context.overrides.include_dirs]
    return [os.path.normpath(path) for path in dirs]


def _system_include_dirs(context: Context) -> tuple[str, ...]:
    from headerkit.sysroots import sysroot_of  # noqa: PLC0415  (most headers are the project's)

    return sysroot_of(context.target).include_dirs


def _on_include_path(context: Context, name: str, include_dirs: Iterable[str]) -> Header | None:
    if os.path.isabs(name) or ".." in name.split("/"):
        return None
    for folder in _search_dirs(context, include_dirs):
        path = os.path.join(folder, *name.split("/"))
        if os.path.isfile(path):
            inside = context.below_root(path)
            return Header(inside, path) if inside else Header(name, "")
    if any(os.path.isfile(os.path.join(folder, name)) for folder in _system_include_dirs(context)):
        return Header(name, "")
    return None


def _outside(context: Context, path: str, include_dirs: Iterable[str]) -> Header:
    """A file outside the project: named as it would be included, so that no machine's path is part of its name."""
    folders = [*_search_dirs(context, include_dirs), *_system_include_dirs(context)]
    inside = [folder for folder in folders if path.startswith(folder.rstrip(os.sep) + os.sep)]
    folder = max(inside, key=len, default=os.path.dirname(path))
    return Header(os.path.relpath(path, folder).replace(os.sep, "/"), path)


def _may_be_system(context: Context, name: str) -> bool:
    """Whether a name that was found nowhere could be an installed library's: nothing says it is the project's."""
    parts = name.split("/")
    if "\\" in name or os.path.isabs(name) or ".." in parts or "." in parts[:-1] or not parts[-1].endswith(_SUFFIXES):
        return False
    folder = os.path.join(context.root, *parts[:-1])
    if len(parts) > 1 and not os.path.isdir(folder):
        return not os.path.isdir(os.path.join(context.root, parts[0])) or not _has_headers_below(context.root, parts[0])
    neighbours = _headers_in(folder)
    return not nearest(parts[-1], neighbours) if len(parts) == 1 else not neighbours


def _headers_in(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(_SUFFIXES))
    except OSError:
        return []


def _has_headers_below(root: str, folder: str) -> bool:
    return any(path.endswith(_SUFFIXES) for path in expand_glob(root, f"{folder}/**"))


def _missing(context: Context, text: str, base: str) -> str:
    path = os.path.normpath(os.path.join(base, text))
    if os.path.isdir(path):
        inside = context.below_root(path)
        hint = f"; for all its headers write '{'' if inside == '.' else f'{inside}/'}**/*.h'" if inside else ""
        return f"{quoted(text)} is a folder, not a header{hint}"
    if os.path.exists(path):
        return f"{quoted(text)} is a pipe or a device, not a header"
    if os.path.islink(path):
        return f"{quoted(text)} is a symbolic link that leads nowhere"
    folder = os.path.dirname(path)
    name = os.path.basename(path)
    close = nearest(name, _headers_in(folder))
    slashes = with_slashes(base, text)
    if close:
        close = os.path.join(os.path.dirname(text), close)
    else:
        close = next((found for found in expand_glob(context.root, "**") if os.path.basename(found) == name), "")
    hint = slashes or (f"; did you mean {quoted(close)}?" if close else "")
    return f"the header {quoted(text)} does not exist{hint}"


def module_headers(context: Context, names: Iterable[str], where: str, include_dirs: Iterable[str]) -> list[Header]:
    """The headers of a `[[cffi]]` module: paths and system headers, no globs expanded to nothing."""
    found: dict[str, Header] = {}
    for index, text in enumerate(names):
        place = item(where, index)
        pattern = _relative(context, text)
        if is_glob(pattern):
            headers = _expand(context, pattern, context.settings.exclude, place, "")
        else:
            header = find_header(context, pattern, context.root, place, include_dirs)
            headers = [header] if header else []
        for header in headers:
            if clash := _clash(found.setdefault(header.name, header), header):
                context.problems.add(place, clash)
    return list(found.values())
