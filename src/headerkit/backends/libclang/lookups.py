"""What a unit depends on that clang's record of a parse does not name: files looked for, and files embedded.

A file found by `__has_include` alone, or read by `#embed`, decides about the answer as much as an included one; a place
where a file would have been found first must stay empty. What is told is a superset of what clang did: directives of
inactive branches are in it too, which costs a needless parse at the worst.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.backends.protocol import FileRead
from headerkit.digest import file_digest
from headerkit.errors import ParseError
from headerkit.light_classes import NamedTuple
from headerkit.portable import EMBED_FLAGS, directory_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headerkit.backends.libclang.inclusions import Inclusions
    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.portable import PathMap
    from headerkit.unit import Unit

__all__ = ["Lookups", "read_lookups"]

_SPELLED = rb'(?:<([^>\n]+)>|"([^"\n]+)")'
# Few texts ask or embed: what compiles these is the first one that does.
_ASKED = rb"__has_(include(?:_next)?|embed)[ \t]*\([ \t]*" + _SPELLED
_ASKED_BY_NAME = rb"__has_(?:include(?:_next)?|embed)[ \t]*\([ \t]*\w"
_EMBED = rb"(?m)^[ \t]*#[ \t]*embed[ \t]+(?:" + _SPELLED + rb"|(\w*))"
_CONDITION = rb"#[ \t]*(?:el)?if\b([^\n]*(?:(?:(?<=\\)|(?<=\\\r))\n[^\n]*)*)"
_WORD = rb"[A-Za-z_]\w*"
_NAME = rb'(?:<([\w./+@-]+)>|"([\w./+@ -]+)")'
_DEFINED = rb"#[ \t]*define[ \t]+(\w+)[ \t]+" + _SPELLED


class Lookups(NamedTuple):
    """Portable paths where a file would have been found first, and the files that were found or embedded."""

    absent: tuple[str, ...]
    found: tuple[FileRead, ...]


class _Sought(NamedTuple):
    """One look: by which file, for what; `found` is where clang found it ("": not known), `every` wants each place."""

    includer: str
    name: str
    quoted: bool
    found: str = ""
    every: bool = False
    embed: bool = False


def read_lookups(
    unit: Unit, parsed: TranslationUnit, inclusions: Inclusions, paths: PathMap, system: Sequence[str]
) -> Lookups:
    """All of a unit's. `system` are the directories that it searches last. Raises ParseError.

    Only places that a user may fill are told: beside an including file, and below the unit's include directories.
    """
    sought = [
        _Sought(
            parsed.path(item.includer) if item.includer else "",
            item.name,
            item.quoted,
            parsed.path(item.found) if item.found else "",
        )
        for item in inclusions.directives
    ]
    texts = [(path, parsed.contents(handle)) for handle, path in _not_the_targets(parsed, inclusions, paths)]
    sought += _asked(texts, unit.defines)
    embedded = [item for path, text in texts for item in _embedded(path, text, texts, unit.defines)]
    search = _Search(unit, paths, system)
    for item in sought:
        search.look(item)
    for item in embedded:
        search.embed(item)
    return Lookups(tuple(search.absent), tuple(search.found.values()))


def _not_the_targets(parsed: TranslationUnit, inclusions: Inclusions, paths: PathMap) -> Iterator[tuple[int, str]]:
    """The files read whose content the target does not pin: own ones, and those of other libraries."""
    for handle in dict.fromkeys((inclusions.main, *inclusions.read)):
        path = parsed.path(handle)
        if handle in inclusions.owned or not paths.portable(path).startswith(("system:", "builtin:")):
            yield handle, path


def _asked(texts: Iterable[tuple[str, bytes]], defines: Iterable[str]) -> Iterator[_Sought]:
    """What `__has_include` and `__has_embed` name, also through macros."""
    texts = list(texts)
    by_name = any(re.search(_ASKED_BY_NAME, define.encode("utf-8", "surrogateescape")) for define in defines)
    for path, text in texts:
        if b"__has_" in text:
            by_name = by_name or re.search(_ASKED_BY_NAME, text) is not None
            for match in re.finditer(_ASKED, text):
                word, angled, quoted = match.groups()
                yield _sought(path, angled, quoted, every=word == b"include_next", embed=word == b"embed")
    if not by_name:
        return
    kinds = (False, True) if any(b"__has_embed" in text for _, text in texts) else (False,)
    # `#define HAS(x) __has_include(x)`, `__has_include(CONFIG_H)`: whatever looks like a header's name in a condition,
    # and what the macros stand for that are named there.
    for path, text in texts:
        for condition in re.findall(_CONDITION, text):
            words = set(re.findall(_WORD, condition))
            for angled, quoted in (*re.findall(_NAME, condition), *_stands_for(words, texts, defines)):
                for embed in kinds:
                    yield _sought(path, angled, quoted, embed=embed)


def _stands_for(
    names: set[bytes], texts: Iterable[tuple[str, bytes]], defines: Iterable[str]
) -> Iterator[tuple[bytes, bytes]]:
    """The file names, angled or quoted, that any of these macros is defined as."""
    for define in defines:
        name, _, value = define.encode("utf-8", "surrogateescape").partition(b"=")
        spelled = re.fullmatch(_NAME, value)
        if spelled and name in names:
            yield spelled[1] or b"", spelled[2] or b""
    for _, text in texts:
        for name, angled, quoted in re.findall(_DEFINED, text):
            if name in names:
                yield angled, quoted


def _embedded(path: str, text: bytes, texts: Iterable[tuple[str, bytes]], defines: Iterable[str]) -> Iterator[_Sought]:
    if not re.search(rb"#[ \t]*embed[ \t]", text):  # a plain byte in front lets the search run fast
        return
    for angled, quoted, name in re.findall(_EMBED, text):
        if angled or quoted:
            yield _sought(path, angled, quoted, embed=True)
            continue
        named = list(_stands_for({name}, texts, defines))
        if not named:
            msg = f"{path}: #embed {name.decode('utf-8', 'replace')}: which file that is cannot be told"
            raise ParseError(msg, hint="name the file in the directive, or in one macro without parameters")
        for spelled in named:
            yield _sought(path, *spelled, embed=True)


def _sought(path: str, angled: bytes, quoted: bytes, *, every: bool = False, embed: bool = False) -> _Sought:
    name = (quoted or angled).decode("utf-8", "surrogateescape")
    return _Sought(path, name, not angled, every=every, embed=embed)


class _Search:
    """Looks as clang does, and notes what it sees."""

    def __init__(self, unit: Unit, paths: PathMap, system: Sequence[str]) -> None:
        self.absent: dict[str, None] = {}
        self.found: dict[str, FileRead] = {}
        self._paths = paths
        self._searched = {quoted: _folders(unit, quoted=quoted) for quoted in (False, True)}
        self._embed = [
            os.path.join(unit.root, path) for _, flag, path in directory_args(unit.args) if flag in EMBED_FLAGS
        ]
        self._system = system
        self._done: set[tuple[str, str, bool, str, bool]] = set()

    def look(self, item: _Sought) -> None:
        """Note the places before the one where the file is, and the file where clang did not say that it read it."""
        folder = os.path.dirname(item.includer) if item.quoted else ""
        key = (folder, item.name, item.quoted, item.found, item.embed)
        if key in self._done or os.path.isabs(item.name):
            return
        self._done.add(key)
        searched = self._embed if item.embed else self._searched[item.quoted]
        for candidate in [folder, *searched] if folder else searched:
            path = os.path.normpath(os.path.join(candidate, item.name))
            if path == item.found:
                return
            if os.path.exists(path):
                if item.found:
                    continue  # passed over by an #include_next
                self._note(path, raw=item.embed)
                if not item.every:
                    return
                continue
            portable = self._paths.portable(path)
            if not portable.startswith(("system:", "builtin:")):
                self.absent[portable] = None
        if not item.found and not item.embed:
            places = (os.path.join(folder, item.name) for folder in self._system)
            path = next((path for path in places if os.path.exists(path)), "")
            if path:
                self._note(path, raw=False)

    def embed(self, item: _Sought) -> None:
        """Note a file that is embedded, and the places before it."""
        if os.path.isabs(item.name):
            self._note(item.name, raw=True)
        self.look(item)

    def _note(self, path: str, *, raw: bool) -> None:
        portable = self._paths.portable(path)
        pinned = portable.startswith(("system:", "builtin:"))
        if not os.path.isfile(path) or (portable in self.found and not raw):
            return
        self.found[portable] = FileRead(portable, path, "" if pinned else file_digest(path, raw=raw) or "")


def _folders(unit: Unit, *, quoted: bool) -> list[str]:
    """The directories that a unit's arguments name, in clang's order; what is not searched for `<...>` is left out."""
    folders: dict[str, list[str]] = {"-iquote": [], "-I": [], "-isystem": [], "-idirafter": []}
    folders["-I"] += [include_dir.path for include_dir in unit.include_dirs if include_dir.path]
    for _, flag, path in directory_args(unit.args):
        if flag in folders:
            folders[flag].append(path)
    if not quoted:
        del folders["-iquote"]
    return [path for paths in folders.values() for path in paths]
