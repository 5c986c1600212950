"""What a unit depends on that clang's record of a parse does not name: files looked for, and files embedded.

A file found by `__has_include` alone, or read by `#embed`, decides about the answer as much as an included one; a place
where a file would have been found first must stay empty. What is reported is a superset of what clang did: directives
in inactive branches are in it too, which costs a needless parse at the worst.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.asked import Question, clean, macros_of, questions
from headerkit.backends.protocol import FileRead
from headerkit.digest import FOLDER, file_digest, link_digest, text_digest
from headerkit.errors import ParseError
from headerkit.light_classes import NamedTuple
from headerkit.portable import EMBED_FLAGS, collapsed, directory_args, has_libc_only, provider
from headerkit.store.libc import is_libc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from headerkit.backends.libclang.inclusions import Inclusions
    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.portable import PathMap
    from headerkit.unit import Unit

__all__ = ["Lookups", "read_lookups"]

# Prose often has the word, which is no reason to take all comments out of a text.
_MAY_EMBED = rb"#(?:\s|\\|/\*.*?\*/)*embed\b"
_EMBED = rb'^[ \t]*(?:#|%:)[ \t]*embed[ \t]*(?:<([^>\n]+)>|"([^"\n]+)"|\b(\w*))'


class Lookups(NamedTuple):
    """Portable paths where a file would have been found first, and the files that were found or embedded."""

    absent: tuple[str, ...]
    found: tuple[FileRead, ...]


def read_lookups(
    unit: Unit,
    parsed: TranslationUnit,
    inclusions: Inclusions,
    paths: PathMap,
    *,
    system: Sequence[str],
    builtin: Sequence[str],
) -> Lookups:
    """All of a unit's. `system` are the directories that it searches last, around them `builtin`. Raises ParseError.

    Only places that a user may fill are reported: beside an including file and below the unit's include directories;
    and a file that is asked for, is not libc's and is nowhere on the system path.
    """
    texts = [(path, parsed.contents(handle)) for handle, path in _not_the_targets(unit, parsed, inclusions, paths)]
    defines = (*unit.defines, *_defining_args(unit.args))
    search = _Search(unit, paths, system, builtin, _includers(unit, parsed, inclusions))
    for item in inclusions.directives:
        # What an argument forces in is searched for from the project's folder, and by whom no file says.
        includer = parsed.path(item.includer) if item.includer else os.path.join(unit.root, "")
        found = parsed.path(item.found) if item.found else ""
        search.look(Question(includer, item.name, not item.angled), found)
    for question in questions(texts, defines):
        search.look(question)
    for path, text in texts:
        if b"embed" in text and (re.search(_MAY_EMBED, text, re.DOTALL) or b"%:" in text):
            for question in _embedded(path, clean(text), texts, defines):
                search.embed(question)
    return Lookups(tuple(search.absent), tuple(search.found.values()))


def _not_the_targets(
    unit: Unit, parsed: TranslationUnit, inclusions: Inclusions, paths: PathMap
) -> Iterator[tuple[int, str]]:
    """The files read whose content the target does not pin: own ones, and those of other libraries."""
    libc_only = has_libc_only(unit)
    for handle in dict.fromkeys((inclusions.main, *inclusions.read)):
        path = parsed.path(handle)
        scheme, _, name = paths.portable(path).partition(":")
        if handle in inclusions.owned or not (
            scheme == "builtin" or (scheme == "system" and (libc_only or is_libc(name)))
        ):
            yield handle, path


def _defining_args(args: Sequence[str]) -> Iterator[str]:
    for index, arg in enumerate(args):
        if arg == "-D":
            yield "".join(args[index + 1 : index + 2])
        elif arg.startswith("-D"):
            yield arg[2:]


def _includers(unit: Unit, parsed: TranslationUnit, inclusions: Inclusions) -> dict[str, list[str]] | None:
    """Who includes each file; None where that is of no matter to a search, as for all but Microsoft's compiler."""
    if "windows-msvc" not in unit.target and "-fms-compatibility" not in unit.args:
        return None
    found: dict[str, list[str]] = {}
    for item in inclusions.directives:
        if item.includer and item.found:
            found.setdefault(parsed.path(item.found), []).append(parsed.path(item.includer))
    return found


def _embedded(path: str, text: bytes, texts: Iterable[tuple[str, bytes]], defines: Iterable[str]) -> Iterator[Question]:
    for angled, quoted, name in re.findall(_EMBED, text, re.MULTILINE):
        spelled = [(angled, quoted)] if angled or quoted else list(macros_of(texts, defines).stand_for(name))
        if not spelled or (b"", b"") in spelled:
            msg = f"{path}: #embed {name.decode('utf-8', 'replace')}: which file that is cannot be told"
            raise ParseError(msg, hint="name the file in the directive, or in one macro without parameters")
        for in_angles, in_quotes in spelled:
            file = (in_quotes or in_angles).decode("utf-8", "surrogateescape")
            yield Question(path, file, not in_angles, embed=True)


class _Search:
    """Looks as clang does, and notes what it sees."""

    def __init__(
        self,
        unit: Unit,
        paths: PathMap,
        system: Sequence[str],
        builtin: Sequence[str],
        includers: dict[str, list[str]] | None,
    ) -> None:
        self.absent: dict[str, None] = {}
        self.found: dict[str, FileRead] = {}
        self._paths = paths
        self._searched = {quoted: _folders(unit, quoted=quoted) for quoted in (False, True)}
        self._embed = [
            os.path.join(unit.root, path) for _, flag, path in directory_args(unit.args) if flag in EMBED_FLAGS
        ]
        self._after_system = {
            os.path.join(unit.root, path) for _, flag, path in directory_args(unit.args) if flag == "-idirafter"
        }
        self._movable = _movable(unit)
        self._named = {*self._searched[True], *self._embed}
        self._system = system
        self._builtin = builtin
        self._includers = includers
        self._done: set[tuple[str, str, bool, str, bool]] = set()

    def look(self, item: Question, found: str = "") -> None:
        """Note the places before the one where the file is, and the file where clang did not say that it read it.

        `found` is where clang found it; "": that is not known.
        """
        key = (os.path.dirname(item.includer) if item.quoted else "", item.name, item.quoted, found, item.embed)
        if key in self._done:
            return
        self._done.add(key)
        if not item.name:
            self._note_open(f"what {os.path.basename(item.includer)} asks __has_include for", item.includer)
            return
        if os.path.isabs(item.name):
            if not found and not item.embed:
                self._note(item.name, raw=False) if os.path.isfile(item.name) else self._note_absent(item.name)
            return
        climbs = os.path.normpath(item.name).startswith(os.pardir)
        for folder in self._places(item):
            if folder in self._after_system:
                self._note_nowhere(item)
            if climbs and folder in self._movable:
                # Elsewhere the folder above is another one, of which no path of this machine tells.
                self._note_open(os.path.basename(item.name), item.includer)
            path = self._place(os.path.join(folder, item.name))
            if path == found or os.path.isfile(path):
                self._check_route(folder, path)
            if path == found:
                return
            if os.path.isdir(path):
                self._note_folder(path)
            elif os.path.exists(path):
                if found:
                    continue  # passed over by an #include_next
                self._note(path, raw=item.embed)
                if not item.every:
                    return
            else:
                self._note_absent(path)
        if not found and not item.embed:
            places = (os.path.join(folder, item.name) for folder in self._system)
            path = next((path for path in places if os.path.exists(path)), "")
            if path:
                self._note(path, raw=False)
            else:
                self._note_nowhere(item)

    def _check_route(self, folder: str, path: str) -> None:
        """Note a file as open that was found through one folder and is named by another, if a variable names one.

        Where the variable's folder is no longer within the other one, the name would stand for another file.
        """
        if self._movable and folder in self._named:
            roots = self._paths.roots(self._paths.portable(path))
            if folder not in roots and not self._movable.isdisjoint((folder, *roots)):
                self._note_open(os.path.basename(path), path)

    def embed(self, item: Question) -> None:
        """Note a file that is embedded, and the places before it."""
        if os.path.isabs(item.name):
            self._note(item.name, raw=True)
        self.look(item)

    def _places(self, item: Question) -> list[str]:
        """The folders to look into, in order."""
        folders = list(self._embed if item.embed else self._searched[item.quoted])
        if not item.quoted:
            return folders
        beside = {os.path.dirname(item.includer): None}
        if self._includers is not None:
            todo = [item.includer]
            seen = set(todo)
            while todo:
                for above in self._includers.get(todo.pop(), ()):
                    if above not in seen:
                        seen.add(above)
                        todo.append(above)
                        beside[os.path.dirname(above)] = None
        return [*beside, *folders]

    def _place(self, path: str) -> str:
        """Where a path leads; the symbolic links are noted that make it another place than its spelling says."""
        place = collapsed(path)
        if place != os.path.normpath(path):
            names = path.split(os.sep)
            for end in range(2, len(names)):
                link = collapsed(os.sep.join(names[:end]))
                digest = link_digest(link) if names[end - 1] != os.pardir else None
                portable = self._paths.portable(link)
                if digest is None or portable.startswith(("system:", "builtin:")):
                    continue
                named = self._paths.resolve(portable)
                if named is None or link_digest(named) != digest:
                    portable = f"outside:{os.path.basename(link)}"  # an include directory is the link itself
                self.found[portable] = FileRead(portable, link, digest)
        return place

    def _note(self, path: str, *, raw: bool) -> None:
        portable = self._paths.portable(path)
        pinned = portable.startswith(("system:", "builtin:"))
        if not os.path.isfile(path) or (portable in self.found and not raw):
            return
        self.found[portable] = FileRead(portable, path, "" if pinned else file_digest(path, raw=raw) or "")

    def _note_absent(self, path: str) -> None:
        portable = self._paths.portable(path)
        if portable.startswith("outside:"):
            self._note_open(os.path.basename(path), path)
        elif not portable.startswith(("system:", "builtin:")):
            self.absent[portable] = None

    def _note_nowhere(self, item: Question) -> None:
        """Note a library's header, unless the system has it: another machine of the same target may."""
        paths = [os.path.join(folder, item.name) for folder in self._paths.roots("system:")]
        if any(map(os.path.exists, (*paths, *(os.path.join(folder, item.name) for folder in self._builtin)))):
            return
        for path in paths:
            self._note_system(path)
        # The folder of a library's header that asks with quotes is the system's too.
        for folder in self._places(item):
            path = os.path.join(folder, item.name)
            if self._paths.portable(collapsed(path)).startswith("system:") and not os.path.exists(path):
                self._note_system(path)

    def _note_system(self, path: str) -> None:
        portable = self._paths.portable(collapsed(path))
        scheme, _, name = portable.partition(":")
        if scheme not in ("builtin", "outside") and not (scheme == "system" and is_libc(name)):
            self.absent[portable] = None

    def _note_folder(self, path: str) -> None:
        """A folder is passed over where a file is looked for; a file in its place would not be."""
        portable = self._paths.portable(path)
        if not portable.startswith(("system:", "builtin:", "outside:")):
            self.found.setdefault(portable, FileRead(portable, path, FOLDER))

    def _note_open(self, what: str, path: str) -> None:
        """Nobody can say whether this is the same on another day: such an entry is never a hit."""
        self.found[f"outside:{what}"] = FileRead(f"outside:{what}", path, text_digest(what))


def _movable(unit: Unit) -> set[str]:
    """The folders that are searched and lie where a variable says."""
    found = {each.path for each in unit.include_dirs if "${" in each.spelled and provider(each.spelled) is None}
    if len(unit.spelled_args) == len(unit.args):
        found |= {
            os.path.join(unit.root, path)
            for index, _, path in directory_args(unit.args)
            if "${" in unit.spelled_args[index]
        }
    return found


def _folders(unit: Unit, *, quoted: bool) -> list[str]:
    """The directories that a unit's arguments name, in clang's order; what is not searched for `<...>` is left out."""
    folders: dict[str, list[str]] = {"-iquote": [], "-I": [], "-isystem": [], "-idirafter": []}
    folders["-I"] += [include_dir.path for include_dir in unit.include_dirs if include_dir.path]
    for _, flag, path in directory_args(unit.args):
        if flag in folders:
            folders[flag].append(os.path.join(unit.root, path))
    if not quoted:
        del folders["-iquote"]
    return [path for paths in folders.values() for path in paths]
