"""Stubs of a cffi extension module: `lib` with the header's names, `ffi` with its types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Enum, Function, Macro, Record, Typedef, Variable
from headerkit.writers.cffi.cdef import Cdef
from headerkit.writers.protocol import LedgerEntry
from headerkit.writers.pyi.cdef_names import names_in
from headerkit.writers.pyi.cffi_base import BASE, FFI, FFI_NEW
from headerkit.writers.pyi.cffi_hints import CffiHints
from headerkit.writers.pyi.hiding import BUILTINS, Hidden
from headerkit.writers.pyi.hints import integer
from headerkit.writers.python_names import KEYWORDS, Scope, comment, docstring, plain_name, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Enumerator, Field, Header
    from headerkit.writers.cffi.options import CffiOptions

__all__ = ["render"]

_WORDS = (
    "_Any _Array _CData _CType _Callable _FFI _Function _Generic _Iterator _Lib _Literal _P _ParamSpec _Pointer _R _T "
    "_TypeVar _Void _overload _property ffi lib"
)
_RESERVED = frozenset(_WORDS.split())


def render(header: Header, options: CffiOptions, *, docstrings: bool) -> tuple[str, tuple[LedgerEntry, ...]]:
    """Write the stubs of what the cffi writer makes with these options, and account as it does."""
    stub = _Stub(Cdef(header, options), docstrings=docstrings)
    return "".join(stub.parts()), tuple(stub.ledger())


class _Stub:
    def __init__(self, cdef: Cdef, *, docstrings: bool) -> None:
        self.cdef, self.docstrings = cdef, docstrings
        self.header = header = cdef.header
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
        declared = [d for index, d in enumerate(header.declarations) if cdef.declares(index)]
        self.records = [d for d in declared if isinstance(d, Record)]
        self.named = {
            d.name: getattr(self.hints.resolve(d.type), "key", "") for d in declared if isinstance(d, Typedef)
        }
        self.hidden = Hidden()
        known = {*BUILTINS, *_RESERVED, *self.classes.values(), *(f"{name}_p" for name in self.classes.values())}
        self.hiding = known.intersection(cdef.names)
        """Names of `lib` that hide, in its class, what hints are made of."""

    def parts(self) -> Iterator[str]:
        yield "# Stubs of a cffi module, made by headerkit. Do not edit.\n#\n"
        yield f"{comment(f'Header: {self.header.name}')}\n{BASE}"
        records = "".join(
            part for key, name in self.classes.items() for part in self._record(self.header.tags[key], name)
        )
        lib = "".join(self._lib())
        yield from self.hidden.definitions()
        yield records
        yield "\nclass _Lib:\n"
        yield lib or "    ...\n"
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
        left_out = self.cdef.members_left_out.get(record.key, ())
        for field in record.fields or ():
            inner = self.header.tags.get(getattr(self.hints.resolve(field.type), "key", ""))
            if not field.name and field.width is None and isinstance(inner, Record) and inner.key != record.key:
                found.update(self._all_members(inner))
            elif field.name not in left_out and _is_writable(field.name):
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
        for name, what in self.cdef.names.items():
            if _is_writable(name):
                yield from self._name(name, what)
        for name in names_in(self.cdef.options.extra_cdef):
            if _is_writable(name) and name not in self.cdef.names:
                yield f"    {name}: {self._in_lib('_Any')}\n"

    def _name(self, name: str, what: Function | Variable | Enumerator | Macro | None) -> Iterator[str]:
        if isinstance(what, Function):
            yield self._function(name, what)
            return
        if isinstance(what, Variable):
            hint = self.hints.value(what.type)
        elif isinstance(what, Macro):
            hint = self._constant(what)
        else:
            hint = integer(what.value, "_Literal") if what is not None else "_Any"
        yield f"    {name}: {self._in_lib(hint)}\n"
        yield self._doc(what.doc if what is not None else "", "    ")

    def _constant(self, macro: Macro) -> str:
        if macro.kind == "float":
            return "float"
        if macro.kind == "string":
            return "_Pointer[bytes]" if macro.wide in ("", "u8") else "_Pointer[str]"
        if macro.name == "NULL" and self.cdef.api:
            return "_Void"
        return integer(int(macro.value or 0), "_Literal")

    def _in_lib(self, hint: str) -> str:
        return self.hidden.seen(hint, self.hiding) if self.hiding else hint

    def _function(self, name: str, function: Function) -> str:
        type_ = function.type
        scope = Scope(frozenset(["self", "further"]))
        given = [*function.parameters, *([""] * (len(type_.params or ()) - len(function.parameters)))]
        names = [scope.claim(each or f"arg{n + 1}") for n, each in enumerate(given)]
        parameters = [
            f"{n}: {self._in_lib(self.hints.parameter(p))}" for n, p in zip(names, type_.params or (), strict=False)
        ]
        parameters = ["self", *parameters, "/"] if parameters else ["self"]
        if type_.variadic:
            parameters.append(f"*further: {self._in_lib('_CData')}")
        result = self._in_lib(self.hints.result(type_.result))
        doc = self._doc(function.doc, "        ")
        end = f"\n{doc}        ...\n" if doc else " ...\n"
        return f"    def {name}({', '.join(parameters)}) -> {result}:{end}"

    def _new(self) -> Iterator[str]:
        """`ffi.new` by the names of records, and by any other text."""
        overloads = "".join(map(self._new_of, self.records))
        yield overloads
        yield "    @_overload\n" if overloads else ""
        yield "    def new(self, cdecl: str | _CType, init: _Any = ..., /) -> _Any: ...\n"

    def _new_of(self, record: Record) -> str:
        if record.fields is None:
            return ""
        spellings = [f"{record.kind} {record.name}"] if record.name else []
        spellings += [name for name, meant in self.named.items() if meant == record.key]
        if not spellings:
            return ""
        pointers = ", ".join(quote(f"{spelling} *") for spelling in spellings)
        arrays = ", ".join(quote(f"{spelling}[]") for spelling in spellings)
        return FFI_NEW.format(pointers=pointers, arrays=arrays, name=self.classes[record.key])

    def ledger(self) -> Iterator[LedgerEntry]:
        """The cdef's, except for names that Python cannot write."""
        for entry in self.cdef.ledger:
            if entry.fate == "emitted" and entry.name in self.cdef.names and not _is_writable(entry.name):
                reason = "Python cannot write that name; getattr() can"
                yield LedgerEntry(entry.kind, entry.name, "unsupported", reason)
            else:
                yield entry


def _is_writable(name: str) -> bool:
    """Whether Python can write this name after a dot."""
    return bool(name) and name not in KEYWORDS and plain_name(name) == name
