"""The macros of own files, as they stand at the end of the unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind, TypeKind
from headerkit.backends.libclang.literals import Literals, is_literal
from headerkit.backends.libclang.probes import IDENTIFIER, type_form, unfit
from headerkit.backends.libclang.values import evaluate
from headerkit.ir import CHARACTERS, Alias, Builtin, Enum, Function, Macro, Typedef, Variable
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.declarations import Declarations
    from headerkit.backends.libclang.scan import Definition, Scan
    from headerkit.ir import Type

__all__ = ["Defined", "Macros", "defined_macros"]

NOT_CONSTANT = "no constant expression"
# Most libraries have no macro that is made of several strings: what compiles these is the first one that is met.
_STRING_OR_WORD = rb'"(?:\\.|[^"\\])*"|([A-Za-z_][\w$]*)'
# A word is matched whole: a long one that could be divided would be, in every way there is.
_STRINGS_AND_WORDS = rb'(?:(?:"(?:\\.|[^"\\])*"|[A-Za-z_][\w$]*(?![\w$]))\s*)+'
_STRINGS_IN_PARENTHESES = rb"\(\s*" + _STRINGS_AND_WORDS + rb"\)"
"""To clang's evaluator a pointer, to a user a string."""


class Defined(NamedTuple):
    """A macro definition that clang saw in an own file: the file's handle, and what the text says."""

    handle: int
    definition: Definition


def defined_macros(places: Iterable[tuple[int, int]], scans: Mapping[int, Scan]) -> dict[str, Defined]:
    """The definitions of some files in order; of a name that is defined again, the last.

    `places` are (file handle, offset) of all that clang saw, `scans` are by file handle.
    """
    by_offset = {
        handle: {definition[0]: definition for definition in scan.definitions} for handle, scan in scans.items()
    }
    result: dict[str, Defined] = {}
    for handle, offset in places:
        known = by_offset.get(handle)
        definition = known.get(offset) if known is not None else None
        if definition is not None:
            name = definition[1]
            result.pop(name, None)
            result[name] = Defined(handle, definition)
    return result


class Macros:
    """Gives each macro its value, once clang has parsed unit and probes. `docs`: by file handle and name's offset."""

    def __init__(
        self,
        reader: Declarations,
        defined: dict[str, Defined],
        answers: Mapping[str, CXCursor],
        docs: Mapping[int, Mapping[int, str]],
        *,
        char_signed: bool,
    ) -> None:
        self._reader = reader
        self._clang = reader.clang
        self._defined = defined
        self._answers = answers
        self._files = {handle: (reader.files.locator(handle), own) for handle, own in docs.items()}
        self._literals = Literals(reader.sizes, char_signed=char_signed)
        self._done: dict[str, Macro] = {}

    def read(self) -> tuple[Macro, ...]:
        """All of them, in order of definition."""
        return tuple([self._macro(name) for name in self._defined])

    def _macro(self, name: str, seen: tuple[str, ...] = ()) -> Macro:
        known = self._done.get(name)
        if known is not None:
            return known
        defined = self._defined[name]
        macro = self._read(defined, (*seen, name))
        handle, offset = defined.handle, defined.definition[0]
        locate, docs = self._files[handle]
        macro.location = locate(offset)
        macro.doc = docs.get(offset, "")
        self._done[name] = macro
        return macro

    def _read(self, defined: Defined, seen: tuple[str, ...]) -> Macro:
        _, name, parameters, body = defined.definition
        if parameters is not None:
            return Macro(name, "call", parameters=parameters, body=body.decode("utf-8", "replace"))
        if not body:
            return Macro(name, "empty")
        literal = self._literals.read(body) if is_literal(body) else None
        if literal is not None:
            if literal.wide in CHARACTERS and (element := self._reader.foreign(CHARACTERS[literal.wide])) is not None:
                self._reader.typedef(element)
            return Macro(name, literal.kind, literal.value, literal.type, wide=literal.wide)
        word = IDENTIFIER.fullmatch(body)
        # An own macro's value is known without asking clang.
        answer = None if word and word[1].decode() in self._defined else self._answers.get(name)
        if answer is not None and answer.kind == CursorKind.TYPEDEF:
            kind = self._reader.types.read(self._clang.clang_getTypedefDeclUnderlyingType(answer))
            spelled = body.decode("utf-8", "replace")
            return Macro(
                name, "type", type=kind, alias=spelled, body="" if isinstance(kind, Alias) and word else spelled
            )
        if answer is not None:
            macro = self._evaluated(name, answer, body, seen)
            if macro.kind != "other" or not word:
                return macro
        if word:
            return self._alias(name, word[1].decode(), seen)
        text = body.decode("utf-8", "replace")
        reason = unfit(body)
        if reason == "type":
            if type_form(body):
                return Macro(name, "other", body=text, reason="no type, though it has a type's form")
            return Macro(name, "type", alias=text, body=text)
        return Macro(name, "other", body=text, reason=reason or NOT_CONSTANT)

    def _alias(self, name: str, word: str, seen: tuple[str, ...]) -> Macro:
        """A macro whose body is one identifier."""
        if word in self._defined and word not in seen:
            target = self._macro(word, seen)
            return Macro(
                name,
                target.kind if target.kind != "call" else "function",
                target.value,
                target.type,
                target.alias or (word if target.kind == "call" else ""),
                body=word if target.kind == "other" else target.body,
                reason=target.reason,
                wide=target.wide,
            )
        enumerator = self._reader.enumerators.get(word)
        if enumerator is not None:
            value, key = enumerator
            return Macro(name, "int", value, self._enumerator_type(value, key))
        match self._reader.named.get(word):
            case Function() | Variable():
                return Macro(name, "function", alias=word)
            case Typedef():
                return Macro(name, "type", type=Alias(word), alias=word)
            case None:
                pass
        return self._foreign(name, word)

    def _foreign(self, name: str, word: str) -> Macro:
        """A macro that stands for something which no own file declares."""
        cursor = self._reader.foreign(word)
        if cursor is not None:
            if cursor.kind in (CursorKind.FUNCTION, CursorKind.VARIABLE):
                return Macro(name, "function", alias=word)
            if cursor.kind == CursorKind.TYPEDEF:
                return Macro(name, "type", type=Alias(self._reader.typedef(cursor)), alias=word)
            if cursor.kind == CursorKind.ENUM_CONSTANT:
                value: int = self._clang.clang_getEnumConstantDeclValue(cursor)
                return Macro(name, "int", value, Builtin("int"))
        reason = unfit(word.encode())
        if reason == "type":
            known = Builtin(word) if word in self._reader.sizes or word == "void" else None
            return Macro(name, "type", type=known, alias=word, body=word)
        return Macro(name, "other", body=word, reason=reason or f"{word} is not declared")

    def _enumerator_type(self, value: int, key: str) -> Type:
        """C11 6.7.2.2p3: int where it fits; else (GNU) the enum's own integer type."""
        bits = self._reader.sizes["int"][0] * 8
        if -(1 << (bits - 1)) <= value < 1 << (bits - 1):
            return Builtin("int")
        declaration = self._reader.tags.get(key)
        return declaration.underlying if isinstance(declaration, Enum) else Builtin("int")

    def _evaluated(self, name: str, cursor: CXCursor, body: bytes, seen: tuple[str, ...]) -> Macro:
        value, kind = evaluate(self._reader.unit, cursor)
        match value:
            case int():
                return Macro(name, "int", value, _unqualified(self._reader.types.read(kind)))
            case float():
                return Macro(name, "float", value, _unqualified(self._reader.types.read(kind)))
            case str():
                joined = self._joined(body, seen) if re.fullmatch(_STRINGS_AND_WORDS, body) else None
                return Macro(name, "string", value if joined is None else joined)
            case None:
                joined = self._joined(body, seen) if re.fullmatch(_STRINGS_IN_PARENTHESES, body) else None
                if joined is not None:
                    return Macro(name, "string", joined)
                reason = "a pointer" if kind.kind == TypeKind.POINTER else NOT_CONSTANT
                return Macro(name, "other", body=body.decode("utf-8", "replace"), reason=reason)

    def _joined(self, body: bytes, seen: tuple[str, ...]) -> str | None:
        """The string of adjacent literals and own macros that are strings; clang's ends at the first NUL."""
        parts: list[str] = []
        for match in re.finditer(_STRING_OR_WORD, body):
            word = match[1].decode() if match[1] else ""
            if not word:
                literal = self._literals.read(match[0])
                part = literal.value if literal is not None and not literal.wide else None
            elif word in self._defined and word not in seen:
                macro = self._macro(word, seen)
                part = macro.value if macro.kind == "string" and not macro.wide else None
            else:
                part = None
            if not isinstance(part, str):
                return None
            parts.append(part)
        return "".join(parts)


def _unqualified(kind: Type) -> Type:
    return Builtin(kind.name) if isinstance(kind, Builtin) else kind
