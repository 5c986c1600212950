"""The .pxd being put together: declarations are written in the order that Cython needs, each once.

Writing a type's name makes sure that the thing is declared above: a typedef or enum is written then and there, a record
behind a pointer is announced by a forward declaration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit import ir
from headerkit._compat import assert_never
from headerkit.writers.cython import macros
from headerkit.writers.cython.layout import Block, pxd_text
from headerkit.writers.cython.libc import cimport_of
from headerkit.writers.cython.nameless import anonymous_members, find_nameless
from headerkit.writers.cython.names import Name, Scope, c_spelling, is_c_identifier, member, parameter
from headerkit.writers.cython.types import COMPANIONS, UnsayableError, declaration, prototype
from headerkit.writers.declarator import tag_spelling
from headerkit.writers.ledger import kind_of, name_of
from headerkit.writers.protocol import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.writers.protocol import Fate

__all__ = ["Pxd"]

_INT_MAX = 2**31 - 1


class Pxd:
    """Reads a header's declarations; `text` and `ledger` are then complete."""

    def __init__(self, header: ir.Header, *, nogil: bool, enum_constants: bool, docs: bool) -> None:
        self.header = header
        self.ledger: list[LedgerEntry] = []
        self.ordinary: dict[str, Name] = {}
        """Names of functions, variables, typedefs, enumerators and macros, by their C name."""
        self.declared = {name: d for d in header.declarations if d.owned for name in _ordinary_names(d)}
        """What an ordinary identifier is declared as."""
        self.enum_constants = enum_constants
        self._nogil = nogil
        self._docs = docs
        self._scope = Scope()
        self._blocks: list[Block] = []
        self._cimports: dict[str, dict[str, str]] = {}
        self._aliases: list[str] = []
        self._companions: dict[str, Name] = {}
        self._tags: dict[str, Name] = {}
        self._nameless = find_nameless(header)
        self._anonymous = anonymous_members(header)
        self._begun: set[str] = set()  # tag keys and typedef names, "typedef NAME", whose writing has begun
        self._done: set[str] = set()
        self._announced: set[str] = set()
        self._writing: list[str] = []
        self._promised: list[ir.Record] = []  # announced; what nobody else declares is declared at the end
        self._remarks: dict[str, str] = {}
        self._lost: dict[str, str] = {}  # why a typedef or record that was begun could not be written
        self._claim_names()

    def text(self) -> str:
        """The whole .pxd."""
        companions = {c: COMPANIONS[c].format(name.declared) for c, name in self._companions.items()}
        return pxd_text(self.header, self._blocks, self._cimports, companions, self._aliases, nogil=self._nogil)

    def read(self) -> None:
        """Write every owned declaration and macro, and what they need."""
        for d in self.header.declarations:
            if d.owned:
                fate, reason = self._declare(d)
                self.ledger.append(LedgerEntry(kind_of(d), name_of(d), fate, reason))
        for m in self.header.macros:
            fate, reason = macros.write(m, self)
            self.ledger.append(LedgerEntry("macro", m.name, fate, reason))
        self._keep_promises()

    def _keep_promises(self) -> None:
        while self._promised:
            self._declare(self._promised.pop(0))

    # -- names

    def _claim_names(self) -> None:
        """Give the C names to those that users type most: ordinary identifiers before tags."""
        for d in self.header.declarations:
            if d.owned:
                for name in _ordinary_names(d):
                    self.claim(name, None if isinstance(d, ir.Enum) else _c_name(d), is_type=isinstance(d, ir.Typedef))
        for m in self.header.macros:
            if m.kind in macros.WRITTEN:
                self.claim(m.name, m.c_name or None, is_type=m.kind == "type")
        for d in self.header.declarations:
            if d.owned and isinstance(d, ir.Record | ir.Enum):
                self._claim_tag(d)

    def claim(self, name: str, c: str | None = None, *, is_type: bool = False) -> Name | None:
        """Take the name of an ordinary identifier, which C calls `c`; None for what is no C identifier."""
        if name not in self.ordinary:
            if not is_c_identifier(name):
                return None
            self.ordinary[name] = self._scope.claim(name, c, is_type=is_type)
        return self.ordinary[name]

    def _tag_name(self, d: ir.Record | ir.Enum) -> Name:
        name = self._tags.get(d.key) or self._claim_tag(d)
        if name is None:
            msg = "C gives it no name"
            raise UnsayableError(msg)
        return name

    def _claim_tag(self, d: ir.Record | ir.Enum) -> Name | None:
        """Name a record or enum that has a C name: its typedef's where that is the same word, else its tag's."""
        renamed = _c_name(d)
        spelling = c_spelling(tag_spelling(d) if renamed is None else f"{_keyword(d)}{renamed}")
        word = d.name or d.typedef
        typedef = self.header.typedefs.get(word)
        name = None
        if typedef is not None and typedef.type == ir.Tag(d.key):
            name = self.claim(word, renamed, is_type=True)
        elif nameless := self._nameless.get(d.key):
            name = self._scope.claim(nameless.name, nameless.c, is_type=True)
        elif is_c_identifier(word):
            taken = word in self.ordinary or self._scope.holds(word)
            wanted = tag_spelling(d).replace(" ", "_") if taken else word
            name = self._scope.claim(wanted, None if wanted == word else spelling, is_type=True)
            if name.cython != word or renamed is not None:
                name = Name(name.cython, spelling)
        if name is not None:
            self._tags[d.key] = name
        return name

    # -- what types.Names asks

    def companion(self, spelling: str) -> str:
        """Name a type that Cython does not know by itself."""
        if spelling not in self._companions:
            self._companions[spelling] = self._scope.claim(spelling.replace(" ", "_"), spelling, is_type=True)
        return self._companions[spelling].cython

    def typedef(self, name: str, *, complete: bool) -> str:
        """Name a typedef; it is declared from here on."""
        d = self.header.typedefs.get(name)
        if d is not None and not d.owned and self.header.resolve(d.type) == ir.Builtin("__builtin_va_list"):
            return self.companion("va_list")
        if (d is None or not d.owned) and (cimported := self._cimport(name)):
            return cimported
        if d is None:
            msg = f"the type {name} is not declared"
            raise UnsayableError(msg)
        if (tag := self._tag_of_same_name(d)) is not None:
            return self.tag(tag.key, complete=complete)
        self._need(f"typedef {name}", d)
        target = self.header.resolve(d.type)
        if complete and isinstance(target, ir.Tag):
            self.tag(target.key, complete=True)
        return self.ordinary[name].cython

    def tag(self, key: str, *, complete: bool) -> str:
        """Name a record or enum; it is announced or declared from here on."""
        d = self.header.tags.get(key)
        if d is None:
            msg = f"the type {key} is not declared"
            raise UnsayableError(msg)
        if isinstance(d, ir.Enum):
            self._need(key, d)
            return self._tags[key].cython if tag_spelling(d) else declaration(d.underlying, "", self)
        if not d.owned and d.name and (cimported := self._cimport(tag_spelling(d))):
            return cimported
        name = self._tag_name(d)
        if complete or d.fields is None:
            self._need(key, d)
        elif key not in self._done and key not in self._announced and self._writing[-1:] != [key]:
            self._announced.add(key)
            self._blocks.append(Block((self._opening(d, name),)))
            if key not in self._begun:
                self._promised.append(d)
        return name.cython

    def _tag_of_same_name(self, d: ir.Typedef) -> ir.Record | ir.Enum | None:
        """The record or enum of which this typedef is another spelling: a .pxd has one name for both."""
        tag = self.header.tags.get(d.type.key) if isinstance(d.type, ir.Tag) and not d.type.quals else None
        return tag if tag is not None and d.name == (tag.name or tag.typedef) else None

    def _cimport(self, spelling: str) -> str | None:
        found = cimport_of(spelling, self.header.target)
        if found is None:
            return None
        module, wanted = found
        if not module:
            return wanted
        names = self._cimports.setdefault(module, {})
        if wanted not in names:
            names[wanted] = self._scope.claim(wanted, is_type=True).cython
        return names[wanted]

    def _need(self, thing: str, d: ir.Typedef | ir.Record | ir.Enum) -> None:
        if thing not in self._begun:
            self._declare(d)
        if thing in self._lost:
            raise UnsayableError(self._lost[thing])

    # -- declarations

    def _declare(self, d: ir.Declaration) -> tuple[Fate, str]:
        thing = d.key if isinstance(d, ir.Record | ir.Enum) else f"{kind_of(d)} {d.name}"
        if thing in self._begun:
            return (
                ("unsupported", self._lost[thing]) if thing in self._lost else ("emitted", self._remarks.get(thing, ""))
            )
        self._begun.add(thing)
        self._writing.append(thing)
        try:
            remark = self._remarks[thing] = self._write(d)
        except UnsayableError as error:
            self._lost[thing] = str(error)
            return "unsupported", str(error)
        else:
            return "emitted", remark
        finally:
            self._writing.pop()
            self._done.add(thing)

    def _write(self, d: ir.Declaration) -> str:
        """Write one declaration; a remark for the ledger comes back, mostly ""."""
        match d:
            case ir.Record():
                return self._record(d)
            case ir.Enum():
                return self._enum(d)
            case ir.Typedef():
                return self._typedef(d)
            case ir.Function():
                name = self._ordinary_name(d.name)
                self.add(self.function(d, name), d.doc)
                return "an inline definition: C makes no symbol of it" if d.inline_definition else ""
            case ir.Variable():
                name = self._ordinary_name(d.name)
                self.add(declaration(d.type, name.declared, self), d.doc)
            case _:
                assert_never(d)
        return ""

    def function(self, d: ir.Function, name: Name) -> str:
        """Declare the function under a name."""
        return prototype(d.type, name.declared, tuple(map(parameter, d.parameters)), self)

    def alias(self, node: ir.Type, name: Name, doc: str = "") -> None:
        """Make the name another one of the type."""
        target = self.header.resolve(node)
        if isinstance(target, ir.Builtin) and target.name.endswith("_Complex"):
            # Cython has no external typedefs of complex types, but can call one of its own types by the name.
            self._aliases.append(f"ctypedef {declaration(target, name.cython, self)}")
        else:
            self.add(f"ctypedef {declaration(node, name.declared, self, complete=False)}", doc)

    def add(self, line: str, doc: str = "") -> None:
        """Write one line."""
        self._blocks.append(Block((line,), doc if self._docs else ""))

    def _ordinary_name(self, name: str, *, is_type: bool = False) -> Name:
        found = self.claim(name, is_type=is_type)
        if found is None:
            msg = "its name is no C identifier"
            raise UnsayableError(msg)
        return found

    def _typedef(self, d: ir.Typedef) -> str:
        name = self._ordinary_name(d.name, is_type=True)
        if (tag := self._tag_of_same_name(d)) is not None:
            self.tag(tag.key, complete=False)  # the tag's declaration is the typedef's too
            return ""
        node = d.type
        target = self.header.resolve(node)
        if not d.owned and isinstance(target, ir.Builtin):
            node = target  # what libc's own typedefs stand for, without the chain to it
        try:
            self.alias(node, name, d.doc)
        except UnsayableError as error:
            # C knows what it is: values of it can be kept and passed on.
            self._blocks.append(Block((f"ctypedef struct {name.declared}:", "    pass"), d.doc if self._docs else ""))
            return f"opaque: {error}"
        return ""

    def _opening(self, d: ir.Record | ir.Enum, name: Name) -> str:
        kind = "enum" if isinstance(d, ir.Enum) else d.kind
        is_tag = d.name == name.c and name != self.ordinary.get(d.name)
        return f"{'' if is_tag else 'ctypedef '}{kind} {name.declared}"

    def _record(self, d: ir.Record) -> str:
        if d.key in self._anonymous and not tag_spelling(d):
            return "its members are those of the record it stands in"
        name = self._tag_name(d)
        left_out: list[str] = []
        lines = list(self._members(d, left_out, set()))
        body = tuple(f"    {line}" for line in lines) or ("    pass",)
        self._blocks.append(Block((f"{self._opening(d, name)}:", *body), d.doc if self._docs else ""))
        return f"without {', '.join(left_out)}" if left_out else ""

    def _members(self, d: ir.Record, left_out: list[str], taken: set[str]) -> Iterator[str]:
        for f in d.fields or ():
            if not f.name:
                inner = self.header.tags.get(f.type.key) if isinstance(f.type, ir.Tag) and f.width is None else None
                if isinstance(inner, ir.Record):
                    yield from self._members(inner, left_out, taken)
                continue
            try:
                if not is_c_identifier(f.name):
                    msg = "its name is no C identifier"
                    raise UnsayableError(msg)  # noqa: TRY301  (one place writes down what is left out)
                name = member(f.name)
                while name.cython in taken:
                    name = Name(f"{name.cython}_", name.c)
                line = declaration(f.type, name.declared, self)
            except UnsayableError as error:
                left_out.append(f"{f.name} ({error})")
                continue
            taken.add(name.cython)
            yield line

    def _enum(self, d: ir.Enum) -> str:
        named = bool(tag_spelling(d))
        fits = all(-_INT_MAX - 1 <= e.value <= _INT_MAX for e in d.enumerators or ())
        names = [self._ordinary_name(e.name).declared for e in d.enumerators or ()]
        if not named and not fits:
            # Cython takes the members of a nameless enum for ints.
            for name in names:
                self.add(f"const {declaration(d.underlying, name, self)}")
            return ""
        opening = self._opening(d, self._tag_name(d)) if named else "enum"
        body = tuple(f"    {name}" for name in names) or ("    pass",)
        if named or names:
            self._blocks.append(Block((f"{opening}:", *body), d.doc if self._docs else ""))
        return ""


def _ordinary_names(d: ir.Declaration) -> tuple[str, ...]:
    """The ordinary identifiers (C11 6.2.3) that a declaration declares."""
    if isinstance(d, ir.Record):
        return ()
    if isinstance(d, ir.Enum):
        return tuple(e.name for e in d.enumerators or ())
    return (d.name,)


def _c_name(d: ir.Declaration) -> str | None:
    """What C calls a thing that a rule gave another name."""
    found = next((a.text for a in d.attributes if a.name == "c_name"), None)
    return found if found is not None and is_c_identifier(found) else None


def _keyword(d: ir.Record | ir.Enum) -> str:
    if not d.name:
        return ""
    return "enum " if isinstance(d, ir.Enum) else f"{d.kind} "
