"""The cffi writer: a cdef for `ffi.cdef()`, in API mode (compiled) or ABI mode (`ffi.dlopen`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Literal

from headerkit.ir import Enum, Function, Record, Typedef
from headerkit.light_classes import dataclass
from headerkit.renaming import with_c_names
from headerkit.writers.c_text import comment, one_line
from headerkit.writers.cffi.enums import enum_text, usable_enumerators
from headerkit.writers.cffi.inline import inline_definitions_line
from headerkit.writers.cffi.macros import Macros, macro_function
from headerkit.writers.cffi.reasons import UnsayableError
from headerkit.writers.cffi.records import Records
from headerkit.writers.cffi.symbols import Symbols
from headerkit.writers.cffi.types import Types
from headerkit.writers.ledger import kind_of, name_of
from headerkit.writers.protocol import LedgerEntry, Output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Declaration, Header

__all__ = ["CffiOptions", "CffiWriter"]


@dataclass(frozen=True, slots=True)
class CffiOptions:
    """Options of `[tool.headerkit.writer.cffi]`."""

    mode: Literal["api", "abi"] = "api"
    """`api`: the module is compiled, and the C compiler has the last word. `abi`: for `ffi.dlopen`, without one."""
    define_patterns: tuple[str, ...] = ()
    """Only macros whose name one of these regular expressions finds something in; none: all macros."""
    exclude_patterns: tuple[str, ...] = ()
    """Nothing whose name one of these regular expressions finds something in, unless another declaration needs it."""
    included_patterns: tuple[str, ...] = ()
    """Types whose name one of these regular expressions finds something in are declared by a module that this one
    includes (`ffi.include`): they are used, not declared again."""
    extra_cdef: tuple[str, ...] = ()
    """Lines that follow the generated declarations as they are."""
    macro_functions: tuple[str, ...] = ()
    """Signatures of function-like macros, which then are functions: `int NAME(int a)`."""
    comments: bool = False
    """Carry the header's documentation comments."""

    def __post_init__(self) -> None:
        """Refuse what is no regular expression."""
        for pattern in (*self.define_patterns, *self.exclude_patterns, *self.included_patterns):
            _check_pattern(pattern)


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        msg = f"{pattern!r} is no regular expression: {error}"
        raise ValueError(msg) from None


class CffiWriter:
    """Writes cdefs."""

    name: ClassVar[str] = "cffi"
    format_description: ClassVar[str] = "declarations for cffi's ffi.cdef()"
    suffix: ClassVar[str] = ".cdef.txt"
    cache_output: ClassVar[bool] = True
    cache_version: ClassVar[str] = "1"
    Options: ClassVar[type[CffiOptions]] = CffiOptions

    def __init__(self, options: CffiOptions | None = None) -> None:
        self.options = options or CffiOptions()

    def write(self, header: Header) -> Output:
        """Turn the IR into a cdef; it is one that cffi accepts, whatever had to be left out."""
        return _Cdef(header, self.options).output()


class _Cdef:
    """One cdef being made."""

    def __init__(self, header: Header, options: CffiOptions) -> None:
        # The module's C code says these names, and there is no C for a new one.
        header, self.renamed = with_c_names(header)
        self.header = header
        self.options = options
        self.api = options.mode == "api"
        self.types = Types(header, api=self.api)
        self.records = Records(self.types, comments=options.comments)
        self.symbols = Symbols(self.types, self.records)
        self.not_integers = frozenset([m.name for m in header.macros if m.kind not in {"int", "char"}])
        self.enumerators = {
            d.key: usable_enumerators(d, self.types, self.not_integers)
            for d in header.declarations
            if isinstance(d, Enum)
        }
        self.texts: dict[int, str] = {}
        self.ledger: list[LedgerEntry] = []
        self.taken: set[str] = set()
        self.left_out: list[str] = []
        self.inline_definitions: list[str] = []
        self._excluded = [re.compile(pattern).search for pattern in options.exclude_patterns]
        self._included = [re.compile(pattern).search for pattern in options.included_patterns]
        self._wanted = [re.compile(pattern).search for pattern in options.define_patterns]

    def output(self) -> Output:
        declarations = self.header.declarations
        for index, declaration in enumerate(declarations):
            if declaration.owned:
                self._own(index, declaration)
        self._complete_elided()
        macros = list(self._macros())
        self._needed()
        enums: list[str] = []
        others: list[str] = []
        for index, text in sorted(self.texts.items()):
            into = enums if declarations[index].__class__ is Enum else others
            into.append(text)
        stand_ins = [f"typedef struct {{ ...; }} {name};" for name in sorted(self.types.stand_ins)]
        parts = ["\n".join(part) for part in (stand_ins, enums, others, macros, self.options.extra_cdef) if part]
        if self.inline_definitions:
            parts.append(inline_definitions_line(self.inline_definitions))
        if self.left_out:
            parts.append(comment("Left out:\n" + "\n".join(f"  {line}" for line in self.left_out)).rstrip("\n"))
        head = f"/* Generated by headerkit from {one_line(self.header.name)}. Do not edit. */"
        return Output("\n".join([head, *parts]) + "\n", tuple(self.ledger))

    # -- the library's own declarations

    def _own(self, index: int, declaration: Declaration) -> None:
        kind, name = kind_of(declaration), name_of(declaration)
        if self._excluded and any(found(name) for found in self._excluded):
            self.ledger.append(LedgerEntry(kind, name, "filtered", "exclude_patterns"))
            return
        if self._included and self._is_included(declaration):
            self.ledger.append(LedgerEntry(kind, name, "filtered", "included_patterns"))
            return
        try:
            text = self._text(declaration)
        except UnsayableError as reason:
            self._leave_out(kind, name, str(reason))
            return
        if self.api and isinstance(declaration, Function) and declaration.inline_definition:
            self.inline_definitions.append(name)
        if text:
            if self.options.comments and declaration.doc:
                text = comment(declaration.doc) + text
            self.texts[index] = text
        without = self._without_members(kind, name) if self.records.left_out else ""
        if self.renamed and (new := self.renamed.get(index, "")):
            without = f"not as {new}: cffi compiles C's names{f'; {without}' if without else ''}"
        self.ledger.append(LedgerEntry(kind, name, "emitted", without))

    def _complete_elided(self) -> None:
        """Let the compiler fill in own records without members that something has by value (after an `opaque` rule)."""
        tags = (self.header.tags.get(key) for key in self.types.by_value)
        elided = [tag for tag in tags if isinstance(tag, Record) and tag.elided and tag.owned]
        for index in [index for index, item in enumerate(self.header.declarations) if item in elided] if elided else ():
            record = self.header.declarations[index]
            if index in self.texts and isinstance(record, Record):
                doc = comment(record.doc) if self.options.comments and record.doc else ""
                self.texts[index] = doc + self.records.render(record)

    def _leave_out(self, kind: str, name: str, reason: str) -> None:
        self.ledger.append(LedgerEntry(kind, name, "unsupported", reason))
        self.left_out.append(f"{kind} {name}: {reason}")

    def _without_members(self, kind: str, name: str) -> str:
        missing = self.records.left_out
        self.left_out += [f"{kind} {name}, member {member}: {reason}" for member, reason in missing]
        text = f"without {', '.join(member for member, _ in missing)}: {missing[0][1]}"
        missing.clear()
        return text

    def _text(self, declaration: Declaration) -> str:
        """The declaration's text, "" where another one's says it. Raises UnsayableError."""
        if isinstance(declaration, Function):
            text = self.symbols.function(declaration)
            self.taken.add(declaration.name)
            return text
        if isinstance(declaration, Typedef):
            known = self.types.typedefs.get(declaration.name)
            found = self.types.render_typedef(declaration) if known is None else known
            if isinstance(found, UnsayableError):
                raise found
            return found
        if isinstance(declaration, Record):
            return self._record(declaration)
        if isinstance(declaration, Enum):
            return self._enum(declaration)
        text = self.symbols.variable(declaration)
        self.taken.add(declaration.name)
        return text

    def _enum(self, enum: Enum) -> str:
        if enum.enumerators is None:
            msg = "it is never defined"
            raise UnsayableError(msg)
        # Another file's enum is written after the macros, of which one can have an enumerator's name.
        enumerators = [e for e in self.enumerators[enum.key] if e.name not in self.taken]
        self.taken.update(e.name for e in enumerators)
        return enum_text(enum, enumerators, self.types, comments=self.options.comments)

    def _record(self, record: Record) -> str:
        if not record.name and not record.typedef:
            return ""  # written where it is used
        self.types.check_name(record.name or record.typedef)
        return self.records.render(record)

    # -- macros

    def _macros(self) -> Iterator[str]:
        functions = dict(map(macro_function, self.options.macro_functions)) if self.api else {}
        macros = Macros(self.types, self.symbols, self.taken)
        comments, ledger, taken = self.options.comments, self.ledger, self.taken
        for macro in self.header.macros:
            name = macro.name
            if self._wanted and name not in functions and not any(found(name) for found in self._wanted):
                ledger.append(LedgerEntry("macro", name, "filtered", "define_patterns"))
                continue
            if self._excluded and any(found(name) for found in self._excluded):
                ledger.append(LedgerEntry("macro", name, "filtered", "exclude_patterns"))
                continue
            try:
                text = functions[name] if macro.kind == "call" and name in functions else macros.render(macro)
            except UnsayableError as reason:
                ledger.append(LedgerEntry("macro", name, "unsupported", str(reason)))
                continue
            ledger.append(LedgerEntry("macro", name, "emitted", ""))
            if text:
                taken.add(name)
                yield comment(macro.doc) + text if comments and macro.doc else text

    # -- what the library's declarations need of others

    def _needed(self) -> None:
        """Write the declarations outside the library that what is written so far needs, and those that these need."""
        places: dict[str, int] = {}
        for index, declaration in enumerate(self.header.declarations):
            if isinstance(declaration, Record | Enum):
                places[declaration.key] = index
            elif isinstance(declaration, Typedef):
                places[f"typedef {declaration.name}"] = index
        done: set[int] = set(self.texts)
        while True:
            wanted = [places[key] for key in self.types.needed if places[key] not in done]
            wanted += [
                place
                for name, text in self.types.typedefs.items()
                if text and isinstance(text, str) and (place := places[f"typedef {name}"]) not in done
            ]
            if not wanted:
                return
            for place in wanted:
                done.add(place)
                self._need(place)

    def _is_included(self, declaration: Declaration) -> bool:
        """Whether an included module declares this type."""
        if not self._included or not isinstance(declaration, Typedef | Record | Enum):
            return False
        name = name_of(declaration)
        return any(found(name) for found in self._included)

    def _need(self, place: int) -> None:
        declaration = self.header.declarations[place]
        if self._is_included(declaration):
            return
        if isinstance(declaration, Typedef):
            text = self.types.typedefs[declaration.name]
            self.texts[place] = str(text)
        elif isinstance(declaration, Enum):
            if declaration.enumerators and (text := self._enum(declaration)):
                self.texts[place] = text
        elif isinstance(declaration, Record) and (declaration.name or declaration.typedef):
            if not declaration.name or declaration.fields is not None or declaration.key in self.types.by_value:
                self.texts[place] = self.records.render(declaration)
            self.records.left_out.clear()
