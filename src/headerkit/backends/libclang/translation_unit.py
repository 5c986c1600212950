"""One parse, and what may be asked of it: its nodes, places, texts.

Everything here is a thin step above the C functions. A file is known by its handle (a pointer of the library's), which
stands for the same file as long as the parse lives.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import byref, c_char_p, c_size_t, c_void_p
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import (
    CXCursor,
    CXUnsavedFile,
    FieldVisitor,
    InclusionVisitor,
    Visitor,
    string_reader,
)
from headerkit.backends.libclang.callbacks import BrokenVisitError
from headerkit.backends.libclang.places import Places
from headerkit.errors import ParseError
from headerkit.light_classes import NamedTuple
from headerkit.portable import collapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from typing_extensions import Self

    from headerkit.backends.libclang.abi import CXString, CXType
    from headerkit.backends.libclang.library import Library
    from headerkit.backends.libclang.main_file import MainFile

__all__ = ["DECLARATIONS", "OPTIONS", "Diagnostic", "TranslationUnit"]

DETAILED_PREPROCESSING_RECORD = 0x1
SKIP_FUNCTION_BODIES = 0x40
INCLUDE_ATTRIBUTED_TYPES = 0x1000
DECLARATIONS = SKIP_FUNCTION_BODIES | INCLUDE_ATTRIBUTED_TYPES
"""clang-c/Index.h, enum CXTranslationUnit_Flags. Without the last, a typedef of an attributed type loses its name."""
OPTIONS = DECLARATIONS | DETAILED_PREPROCESSING_RECORD


class Diagnostic(NamedTuple):
    """What clang says about a place; `path` is "" where it names none."""

    severity: int
    text: str
    path: str
    line: int


class TranslationUnit:
    """A parsed unit; a context manager that frees it."""

    def __init__(self, library: Library, main: MainFile, argv: tuple[str, ...], options: int = OPTIONS) -> None:
        self.clang = clang = library.clang
        self._library = library
        self.main = main
        self.text: Callable[[CXString], str] = string_reader(clang)
        self._paths: dict[int, str] = {}
        self._contents: dict[int, bytes] = {}
        self._handle = c_void_p()
        self._index = clang.clang_createIndex(0, 0)
        self._parse(main, argv, options)
        self._found: list[CXCursor] = []
        self._top: list[CXCursor] | None = None
        self._visitor, self._field_visitor = _collectors(self._found)
        self.places = Places(clang, self._handle, self.contents)
        self._get_spelling = clang.clang_getCursorSpelling
        self._get_c_string = clang.clang_getCString
        self._dispose_string = clang.clang_disposeString

    def _parse(self, main: MainFile, argv: tuple[str, ...], options: int) -> None:
        path = os.fsencode(main.path)
        arguments = (c_char_p * len(argv))(*(argument.encode("utf-8", "surrogateescape") for argument in argv))
        unsaved = (CXUnsavedFile * 1)(CXUnsavedFile(path, main.text, len(main.text)))
        code = self._library.parse(self._index, path, arguments, len(argv), unsaved, 1, options, byref(self._handle))
        if code != 0 or not self._handle:
            self.close()
            msg = f"clang could not parse the unit (error code {code})"
            target = next((argument for argument in argv if argument.startswith("--target=")), "")
            raise ParseError(
                msg,
                cause="an argument or a target that clang does not know, or a crash inside clang",
                hint=f"check the target ({target}) and the arguments (args, --arg)",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the parse. Nothing may be asked of it, nor of its cursors and types, afterwards."""
        if self._handle:
            self.clang.clang_disposeTranslationUnit(self._handle)
            self._handle = c_void_p()
        if self._index:
            self.clang.clang_disposeIndex(self._index)
            self._index = None

    # -- nodes

    def children(self, cursor: CXCursor) -> list[CXCursor]:
        """The nodes right below one. Raises BrokenVisitError."""
        self._found.clear()
        if self.clang.clang_visitChildren(cursor, self._visitor, None):
            raise BrokenVisitError
        return self._found.copy()

    def fields(self, record: CXType) -> list[CXCursor]:
        """The members of a record, unnamed ones too, in order."""
        self._found.clear()
        self.clang.clang_Type_visitFields(record, self._field_visitor, None)
        return self._found.copy()

    def top(self) -> list[CXCursor]:
        """The preprocessing record in order of the text, then the declarations at file scope in order."""
        if self._top is None:
            self._top = self.children(self.clang.clang_getTranslationUnitCursor(self._handle))
        return self._top

    def spelling(self, cursor: CXCursor) -> str:
        """A cursor's name."""
        string = self._get_spelling(cursor)
        raw: bytes | None = self._get_c_string(string)
        self._dispose_string(string)
        return raw.decode("utf-8", "replace") if raw else ""

    # -- places

    def place_of(self, cursor: CXCursor) -> tuple[int, int, int]:
        """(file handle or 0, line from 1, offset in bytes) of a cursor's name."""
        handle, offset = self.places.offset(cursor)
        return handle, self.places.line(handle, offset) if handle else 0, offset

    def path(self, handle: int) -> str:
        """A file's path as clang came to it, made absolute."""
        path = self._paths.get(handle)
        if path is None:
            path = self.text(self.clang.clang_getFileName(handle))
            path = self._paths[handle] = collapsed(os.path.join(self.main.folder, path)) if path else ""
        return path

    def files_read(self) -> set[str]:
        """The paths of all files that the parse entered, the main one too; known without the preprocessing record."""
        handles: list[int] = []
        visitor = InclusionVisitor(lambda handle, _stack, _depth, _data: handles.append(handle))
        self.clang.clang_getInclusions(self._handle, visitor, None)
        return {self.path(handle) for handle in handles}

    def contents(self, handle: int) -> bytes:
        """A file's bytes as clang read them."""
        text = self._contents.get(handle)
        if text is None:
            size = c_size_t()
            pointer = self.clang.clang_getFileContents(self._handle, handle, byref(size))
            text = self._contents[handle] = ctypes.string_at(pointer, size.value) if pointer else b""
        return text

    # -- diagnostics

    def errors(self) -> list[Diagnostic]:
        """The diagnostics of severity error (3) or fatal (4), in order."""
        return self._diagnostics(range(3, 5))

    def warnings(self, flags: Container[str]) -> list[Diagnostic]:
        """The warnings that one of these flags (`-Wpragma-pack`) turns on, in order."""
        return self._diagnostics(range(2, 3), flags)

    def _diagnostics(self, severities: range, flags: Container[str] | None = None) -> list[Diagnostic]:
        clang = self.clang
        found = []
        for number in range(clang.clang_getNumDiagnostics(self._handle)):
            diagnostic = clang.clang_getDiagnostic(self._handle, number)
            severity = clang.clang_getDiagnosticSeverity(diagnostic)
            if severity in severities and (
                flags is None or self.text(clang.clang_getDiagnosticOption(diagnostic, None)) in flags
            ):
                handle, line, _ = self.places.ask(clang.clang_getDiagnosticLocation(diagnostic))
                text = self.text(clang.clang_getDiagnosticSpelling(diagnostic))
                found.append(Diagnostic(severity, text, self.path(handle) if handle else "", line))
            clang.clang_disposeDiagnostic(diagnostic)
        return found


def _collectors(found: list[CXCursor]) -> tuple[Callable[..., int], Callable[..., int]]:
    """What clang calls with each child of a node and with each member of a record; they come into the list.

    Functions of no object: a method would keep its unit, with all that was read of it, until garbage is looked for.
    """
    append = found.append

    def child(cursor: CXCursor, _parent: CXCursor, _data: object) -> int:
        append(cursor)
        return 1  # CXChildVisit_Continue

    def field(cursor: CXCursor, _data: object) -> int:
        append(cursor)
        return 1  # CXVisit_Continue

    return Visitor(child), FieldVisitor(field)
