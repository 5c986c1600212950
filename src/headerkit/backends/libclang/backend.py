"""A unit, parsed: the order in which the other modules do their work."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind
from headerkit.backends.libclang.arguments import clang_arguments, clean_environment
from headerkit.backends.libclang.declarations import Declarations
from headerkit.backends.libclang.diagnostics import parse_error, shown_line
from headerkit.backends.libclang.files import Files
from headerkit.backends.libclang.foreign import complete_and_order
from headerkit.backends.libclang.inclusions import absent, read_inclusions
from headerkit.backends.libclang.library import find_libclang
from headerkit.backends.libclang.macros import Macros, defined_macros
from headerkit.backends.libclang.main_file import MEASURED, SENTINEL, compose, included_names
from headerkit.backends.libclang.ownership import Ownership
from headerkit.backends.libclang.prescan import prescan
from headerkit.backends.libclang.probes import PREFIX, choose, text
from headerkit.backends.libclang.scan import scan
from headerkit.backends.libclang.translation_unit import TranslationUnit
from headerkit.backends.protocol import FileRead, Parsed
from headerkit.errors import HeaderNotFoundError
from headerkit.ir import Header
from headerkit.portable import PathMap

if TYPE_CHECKING:
    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.arguments import Arguments
    from headerkit.backends.libclang.library import Library
    from headerkit.backends.libclang.probes import Probe
    from headerkit.backends.libclang.scan import Scan
    from headerkit.unit import Unit

__all__ = ["LibclangBackend"]

# clang's environment is the process's, and a parse clears part of it.
_lock = threading.Lock()


class LibclangBackend:
    """The backend `libclang`."""

    name = "libclang"

    def parse(self, unit: Unit) -> Parsed:
        """Parse one unit (see `headerkit.backends.protocol.Backend`)."""
        if unit.path and unit.code is None:
            _check_header(unit)
        library = find_libclang()
        arguments = clang_arguments(unit, library)
        scans = prescan(unit, arguments)
        with _lock:
            return _Parse(unit, library, arguments, scans).run()


def _check_header(unit: Unit) -> None:
    if os.path.isfile(unit.path):
        return
    what = "is a folder, not a header" if os.path.isdir(unit.path) else "does not exist"
    msg = f"{unit.header} {what}"
    raise HeaderNotFoundError(msg, cause=f"looked for {unit.path}", hint="name a header file, relative to the project")


class _Parse:
    """One parse, with what it is made of."""

    def __init__(self, unit: Unit, library: Library, arguments: Arguments, scans: dict[str, Scan]) -> None:
        self.unit = unit
        self.library = library
        self.arguments = arguments
        self.scans = scans
        definitions = [item for found in scans.values() for item in found.definitions]
        undefined = {name for found in scans.values() for name in found.undefined}
        self.probes = choose(definitions, undefined)
        self.main = compose(unit, [text(number, probe) for number, probe in enumerate(self.probes)])

    def run(self) -> Parsed:
        """Parse, read, and let go of clang's memory."""
        with clean_environment():
            parsed = TranslationUnit(self.library, self.main, self.arguments.argv)
        with parsed:
            return self._read(parsed)

    def _read(self, parsed: TranslationUnit) -> Parsed:
        unit = self.unit
        nodes = parsed.top()
        record = [node for node in nodes if node.kind > 500]
        declarations = [node for node in nodes if node.kind < 100]
        main = parsed.place_of(declarations[0])[0]
        refused = self._refused(parsed, main, declarations)
        paths = PathMap(unit, system=self.arguments.system, builtin=self.arguments.builtin)
        inclusions = read_inclusions(parsed, record, main, Ownership(unit.root, unit.owned), code=unit.code is not None)
        files = Files(parsed, paths, main)
        for handle in inclusions.owned:
            files.index(handle)
        owned_files = tuple(sorted({files.index(handle) for handle in inclusions.owned}))
        sizes = _measured(parsed, declarations[0])
        reader = Declarations(parsed, files, sizes)
        answers = self._walk(parsed, reader, declarations, inclusions.owned, main)
        scans = {handle: self._scan(parsed, handle, main) for handle in inclusions.owned}
        defined = defined_macros(parsed, record, scans)
        numbers = {probe.name: (number, probe) for number, probe in enumerate(self.probes)}
        for number, probe in enumerate(self.probes):
            if not probe.value and f"{PREFIX}{number}" not in answers:
                defined.pop(probe.name, None)
        values = {
            probe.name: answers[f"{PREFIX}{number}"]
            for number, probe in enumerate(self.probes)
            if probe.value and f"{PREFIX}{number}" in answers
        }
        macros = Macros(reader, defined, numbers, values, refused).read()
        ordered = complete_and_order(reader)
        named = [(item.name, item.quoted) for item in inclusions.directives if item.includer == main]
        header = Header(
            unit.header,
            unit.target,
            ordered,
            macros,
            files.portables(),
            owned_files,
            sizes,
            included_names(unit, named),
        )
        read = [FileRead(paths.portable(parsed.path(handle)), parsed.path(handle)) for handle in inclusions.read]
        asked = [(path, item) for path, found in self.scans.items() for item in found.asked]
        return Parsed(header, tuple(dict.fromkeys(read)), absent(unit, parsed, inclusions, asked, paths))

    def _walk(
        self,
        parsed: TranslationUnit,
        reader: Declarations,
        declarations: list[CXCursor],
        owned: dict[int, None],
        main: int,
    ) -> dict[str, CXCursor]:
        """Read own declarations; give back the probes' by name."""
        answers: dict[str, CXCursor] = {}
        place_of, location, read = parsed.place_of, reader.files.location, reader.read
        probe_line = self.main.probe_line
        for cursor in declarations[1:]:
            handle, line, _ = place_of(cursor)
            if handle == main and line >= probe_line - 1:
                if cursor.kind == CursorKind.VARIABLE:
                    answers[parsed.spelling(cursor)] = cursor
            elif handle in owned:
                read(cursor, location(handle, line))
            else:
                reader.foreign_cursors.append(cursor)
        return answers

    def _scan(self, parsed: TranslationUnit, handle: int, main: int) -> Scan:
        if handle == main:
            return scan(self.main.text)
        path = parsed.path(handle)
        known = self.scans.get(path)
        if known is None:
            known = self.scans[path] = scan(parsed.contents(handle))
        return known

    def _refused(self, parsed: TranslationUnit, main: int, declarations: list[CXCursor]) -> dict[int, str]:
        """clang's words on each probe that it refused, by number. Raises ParseError for an error of the unit itself."""
        errors = parsed.errors()
        if not errors:
            return {}
        probe_line = self.main.probe_line
        ours = [error for error in errors if error[4] == main and error[3] >= probe_line]
        whole = any(
            cursor.kind == CursorKind.VARIABLE and parsed.spelling(cursor) == SENTINEL
            for cursor in reversed(declarations)
        )
        if len(ours) < len(errors) or not whole:
            theirs = [error for error in errors if error not in ours] if whole else errors
            places = [
                (severity, words, path, shown_line(path, self.main.path, line), handle)
                for severity, words, path, line, handle in theirs
            ]
            raise parse_error(self.unit, self.arguments, places, self._shown)
        refused: dict[int, str] = {}
        for _, words, _, line, _ in ours:
            refused.setdefault((line - probe_line) // 3, words)
        return refused

    def _shown(self, path: str) -> str:
        if path == self.main.path:
            return self.unit.header
        root = self.unit.root.rstrip(os.sep) + os.sep
        return path[len(root) :] if path.startswith(root) else path


def _measured(parsed: TranslationUnit, struct: CXCursor) -> dict[str, tuple[int, int]]:
    clang = parsed.clang
    sizes = {}
    for name, member in zip(MEASURED, parsed.fields(clang.clang_getCursorType(struct)), strict=False):
        kind = clang.clang_getCursorType(member)
        sizes[name] = (clang.clang_Type_getSizeOf(kind), clang.clang_Type_getAlignOf(kind))
    return sizes
