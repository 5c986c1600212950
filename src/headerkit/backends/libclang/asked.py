"""What headers ask for with `__has_include` and `__has_embed`: files that clang's record of a parse does not name.

The answer is a superset of what clang asks: questions in inactive branches are in it too. Where a question names a
macro, every file name that the macro could stand for is listed. Where a macro builds a name from pieces (`#x`, `a##b`,
`<FOLDER/file.h>`), only clang knows it, and the question is *open*.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.scan import scan
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Macros", "Question", "clean", "macros_of", "questions"]

# Compiled when they are used: most libraries ask for nothing.
_SPLICE = rb"\\[ \t]*\r?\n"
_SPLIT_WORD = rb"\\\r?\n\w"
# A question's own name first: `//` may stand in it.
_COMMENT = rb"""(__has_\w+[ \t]*\([ \t]*<[^>\n]*>)|/\*.*?\*/|//[^\n]*|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
_ASKED = rb'\b__has_(include_next|include|embed)\b[ \t]*(?:\([ \t]*(?:<([^>\n]+)>|"([^"\n]+)"))?'
_ABOUT = rb"(?:\bdefined[ \t]*\(?|(?:#|%:)[ \t]*(?:el)?ifn?def|(?:#|%:)[ \t]*(?:undef|define))[ \t]*$"
_DEFINE = rb"[ \t]*(?:#|%:)[ \t]*define\b"
_CONDITION = rb"(?:#|%:)[ \t]*(?:el)?if\b([^\n]*)"
_WORD = rb"[A-Za-z_]\w*"
_NAME = rb'(?:<([\w./+@ -]+)>|"([\w./+@ -]+)")'
_IN_ANGLES = rb"<([^<>]*)>"
_STRING = rb'"(?:\\.|[^"\\])*"'


class Question(NamedTuple):
    """A file that is asked for. `every`: each place that has it counts, not the first alone. `name` "": it is open."""

    includer: str
    name: str
    quoted: bool = True
    every: bool = False
    embed: bool = False


class Macros:
    """Macros' bodies by name (a macro may have several), and the names that a question's macros can stand for."""

    def __init__(self) -> None:
        self._bodies: dict[bytes, list[tuple[bytes, frozenset[bytes]]]] = {}

    def define(self, name: bytes, parameters: Iterable[bytes], body: bytes) -> None:
        """Add a definition."""
        self._bodies.setdefault(name, []).append((body, frozenset(parameters)))

    def names(self) -> set[bytes]:
        """The macros that are, or lead to, `__has_include` and the like."""
        asking = {name for name, bodies in self._bodies.items() if any(re.search(_ASKED, body) for body, _ in bodies)}
        found = asking
        while found:
            words = found
            found = {
                name
                for name, bodies in self._bodies.items()
                if name not in asking and any(not words.isdisjoint(re.findall(_WORD, body)) for body, _ in bodies)
            }
            asking |= found
        return asking

    def stand_for(self, text: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The file names, (angled, quoted), in a text and in all that its macros lead to; ("", "") for an open one."""
        todo = [(text, frozenset[bytes]())]
        seen: set[bytes] = set()
        while todo:
            body, parameters = todo.pop()
            yield from re.findall(_NAME, body)
            words = {word for inside in re.findall(_IN_ANGLES, body) for word in re.findall(_WORD, inside)}
            if b"#" in re.sub(_STRING, b"", body) or not words.isdisjoint(self._bodies.keys() | parameters):
                yield b"", b""
            for word in re.findall(_WORD, re.sub(_STRING, b"", body)):
                if word not in seen:
                    seen.add(word)
                    todo += self._bodies.get(word, ())


def macros_of(texts: Iterable[tuple[str, bytes]], defines: Iterable[str]) -> Macros:
    """The macros that these texts and definitions (`NAME=BODY`) have."""
    macros = Macros()
    for _, text in texts:
        for _, name, parameters, body in scan(text).definitions:
            macros.define(name.encode(), [parameter.encode() for parameter in parameters or ()], body)
    for define in defines:
        head, _, value = define.encode("utf-8", "surrogateescape").partition(b"=")
        macro, _, rest = head.partition(b"(")
        macros.define(macro.strip(), re.findall(_WORD, rest), value)
    return macros


def clean(text: bytes) -> bytes:
    """A text's lines as the preprocessor has them: continued ones joined, without comments."""
    if b"\\" in text:
        text = re.sub(_SPLICE, b"", text)
    return re.sub(_COMMENT, lambda match: match[1] or match[2] or b" ", text, flags=re.DOTALL)


def questions(texts: Iterable[tuple[str, bytes]], defines: Iterable[str]) -> list[Question]:
    """What is asked for by these texts (path, bytes) under these definitions."""
    texts = list(texts)
    asking = [
        (path, clean(text)) for path, text in texts if b"__has_" in text or re.search(_SPLIT_WORD, text) is not None
    ]
    result: list[Question] = []
    by_name: list[tuple[str, bytes]] = []
    named = any("__has_" in define for define in defines)
    embeds = named and any("__has_embed" in define for define in defines)
    for path, text in asking:
        for match in re.finditer(_ASKED, text):
            word, angled, quoted = match.groups()
            before = text[text.rfind(b"\n", 0, match.start()) + 1 : match.start()]
            if angled or quoted:
                result.append(_question(path, angled, quoted, every=word == b"include_next", embed=word == b"embed"))
                named = named or re.match(_DEFINE, before) is not None  # `<x.h>` may hold a parameter
            elif not re.search(_ABOUT, before):
                embeds = embeds or word == b"embed"
                if re.match(_DEFINE, before):
                    named = True
                else:
                    by_name.append((path, text[match.end() :].partition(b"\n")[0]))
    if named or by_name:
        macros = macros_of(texts, defines)
        if named:
            by_name += _conditions(texts, macros.names())
        for path, text in by_name:
            for angled, quoted in macros.stand_for(text):
                result += [
                    _question(path, angled, quoted, embed=embed) for embed in ((False, True) if embeds else (False,))
                ]
    return result


def _conditions(texts: Iterable[tuple[str, bytes]], names: set[bytes]) -> Iterator[tuple[str, bytes]]:
    """The conditions that have one of these macros."""
    for path, text in texts:
        if any(name in text for name in names):
            for condition in re.findall(_CONDITION, clean(text)):
                if not names.isdisjoint(re.findall(_WORD, condition)):
                    yield path, condition


def _question(path: str, angled: bytes, quoted: bytes, *, every: bool = False, embed: bool = False) -> Question:
    name = (quoted or angled or b"").decode("utf-8", "surrogateescape")
    return Question(path, name, not angled, every, embed)
