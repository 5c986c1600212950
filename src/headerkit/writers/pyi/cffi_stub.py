"""Stubs of a cffi extension module: `lib` with the header's names, `ffi` with its types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Enum, Function, Record, Typedef, Variable
from headerkit.renaming import with_c_names
from headerkit.writers.ledger import kind_of, name_of
from headerkit.writers.protocol import LedgerEntry
from headerkit.writers.pyi.cffi_base import BASE, FFI, FFI_NEW
from headerkit.writers.pyi.cffi_hints import CffiHints
from headerkit.writers.pyi.hiding import Hidden
from headerkit.writers.pyi.hints import integer
from headerkit.writers.python_names import KEYWORDS, Scope, comment, docstring, plain_name, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Field, Header, Macro
    from headerkit.writers.protocol import Fate

__all__ = ["render"]

_WORDS = (
    "_Any _Array _CData _CType _Callable _FFI _Function _Generic _Iterator _Lib _Literal _P _ParamSpec _Pointer _R _T "
    "_TypeVar _Void _overload _property ffi lib"
)
_RESERVED = frozenset(_WORDS.split())


def render(header: Header, *, docstrings: bool) -> tuple[str, tuple[LedgerEntry, ...]]:
    """Write the stubs, and account for each owned declaration and macro."""
    header, _ = with_c_names(header)  # as the cffi writer
    stub = _Stub(header, docstrings=docstrings)
    return "".join(stub.parts()), tuple(stub.ledger())


class _Stub:
    def __init__(self, header: Header, *, docstrings: bool) -> None:
        self.header, self.docstrings = header, docstrings
        scope = Scope(_RESERVED)
        self.classes: dict[str, str] = {}
        for key, tag in header.tags.items():
            if isinstance(tag, Record):
                name = f"_{tag.name or tag.typedef or 'nameless'}"
                while not (scope.free(name) and scope.free(f"{name}_p")):
                    name += "_"
                self.classes[key] = scope.claim(name)
                scope.claim(f"{name}_p")
        self.hints = CffiHints(header, self.classes)
        self.named = {name: getattr(self.hints.resolve(made.type), "key", "") for name, made in header.typedefs.items()}
        self.hidden = Hidden()

    def parts(self) -> Iterator[str]:
        yield "# Stubs of a cffi module, made by headerkit. Do not edit.\n#\n"
        yield f"{comment(f'Header: {self.header.name}')}\n{BASE}"
        records = "".join(
            part for key, name in self.classes.items() for part in self._record(self.header.tags[key], name)
        )
        yield from self.hidden.definitions()
        yield records
        yield "\nclass _Lib:\n"
        yield "".join(self._lib()) or "    ...\n"
        yield "\nlib: _Lib\n"
        yield FFI
        yield from self._new()
        yield "\nffi: _FFI\n"

    def _doc(self, text: str, indent: str) -> str:
        return docstring(text, indent) if self.docstrings else ""

    def _record(self, record: Record | Enum, name: str) -> Iterator[str]:
        if not isinstance(record, Record):
            return
        yield f"\nclass {name}(_CData):\n"
        body = self._doc(record.doc, "    ") + "".join(self._members(self._all_members(record)))
        yield body or "    ...\n"
        yield f"\nclass {name}_p({name}, _Pointer[{name}]): ...\n"

    def _all_members(self, record: Record) -> dict[str, Field]:
        """The members that Python can name, those of anonymous members included."""
        found: dict[str, Field] = {}
        for field in record.fields or ():
            inner = self.header.tags.get(getattr(self.hints.resolve(field.type), "key", ""))
            if not field.name and field.width is None and isinstance(inner, Record) and inner.key != record.key:
                found.update(self._all_members(inner))
            elif field.name and field.name not in KEYWORDS and plain_name(field.name) == field.name:
                found[field.name] = field
        return found

    def _members(self, fields: dict[str, Field]) -> Iterator[str]:
        """As properties: a member's hint for reading is not that for writing."""
        for name, field in fields.items():
            doc = self._doc(field.doc, "        ")
            end = f"\n{doc}        ...\n" if doc else " ...\n"
            got, given = (
                self.hidden.seen(hint(field.type), fields) for hint in (self.hints.value, self.hints.parameter)
            )
            yield f"    @_property\n    def {name}(self) -> {got}:{end}"
            yield f"    @{name}.setter\n    def {name}(self, value: {given}, /) -> None: ...\n"

    def _lib(self) -> Iterator[str]:
        seen: set[str] = set()
        for declaration in self.header.declarations:
            if not declaration.owned or isinstance(declaration, Record | Typedef):
                continue
            if isinstance(declaration, Enum):
                for enumerator in declaration.enumerators or ():
                    if self._new_name(enumerator.name, seen):
                        hint = integer(enumerator.value, "_Literal")
                        yield f"    {enumerator.name}: {hint}\n{self._doc(enumerator.doc, '    ')}"
            elif self._fate(declaration)[0] == "emitted" and self._new_name(declaration.name, seen):
                if isinstance(declaration, Function):
                    yield self._function(declaration)
                else:
                    yield f"    {declaration.name}: {self.hints.value(declaration.type)}\n"
                    yield self._doc(declaration.doc, "    ")
        for macro in self.header.macros:
            if self._macro_fate(macro)[0] == "emitted" and self._new_name(macro.name, seen):
                hint = "float" if macro.kind == "float" else integer(int(macro.value or 0), "_Literal")
                yield f"    {macro.name}: {hint}\n"
                yield self._doc(macro.doc, "    ")

    def _new_name(self, name: str, seen: set[str]) -> bool:
        if name in seen or name in KEYWORDS or plain_name(name) != name:
            return False
        seen.add(name)
        return True

    def _function(self, function: Function) -> str:
        type_ = function.type
        scope = Scope(frozenset(["self", "further"]))
        given = [*function.parameters, *([""] * (len(type_.params or ()) - len(function.parameters)))]
        names = [scope.claim(name or f"arg{n + 1}") for n, name in enumerate(given)]
        parameters = [f"{n}: {self.hints.parameter(p)}" for n, p in zip(names, type_.params or (), strict=False)]
        parameters = ["self", *parameters, "/"] if parameters else ["self"]
        if type_.variadic:
            parameters.append("*further: _CData")
        doc = self._doc(function.doc, "        ")
        end = f"\n{doc}        ...\n" if doc else " ...\n"
        return f"    def {function.name}({', '.join(parameters)}) -> {self.hints.result(type_.result)}:{end}"

    def _new(self) -> Iterator[str]:
        """`ffi.new` by the names of records, and by any other text."""
        overloads = "".join(map(self._new_of, self.classes))
        yield overloads
        yield "    @_overload\n" if overloads else ""
        yield "    def new(self, cdecl: str | _CType, init: _Any = ..., /) -> _Any: ...\n"

    def _new_of(self, key: str) -> str:
        record = self.header.tags[key]
        if not isinstance(record, Record) or record.fields is None:
            return ""
        spellings = [f"{record.kind} {record.name}"] if record.name else []
        spellings += [name for name, meant in self.named.items() if meant == key]
        if not spellings:
            return ""
        pointers = ", ".join(quote(f"{spelling} *") for spelling in spellings)
        arrays = ", ".join(quote(f"{spelling}[]") for spelling in spellings)
        return FFI_NEW.format(pointers=pointers, arrays=arrays, name=self.classes[key])

    # -- the ledger

    def ledger(self) -> Iterator[LedgerEntry]:
        for declaration in self.header.declarations:
            if declaration.owned:
                yield LedgerEntry(kind_of(declaration), name_of(declaration), *self._fate(declaration))
        for macro in self.header.macros:
            yield LedgerEntry("macro", macro.name, *self._macro_fate(macro))

    def _fate(self, declaration: object) -> tuple[Fate, str]:
        if isinstance(declaration, Variable) and declaration.thread_local:
            return "unsupported", "cffi has no thread-local variables"
        name = getattr(declaration, "name", "")
        if isinstance(declaration, Function | Variable) and (name in KEYWORDS or plain_name(name) != name):
            return "unsupported", "Python cannot write that name; getattr() can"
        return "emitted", ""

    def _macro_fate(self, macro: Macro) -> tuple[Fate, str]:
        if macro.kind in ("int", "char", "float"):
            return "emitted", ""
        return "unsupported", "cffi has constants that are numbers only" if macro.value is not None else "no value"
