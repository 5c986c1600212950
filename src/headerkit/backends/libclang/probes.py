"""Macros that clang evaluates: which ones, and the text that makes it do so.

A probe is a line `static const __auto_type __hk_probe_N = NAME;` after the unit's text, compiled only where the macro is
defined at the end of the unit; its initialiser has the macro's value, its type the macro's C type. A macro whose body
(or that of a macro it uses) could run over its line's end is not probed: an unbalanced bracket, a statement, a
declaration's words. So one bad probe cannot hurt the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.backends.libclang.scan import Definition

__all__ = ["IDENTIFIER", "PREFIX", "Probe", "choose", "is_plain", "text", "unfit"]

PREFIX = "__hk_probe_"
IDENTIFIER = re.compile(rb"\(?[ \t]*([A-Za-z_$][\w$]*)[ \t]*\)?")

_PLAIN = re.compile(
    rb"""[ \t(]*(?:-?\.?[0-9][\w.]*(?:(?<=[eEpP])[+-][0-9][\w.]*)?|'(?:\\.|[^'\\])*'|(?:(?:u8|[LuU])?"(?:\\.|[^"\\])*"\s*)+)[ \t)]*"""
)
_LITERALS = re.compile(rb'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
_WORD = re.compile(rb"[A-Za-z_$][\w$]*")
_STATEMENT_WORDS = frozenset(
    b"if else for while do switch case default return goto break continue typedef extern static inline __inline"
    b" __inline__ register auto __extension__ __attribute__ __attribute __declspec _Pragma __pragma asm __asm __asm__"
    b" _Noreturn noreturn _Static_assert __restrict restrict _Thread_local __thread __LINE__ __FILE__ __COUNTER__"
    b" __func__ __FUNCTION__ __PRETTY_FUNCTION__ __DATE__ __TIME__ __TIMESTAMP__ __cdecl __stdcall __fastcall"
    b" _Alignas alignas __label__".split()
)
_TYPE_WORDS = frozenset(
    b"void char short int long float double signed unsigned struct union enum const volatile _Bool bool _Complex"
    b" __signed__ __const __volatile__ __int128 _Atomic __builtin_va_list".split()
)


class Probe(NamedTuple):
    """A macro to ask for. `guard` is a macro that must be defined too ("" for none); `value` False asks only whether."""

    name: str
    guard: str = ""
    value: bool = True


def is_plain(body: bytes) -> bool:
    """Whether a body is a plain literal in form."""
    return _PLAIN.fullmatch(body) is not None


def unfit(body: bytes) -> str:
    """Why a body cannot be an expression, "" when it may be one."""
    bare = _LITERALS.sub(b"0", body) if b'"' in body or b"'" in body else body
    if b";" in bare or b"{" in bare or b"}" in bare:
        return "statements"
    if b"#" in bare:
        return "no expression"
    if b"(" in bare or b")" in bare or b"[" in bare:
        depth = 0
        for code in bare:
            if code in b"([":
                depth += 1
            elif code in b")]":
                depth -= 1
                if depth < 0:
                    return "unbalanced brackets"
        if depth:
            return "unbalanced brackets"
    if b'"' in bare or b"'" in bare:
        return "unbalanced quotes"
    words = _WORD.findall(bare)
    for word in words:
        if word in _STATEMENT_WORDS:
            return f"{word.decode()} is no part of an expression"
    if words and words[0] in _TYPE_WORDS and bare.lstrip().startswith(words[0]):
        return "type"
    return ""


def choose(definitions: Iterable[Definition], undefined: set[str]) -> list[Probe]:
    """The probes for the definitions of own files (of all branches), in order. `undefined` are names of `#undef`s."""
    bodies: dict[str, list[Definition]] = {}
    for definition in definitions:
        bodies.setdefault(definition.name, []).append(definition)
    bad = _unfit_names(bodies)
    probes = []
    for name, found in bodies.items():
        candidates = [item for item in found if item.parameters is None and item.body and not is_plain(item.body)]
        if candidates and name not in bad:
            words = {match[1] for match in (IDENTIFIER.fullmatch(item.body) for item in candidates) if match}
            guard = ""
            if len(words) == 1 and all(IDENTIFIER.fullmatch(item.body) for item in candidates):
                word = words.pop().decode()
                if word in bodies:
                    if name in undefined:
                        probes.append(Probe(name, value=False))
                    continue
                guard = word
            probes.append(Probe(name, guard))
            if guard and name in undefined:
                probes.append(Probe(name, value=False))
        elif name in undefined:
            probes.append(Probe(name, value=False))
    return probes


def _unfit_names(bodies: dict[str, list[Definition]]) -> set[str]:
    """Names of macros with a body that cannot be an expression, or that use such a one."""
    bad = {name for name, found in bodies.items() if any(item.body and unfit(item.body) for item in found)}
    if not bad:
        return bad
    uses: dict[str, set[str]] = {}
    for name, found in bodies.items():
        for item in found:
            if item.body and not item.body[:1].isdigit():
                for word in _WORD.findall(item.body):
                    used = word.decode("ascii")
                    if used in bodies and used != name:
                        uses.setdefault(used, set()).add(name)
    todo = [name for name in bad if any(_dangerous(item.body) for item in bodies[name])]
    while todo:
        for user in uses.get(todo.pop(), ()):
            if user not in bad:
                bad.add(user)
                todo.append(user)
    return bad


def _dangerous(body: bytes) -> bool:
    return unfit(body) not in ("", "type")


def text(number: int, probe: Probe) -> str:
    """Three lines: a probe's declaration, where the macro (and its guard) is defined."""
    condition = f"defined {probe.name} && defined {probe.guard}" if probe.guard else f"defined {probe.name}"
    if probe.value:
        return f"#if {condition}\nstatic const __auto_type {PREFIX}{number} = {probe.name};\n#endif\n"
    return f"#if {condition}\nextern int {PREFIX}{number};\n#endif\n"
