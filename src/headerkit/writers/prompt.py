"""The prompt writer: what a header declares, short enough to put before a language model.

Token counts are estimates, and said to be: one token for four ASCII characters, one for each other character. The
tokenizers in use differ by more than that rule is wrong.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as quote
from typing import TYPE_CHECKING, ClassVar, Literal

from headerkit import ir
from headerkit.writers.ledger import emitted, kind_of, name_of
from headerkit.writers.plain_c import PlainC
from headerkit.writers.protocol import LedgerEntry, Output
from headerkit.writers.python_names import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Header

__all__ = ["PromptOptions", "PromptWriter", "estimate_tokens"]

_LEVELS = ("outline", "signatures", "full")
_SECTIONS = ("function", "record", "enum", "typedef", "variable", "macro")
_DOC_LIMIT = 160
_SILENT = ("empty", "other")  # include guards and the like tell a reader nothing


@dataclass(frozen=True, slots=True)
class PromptOptions:
    """Settings of the prompt writer."""

    detail: Literal["outline", "signatures", "full"] = "signatures"
    """`outline`: names alone; `signatures`: types, members and values too; `full`: also the first line of each comment
    and where each declaration stands."""
    max_tokens: int = 0
    """Take a lower level where the estimate is above this, and cut the outline itself; 0 for no limit."""

    def __post_init__(self) -> None:
        if self.max_tokens < 0:
            msg = "max_tokens: expected 0 or more"
            raise ValueError(msg)


def estimate_tokens(text: str) -> int:
    """Estimate how many tokens a language model counts for this text."""
    other = sum(not c.isascii() for c in text)
    return -(-(len(text) - other) // 4) + other


class PromptWriter:
    """Summarises; a lower level says less of each thing, and macros without a value are left out."""

    Options = PromptOptions
    name: ClassVar[str] = "prompt"
    format_description: ClassVar[str] = "a compact summary for language-model contexts"
    suffix: ClassVar[str] = ".txt"
    cache_output: ClassVar[bool] = False
    cache_version: ClassVar[str] = "1"

    def __init__(self, options: PromptOptions | None = None) -> None:
        self.options = options or PromptOptions()

    def write(self, header: Header) -> Output:
        """Write the summary, its token counts in the second line."""
        bodies = {level: "\n".join(_body(header, level)) + "\n" for level in _LEVELS}
        counts = {level: estimate_tokens(body) for level, body in bodies.items()}
        limit = self.options.max_tokens
        allowed = _LEVELS[: _LEVELS.index(self.options.detail) + 1]
        level = next((each for each in reversed(allowed) if not limit or counts[each] <= limit), _LEVELS[0])
        body = _cut(bodies[level], limit) if limit and counts[level] > limit else bodies[level]
        sizes = ", ".join(f"{each} {count}" for each, count in counts.items())
        counted = f"tokens: about {estimate_tokens(body)} ({level}); levels: {sizes} (4 characters a token)"
        return Output(f"{_title(header)}\n{counted}\n{body}", tuple(_ledger(header)))


def _ledger(header: Header) -> Iterator[LedgerEntry]:
    silent = {m.name: m.reason for m in header.macros if m.kind in _SILENT}
    for entry in emitted(header):
        if entry.kind == "macro" and entry.name in silent:
            yield LedgerEntry("macro", entry.name, "unsupported", silent[entry.name] or "it stands for nothing")
        else:
            yield entry


def _title(header: Header) -> str:
    spell = _Speller(header)
    counts = Counter(_section(d) for d in header.declarations if d.owned and not spell.is_repetition(d))
    counts["macro"] = sum(m.kind not in _SILENT for m in header.macros)
    listed = ", ".join(f"{counts[name]} {name}{'' if counts[name] == 1 else 's'}" for name in _SECTIONS if counts[name])
    return one_line(f"{header.name} for {header.target}: {listed or 'nothing'}")


def _section(d: ir.Declaration) -> str:
    return "record" if isinstance(d, ir.Record) else kind_of(d)


def _cut(body: str, limit: int) -> str:
    """The first part, on whole words, and how much is missing; about `limit` tokens."""
    kept = body[: max(0, limit - 12) * 4].rpartition(" ")[0]
    return f"{kept} ... ({estimate_tokens(body) - estimate_tokens(kept)} more tokens left out)\n"


def _body(header: Header, level: str) -> Iterator[str]:
    spell = _Speller(header)
    if header.includes:
        yield f"include: {one_line(', '.join(header.includes))}"
    for section in _SECTIONS:
        things: list[ir.Declaration | ir.Macro] = (
            [m for m in header.macros if m.kind not in _SILENT]
            if section == "macro"
            else [d for d in header.declarations if d.owned and _section(d) == section and not spell.is_repetition(d)]
        )
        if not things:
            continue
        if level == "outline":
            names = ", ".join(filter(None, (_outline(thing) for thing in things)))
            if names:
                yield f"{section}s: {one_line(names)}"
            continue
        yield f"{section}s:"
        for thing in things:
            text = spell.thing(thing)
            yield one_line(f"{text}{spell.remark(thing)}" if level == "full" else text)


def _outline(thing: ir.Declaration | ir.Macro) -> str:
    if isinstance(thing, ir.Enum):
        listed = " ".join(e.name for e in thing.enumerators or ())
        return f"{thing.name or thing.typedef or 'enum'} {{{listed}}}"
    if isinstance(thing, ir.Record) and not (thing.name or thing.typedef):
        return ""
    return thing.name if isinstance(thing, ir.Macro) else name_of(thing)


class _Speller:
    def __init__(self, header: Header) -> None:
        self._header = header
        self._c = PlainC(header)

    def is_repetition(self, d: ir.Declaration) -> bool:
        """Whether another line says the same: a typedef that only names its record, a member's nameless record."""
        if isinstance(d, ir.Record):
            return not (d.name or d.typedef)
        tag = self._header.tags.get(d.type.key) if isinstance(d, ir.Typedef) and isinstance(d.type, ir.Tag) else None
        return tag is not None and d.name in (tag.typedef, tag.name)

    def thing(self, thing: ir.Declaration | ir.Macro) -> str:
        match thing:
            case ir.Macro():
                return _macro(thing)
            case ir.Function():
                words = f"{'static ' if thing.storage == 'static' else ''}{'inline ' if thing.inline else ''}"
                return f"{words}{self._c.function(thing)}"
            case ir.Typedef() | ir.Variable():
                return self._c.declare(thing.type, thing.name)
            case ir.Enum():
                listed = ", ".join(f"{e.name}={e.value}" for e in thing.enumerators or ())
                return f"{thing.name or thing.typedef or 'enum'} {{{listed}}}"
            case ir.Record():
                name = f"{thing.kind} {thing.name}" if thing.name else thing.typedef
                if thing.fields is None:
                    return f"{name} (opaque)"
                return f"{name} {{{self._members(thing)}}}"

    def _members(self, record: ir.Record) -> str:
        texts = []
        for f in record.fields or ():
            inner = self._header.tags.get(f.type.key) if isinstance(f.type, ir.Tag) else None
            width = "" if f.width is None else f":{f.width}"
            if isinstance(inner, ir.Record) and not (inner.name or inner.typedef):
                texts.append(f"{inner.kind} {{{self._members(inner)}}} {f.name}".rstrip())
            else:
                texts.append(f"{self._c.declare(f.type, f.name)}{width}")
        return "; ".join(texts)

    def remark(self, thing: ir.Declaration | ir.Macro) -> str:
        parts = []
        if not isinstance(thing, ir.Macro):
            parts += [f"deprecated {a.text}".rstrip() for a in thing.attributes if a.name == "deprecated"]
        if isinstance(thing, ir.Record) and thing.size is not None:
            parts.append(f"{thing.size} bytes")
        if doc := one_line(thing.doc):
            parts.append(doc if len(doc) <= _DOC_LIMIT else f"{doc[: _DOC_LIMIT - 3]}...")
        if 0 <= thing.location.file < len(self._header.files):
            file = self._header.files[thing.location.file].rpartition("/")[2].rpartition(":")[2]
            parts.append(f"[{file}:{thing.location.line}]")
        return f"  // {'; '.join(parts)}" if parts else ""


def _macro(m: ir.Macro) -> str:
    if m.parameters is not None:
        return f"{m.name}({', '.join(m.parameters)})"
    if isinstance(m.value, str):
        return f"{m.name} {m.wide}{quote(m.value)}"
    if m.value is not None:
        return f"{m.name} {m.value}"
    return f"{m.name} {m.alias}".rstrip()
