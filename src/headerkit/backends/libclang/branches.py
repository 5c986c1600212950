"""What a condition on GCC's version decides about: a text taken apart into lines and branches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headerkit.backends.libclang.version_checks import Checks

__all__ = ["decides"]

_COMMENT = re.compile(rb"""/\*.*?\*/|//[^\n]*|("(?:\\.|[^"\\\n])*")""", re.DOTALL)
_CONTINUED = re.compile(rb"\\\r?\n")
_ELSEWHERE = re.compile(rb"\s*(?:defined\s*\(?\s*)?(?:__cplusplus|_MSC_VER|_WIN32|__BORLANDC__|__WATCOMC__)\b[^|]*")
_DIRECTIVE = re.compile(rb"\s*#\s*(\w+)(.*)", re.DOTALL)
_OBJECT_MACRO = re.compile(rb"\s+\w+(?:\s+(.*))?", re.DOTALL)
_NO_VALUE = re.compile(
    rb"__attribute|__declspec|_Pragma|__pragma|__inline|__builtin|__extension__|\[\[|__asm|[{;]|(?i:pragma)"
)
_VALUE = re.compile(rb"\b\d|[\"']")


def decides(text: bytes, checks: Checks) -> bool:
    """Whether a conditional that differs has more at file scope between its lines than attributes."""
    text = _CONTINUED.sub(b" ", _COMMENT.sub(lambda match: match[1] or b" ", text))
    lines = text.split(b"\n")
    at_file_scope, balanced = _scan_branches(lines, checks, nested=False)
    if balanced:
        return at_file_scope
    return _scan_branches(lines, checks, nested=True)[0]


def _scan_branches(lines: list[bytes], checks: Checks, *, nested: bool) -> tuple[bool, bool]:
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
