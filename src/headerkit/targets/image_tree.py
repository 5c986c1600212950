"""A folder made of parts of an image, each read from the tar stream that `ENGINE cp CONTAINER:/PART -` writes.

What is in an image is not to be trusted, and the folder is to work on a machine with other rules than the image's:

- While archives are read the folder has no links, so nothing written can land outside of it. Links are noted, and made
  at the end, each to the file or folder that it names *within the image*, by a relative way below the folder.
- What is neither file, folder nor link (devices, pipes) is left out, and so is a name that the machine cannot spell.
- Where case does not matter and two names differ by nothing else, both are left out: an `#include` that fails is seen,
  another header's content is not.

`tarfile`'s own filters are missing from the earlier releases of Python 3.10 and 3.11, and none knows an image's root.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import sys
import tarfile
from typing import TYPE_CHECKING, NamedTuple

from headerkit.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ImageTree"]

_MOST_BYTES = 4 << 30
_MOST_PARTS = 64
_MOST_LINKS = 40
"""Links on the way to one file: Linux's own bound."""
_WINDOWS_REFUSES = frozenset('<>:"|?*\\')


class _Node(NamedTuple):
    path: str
    is_dir: bool = False
    link: str = ""


class ImageTree:
    """The parts of an image under `folder`, which exists and is empty; paths are the image's, without a leading `/`."""

    def __init__(self, folder: str, *, case_matters: bool | None = None) -> None:
        self.folder = folder
        self._case_matters = _case_matters(folder) if case_matters is None else case_matters
        self._nodes: dict[str, _Node] = {}
        self._left_out: set[str] = set()
        self._asked: list[str] = []
        self._bytes = 0

    def add(self, part: str, archive: str) -> None:
        """Put an archive's one file or folder at `part`, under whatever name the archive has it.

        Raises TargetError for an archive that is not of one file or folder, or too large, and OSError.
        """
        self._asked.append(part)
        self._make_parents(part)
        try:
            # Uncompressed: `r` would try every compression, and what an engine writes has none.
            with tarfile.open(archive, "r:", errorlevel=2) as tar:
                root = ""
                for member in tar:
                    first, *rest = self._parts(member.name)
                    root = root or first
                    if first != root:
                        _refuse(member.name)
                    self._put(tar, member, "/".join([part, *rest]), (root, part))
        except (tarfile.TarError, ValueError, EOFError) as error:
            msg = f"what the container engine gave for /{part} cannot be read: {error}"
            raise TargetError(msg) from error

    def lack(self, part: str) -> None:
        """Note that the image does not have a part."""
        self._asked.append(part)

    def wanted(self) -> list[str]:
        """Parts that links lead to and that were not asked for yet."""
        found: dict[str, None] = {}
        for node in self._nodes.values():
            _, missing = self._follow(node.path) if node.link else (None, "")
            # Nearer to the root than that is the image itself, not headers.
            if missing.count("/") and not any(_is_below(missing, part) for part in self._asked):
                found[missing] = None
        return sorted(found)[: max(_MOST_PARTS - len(self._asked), 0)]

    def finish(self) -> None:
        """Make the links whose files or folders are here; the others lead nowhere in the image either."""
        ends = [(node.path, self._follow(node.path)[0]) for node in self._nodes.values() if node.link]
        known = [(path, end) for path, end in ends if end is not None]
        # Folders last: where a copy stands in for a link, it has the files that links inside the folder name.
        for path, end in sorted(known, key=lambda pair: pair[1].is_dir):
            self._link(path, end)

    def _put(self, tar: tarfile.TarFile, member: tarfile.TarInfo, path: str, place: tuple[str, str]) -> None:
        key, parent = self._key(path), self._key(posixpath.dirname(path))
        above = self._nodes.get(parent)
        if parent in self._left_out or not _can_be_spelled(posixpath.basename(path)):
            self._left_out.add(key)
            return
        if above is None or not above.is_dir:
            _refuse(member.name)
        there = self._nodes.get(key)
        if key in self._left_out or (there and there.path == path):
            return  # of an earlier part, which this one has within
        if there and not (there.is_dir and member.isdir()):
            self._leave_out(key, there)
            return
        if member.isdir():
            self._make_dir(path)
        elif member.isfile():
            self._write(tar, member, path)
        elif member.issym():
            self._nodes[key] = _Node(path, link=member.linkname or "/")
        elif member.islnk():
            self._repeat(path, self._parts(member.linkname), place)
        else:
            self._left_out.add(key)

    def _write(self, tar: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> None:
        self._bytes += member.size
        if self._bytes > _MOST_BYTES:
            msg = f"an image with more than {_MOST_BYTES >> 30} GiB of headers is refused"
            raise TargetError(msg)
        content = tar.extractfile(member)
        with open(self._full(path), "xb") as out:
            if content is not None:
                shutil.copyfileobj(content, out)
        self._nodes[self._key(path)] = _Node(path)

    def _repeat(self, path: str, named: Sequence[str], place: tuple[str, str]) -> None:
        """Another name for a member of the same archive."""
        root, part = place
        first = self._nodes.get(self._key("/".join([part, *named[1:]]))) if named[0] == root else None
        if first is None or first.is_dir:
            self._left_out.add(self._key(path))
            return
        if not first.link:
            _same_file(self._full(first.path), self._full(path))
        self._nodes[self._key(path)] = _Node(path, link=first.link)

    def _leave_out(self, key: str, there: _Node) -> None:
        self._left_out.add(key)
        if there.is_dir:
            return  # what is in it has names of its own, and the other one is missing already
        del self._nodes[key]
        if not there.link:
            os.unlink(self._full(there.path))

    def _make_parents(self, part: str) -> None:
        steps = part.split("/")[:-1]
        for count in range(1, len(steps) + 1):
            path = "/".join(steps[:count])
            if self._key(path) not in self._nodes:
                self._make_dir(path)

    def _make_dir(self, path: str) -> None:
        if self._key(path) not in self._nodes:
            os.mkdir(self._full(path))
            self._nodes[self._key(path)] = _Node(path, is_dir=True)

    def _follow(self, path: str) -> tuple[_Node | None, str]:
        """The file or folder that a path means in the image, or else the place where it would have to be."""
        done: list[str] = []
        todo = path.split("/")[::-1]
        links = 0
        while todo:
            step = todo.pop()
            if step in ("", "."):
                continue
            if step == "..":
                done = done[:-1]  # the root's parent is the root
                continue
            here = "/".join([*done, step])
            node = self._nodes.get(self._key(here))
            if node is None:
                return None, posixpath.normpath("/".join(["", here, *reversed(todo)])).lstrip("/")
            if node.link:
                links += 1
                if links > _MOST_LINKS:
                    return None, ""
                done = [] if node.link.startswith("/") else done
                todo += node.link.split("/")[::-1]
            elif todo and not node.is_dir:
                return None, ""
            else:
                done.append(step)
        return self._nodes.get(self._key("/".join(done))), ""

    def _link(self, path: str, end: _Node) -> None:
        full, target = self._full(path), self._full(end.path)
        try:
            os.symlink(os.path.relpath(target, os.path.dirname(full)), full, target_is_directory=end.is_dir)
        except (OSError, NotImplementedError):
            # Windows lets few users make them.
            if not end.is_dir:
                _same_file(target, full)
            elif not _is_below(path, end.path):
                shutil.copytree(target, full, copy_function=_same_file)

    def _parts(self, name: str) -> list[str]:
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or "\0" in name or not parts:
            _refuse(name)
        return parts

    def _key(self, path: str) -> str:
        return path if self._case_matters else path.casefold()

    def _full(self, path: str) -> str:
        return os.path.join(self.folder, *path.split("/"))


def _refuse(name: str) -> None:
    msg = f"the container engine gave an archive with a member that does not belong in it: {name[:200]!r}"
    raise TargetError(msg, cause="the image, or the engine, is broken or means harm; nothing of it was kept")


def _is_below(path: str, part: str) -> bool:
    return path == part or path.startswith(part + "/")


def _can_be_spelled(name: str) -> bool:
    if sys.platform == "win32" and (_WINDOWS_REFUSES & set(name) or name[-1] in ". " or min(name) < " "):
        return False
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8, which macOS refuses
        return False
    return True


def _same_file(source: str, target: str) -> None:
    """Give a file a second name, so that `#pragma once` sees one file, or make a copy where there are no such names."""
    try:
        os.link(source, target)
    except (OSError, NotImplementedError):
        shutil.copyfile(source, target)


def _case_matters(folder: str) -> bool:
    probe = os.path.join(folder, "Case")
    with open(probe, "xb"):
        pass
    try:
        return not os.path.exists(os.path.join(folder, "cASE"))
    finally:
        os.unlink(probe)
