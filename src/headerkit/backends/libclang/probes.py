"""Macros that clang evaluates: which ones, and the text that makes it do so.

A probe is a line `static const __auto_type __hk_probe_N = NAME;` after the unit's text, compiled only where the macro
is defined at the end of the unit; its initialiser has the macro's value, its type the macro's C type. What has a type's
form (`struct t`, `unsigned char`, `const void *`) is asked for by `typedef NAME __hk_probe_N;` instead. A macro whose
body (or that of a macro it uses) could run over its line's end is not probed: an unbalanced bracket, a statement, a
declaration's words. So one bad probe cannot hurt the next; should one do it all the same, the reader sees that a probe
is missing and asks again without the bad one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headerkit.backends.libclang.literals import is_literal
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.backends.libclang.scan import Definition, Scan

__all__ = ["IDENTIFIER", "LINES", "PREFIX", "Probe", "choose", "text", "type_form", "unfit"]

PREFIX = "__hk_probe_"
LINES = 3
"""Lines of a probe's text."""

IDENTIFIER = re.compile(rb"\(?[ \t]*([A-Za-z_$][\w$]*)[ \t]*\)?")
_LITERALS = re.compile(rb'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
_SEPARATED = rb"(?<![\w.'])\.?[0-9][\w.]*(?:'[\w.]+)+"
"""A number with C23's digit separators."""
_GROUP = re.compile(rb"\([^][(){}]*\)|\[[^][(){}]*\]|\{[^][(){}]*\}")
_BRACKET = re.compile(rb"[][(){}]")
_WORD = re.compile(rb"[A-Za-z_$][\w$]*")
# A byte is looked for by its number: `in` takes four times as long with bytes.
_SEMICOLON, _BRACE, _PARENTHESIS, _HASH, _QUOTE, _APOSTROPHE, _BACKSLASH, _COMMA = b";{(#\"'\\,"
_NO_EXPRESSION = frozenset(
    b"if else for while do switch case default return goto break continue typedef extern static inline"
    b" __inline __inline__ register auto __extension__ __attribute__ __attribute __declspec __pragma"
    b" asm __asm __asm__"
    b" _Noreturn noreturn _Static_assert __restrict restrict _Thread_local __thread __LINE__ __FILE__ __COUNTER__"
    b" __BASE_FILE__ __FILE_NAME__ __INCLUDE_LEVEL__"
    b" __func__ __FUNCTION__ __PRETTY_FUNCTION__ __DATE__ __TIME__ __TIMESTAMP__ __cdecl __stdcall __fastcall"
    b" _Alignas alignas __label__ const volatile __has_attribute __has_builtin __has_c_attribute"
    b" __has_constexpr_builtin"
    b" __has_cpp_attribute __has_declspec_attribute __has_embed __has_extension __has_feature __has_include"
    b" __has_include_next __has_warning __is_identifier".split()
)
_TYPE_WORDS = frozenset(
    b"void char short int long float double signed unsigned struct union enum const volatile _Bool bool _Complex"
    b" __signed__ __const __volatile__ __int128 _Atomic __builtin_va_list".split()
)
_QUALIFIERS = frozenset((b"const", b"volatile", b"__const", b"__volatile__"))
# Words, then stars: no expression ends with one, and none has a type's word that is not in parentheses.
_TYPE = re.compile(
    rb"[A-Za-z_$][\w$]*(?:\s+[A-Za-z_$][\w$]*)*(?:\s*\*(?:\s*(?:const|volatile|__const|__volatile__)\b)*)*"
)
_KEYWORDS = (b"struct", b"union", b"enum")
_OPERATORS = frozenset(b"sizeof _Alignof alignof __alignof __alignof__ __real __real__ __imag __imag__".split())
_INITIALISER = "an initialiser in braces"
_HARMLESS = ("type", "list", _INITIALISER)
"""What is no value, but ends where its line does: it may stand in another branch than a macro's expression."""
_MICROSOFT = "__pragma is no part of an expression"
"""Where a macro that others use is this in one branch, Microsoft's, another one is in force for other compilers."""


class Probe(NamedTuple):
    """A macro to ask for. `guard` must be defined too ("" for none).

    `value` False asks only whether it is defined; `type` asks for the type that it stands for.
    """

    name: str
    guard: str = ""
    value: bool = True
    type: bool = False


def unfit(body: bytes, *, function_like: bool = False) -> str:
    """Why a body cannot be an expression, "" when it may be one."""
    bare = body
    if _APOSTROPHE in body:
        bare = re.sub(_SEPARATED, b"0", bare)
    if _QUOTE in body or _APOSTROPHE in body:
        bare = _LITERALS.sub(b"0", bare)
    if function_like and _HASH in bare:
        bare = bare.replace(b"#", b" ")  # makes a string or joins words: an expression may well come of it
    if _SEMICOLON in bare or (_BRACE in bare and not bare.startswith(b"{")):
        return "braces or statements"
    if _HASH in bare or _QUOTE in bare or _APOSTROPHE in bare or _BACKSLASH in bare:
        return "no expression"
    words = _WORD.findall(bare)
    if words and words[0] in _TYPE_WORDS and bare.startswith(words[0]) and not _QUALIFIERS.issuperset(words):
        return "type"
    if not _NO_EXPRESSION.isdisjoint(words):
        for word in words:
            if word in _NO_EXPRESSION and (word not in _QUALIFIERS or _PARENTHESIS not in bare):
                return f"{word.decode()} is no part of an expression"
    flat, count = bare, 1
    while count and _BRACKET.search(flat):
        flat, count = _GROUP.subn(b" ", flat)
    if _BRACKET.search(flat):
        return "unbalanced brackets"
    if bare.startswith(b"{"):
        return _INITIALISER
    return "list" if _COMMA in flat else ""


def choose(scans: Iterable[Scan]) -> list[Probe]:
    """The probes for the definitions of own files (of all branches), in order."""
    bodies: dict[str, list[Definition]] = {}
    undefined: set[str] = set()
    todo: dict[str, None] = {}
    for found in scans:
        undefined |= found.undefined
        for definition in found.definitions:
            _, name, parameters, body = definition
            known = bodies.get(name)
            if known is None:
                bodies[name] = [definition]
            else:
                known.append(definition)
            if body and parameters is None and not is_literal(body):
                todo[name] = None
    probes = [Probe(name, value=False) for name in sorted(undefined) if name in bodies]
    fitness = _Fitness(bodies)
    for name in todo:
        if fitness.type(name):
            probes.append(Probe(name, type=True))
            continue
        if fitness.bad(name):
            continue
        words = {_word(body) for _, _, parameters, body in bodies[name] if body and parameters is None}
        # A macro that stands for another one has a value only where that is a macro: what else it may be is looked up.
        # Which file defines it at the unit's end is not known yet (`#ifndef SIZE_MAX`).
        probes.append(Probe(name, words.pop() if len(words) == 1 else ""))
    return probes


def _ends_with_its_line(body: bytes) -> bool:
    """Whether a body is an expression, or a compound literal (C11 6.5.2.5) in another branch than an expression."""
    bare = re.sub(rb"[{}]", b" ", _LITERALS.sub(b"0", body))
    return _SEMICOLON not in bare and body.count(b"{") == body.count(b"}") and unfit(bare) in {"", *_HARMLESS}


def _word(body: bytes) -> str:
    match = IDENTIFIER.fullmatch(body)
    # C23's two need no macro; before, clang refuses a probe of them where they are none.
    return match[1].decode() if match and match[1] not in {b"true", b"false"} else ""


def type_form(body: bytes) -> bool | None:
    """Whether a body can be nothing but a type; None where it is none, False for a name that may stand for one."""
    if not _TYPE.fullmatch(body):
        return None
    words = _WORD.findall(body)
    others = [word for word in words if word not in _QUALIFIERS]
    if not others or words[-1] in _KEYWORDS or any(word in _NO_EXPRESSION or word in _OPERATORS for word in others):
        return None
    if body.endswith(b"*") or not _TYPE_WORDS.isdisjoint(words):
        return True
    return False if len(words) == 1 else None  # two names may be two strings


_LONGEST = 100_000
"""Words that a probe's macro may expand to: a few lines of macros that double each other would fill all memory."""


class _Fitness:
    """Whether macros can be expressions, with all that they use."""

    def __init__(self, bodies: dict[str, list[Definition]]) -> None:
        self._bodies = bodies
        self._harmful: dict[str, bool] = {}
        self._lengths: dict[str, int] = {}
        self._words: dict[str, list[str]] = {}

    def bad(self, name: str) -> bool:
        """Whether no probe shall be made of a macro."""
        reasons = [
            unfit(body, function_like=parameters is not None) for _, _, parameters, body in self._bodies[name] if body
        ]
        if all(reasons):
            return True
        if any(reason and reason not in _HARMLESS for reason in reasons) and not all(
            _ends_with_its_line(body) for _, _, _, body in self._bodies[name] if body
        ):
            return True
        return self._uses_harmful(name) or self._length(name) > _LONGEST

    def type(self, name: str) -> bool:
        """Whether a macro has a type's form in each branch, and one that only a type has in some."""
        forms = [type_form(body) for _, _, parameters, body in self._bodies[name] if body and parameters is None]
        return None not in forms and any(forms) and not (self._uses_harmful(name) or self._length(name) > _LONGEST)

    def _length(self, name: str) -> int:
        """About how many words a macro expands to."""
        lengths = self._lengths
        todo = [name]
        while todo:
            current = todo[-1]
            if lengths.get(current):
                todo.pop()
                continue
            used = self._used(current)
            unknown = [word for word in used if word not in lengths]
            if unknown:
                # 0 while it is found out: a macro is not expanded again inside itself.
                lengths[current] = 0
                todo += unknown
            else:
                lengths[current] = 1 + sum(1 + lengths[word] for word in used)
                todo.pop()
        return lengths[name]

    def _used(self, name: str) -> list[str]:
        """The macros in a macro's bodies, as often as they stand there; itself is none of them."""
        used = self._words.get(name)
        if used is None:
            words = [word.decode("ascii") for _, _, _, body in self._bodies[name] for word in _WORD.findall(body)]
            used = self._words[name] = [word for word in words if word in self._bodies and word != name]
        return used

    def _uses_harmful(self, name: str) -> bool:
        seen = {name}
        todo = [name]
        while todo:
            for used in self._used(todo.pop()):
                if used not in seen:
                    seen.add(used)
                    todo.append(used)
                    if self._is_harmful(used):
                        return True
        return False

    def _is_harmful(self, name: str) -> bool:
        known = self._harmful.get(name)
        if known is None:
            reasons = [
                unfit(body, function_like=parameters is not None)
                for _, _, parameters, body in self._bodies[name]
                if body and not is_literal(body)
            ]
            harmless = (*_HARMLESS, _MICROSOFT) if not all(reasons) else _HARMLESS
            known = self._harmful[name] = any(reason and reason not in harmless for reason in reasons)
        return known


def text(number: int, probe: Probe) -> str:
    """A probe's declaration, where the macro (and its guard) is defined."""
    condition = f"defined {probe.name} && defined {probe.guard}" if probe.guard else f"defined {probe.name}"
    if probe.type:
        return f"#if {condition}\ntypedef {probe.name} {PREFIX}{number};\n#endif\n"
    if probe.value:
        return f"#if {condition}\nstatic const __auto_type {PREFIX}{number} = {probe.name};\n#endif\n"
    return f"#if {condition}\nextern int {PREFIX}{number};\n#endif\n"
