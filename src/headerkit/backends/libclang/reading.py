"""A parse without errors, read into IR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind
from headerkit.backends.libclang.comments import CommentIndex
from headerkit.backends.libclang.declarations import Declarations
from headerkit.backends.libclang.files import Files
from headerkit.backends.libclang.foreign import complete_and_order
from headerkit.backends.libclang.inclusions import read_inclusions
from headerkit.backends.libclang.lookups import Lookups, read_lookups
from headerkit.backends.libclang.macro_docs import macro_docs
from headerkit.backends.libclang.macros import Macros, defined_macros
from headerkit.backends.libclang.main_file import MEASURED, MEASURING, PREAMBLE_LINES, QUALIFIED, included_names
from headerkit.backends.libclang.masks import WORD, Masks, Others, masks
from headerkit.backends.libclang.ownership import Ownership
from headerkit.backends.libclang.probes import PREFIX, Probe, choose
from headerkit.backends.libclang.scan import UNDEFINED, scan
from headerkit.backends.libclang.warnings import FLAGS, unit_warnings
from headerkit.backends.protocol import FileRead, Parsed
from headerkit.digest import content_digest
from headerkit.ir import Header
from headerkit.portable import PathMap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.arguments import Arguments
    from headerkit.backends.libclang.scan import Definition, Scan
    from headerkit.backends.libclang.translation_unit import Diagnostic, TranslationUnit
    from headerkit.backends.libclang.types import Types
    from headerkit.ir import Declaration, Location
    from headerkit.unit import Unit

__all__ = ["Reading"]

_CHAR_SIGNED = 13  # clang-c/Index.h, CXType_Char_S
_NO_RETURN = (b"noreturn", b"Noreturn", b"NORETURN", b"NoReturn", b"no_return", b"NO_RETURN", b"__dead")


class Reading:
    """One parse's nodes, dealt out: the measuring struct, own declarations, others', the probes' answers."""

    def __init__(
        self,
        unit: Unit,
        arguments: Arguments,
        parsed: TranslationUnit,
        *,
        probes: Sequence[Probe],
        refused: frozenset[int],
        guessed: frozenset[int],
        scans: dict[str, Scan],
    ) -> None:
        self._unit = unit
        self._parsed = parsed
        self._probes = probes
        self._refused = refused
        self._guessed = guessed
        self._scans = scans
        self._unforeseen = False
        nodes = parsed.top()
        record = [node for node in nodes if CursorKind.MACRO_DEFINITION <= node.kind <= CursorKind.INCLUSION]
        declarations = nodes[len(record) :]
        # A file that an argument forces in (`-include`) comes before the measuring struct.
        self._measuring = next(number for number, node in enumerate(declarations) if self._measures(node))
        self._main = parsed.places.offset(declarations[self._measuring])[0]
        self._paths = PathMap(unit, system=arguments.system, builtin=arguments.builtin)
        self._arguments = arguments
        self._ownership = ownership = Ownership(unit, arguments.system, arguments.builtin)
        self._inclusions = read_inclusions(parsed, record, self._main, ownership, code=unit.code is not None)
        self._owned = self._inclusions.owned
        definitions = [node for node in record if node.kind == CursorKind.MACRO_DEFINITION]
        self._defining = parsed.places.offsets(definitions)
        self._own_scans = {handle: self._scan(handle) for handle in self._owned}
        self._defined = defined_macros(self._defining, self._own_scans)
        self._declarations = declarations
        self._others: list[tuple[str, int, int]] | None = None
        self._foreign_places: dict[str, tuple[int, int]] | None = None
        self._foreign_scans: dict[int, dict[int, Definition]] = {}
        self._own: list[tuple[CXCursor, int, int]] = []
        self._foreign: list[CXCursor] = []
        self._answers: dict[str, CXCursor] = {}
        self._deal()

    def _deal(self) -> None:
        """Tell own declarations, others' and probes apart: the one question that every node is asked."""
        owned, main = self._owned, self._main
        probes_at = len(b"\n".join(self._parsed.main.text.split(b"\n", self._parsed.main.probe_line - 2)[:-1]))
        measuring = self._declarations[self._measuring]
        places = self._parsed.places.offsets(self._declarations)
        for cursor, (handle, offset) in zip(self._declarations, places, strict=True):
            if handle == main and offset >= probes_at:
                if cursor.kind in (CursorKind.VARIABLE, CursorKind.TYPEDEF):
                    self._answers[self._parsed.spelling(cursor)] = cursor
            elif cursor is measuring:
                continue
            elif handle in owned:
                self._own.append((cursor, handle, offset))
            else:
                self._foreign.append(cursor)

    def _measures(self, node: CXCursor) -> bool:
        return node.kind == CursorKind.STRUCT and self._parsed.spelling(node) == MEASURING

    def _scan(self, handle: int) -> Scan:
        path = self._parsed.path(handle)
        known = self._scans.get(path)
        if known is None:
            known = self._scans[path] = scan(self._parsed.contents(handle))
            self._unforeseen = True
        if handle == self._main:
            # The unit's own text was scanned alone; the main file has the measuring struct before it.
            return scan(self._parsed.main.text)
        return known

    def swallowed(self) -> bool:
        """Whether a refused probe took others with it: a macro that is defined has neither an answer nor an error."""
        return bool(self._refused) and any(
            probe.value
            and not probe.guard
            and number not in self._refused
            and probe.name in self._defined
            and f"{PREFIX}{number}" not in self._answers
            and not self._is_undefined(probe.name)
            for number, probe in enumerate(self._probes)
        )

    def missed(self) -> list[Probe]:
        """Probes that were not foreseen before the parse: of own files, and of own macros that other files undefine."""
        wanted = [Probe(name, value=False) for name in self._undefined_by_others()]
        if self._unforeseen:
            known = {self._parsed.path(handle) for handle in self._owned}
            wanted += choose([found for path, found in self._scans.items() if path in known])
        asked = {(probe.name, probe.value) for probe in self._probes}
        return [probe for probe in wanted if (probe.name, probe.value) not in asked and probe.name in self._defined]

    def _undefined_by_others(self) -> list[str]:
        """The names in the `#undef` of files that are not the library's own."""
        names: dict[str, None] = {}
        for handle in self._inclusions.read:
            if handle not in self._owned and b"undef" in (text := self._parsed.contents(handle)):
                names.update(dict.fromkeys(name.decode("utf-8", "replace") for name in UNDEFINED.findall(text)))
        return list(names)

    def _is_undefined(self, name: str) -> bool:
        return any(name in found.undefined for found in self._scans.values())

    @property
    def own_texts(self) -> list[bytes]:
        """The library's own files' bytes."""
        return [self._parsed.contents(handle) for handle in self._owned]

    def result(self) -> Parsed:
        """The answer."""
        unit, parsed = self._unit, self._parsed
        files = Files(parsed, self._paths, self._main)
        owned_files = tuple(sorted({files.index(handle) for handle in self._owned}))
        sizes: dict[str, tuple[int, int]] = {}
        reader = Declarations(parsed, files, sizes, self._macro)
        self._measure(reader.types, sizes)
        reader.foreign_cursors = self._foreign
        self._read_own(reader)
        for number, probe in enumerate(self._probes):
            if not probe.value and f"{PREFIX}{number}" not in self._answers:
                self._defined.pop(probe.name, None)
        answers = {
            probe.name: self._answers[f"{PREFIX}{number}"]
            for number, probe in enumerate(self._probes)
            if probe.value and f"{PREFIX}{number}" in self._answers and number not in self._guessed
        }
        docs = {
            handle: macro_docs(parsed.contents(handle), found.commented) for handle, found in self._own_scans.items()
        }
        macros = Macros(reader, self._defined, answers, docs, char_signed=self._char_signed).read()
        declarations = complete_and_order(reader)
        masked, masked_calls = self._masks(declarations)
        named = [(item.name, item.quoted) for item in self._inclusions.directives if item.includer == self._main]
        includes = included_names(unit, named)
        header = Header(
            unit.header,
            unit.target,
            declarations,
            macros,
            files.portables(),
            owned_files,
            sizes,
            includes,
            masked,
            masked_calls,
        )
        depends = self.dependencies()
        own = {parsed.path(handle): handle in self._owned for handle in (*self._inclusions.read, self._main)}
        warnings = unit_warnings(unit, header, self._ownership, own, self._warnings())
        return Parsed(header, depends.found, depends.absent, warnings)

    def dependencies(self) -> Lookups:
        """All files that the answer depends on, each once, and the places where one would have been found first."""
        system, builtin = self._arguments.system, self._arguments.builtin
        lookups = read_lookups(self._unit, self._parsed, self._inclusions, self._paths, system=system, builtin=builtin)
        read = {file.portable: file for file in self._read_files()}
        # What was parsed has the digest of what the parser saw; an embedded file's bytes count also where it was both.
        read.update({file.portable: file for file in lookups.found if file.is_raw or file.portable not in read})
        return Lookups(lookups.absent, tuple(read.values()))

    def _warnings(self) -> list[Diagnostic]:
        """clang's, in the user's lines; the probes are none of them."""
        main = self._parsed.main
        return [
            warning._replace(line=warning.line - PREAMBLE_LINES) if warning.path == main.path else warning
            for warning in self._parsed.warnings(FLAGS)
            if warning.path != main.path or warning.line < main.probe_line
        ]

    def _masks(self, declarations: Sequence[Declaration]) -> Masks:
        others = Others(self._foreign_macros(), list(self._inclusions.read), self._parsed.contents)
        return masks(declarations, {name: found.definition for name, found in self._defined.items()}, others)

    def _foreign_macros(self) -> list[tuple[str, int, int]]:
        """(name, file handle, offset) of each macro that another file defines, in order."""
        if self._others is None:
            self._others = []
            texts: dict[int, bytes] = {}
            owned, contents, word_at = self._owned, self._parsed.contents, WORD.match
            for handle, offset in self._defining:
                if handle and handle not in owned:
                    text = texts.get(handle)
                    if text is None:
                        text = texts[handle] = contents(handle)
                    word = word_at(text, offset)
                    self._others.append((word[0].decode("utf-8", "replace") if word else "", handle, offset))
        return self._others

    def _macro(self, name: str) -> Definition | None:
        """The definition of a macro, by whatever file; of other files' only that one is looked at which has it."""
        found = self._defined.get(name)
        if found is not None:
            return found.definition
        if self._foreign_places is None:
            self._foreign_places = {other: (handle, offset) for other, handle, offset in self._foreign_macros()}
        place = self._foreign_places.get(name)
        if place is None:
            return None
        handle, offset = place
        known = self._foreign_scans.get(handle)
        if known is None:
            definitions = scan(self._parsed.contents(handle)).definitions
            known = self._foreign_scans[handle] = {definition[0]: definition for definition in definitions}
        return known.get(offset)

    def _measure(self, types: Types, sizes: dict[str, tuple[int, int]]) -> None:
        """Size and alignment of C's own types, from the struct in front of the unit."""
        clang = self._parsed.clang
        struct = clang.clang_getCursorType(self._declarations[self._measuring])
        for name, member in zip(MEASURED, self._parsed.fields(struct), strict=False):
            kind = clang.clang_getCursorType(member)
            if name == QUALIFIED:
                types.learn_qualifiers(kind)
            else:
                sizes[name] = (clang.clang_Type_getSizeOf(kind), clang.clang_Type_getAlignOf(kind))
            if name == "char":
                self._char_signed = kind.kind == _CHAR_SIGNED

    _char_signed = True

    def _read_own(self, reader: Declarations) -> None:
        parsed = self._parsed
        own: dict[int, tuple[bytes, CommentIndex, bool, Callable[[int], Location]]] = {}
        for handle in self._owned:
            text = parsed.contents(handle)
            silent = any(word in text for word in _NO_RETURN)
            own[handle] = text, CommentIndex(text), silent, reader.files.locator(handle)
        # A comment belongs to a declaration only if it stands between the one before and the one after in its file.
        ends: list[int] = []
        following: dict[int, int] = {}
        for _, handle, offset in reversed(self._own):
            ends.append(following.get(handle, 1 << 62))
            following[handle] = offset
        before: dict[int, int] = {}
        read, in_macro = reader.read, parsed.places.in_macro
        for (cursor, handle, offset), end in zip(self._own, reversed(ends), strict=True):
            text, comments, silent, locate = own[handle]
            start = before.get(handle, 0)
            documented = reader.documented = comments.any_between(start, end)
            reader.before_macro = text[start:offset] if documented and in_macro(cursor) else None
            reader.may_not_return = silent
            before[handle] = offset
            read(cursor, locate(offset))
        reader.documented = False
        reader.before_macro = None
        reader.may_not_return = True

    def _read_files(self) -> tuple[FileRead, ...]:
        parsed, paths = self._parsed, self._paths
        read: dict[str, FileRead] = {}
        for handle in self._inclusions.read:
            path = parsed.path(handle)
            portable = paths.portable(path)
            if portable not in read:
                # What the target pins is only named in the store: its digest would be thrown away.
                pinned = handle not in self._owned and portable.startswith(("system:", "builtin:"))
                read[portable] = FileRead(portable, path, "" if pinned else content_digest(parsed.contents(handle)))
        return tuple(read.values())
