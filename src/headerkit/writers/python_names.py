"""Names and text of C in Python: one policy for names, one quoting function.

The policy: a C name keeps its spelling wherever Python can say it. A keyword gets a trailing underscore (PEP 8:
`from_`), and so does, in a module, the name of a builtin (`open_`: a star import must not replace Python's). What is no
Python identifier (a dollar sign, a letter that Python would normalise to another) has each such character replaced by
an underscore. Where two C names would meet in Python's one namespace the later one gets further underscores. The lists
are fixed texts, not the running interpreter's: every Python writes the same module.

Header text is not trusted: `quote`, `comment` and `docstring` are the only ways it gets into Python source.
"""

from __future__ import annotations

import unicodedata

__all__ = ["KEYWORDS", "Scope", "comment", "docstring", "member_name", "one_line", "plain_name", "quote"]

# keyword.kwlist of 3.10 to 3.14; soft keywords are good names.
_KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda nonlocal not or pass raise return try while with yield"
)
# dir(builtins) of 3.10 to 3.14, without the private names.
_BUILTINS = (
    "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError "
    "BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError "
    "ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception "
    "ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError "
    "ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError "
    "KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplemented "
    "NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError "
    "PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning "
    "StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError "
    "UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning "
    "UserWarning ValueError Warning WindowsError ZeroDivisionError abs aiter all anext any ascii bin bool breakpoint "
    "bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod enumerate eval "
    "exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass "
    "iter len license list locals map max memoryview min next object oct open ord pow print property quit range repr "
    "reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip"
)
# What the import system and PEP 562 ask a module for by name.
_MODULE = (
    "__all__ __annotations__ __builtins__ __cached__ __debug__ __dict__ __dir__ __doc__ __file__ __getattr__ "
    "__loader__ __name__ __package__ __path__ __spec__"
)

KEYWORDS = frozenset(_KEYWORDS.split())
_TAKEN = KEYWORDS | frozenset(f"{_BUILTINS} {_MODULE}".split())


def plain_name(name: str) -> str:
    """Make a C name an identifier that Python reads back as it stands; keywords stay what they are."""
    if name.isascii() and name.isidentifier():
        return name
    chars = (c if unicodedata.normalize("NFKC", c) == c and f"a{c}".isidentifier() else "_" for c in name)
    made = unicodedata.normalize("NFKC", "".join(chars))
    return made if made.isidentifier() else f"_{made}"


def member_name(name: str) -> str:
    """Name a record's field or a parameter: only keywords are in the way."""
    made = plain_name(name)
    return f"{made}_" if made in KEYWORDS else made


class Scope:
    """A Python module's one namespace, in the order in which names are claimed."""

    def __init__(self, reserved: frozenset[str]) -> None:
        self._taken = set(reserved | _TAKEN)

    def free(self, name: str) -> bool:
        """Whether this C name could be had as it stands."""
        return plain_name(name) == name and name not in self._taken

    def claim(self, name: str) -> str:
        """Take the Python name for a C name, the next free one where it is taken."""
        made = plain_name(name)
        while made in self._taken:
            made += "_"
        self._taken.add(made)
        return made


def quote(value: str | bytes) -> str:
    """Write a Python literal of this text or these bytes: one line of printable ASCII, double quotes where it can."""
    text = ascii(value)
    if '"' in text or "\\'" in text:
        return text
    return text.replace("'", '"')


def one_line(text: str) -> str:
    """Text on one line of a comment: printable characters only, no line ends, no marks that reorder text."""
    return " ".join(_printable(line).strip() for line in text.splitlines() if line.strip())


def comment(text: str) -> str:
    """A one-line Python comment. Never put one on a file's first two lines: it could name an encoding (PEP 263)."""
    return f"# {one_line(text)}".rstrip()


def docstring(text: str, indent: str) -> str:
    """Write a docstring of this text, with a final newline; "" for empty text.

    The lines' common indentation is not known to matter, so each is stripped on the right only.
    """
    lines = [_printable(line).rstrip() for line in text.splitlines()]
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    if not lines:
        return ""
    safe = [_unquoted(line) for line in lines]
    if len(safe) == 1:
        return f'{indent}"""{safe[0].strip()}"""\n'
    body = "".join(f"{indent}{line}\n" if line else "\n" for line in safe[1:])
    return f'{indent}"""{safe[0].strip()}\n{body}{indent}"""\n'


def _unquoted(line: str) -> str:
    """One line inside three double quotes: no backslash of it escapes, no quotes of it end the literal."""
    line = line.replace("\\", "\\\\")
    return line.replace('"', '\\"') if '""' in line or line.endswith('"') else line


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # Cc: controls, Cf: direction marks, Cs: surrogates (bytes that were no UTF-8), Co, Cn: none, Zl and Zp: line ends.
    return "".join(
        "    " if c == "\t" else f"<U+{ord(c):04X}>" if unicodedata.category(c)[0] == "C" else c for c in text
    )
