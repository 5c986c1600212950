"""What a header's own text may do in generated C: nothing. Quoting of strings and comments, and which names are plain.

Header text is not trusted: a doc comment may hold `*/`, a string macro a quote, a name a Unicode direction mark.
"""

from __future__ import annotations

__all__ = ["KEYWORDS", "comment", "is_plain_name", "one_line", "quote"]

# C11 6.4.1, and what gcc and clang reserve in their own modes. A name that C23 took for a keyword (bool, true, nullptr,
# constexpr ...) is one in an older header, and the parsers of declarations that we write for do not know these words.
_KEYWORDS = (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Alignas "
    "_Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local asm typeof"
)
KEYWORDS = frozenset(_KEYWORDS.split())


def is_plain_name(name: str) -> bool:
    """Whether this is an ASCII identifier and no keyword."""
    return name.isascii() and name.isidentifier() and name not in KEYWORDS


def quote(value: str) -> str:
    """A C string literal of one byte a character (latin-1), in printable ASCII only."""
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(char: str) -> str:
    code = ord(char)
    if code > 0xFF:
        msg = f"not a byte: {char!r}"
        raise ValueError(msg)
    # "?" could begin a trigraph; three octal digits end themselves, where \x runs on.
    return char if 0x20 <= code < 0x7F and char not in '"\\?' else f"\\{code:03o}"


def one_line(text: str) -> str:
    """Text on one line, harmless in a comment: no comment ends, control or formatting characters."""
    return " ".join(_harmless(line).strip() for line in text.splitlines() if line.strip())


def comment(text: str, indent: str = "") -> str:
    """A C comment of this text, line by line, with a final newline; "" for empty text."""
    lines = [_harmless(line) for line in text.splitlines()]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    if not lines:
        return ""
    if len(lines) == 1:
        return f"{indent}/* {lines[0].strip()} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/*\n{body}{indent} */\n"


def _harmless(line: str) -> str:
    if not line.isascii() or not line.isprintable():
        import unicodedata  # noqa: PLC0415  (most texts are plain)

        # Cc: controls, Cf: direction marks and the like, Cs, Co, Cn: no characters, Zl and Zp: line ends.
        line = "".join(
            " " if char == "\t" else f"<U+{ord(char):04X}>" if unicodedata.category(char)[0] == "C" else char
            for char in line
        )
    # "*/" ends the comment; "/*" inside one is a warning; a backslash at the end joins lines.
    return line.replace("*/", "* /").replace("/*", "/ *").replace("\\", "\\ ").rstrip()
