"""Whether a library's own text asks for GCC's version in a way that decides about more than attributes.

Nearly every header that asks does so for an attribute's sake, so each answer comes as cheaply as it can: which names
could tell the versions apart, where they stand in an own file, whether that is a condition, whether the condition
differs; only then is the file's text taken apart (`branches`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headerkit.backends.libclang.scan import Scan

__all__ = ["Checks", "asks_for_version", "poses_on"]

_GNUC, _MINOR = (4, 10), 2
"""`__GNUC__` in clang's own name and in the pose (`compilers.POSE`); `__GNUC_MINOR__` is the same in both."""
_VERSION_WORDS = re.compile(rb"\b(?:__GNUC__|__GNUC_MINOR__|__GNUC_PATCHLEVEL__|__GNUC_PREREQ)\b")
_COMPARED = re.compile(rb"\b(__GNUC__|__GNUC_MINOR__)\s*(<=|>=|==|!=|<|>)\s*\(?\s*(\d+)\b")
_COMPARISONS = {
    b"<": int.__lt__,
    b"<=": int.__le__,
    b">": int.__gt__,
    b">=": int.__ge__,
    b"==": int.__eq__,
    b"!=": int.__ne__,
}
_DEFINED = re.compile(rb"defined\s*\(?\s*\w+\s*\)?")
_DIRECTIVE = re.compile(rb"[ \t\v\f]*#[ \t\v\f]*(\w*)")


def poses_on(target: str) -> bool:
    """Whether gcc is the usual compiler of a target (a normal triple)."""
    return "-linux-" in target


def asks_for_version(texts: Sequence[bytes], scans: Iterable[Scan]) -> bool:
    """Whether a check of GCC's version in one of these texts decides about a declaration or a macro with a value."""
    # A name that stands for the version is defined with it, in one of these texts.
    if not any(b"__GNUC" in text for text in texts):
        return False
    checks = Checks(scans)
    asking = [text for text in texts if checks.asked_in(text)]
    if not asking:
        return False
    from headerkit.backends.libclang.branches import decides  # noqa: PLC0415 - one library in ten needs it

    return any(decides(text, checks) for text in asking)


class Checks:
    """Which conditions come out differently for the two versions: a superset, told from their text."""

    def __init__(self, scans: Iterable[Scan]) -> None:
        calls = [rb"__GNUC_PREREQ"]
        names = [rb"__GNUC__", rb"__GNUC_MINOR__", rb"__GNUC_PATCHLEVEL__"]
        for found in scans:
            for _, name, parameters, body in found.definitions:
                if b"__GNUC" in body and _VERSION_WORDS.search(body) and _VERSION_WORDS.search(_without_equal(body)):
                    (calls if parameters else names).append(name.encode())
        self._names = dict.fromkeys([*calls, *names])
        calls = list(map(re.escape, calls))
        self._words = re.compile(rb"\b(?:" + b"|".join([*calls, *map(re.escape, names)]) + rb")\b")
        self._calls = re.compile(rb"\b(?:" + b"|".join(calls) + rb")\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?[^()]*\)")

    def asked_in(self, text: bytes) -> bool:
        """Whether a text may have a condition that differs: False is certain, True is not."""
        for name in self._names:
            position = text.find(name)
            while position >= 0:
                begin, end = _line(text, position)
                if self._may_ask(text[begin:end], position - begin):
                    return True
                position = text.find(name, end)
        return False

    def _may_ask(self, line: bytes, position: int) -> bool:
        directive = _DIRECTIVE.match(line)
        if directive is not None and directive[1] in {b"if", b"elif"}:
            return self.differ(line)
        # What a comment began a line before may be a directive all the same.
        return line.find(b"*/", 0, position) >= 0

    def differ(self, condition: bytes) -> bool:
        """Whether a condition's value may differ."""
        rest = self._calls.sub(_called, _without_equal(_DEFINED.sub(b"", condition)))
        return self._words.search(rest) is not None


def _line(text: bytes, position: int) -> tuple[int, int]:
    """Begin and end of the line around an offset, with the lines that a backslash joins to it."""
    begin = text.rfind(b"\n", 0, position) + 1
    while begin and text[max(0, begin - 3) : begin].rstrip(b"\r\n").endswith(b"\\"):
        begin = text.rfind(b"\n", 0, begin - 1) + 1
    end = text.find(b"\n", position)
    while end > 0 and text[end - 2 : end].rstrip(b"\r").endswith(b"\\"):
        end = text.find(b"\n", end + 1)
    return begin, end if end >= 0 else len(text)


def _without_equal(condition: bytes) -> bytes:
    """A condition without the comparisons that are equally true of both versions."""

    def outcome(match: re.Match[bytes]) -> bytes:
        word, operator, number = match.groups()
        compare = _COMPARISONS[operator]
        equal = word == b"__GNUC_MINOR__" or compare(_GNUC[0], int(number)) == compare(_GNUC[1], int(number))
        return b"" if equal else match[0]

    return _COMPARED.sub(outcome, condition)


def _called(match: re.Match[bytes]) -> bytes:
    """A call that asks for at least (or at most) a version, if that one lies between the two."""
    asked = int(match[1]), int(match[2] or 0)
    return match[0] if (_GNUC[0], _MINOR) < asked <= (_GNUC[1], _MINOR) else b""
