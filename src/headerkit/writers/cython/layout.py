"""How the parts of a .pxd are laid out as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headerkit.writers.python_names import comment, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from headerkit.ir import Header

__all__ = ["Block", "pxd_text"]


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one declaration, and its doc comment as the header has it."""

    lines: tuple[str, ...]
    doc: str = ""


def pxd_text(
    header: Header,
    blocks: Sequence[Block],
    cimports: Mapping[str, Mapping[str, str]],
    companions: Mapping[str, str],
    aliases: Sequence[str],
    *,
    nogil: bool,
) -> str:
    """Lay out the whole file, with a final newline.

    `cimports` are names by module, each with the name it is used under; `companions` are declarations of types
    that no header needs, by the C spelling; `aliases` are types of Cython itself.
    """
    lines = ["# cython: language_level=3", f"# Made by headerkit from {one_line(header.name)}; do not edit."]
    for module, names in sorted(cimports.items()):
        listed = (wanted if wanted == used else f"{wanted} as {used}" for wanted, used in sorted(names.items()))
        lines.append(f"from {module} cimport {', '.join(listed)}")
    for source, spellings in (
        ("*", companions.keys() - {"va_list"}),
        ('"<stdarg.h>"', companions.keys() & {"va_list"}),
    ):
        if spellings:
            lines += ["", f"cdef extern from {source}:"]
            lines += [f"    {line}" for spelling in sorted(spellings) for line in companions[spelling].split("\n")]
    if aliases:
        lines += ["", *aliases]
    # C sees all includes before the declarations: an early one may be what a later one needs.
    includes = [f'"{_file_name(include)}"' for include in header.includes] or ["*"]
    for include in includes[:-1]:
        lines += ["", f"cdef extern from {include}:", "    pass"]
    lines += ["", f"cdef extern from {includes[-1]}{' nogil' if nogil else ''}:", *_body(blocks)]
    return "\n".join(lines) + "\n"


def _file_name(include: str) -> str:
    """Spell an include as Cython wants it: quotes are the default, angle brackets stay."""
    return include[1:-1] if include.startswith('"') else include


def _body(blocks: Sequence[Block]) -> Iterator[str]:
    previous: Block | None = None
    for block in blocks:
        if previous and (block.doc or len(block.lines) > 1 or len(previous.lines) > 1):
            yield ""
        for line in block.doc.strip().splitlines():
            yield f"    {comment(line)}"
        for line in block.lines:
            yield f"    {line}"
        previous = block
    if not blocks:
        yield "    pass"
