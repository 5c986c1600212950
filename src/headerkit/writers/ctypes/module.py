"""The ctypes module of a header before it is text: what it defines, under which names, and what it cannot have.

The stubs are written from the same object, so that they cannot tell of another module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from headerkit.ir import Alias, Enum, Function, FunctionType, Record, Tag, Typedef, Variable
from headerkit.writers.ctypes.by_value import ByValue
from headerkit.writers.ctypes.literals import macro_literal, number
from headerkit.writers.ctypes.names import ModuleNames
from headerkit.writers.ctypes.order import ordered
from headerkit.writers.ctypes.records import record_shape
from headerkit.writers.ctypes.spelling import Speller, UnsupportedError
from headerkit.writers.ctypes.stored import Stored
from headerkit.writers.ledger import kind_of, name_of
from headerkit.writers.protocol import LedgerEntry
from headerkit.writers.python_names import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headerkit.ir import Header, Macro
    from headerkit.writers.ctypes.bits import BitField
    from headerkit.writers.ctypes.layout import Shape
    from headerkit.writers.ctypes.options import CtypesOptions
    from headerkit.writers.protocol import Fate

__all__ = ["Bound", "Constant", "Definition", "Module", "Symbol"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A name with a value: `literal` is Python source of the type `kind`."""

    name: str
    literal: str
    kind: Literal["int", "float", "bytes", "str"]
    doc: str = ""
    enumerator: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A typedef's name, or another one for a type, function or variable; `expression` is Python source."""

    name: str
    expression: str
    of: Typedef | None = None
    """The typedef, where it is one."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """What is looked up in the library: `symbol` is its name there."""

    name: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Bound(Symbol):
    """A function. `helper` makes it (`_function`, `_stdcall`); the types are ctypes expressions."""

    function: Function
    helper: str
    result: str
    parameters: tuple[str, ...]


@dataclass(slots=True)
class Module:
    """Everything in a module, in its order; `ledger` accounts for every owned declaration and macro."""

    header: Header
    options: CtypesOptions
    names: ModuleNames = field(init=False)
    speller: Speller = field(init=False)
    types: tuple[Record | Typedef | Enum, ...] = field(init=False)
    shapes: dict[str, Shape] = field(init=False, default_factory=dict)
    typedefs: dict[str, Definition] = field(init=False, default_factory=dict)
    constants: list[Constant] = field(init=False, default_factory=list)
    functions: list[Bound] = field(init=False, default_factory=list)
    variables: list[tuple[Symbol, Variable, str]] = field(init=False, default_factory=list)
    aliases: list[Definition] = field(init=False, default_factory=list)
    ledger: list[LedgerEntry] = field(init=False, default_factory=list)
    callbacks: list[Definition] = field(init=False, default_factory=list)
    """Function pointer types of parameters that no typedef names: FUNCTION_PARAMETER."""
    _reasons: dict[str, tuple[Fate, str]] = field(init=False, default_factory=dict)
    _enumerators: dict[str, int] = field(init=False, default_factory=dict)  # their places in `constants`

    def __post_init__(self) -> None:
        self.names = ModuleNames(self.header)
        records: dict[str, Stored] = {}
        by_value = ByValue(self.header)
        self.speller = Speller(self.header, self.names, records, by_value, enum_classes=self.is_class)
        self.types = ordered(self.header)
        for item in self.types:
            if isinstance(item, Record):
                self._lay_out(item, records)
            elif isinstance(item, Typedef):
                self._define(item)
        for declaration in self.header.declarations:
            if declaration.owned:
                fate, reason = self._declare(declaration)
                self.ledger.append(LedgerEntry(kind_of(declaration), name_of(declaration), fate, reason))
        declared = {name for d in self.header.declarations if d.owned or not isinstance(d, Enum) for name in _names(d)}
        callables = {d.function.name: d.name for d in self.functions}
        callables |= {variable.name: symbol.name for symbol, variable, _ in self.variables if not variable.thread_local}
        for macro in self.header.macros:
            fate, reason = self._macro(macro, declared, callables)
            self.ledger.append(LedgerEntry("macro", macro.name, fate, reason))

    def is_class(self, enum: Enum) -> bool:
        """Whether this enum becomes an IntEnum or IntFlag."""
        return self.enum_class(enum) != ""

    def enum_class(self, enum: Enum) -> str:
        """Name the class it is derived from: IntEnum, IntFlag, or "" for plain integers."""
        if not enum.owned or enum.key not in self.names.tags or enum.enumerators is None:
            return ""
        wanted: str = self.options.enums
        if any(
            fnmatchcase(name, pattern) for pattern in self.options.flags for name in (enum.name, enum.typedef) if name
        ):
            wanted = "IntFlag"
        if wanted == "IntFlag" and any(enumerator.value < 0 for enumerator in enum.enumerators):
            wanted = "IntEnum"  # to a flag, a negative value is the complement of others
        return "" if wanted == "int" else wanted

    # -- types

    def _lay_out(self, record: Record, records: dict[str, Stored]) -> None:
        if record.size is None or (record.fields is None and not record.elided):
            return
        try:
            made = record_shape(self.speller, record)
        except UnsupportedError as error:
            self._reasons[record.key] = ("unsupported", str(error))
            return
        self.shapes[record.key] = made
        records[record.key] = Stored(self.names.tags[record.key], made.size, made.least, made.most)
        if made.unreachable:
            self.speller.used.add("_bits")

    def _define(self, typedef: Typedef) -> None:
        if not typedef.owned and self.speller.standard(Alias(typedef.name)):
            return
        name = self.names.ordinary[typedef.name]
        target, _ = self.speller.resolve(typedef.type)
        try:
            if isinstance(target, Tag) and isinstance(self.header.tags.get(target.key), Record):
                made = self.speller.class_name(typedef.type)
            elif isinstance(target, FunctionType):
                made = self.speller.function_pointer(typedef.type)
            elif isinstance(target, Tag) and isinstance(enum := self.header.tags[target.key], Enum):
                made = self.names.tags.get(enum.key) or self.speller.stored(typedef.type).expression
            else:
                made = self.speller.stored(typedef.type, size=typedef.size).expression
        except UnsupportedError:
            made = "None"  # C's void, or an incomplete type: a name for pointers only
        self.typedefs[typedef.name] = Definition(name, made, typedef)

    # -- values

    def _declare(self, declaration: object) -> tuple[Fate, str]:
        if isinstance(declaration, Enum):
            for enumerator in declaration.enumerators or ():
                name = self.names.ordinary[enumerator.name]
                self._enumerators[enumerator.name] = len(self.constants)
                self.constants.append(Constant(name, number(enumerator.value), "int", enumerator.doc, enumerator=True))
        elif isinstance(declaration, Record):
            return self._reasons.get(declaration.key, ("emitted", self._remark(declaration)))
        elif isinstance(declaration, Function):
            return self._function(declaration)
        elif isinstance(declaration, Variable):
            return self._variable(declaration)
        return "emitted", ""

    def unreachable(self, record: Record) -> list[BitField]:
        """The bit-fields that no row of `_fields_` can be, also those of anonymous members."""
        made = self.shapes.get(record.key)
        found = list(made.unreachable) if made else []
        for member in record.fields or ():
            target, _ = self.speller.resolve(member.type)
            inner = self.header.tags.get(target.key) if isinstance(target, Tag) and not member.name else None
            if isinstance(inner, Record) and inner.key in self.shapes:
                found += [bits._replace(start=bits.start + member.offset) for bits in self.unreachable(inner)]
        return found

    def _remark(self, record: Record) -> str:
        hidden = [bits.name for bits in self.unreachable(record)]
        return f"no ctypes integer covers the bit-fields {', '.join(hidden)}: they are properties" if hidden else ""

    def _function(self, function: Function) -> tuple[Fate, str]:
        if function.storage == "static":
            return "unsupported", "a static function is in no library"
        type_ = function.type
        try:
            factory = self.speller.factory(type_.convention)
            result = self.speller.result(type_.result)
            parameters = tuple(self.speller.parameter(part) for part in type_.params or ())
        except UnsupportedError as error:
            return "unsupported", str(error)
        helper = "_stdcall" if factory == "WINFUNCTYPE" and not self.speller.windows_64 else "_function"
        parameters = tuple(self._named_callback(function, *pair) for pair in enumerate(parameters))
        symbol = self._symbol(function.name, function.asm_label)
        self.functions.append(Bound(self.names.ordinary[function.name], symbol, function, helper, result, parameters))
        return "emitted", "an inline function: only some libraries export it" if function.inline else ""

    def _named_callback(self, function: Function, index: int, expression: str) -> str:
        """Give a parameter's function pointer type a name: a caller must make an instance of it."""
        prototype = expression.removeprefix("_nullable(").removesuffix(")")
        if not expression.startswith("_nullable(_c."):
            return expression
        own = function.parameters[index] if index < len(function.parameters) else ""
        name = self.names.part(f"{self.names.ordinary[function.name]}_{own or f'arg{index + 1}'}")
        self.callbacks.append(Definition(name, prototype))
        return f"_nullable({name})"

    def _variable(self, variable: Variable) -> tuple[Fate, str]:
        name = self.names.ordinary[variable.name]
        if variable.storage == "static":
            if variable.value is None:
                return "unsupported", "a static variable is in no library"
            self.constants.append(_constant(name, variable.value))
            return "emitted", ""
        if variable.thread_local and self.speller.windows:
            return "unsupported", "a Windows library does not export a thread-local variable"
        try:
            expression = self.speller.stored(variable.type).expression
        except UnsupportedError as error:
            target, _ = self.speller.resolve(variable.type)
            record = self.header.tags.get(target.key) if isinstance(target, Tag) else None
            if not isinstance(record, Record) or record.size is not None:
                return "unsupported", str(error)
            expression = self.speller.class_name(variable.type)  # of no size: only its address is of use
        self.variables.append((Symbol(name, self._symbol(variable.name, variable.asm_label)), variable, expression))
        return "emitted", ""

    def _symbol(self, name: str, label: str) -> str:
        """Give the name that the dynamic linker knows: Apple's assembler names have an underscore in front."""
        symbol = label.lstrip("\x01") or name
        apple = any(word in self.header.target for word in ("apple", "darwin", "macos"))
        return symbol[1:] if label and apple and symbol.startswith("_") else symbol

    # -- macros

    def _macro(self, macro: Macro, declared: set[str], callables: Mapping[str, str]) -> tuple[Fate, str]:
        if macro.kind == "call":
            return "unsupported", "a macro with parameters"
        if macro.kind == "empty":
            return "unsupported", "a macro without a value"
        if macro.kind == "other":
            return "unsupported", macro.reason or "no value"
        if macro.name in declared:
            if macro.name in self._enumerators and isinstance(macro.value, int | float | str):
                self._mask(self._enumerators[macro.name], macro)
                return "emitted", ""
            same = macro.alias == macro.name or macro.value is not None
            return ("emitted", "") if same else ("unsupported", "a declaration has that name")
        name = self.names.ordinary[macro.name]
        if macro.kind == "function":
            if macro.alias not in callables:
                return "unsupported", f"{macro.alias} is not in the module"
            self.aliases.append(Definition(name, callables[macro.alias]))
        elif macro.kind == "type":
            return self._type_macro(macro, name)
        else:
            self.constants.append(_macro_constant(name, macro))
        return "emitted", ""

    def _mask(self, place: int, macro: Macro) -> None:
        """Give an enumerator's name the value of the macro that C code gets by it."""
        enumerator = self.constants[place]
        constant = _macro_constant(enumerator.name, macro)
        if constant.literal != enumerator.literal:
            self.constants[place] = constant

    def _type_macro(self, macro: Macro, name: str) -> tuple[Fate, str]:
        if macro.type is None:
            return "unsupported", f"the type {macro.alias} is not known"
        target, _ = self.speller.resolve(macro.type)
        try:
            record = isinstance(target, Tag) and isinstance(self.header.tags.get(target.key), Record)
            made = self.speller.class_name(macro.type) if record else self.speller.stored(macro.type).expression
        except UnsupportedError as error:
            return "unsupported", str(error)
        self.aliases.append(Definition(name, made))
        return "emitted", ""


def _names(declaration: object) -> Iterator[str]:
    if isinstance(declaration, Enum):
        yield from (enumerator.name for enumerator in declaration.enumerators or ())
    elif isinstance(declaration, Function | Variable | Typedef):
        yield declaration.name


def _constant(name: str, value: float | str) -> Constant:
    if isinstance(value, str):
        return Constant(name, quote(value.encode("latin-1", "replace")), "bytes")
    return Constant(name, number(value), "float" if isinstance(value, float) else "int")


def _macro_constant(name: str, macro: Macro) -> Constant:
    kind: Literal["int", "float", "bytes", "str"] = "float" if isinstance(macro.value, float) else "int"
    if isinstance(macro.value, str):
        kind = "str" if macro.wide else "bytes"
    return Constant(name, macro_literal(macro), kind, macro.doc)
