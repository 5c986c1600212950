"""The least that a Python program can do with a header through ctypes: what bounds a cold run from below.

    python least_python.py LIBCLANG OPTIONS MAIN_PATH TEXT_FILE OWN_FILES ARGUMENT...

It imports what a command that reads options, looks for directives, writes JSON and makes digests imports; parses the
unit; visits its nodes once; asks for each own declaration's place, name and type, the names and types of parameters,
members (with offsets) and enumerators (with values); finds the macros in the text with one regular expression; and
writes a line of JSON for each, and one of C for each function. Each type is read once, as clang spells it. It has no
modules of its own, looks for no libclang, gives no macro its value, reads no layout, attribute or comment, filters,
checks, orders and stores nothing.

`OWN_FILES` are the ends of the paths of the library's own files, with `:` between them.
"""

from __future__ import annotations

import argparse  # noqa: F401 - what a command needs, and a run pays for
import ctypes
import hashlib
import json
import re
import sys
from ctypes import byref, c_char_p, c_int, c_longlong, c_size_t, c_uint, c_ulong, c_void_p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

STRUCT, UNION, ENUM, FIELD, ENUMERATOR, FUNCTION, TYPEDEF, MACRO = 2, 3, 5, 6, 7, 8, 20, 501
DEFINE = re.compile(rb"#[ \t]*define[ \t]+(\w+)([^\n]*(?:(?<=\\)\n[^\n]*)*)")


class CXString(ctypes.Structure):
    """A string of the library's."""

    _fields_ = [("data", c_void_p), ("flags", c_uint)]


class CXCursor(ctypes.Structure):
    """A node."""

    _fields_ = [("kind", c_int), ("x", c_int), ("a", c_void_p), ("b", c_void_p), ("c", c_void_p)]


class CXType(ctypes.Structure):
    """A type."""

    _fields_ = [("kind", c_int), ("qualified", c_void_p), ("unit", c_void_p)]


class CXSourceLocation(ctypes.Structure):
    """A place."""

    _fields_ = [("a", c_void_p), ("b", c_void_p), ("encoded", c_uint)]


class CXUnsavedFile(ctypes.Structure):
    """A text that is on no disk."""

    _fields_ = [("name", c_char_p), ("contents", c_char_p), ("length", c_ulong)]


VISITOR = ctypes.CFUNCTYPE(c_int, CXCursor, CXCursor, c_void_p)


class Clang:
    """The functions that are called."""

    def __init__(self, path: str) -> None:
        library = ctypes.PyDLL(path)

        def function(name: str, arguments: list[Any], result: Any) -> Any:
            found = getattr(library, f"clang_{name}")
            found.argtypes, found.restype = arguments, result
            return found

        pointers = [c_void_p, c_char_p, c_void_p, c_int, c_void_p, c_uint, c_uint, c_void_p]
        self.parse = function("parseTranslationUnit2", pointers, c_int)
        self.index = function("createIndex", [c_int, c_int], c_void_p)
        self.top = function("getTranslationUnitCursor", [c_void_p], CXCursor)
        self.visit = function("visitChildren", [CXCursor, VISITOR, c_void_p], c_uint)
        self.location = function("getCursorLocation", [CXCursor], CXSourceLocation)
        self.expansion = function("getExpansionLocation", [CXSourceLocation, *[c_void_p] * 4], None)
        self.contents = function("getFileContents", [c_void_p, c_void_p, c_void_p], c_void_p)
        self.file_name = function("getFileName", [c_void_p], CXString)
        self.spelling = function("getCursorSpelling", [CXCursor], CXString)
        self.type_spelling = function("getTypeSpelling", [CXType], CXString)
        self.c_string = function("getCString", [CXString], c_char_p)
        self.dispose = function("disposeString", [CXString], None)
        self.type = function("getCursorType", [CXCursor], CXType)
        self.underlying = function("getTypedefDeclUnderlyingType", [CXCursor], CXType)
        self.result = function("getResultType", [CXType], CXType)
        self.count = function("getNumArgTypes", [CXType], c_int)
        self.argument_type = function("getArgType", [CXType, c_uint], CXType)
        self.argument = function("Cursor_getArgument", [CXCursor, c_uint], CXCursor)
        self.value = function("getEnumConstantDeclValue", [CXCursor], c_longlong)
        self.offset = function("Cursor_getOffsetOfField", [CXCursor], c_longlong)

    def text(self, string: CXString) -> str:
        """Read and free a string."""
        raw = self.c_string(string)
        self.dispose(string)
        return raw.decode() if raw else ""


class Unit:
    """A parse, and what was asked of it."""

    def __init__(self, clang: Clang, own: list[str]) -> None:
        self.clang = clang
        self.own = tuple(f"/{name}" for name in own)
        self.unit = c_void_p()
        self.found: list[CXCursor] = []
        append = self.found.append

        def child(cursor: CXCursor, _parent: CXCursor, _data: object) -> int:
            append(cursor)
            return 1

        self.visitor = VISITOR(child)
        self.types: dict[int, str] = {}
        self.functions: dict[int, tuple[str, list[str]]] = {}
        self.texts: dict[str, bytes] = {}

    def parse(self, main: str, text: bytes, argv: list[str], options: int) -> None:
        """Parse it."""
        unsaved = (CXUnsavedFile * 1)(CXUnsavedFile(main.encode(), text, len(text)))
        arguments = (c_char_p * len(argv))(*map(str.encode, argv))
        index = self.clang.index(0, 0)
        if self.clang.parse(index, main.encode(), arguments, len(argv), unsaved, 1, options, byref(self.unit)):
            sys.exit("the unit cannot be parsed")

    def children(self, cursor: CXCursor) -> list[CXCursor]:
        """The nodes below one."""
        self.found.clear()
        self.clang.visit(cursor, self.visitor, None)
        return self.found.copy()

    def own_declarations(self) -> list[tuple[CXCursor, int]]:
        """Those of own files, with their offsets. A file's places are numbers in a row: each file is asked for once."""
        result, get = [], self.clang.location
        begin = end = 0
        own = False
        for cursor in self.children(self.clang.top(self.unit)):
            if cursor.kind < MACRO:
                location = get(cursor)
                if not begin <= location.encoded < end:
                    begin, end, own = self.file(location)
                if own:
                    result.append((cursor, location.encoded - begin))
        return result

    def file(self, location: CXSourceLocation) -> tuple[int, int, bool]:
        """The numbers of the file around a place, and whether it is an own one."""
        handle, line, offset, size = c_void_p(), c_uint(), c_uint(), c_size_t()
        self.clang.expansion(location, byref(handle), byref(line), None, byref(offset))
        if not handle.value:
            return 0, 0, False
        pointer = self.clang.contents(self.unit, handle, byref(size))
        path = self.clang.text(self.clang.file_name(handle))
        own = path.endswith(self.own)
        if own and path not in self.texts:
            self.texts[path] = ctypes.string_at(pointer, size.value)
        begin = location.encoded - offset.value
        return begin, begin + size.value, own

    def type_name(self, kind: CXType) -> str:
        """A type as clang spells it."""
        known = self.types.get(kind.qualified)
        if known is None:
            known = self.types[kind.qualified] = self.clang.text(self.clang.type_spelling(kind))
        return known

    def function_type(self, kind: CXType) -> tuple[str, list[str]]:
        """Result and parameters."""
        known = self.functions.get(kind.qualified)
        if known is None:
            clang = self.clang
            parameters = [self.type_name(clang.argument_type(kind, number)) for number in range(clang.count(kind))]
            known = self.functions[kind.qualified] = self.type_name(clang.result(kind)), parameters
        return known

    def member(self, member: CXCursor) -> str:
        """A member's name, type and offset."""
        quote, clang = json.encoder.encode_basestring_ascii, self.clang
        name, kind = clang.text(clang.spelling(member)), self.type_name(clang.type(member))
        return f"[{quote(name)}, {quote(kind)}, {clang.offset(member)}]"

    def write(self, ir: list[str], cdef: list[str]) -> None:
        """A line for each own declaration and macro."""
        clang, text, spelling = self.clang, self.clang.text, self.clang.spelling
        quote = json.encoder.encode_basestring_ascii
        for cursor, offset in self.own_declarations():
            kind = cursor.kind
            name = text(spelling(cursor))
            head = f'{{"name": {quote(name)}, "kind": {kind}, "at": {offset}'
            if kind == FUNCTION:
                result, parameters = self.function_type(clang.type(cursor))
                names = [text(spelling(clang.argument(cursor, number))) for number in range(len(parameters))]
                cdef.append(f"{result} {name}({', '.join(map(' '.join, zip(parameters, names, strict=True)))});")
                listed, named = ", ".join(map(quote, parameters)), ", ".join(map(quote, names))
                ir.append(f'{head}, "result": {quote(result)}, "types": [{listed}], "names": [{named}]}}')
            elif kind == TYPEDEF:
                ir.append(f'{head}, "type": {quote(self.type_name(clang.underlying(cursor)))}}}')
            elif kind in {STRUCT, UNION}:
                members = [self.member(member) for member in self.children(cursor) if member.kind == FIELD]
                ir.append(f'{head}, "members": [{", ".join(members)}]}}')
            elif kind == ENUM:
                values = [
                    f"[{quote(text(spelling(member)))}, {clang.value(member)}]"
                    for member in self.children(cursor)
                    if member.kind == ENUMERATOR
                ]
                ir.append(f'{head}, "values": [{", ".join(values)}]}}')
        for contents in self.texts.values():
            for match in DEFINE.finditer(contents):
                macro, body = match.groups()
                ir.append(f'{{"macro": "{macro.decode()}", "text": {quote(body.decode("utf-8", "replace"))}}}')


def main() -> None:
    """Read the command line, and do it."""
    library, options, path, text_file, own, *argv = sys.argv[1:]
    unit = Unit(Clang(library), own.split(":"))
    with open(text_file, "rb") as file:
        unit.parse(path, file.read(), argv, int(options))
    ir: list[str] = []
    cdef: list[str] = []
    unit.write(ir, cdef)
    for name, lines in (("least.json", ir), ("least.txt", cdef)):
        written = "\n".join(lines).encode()
        with open(name, "wb") as output:
            output.write(written)
        print(name, len(lines), hashlib.sha256(written).hexdigest())


if __name__ == "__main__":
    main()
