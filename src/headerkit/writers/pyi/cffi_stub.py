"""Stubs of a cffi extension module: `lib` with the header's names, `ffi` with its types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Enum, Function, Record, Typedef, Variable
from headerkit.writers.ctypes.literals import macro_literal, number
from headerkit.writers.ledger import kind_of, name_of
from headerkit.writers.protocol import LedgerEntry
from headerkit.writers.pyi.cffi_base import BASE, FFI, FFI_NEW
from headerkit.writers.pyi.cffi_hints import CffiHints
from headerkit.writers.python_names import KEYWORDS, Scope, comment, docstring, plain_name, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Header, Macro
    from headerkit.writers.protocol import Fate

__all__ = ["render"]

_WORDS = "_Any _Array _CData _CType _FFI _Function _Lib _Literal _P _Pointer _R _T _TypeAlias _Void _Callable _Final _overload"
_RESERVED = frozenset([*_WORDS.split(), "ffi", "lib", "_Generic", "_Iterator", "_NoReturn", "_ParamSpec", "_TypeVar"])


def render(header: Header, *, docstrings: bool) -> tuple[str, tuple[LedgerEntry, ...]]:
    """Write the stubs, and account for each owned declaration and macro."""
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

    def parts(self) -> Iterator[str]:
        yield f"# Stubs of a cffi module, made by headerkit. Do not edit.\n#\n{comment(f'Header: {self.header.name}')}\n"
        yield BASE
        for key, name in self.classes.items():
            record = self.header.tags[key]
            if isinstance(record, Record):
                yield from self._record(record, name)
        yield "\nclass _Lib:\n"
        yield "".join(self._lib()) or "    ...\n"
        yield "\nlib: _Lib\n"
        yield FFI
        yield from self._new()
        yield "\nffi: _FFI\n"

    def _doc(self, text: str, indent: str) -> str:
        return docstring(text, indent) if self.docstrings else ""

    def _record(self, record: Record, name: str) -> Iterator[str]:
        yield f"\nclass {name}(_CData):\n"
        body = self._doc(record.doc, "    ") + "".join(self._members(record, {}))
        yield body or "    ...\n"
        yield f"\nclass {name}_p({name}, _Pointer[{name}]): ...\n"

    def _members(self, record: Record, seen: dict[str, None]) -> Iterator[str]:
        """As properties: a member's hint for reading is not that for writing."""
        for field in record.fields or ():
            name = field.name
            if not name:
                inner = self.header.tags.get(getattr(self.hints.resolve(field.type), "key", ""))
                if field.width is None and isinstance(inner, Record) and inner.key != record.key:
                    yield from self._members(inner, seen)
            elif name not in seen and name not in KEYWORDS and plain_name(name) == name:
                seen[name] = None
                doc = self._doc(field.doc, "        ")
                end = f"\n{doc}        ...\n" if doc else " ...\n"
                yield f"    @_property\n    def {name}(self) -> {self.hints.value(field.type)}:{end}"
                yield f"    @{name}.setter\n    def {name}(self, value: {self.hints.parameter(field.type)}, /) -> None: ...\n"

    def _lib(self) -> Iterator[str]:
        seen: set[str] = set()
        for declaration in self.header.declarations:
            if not declaration.owned or isinstance(declaration, Record | Typedef):
                continue
            if isinstance(declaration, Enum):
                for enumerator in declaration.enumerators or ():
                    if self._new_name(enumerator.name, seen):
                        yield f"    {enumerator.name}: _Final = {enumerator.value}\n{self._doc(enumerator.doc, '    ')}"
            elif self._fate(declaration)[0] == "emitted" and self._new_name(declaration.name, seen):
                if isinstance(declaration, Function):
                    yield self._function(declaration)
                else:
                    yield f"    {declaration.name}: {self.hints.value(declaration.type)}\n{self._doc(declaration.doc, '    ')}"
        for macro in self.header.macros:
            if self._macro_fate(macro)[0] == "emitted" and self._new_name(macro.name, seen):
                literal = macro_literal(macro) if macro.kind == "float" else number(macro.value or 0)  # type: ignore[arg-type]  # not a string
                yield f"    {macro.name}: _Final = {literal}\n" if "(" not in literal else f"    {macro.name}: float\n"
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
        """`ffi.new` by the names of records."""
        for key, name in self.classes.items():
            record = self.header.tags[key]
            spellings = [f"{record.kind} {record.name}"] if isinstance(record, Record) and record.name else []
            spellings += [
                typedef.name
                for typedef in self.header.typedefs.values()
                if getattr(self.hints.resolve(typedef.type), "key", "") == key
            ]
            if spellings and isinstance(record, Record) and record.fields is not None:
                pointers = ", ".join(quote(f"{spelling} *") for spelling in spellings)
                arrays = ", ".join(quote(f"{spelling}[]") for spelling in spellings)
                yield FFI_NEW.format(pointers=pointers, arrays=arrays, name=name)
        yield "    @_overload\n    def new(self, cdecl: str | _CType, init: _Any = ..., /) -> _Any: ...\n"

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
