"""The closure: every file that the parse read, and every place where it looked first and found nothing.

*Files* must be what they were, byte for byte. *Library* headers lie on the system path or where pkg-config says; the
policy decides what a difference means. *Named* headers are libc's and the compiler's; the target pins them. *Absent*
places (files, or whole folders of libc's names) must stay empty, for a file there would be found first; of a library's
headers that were asked for and are nowhere on the system path (`system:`), the policy decides.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.digest import FOLDER, LINK, file_digest, text_digest
from headerkit.errors import HeaderNotFoundError, StoreError
from headerkit.light_classes import NamedTuple
from headerkit.portable import PathMap, has_libc_only, pkg_config_name
from headerkit.store.libc import LIBC_FOLDERS, is_libc, public_part

if TYPE_CHECKING:
    from headerkit.backends.protocol import FileRead, Parsed
    from headerkit.store.identity import Json
    from headerkit.unit import Unit

__all__ = ["Closure", "closure_from_json", "closure_paths", "closure_to_json", "package_flags", "take_closure"]

_TEXT = frozenset((str,))


class Closure(NamedTuple):
    """Portable paths with content digests (`files`, `library`), and portable paths alone (`named`, `absent`); sorted.

    `flags` are the packages of pkg-config with the digest of the flags that each gave.
    """

    files: tuple[tuple[str, str], ...]
    library: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    named: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def take_closure(unit: Unit, parsed: Parsed) -> Closure:
    """Digest what a parse read. HeaderNotFoundError: a file is gone; StoreError: it is unreadable."""
    files: dict[str, str] = {}
    library: dict[str, str] = {}
    named: set[str] = set()
    libc_only = has_libc_only(unit)
    for read in _files_read(unit, parsed):
        scheme, _, name = read.portable.partition(":")
        if scheme == "code":
            continue
        if scheme == "builtin" or (scheme == "system" and (libc_only or is_libc(name))):
            named.add(f"{scheme}:{public_part(name)}")
        elif scheme == "system" or scheme.startswith("pkg-config["):
            library.setdefault(read.portable, _digest(read))
        else:
            files.setdefault(read.portable, _digest(read))
    present = files.keys() | library.keys() | {read.portable for read in parsed.files}
    paths = PathMap(unit)
    absent = {_widest(paths, path) for path in parsed.absent if path not in present and _is_guarded(path)}
    return Closure(
        files=tuple(sorted(files.items())),
        library=tuple(sorted(library.items())),
        flags=tuple(sorted(package_flags(unit).items())),
        named=tuple(sorted(named)),
        absent=tuple(sorted(absent)),
    )


def package_flags(unit: Unit) -> dict[str, str]:
    """The digest of the flags that each pkg-config package of a unit gave."""
    flags: dict[str, list[str]] = {}
    for values, spelled in ((unit.defines, unit.spelled_defines), (unit.args, unit.spelled_args)):
        if len(values) == len(spelled):
            for value, text in zip(values, spelled, strict=True):
                package = pkg_config_name(text)
                if package is not None:
                    flags.setdefault(package, []).append(value)
    return {package: text_digest("\0".join(values)) for package, values in flags.items()}


def closure_paths(closure: Closure, unit: Unit) -> tuple[str, ...]:
    """The absolute paths of a closure's digested files on this machine (for a depfile), those that can be named."""
    paths = PathMap(unit)
    read = (portable for portable, digest in (*closure.files, *closure.library) if not _is_no_file(digest))
    found = map(paths.resolve, read)
    return tuple(path for path in found if path is not None)


def _is_no_file(digest: str) -> bool:
    return digest == FOLDER or digest.startswith(LINK)


def closure_to_json(closure: Closure) -> dict[str, Json]:
    """The closure as it stands in an entry's metadata."""
    return {
        "files": dict(closure.files),
        "library": dict(closure.library),
        "flags": dict(closure.flags),
        "named": list(closure.named),
        "absent": list(closure.absent),
    }


def closure_from_json(value: Json) -> Closure:
    """Read a closure back. Raises ValueError for any other shape."""
    if not isinstance(value, dict):
        msg = "the closure is not a table"
        raise ValueError(msg)  # noqa: TRY004  (a stored value, not an argument)
    return Closure(
        _pairs(value.get("files")),
        _pairs(value.get("library")),
        _pairs(value.get("flags")),
        _names(value.get("named")),
        _names(value.get("absent")),
    )


def _files_read(unit: Unit, parsed: Parsed) -> list[FileRead]:
    from headerkit.backends.protocol import FileRead  # noqa: PLC0415  (not on the hit path)

    files = list(parsed.files)
    if unit.path and unit.code is None and not any(read.path == unit.path for read in files):
        portable = PathMap(unit).portable(unit.path)
        if not any(read.portable == portable for read in files):
            files.append(FileRead(portable, unit.path))
    return files


def _digest(read: FileRead) -> str:
    name = read.portable.partition(":")[2]
    try:
        digest = read.digest or file_digest(read.path)
    except OSError as error:
        msg = f"{name} was read, and cannot be read again: {error.strerror or error}"
        raise StoreError(msg) from error
    if digest is None:
        msg = f"{name} was read, and is gone"
        raise HeaderNotFoundError(msg, cause="it was removed while headerkit was running", hint="run it again")
    return digest


def _is_guarded(portable: str) -> bool:
    """Whether a file appearing there could change the answer for a reason that is not the target's."""
    scheme, _, name = portable.partition(":")
    if scheme == "system":
        return not is_libc(name)
    return scheme not in ("builtin", "code", "outside")


def _widest(paths: PathMap, portable: str) -> str:
    """The libc folder of an absent path, where that is absent too: one line for all that libc includes from there.

    The names in such a folder differ from libc to libc, the folder does not. A library's on the system path stays.
    """
    scheme, _, name = portable.partition(":")
    if scheme == "system":
        return portable
    parts = name.split("/")
    for index, part in enumerate(parts[:-1]):
        if part in LIBC_FOLDERS:
            folder = f"{scheme}:{'/'.join(parts[: index + 1])}"
            try:
                path = paths.resolve(folder)
            except ValueError:
                break
            if path is not None and not os.path.lexists(path):
                return folder
    return portable


def _pairs(value: Json | None) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not _TEXT.issuperset(map(type, value.values())):
        msg = "the closure lacks a table of digests"
        raise ValueError(msg)
    return tuple(value.items())  # type: ignore[arg-type]  # the values were just checked


def _names(value: Json | None) -> tuple[str, ...]:
    if not isinstance(value, list) or not _TEXT.issuperset(map(type, value)):
        msg = "the closure lacks a list of names"
        raise ValueError(msg)
    return tuple(value)  # type: ignore[arg-type]  # the items were just checked
