"""Stubs of the ctypes writer's module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Enum, Record
from headerkit.writers.ctypes.records import field_name
from headerkit.writers.ctypes.render import enum_members, keyword_members
from headerkit.writers.pyi.hiding import Hidden
from headerkit.writers.pyi.hints import Hints, integer
from headerkit.writers.python_names import KEYWORDS, Scope, comment, docstring, member_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Field
    from headerkit.writers.ctypes.module import Bound, Module

__all__ = ["render"]

_HEAD = """
import ctypes as _c
import enum as _enum
import typing as _typing
from _ctypes import CFuncPtr as _CFuncPtr

_InT = _typing.TypeVar("_InT", bound=_c._CData)
_In: _typing.TypeAlias = _c._Pointer[_InT] | _c.Array[_InT] | _InT | _c._CArgObject | None
_Address: _typing.TypeAlias = int | bytes | _c._PointerLike | _c.Array[_typing.Any] | _c._CArgObject | None
_Text: _typing.TypeAlias = (
    bytes | _c.c_char_p | _c.Array[_c.c_char] | _c._Pointer[_c.c_char] | _c._CArgObject | None
)
_BufferIn: _typing.TypeAlias = (
    bytearray | memoryview | _c.Array[_typing.Any] | _c._Pointer[_typing.Any] | _c.c_char_p | _c.c_void_p
    | _c._CArgObject | None
)
"""
_COMPLEX = """
class {name}(_c.Structure):
    real: _c._CField[_c.c_{part}, float, float]
    imag: _c._CField[_c.c_{part}, float, float]
    def __complex__(self) -> complex: ...
"""
_PARTS = {"_complex64": "float", "_complex128": "double", "_complex256": "longdouble"}


def render(module: Module, *, docstrings: bool) -> str:
    """Write the stubs."""
    return "".join(_Stub(module, docstrings=docstrings).parts())


class _Stub:
    def __init__(self, module: Module, *, docstrings: bool) -> None:
        self.module, self.docstrings = module, docstrings
        self.typedefs = {made.name: made.expression for made in module.typedefs.values()}
        for item in module.types:
            if isinstance(item, Enum) and item.key in module.names.tags and not module.is_class(item):
                self.typedefs[module.names.tags[item.key]] = module.speller.stored(item.underlying).expression
        self.hints = Hints(self.typedefs)
        self.hidden = Hidden()

    def parts(self) -> Iterator[str]:
        body = "".join(self._types()) + "".join(self._values())
        yield "# Stubs of ctypes bindings, made by headerkit. Do not edit.\n#\n"
        yield f"{comment(f'Header: {self.module.header.name}')}\n{_HEAD}"
        yield from self.hidden.definitions()
        for name, part in _PARTS.items():
            if name in self.module.speller.used:
                yield _COMPLEX.format(name=name, part=part)
        yield body

    def _doc(self, text: str, indent: str) -> str:
        return docstring(text, indent) if self.docstrings else ""

    # -- types

    def _types(self) -> Iterator[str]:
        done = set()
        for item in self.module.types:
            if isinstance(item, Record):
                yield from self._record(item)
            elif isinstance(item, Enum):
                yield from self._enum(item)
            elif item.name in self.module.typedefs:
                made = self.module.typedefs[item.name]
                if made.name != made.expression and made.name not in done:
                    done.add(made.name)
                    yield self._alias(made.name, made.expression)
        for made in self.module.callbacks:
            yield self._alias(made.name, made.expression)

    def _alias(self, name: str, expression: str) -> str:
        prototype = self.hints.prototype(expression)
        if prototype is not None:
            result, arguments, returned, parameters = prototype
            taken = "".join(f"a{n}: {hint}, " for n, hint in enumerate(parameters)) + ("/, " if parameters else "")
            return (
                f"\nclass {name}(_CFuncPtr):\n"
                "    @_typing.overload\n"
                "    def __new__(cls, address: int = ..., /) -> _typing.Self: ...\n"
                "    @_typing.overload\n"
                f"    def __new__(cls, function: _typing.Callable[[{', '.join(arguments)}], {result}], /)"
                " -> _typing.Self: ...\n"
                f"    def __call__(self, {taken}*further: _typing.Any) -> {returned}: ...\n"
            ).replace("_typing.Self", name)
        if expression == "None":
            return f"{name}: None\n"
        hint = self.hints.ctype(expression)
        return f"{name}: _typing.TypeAlias = {hint}\n"

    def _record(self, record: Record) -> Iterator[str]:
        module = self.module
        made = module.shapes.get(record.key)
        kind = made.kind if made else "Union" if record.kind == "union" else "Structure"
        yield f"\nclass {module.names.tags[record.key]}(_c.{kind}):\n"
        body = self._doc(record.doc, "    ")
        fields = list(self._members(record))
        names = {name for name, _, _ in fields}
        hints = self.hints
        for name, field, expression in fields:
            hint = f"_c._CField[{hints.ctype(expression)}, {hints.value(expression)}, {hints.stored(expression)}]"
            body += f"    {name}: {self.hidden.seen(hint, names)}\n{self._doc(field.doc, '    ')}"
        for bits in module.unreachable(record):
            body += f"    {member_name(bits.name)}: {self.hidden.seen('int', names)}\n"
        if made and made.plain and fields and not any(name.startswith("_") for name in names):
            given = ((name, self.hidden.seen(hints.stored(expression), names)) for name, _, expression in fields)
            parameters = ", ".join(f"{name}: {hint} = ..." for name, hint in given)
            body += f"    def __init__(self, {parameters}) -> None: ...\n"
        yield body or "    ...\n"

    def _members(self, record: Record) -> Iterator[tuple[str, Field, str]]:
        """The members that Python can name, those of anonymous members included, with their types' expressions."""
        made = self.module.shapes.get(record.key)
        if made is None:
            return
        rows = {row.name: row.expression for _, helper in made.helpers for row in helper.rows}
        rows |= {row.name: row.expression for row in made.rows}
        others = {plain: other for other, plain in keyword_members(self.module, record)}
        for field in record.fields or ():
            if field.name:
                name = field_name(field.name)
                if name in rows:
                    yield (others[name] if name in KEYWORDS else name), field, rows[name]
            elif field.width is None:
                target, _ = self.module.speller.resolve(field.type)
                inner = self.module.header.tags.get(getattr(target, "key", ""))
                if isinstance(inner, Record) and inner.key != record.key:
                    yield from self._members(inner)

    def _enum(self, enum: Enum) -> Iterator[str]:
        name = self.module.names.tags.get(enum.key)
        if name is None:
            return
        base = self.module.enum_class(enum)
        if not base:
            yield self._alias(name, self.typedefs[name])
            return
        values = {enumerator.name: enumerator for enumerator in enum.enumerators or ()}
        yield f"\nclass {name}(_enum.{base}):\n"
        body = self._doc(enum.doc, "    ")
        for member, plain in enum_members(enum):
            body += f"    {member} = {values[plain].value}\n{self._doc(values[plain].doc, '    ')}"
        yield body or "    ...\n"

    # -- values

    def _values(self) -> Iterator[str]:
        module = self.module
        members = {}
        for item in module.types:
            if isinstance(item, Enum) and module.is_class(item):
                members.update(
                    {module.names.ordinary[plain]: module.names.tags[item.key] for _, plain in enum_members(item)}
                )
        yield "\n"
        for constant in module.constants:
            # Annotations alone: thousands of assignments are too much for a checker's flow analysis.
            if constant.enumerator and constant.name in members:
                yield f"{constant.name}: _typing.Final[{members[constant.name]}]\n"
            elif constant.kind == "float":
                yield f"{constant.name}: _typing.Final[float]\n"
            elif constant.kind == "int":
                yield f"{constant.name}: _typing.Final[{integer(int(constant.literal), '_typing.Literal')}]\n"
            else:
                yield f"{constant.name}: _typing.Final[_typing.Literal[{constant.literal}]]\n"
            yield self._doc(constant.doc, "")
        for symbol, variable, expression in module.variables:
            yield f"{symbol.name}: {self.hints.ctype(expression)}\n{self._doc(variable.doc, '')}"
        for bound in module.functions:
            yield self._function(bound)
        functions = {bound.name for bound in module.functions}
        variables = {symbol.name: expression for symbol, _, expression in module.variables}
        for alias in module.aliases:
            if alias.expression in variables:
                yield f"{alias.name}: {self.hints.ctype(variables[alias.expression])}\n"
            elif alias.expression in functions:
                yield f"{alias.name} = {alias.expression}\n"
            else:
                yield self._alias(alias.name, alias.expression)

    def _function(self, bound: Bound) -> str:
        scope = Scope(frozenset(["further"]))
        names = [scope.claim(name or f"arg{n + 1}") for n, name in enumerate(_names(bound))]
        parameters = [
            f"{name}: {self.hints.parameter(hint)}" for name, hint in zip(names, bound.parameters, strict=True)
        ]
        if parameters:
            parameters.append("/")
        if bound.function.type.variadic or bound.function.type.params is None:
            parameters.append("*further: _typing.Any")
        doc = self._doc(bound.function.doc, "    ")
        end = f"\n{doc}    ...\n" if doc else " ...\n"
        return f"def {bound.name}({', '.join(parameters)}) -> {self.hints.result(bound.result)}:{end}"


def _names(bound: Bound) -> list[str]:
    names = list(bound.function.parameters)
    return names + [""] * (len(bound.parameters) - len(names))
