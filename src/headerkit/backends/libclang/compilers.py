"""What gcc would see: clang says that it is GCC 4.2, and headers that ask for the version give it something else.

On targets where gcc is the usual compiler, only what both see belongs into a binding: what an old GCC alone gets, the
compiler of the binding does not know; what a new one alone gets, clang has not read. Where an own header's version
check decides about more than attributes, the unit is parsed once more under a modern GCC's name, and what one of the
two lacks is left out with that reason.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind
from headerkit.ir import Enum, Function, LeftOut, Record, Typedef, Variable
from headerkit.references import References

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.backends.libclang.scan import Scan
    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.ir import Declaration, Header

__all__ = ["POSE", "Seen", "agreed", "asks_for_version", "poses_on", "seen_by"]

POSE = (
    # The newest that glibc's headers let pass for clang: from 11 on they give `malloc` an argument that clang refuses.
    "-fgnuc-version=10.2.0",
    # Keywords of GCC since 7, which glibc then no longer declares.
    "-D_Float32=float",
    "-D_Float64=double",
    "-D_Float32x=double",
    "-D_Float64x=long double",
    "-D_Float128=__float128",
)
REASON = "only declared for compilers of another version than GCC 10"

_GNUC, _MINOR = (4, 10), 2
"""`__GNUC__` in clang's own name and in the pose; `__GNUC_MINOR__` is the same in both."""
_VERSION = rb"__GNUC__|__GNUC_MINOR__|__GNUC_PATCHLEVEL__|__GNUC_PREREQ"
_VERSION_WORDS = re.compile(rb"\b(?:" + _VERSION + rb")\b")
_COMPARED = re.compile(rb"\b(__GNUC__|__GNUC_MINOR__)\s*(<=|>=|==|!=|<|>)\s*\(?\s*(\d+)\b")
_COMPARISONS = {
    b"<": int.__lt__,
    b"<=": int.__le__,
    b">": int.__gt__,
    b">=": int.__ge__,
    b"==": int.__eq__,
    b"!=": int.__ne__,
}
_COMMENT = re.compile(rb"""/\*.*?\*/|//[^\n]*|("(?:\\.|[^"\\\n])*")""", re.DOTALL)
_CONTINUED = re.compile(rb"\\\r?\n")
_DEFINED = re.compile(rb"defined\s*\(?\s*\w+\s*\)?")
_ELSEWHERE = re.compile(rb"\s*(?:defined\s*\(?\s*)?(?:__cplusplus|_MSC_VER|_WIN32|__BORLANDC__|__WATCOMC__)\b[^|]*")
_DIRECTIVE = re.compile(rb"\s*#\s*(\w+)(.*)", re.DOTALL)
_OBJECT_MACRO = re.compile(rb"\s+\w+(?:\s+(.*))?", re.DOTALL)
_NO_VALUE = re.compile(
    rb"__attribute|__declspec|_Pragma|__pragma|__inline|__builtin|__extension__|\[\[|__asm|[{;]|(?i:pragma)"
)
_VALUE = re.compile(rb"\b\d|[\"']")


def poses_on(target: str) -> bool:
    """Whether gcc is the usual compiler of a target (a normal triple)."""
    return "-linux-" in target


def asks_for_version(texts: Iterable[bytes], scans: Iterable[Scan]) -> bool:
    """Whether a check of GCC's version in one of these texts decides about a declaration or a macro with a value."""
    checks = _Checks(scans)
    return any(checks.asked_in(text) and _decides(text, checks) for text in texts)


class _Checks:
    """Which conditions come out differently for the two versions: a superset, told from their text."""

    def __init__(self, scans: Iterable[Scan]) -> None:
        names = [rb"__GNUC_PREREQ"]
        others = [rb"__GNUC__", rb"__GNUC_MINOR__", rb"__GNUC_PATCHLEVEL__"]
        for found in scans:
            for _, name, parameters, body in found.definitions:
                if b"__GNUC" in body and _VERSION_WORDS.search(body) and _VERSION_WORDS.search(_without_equal(body)):
                    (names if parameters else others).append(re.escape(name.encode()))
        self._words = re.compile(rb"\b(?:" + b"|".join([*names, *others]) + rb")\b")
        self._calls = re.compile(rb"\b(?:" + b"|".join(names) + rb")\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?[^()]*\)")

    def asked_in(self, text: bytes) -> bool:
        return self._words.search(text) is not None

    def differ(self, condition: bytes) -> bool:
        """Whether a condition's value may differ."""
        rest = self._calls.sub(_called, _without_equal(_DEFINED.sub(b"", condition)))
        return self._words.search(rest) is not None


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


def _decides(text: bytes, checks: _Checks) -> bool:
    """Whether a conditional that differs has more at file scope between its lines than attributes."""
    text = _CONTINUED.sub(b" ", _COMMENT.sub(lambda match: match[1] or b" ", text))
    lines = text.split(b"\n")
    at_file_scope, balanced = _scan_branches(lines, checks, nested=False)
    if balanced:
        return at_file_scope
    return _scan_branches(lines, checks, nested=True)[0]


def _scan_branches(lines: list[bytes], checks: _Checks, *, nested: bool) -> tuple[bool, bool]:
    """(whether a branch that differs holds something, whether the braces match); `nested` counts inner lines too."""
    branches: list[tuple[bool, bool]] = []  # (its condition or one before it differs, it is for other compilers)
    depth = 0
    decides = False
    for line in lines:
        directive = _DIRECTIVE.match(line)
        elsewhere = any(branch[1] for branch in branches)
        if directive is None:
            content = line.strip()
            if not elsewhere:
                if content and (nested or depth == 0) and content != b"}" and any(branch[0] for branch in branches):
                    decides = True
                depth += line.count(b"{") - line.count(b"}")
            continue
        word, rest = directive.groups()
        if word in {b"if", b"ifdef", b"ifndef"}:
            differs = word == b"if" and checks.differ(rest)
            branches.append((differs, word != b"ifndef" and _ELSEWHERE.fullmatch(rest) is not None))
        elif word in {b"elif", b"else"} and branches:
            differs = branches[-1][0] or (word == b"elif" and checks.differ(rest))
            branches[-1] = (differs, word == b"elif" and _ELSEWHERE.fullmatch(rest) is not None)
        elif word == b"endif" and branches:
            branches.pop()
        elif not elsewhere and any(branch[0] for branch in branches):
            decides = decides or (word == b"define" and _has_value(rest))
    return decides, depth == 0


def _has_value(rest: bytes) -> bool:
    macro = _OBJECT_MACRO.fullmatch(rest)
    body: bytes = macro[1] or b"" if macro is not None else b""
    return _VALUE.search(body) is not None and _NO_VALUE.search(body) is None


class Seen:
    """The names that a parse gives to macros and to declarations at file scope."""

    __slots__ = ("declared", "macros")

    def __init__(self, macros: frozenset[str], declared: frozenset[str]) -> None:
        self.macros = macros
        self.declared = declared


def seen_by(parsed: TranslationUnit) -> Seen | None:
    """What a parse sees; None where it is no answer, because it has errors."""
    if parsed.errors():
        return None
    macros, declared = [], []
    spelling = parsed.spelling
    for node in parsed.top():
        if node.kind == CursorKind.MACRO_DEFINITION:
            macros.append(spelling(node))
        else:
            declared.append(spelling(node))
    return Seen(frozenset(macros), frozenset(declared))


def agreed(header: Header, seen: Seen) -> Header:
    """Leave out own functions, variables and macros that the other compiler does not see, and what only they needed."""
    left_out: list[LeftOut] = []
    dropped: set[int] = set()
    unsure: list[Declaration] = []
    kept: list[Declaration] = []
    for declaration in header.declarations:
        if not declaration.owned or not _name(declaration) or _name(declaration) in seen.declared:
            kept.append(declaration)
        elif isinstance(declaration, Function | Variable):
            dropped.add(id(declaration))
            left_out.append(LeftOut(_kind(declaration), declaration.name, REASON))
        else:
            unsure.append(declaration)
    if unsure:
        needed = set(map(id, References(header.declarations).reached(kept)))
        for declaration in unsure:
            if id(declaration) not in needed:
                dropped.add(id(declaration))
                left_out.append(LeftOut(_kind(declaration), _name(declaration), REASON))
    macros = []
    for macro in header.macros:
        if macro.name in seen.macros or macro.kind in {"call", "empty", "other"}:
            macros.append(macro)
        else:
            left_out.append(LeftOut("macro", macro.name, REASON))
    if not left_out:
        return header
    declarations = tuple(item for item in header.declarations if id(item) not in dropped)
    return replace(header, declarations=declarations, macros=tuple(macros), left_out=tuple(left_out))


def _name(declaration: Declaration) -> str:
    """The name that a parse shows: the tag, or the typedef that names a record or enum without one."""
    if isinstance(declaration, Record | Enum):
        return declaration.name or declaration.typedef
    return declaration.name


def _kind(declaration: Declaration) -> str:
    match declaration:
        case Record():
            return declaration.kind
        case Enum() | Typedef() | Function() | Variable():
            return type(declaration).__name__.lower()
