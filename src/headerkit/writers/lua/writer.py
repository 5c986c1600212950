"""Turns IR into a LuaJIT module: declarations for its ffi, constants, and a check of every record's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from headerkit import ir
from headerkit._compat import assert_never
from headerkit.writers.declarator import tag_spelling
from headerkit.writers.ledger import kind_of, name_of
from headerkit.writers.lua.literals import key, number, quote
from headerkit.writers.lua.types import PREDEFINED, Types, UnsayableError, is_name
from headerkit.writers.protocol import LedgerEntry, Output
from headerkit.writers.python_names import one_line

if TYPE_CHECKING:
    from headerkit.ir import Header
    from headerkit.writers.protocol import Fate

__all__ = ["LuaOptions", "LuaWriter"]


@dataclass(frozen=True, slots=True)
class LuaOptions:
    """Settings of the lua writer."""

    library: str = ""
    """What `ffi.load` loads ("z"): the functions are then in the module's `C`. Empty: the process itself, `ffi.C`."""
    check: bool = True
    """Compare the size of every record with the compiler's when the module is loaded."""


class LuaWriter:
    """Writes a module for LuaJIT 2.1; what its ffi cannot say is in the ledger."""

    Options = LuaOptions
    name: ClassVar[str] = "lua"
    format_description: ClassVar[str] = "a LuaJIT module (ffi.cdef)"
    suffix: ClassVar[str] = ".lua"
    cache_output: ClassVar[bool] = True
    cache_version: ClassVar[str] = "1"

    def __init__(self, options: LuaOptions | None = None) -> None:
        self.options = options or LuaOptions()

    def write(self, header: Header) -> Output:
        """Write the module."""
        module = _Module(header)
        module.read()
        options = self.options
        lines = [f"-- Made by headerkit from {one_line(header.name)}; do not edit.", 'local ffi = require("ffi")']
        lines += module.cdef
        if options.check and module.sizes:
            lines.append("for name, size in pairs({")
            lines += [f"  [{quote(name)}] = {size}," for name, size in module.sizes.items()]
            lines.append(
                '}) do assert(ffi.sizeof(name) == size, name .. ": another size than the C compiler gives") end'
            )
        library = f"ffi.load({quote(options.library)})" if options.library else "ffi.C"
        lines += ["return {", f"  C = {library},", *module.constants, "}"]
        return Output("\n".join(lines) + "\n", tuple(module.ledger))


class _Module:
    def __init__(self, header: Header) -> None:
        self.header = header
        self.types = Types(header)
        self.ledger: list[LedgerEntry] = []
        self._open: list[str] = []
        self.cdef: list[str] = []
        """Statements of Lua that declare everything."""
        self.constants: list[str] = []
        self.sizes: dict[str, int] = {}
        self._functions = {d.name: d for d in header.declarations if isinstance(d, ir.Function)}
        self._keys = {"C"}
        self._written: set[str] = set()

    def read(self) -> None:
        for d in self.header.declarations:
            fate, reason = self._account(d)
            if d.owned:
                self.ledger.append(LedgerEntry(kind_of(d), name_of(d), fate, reason))
        for m in self.header.macros:
            fate, reason = self._account(m)
            self.ledger.append(LedgerEntry("macro", m.name, fate, reason))
        self._close()

    def _account(self, d: ir.Declaration | ir.Macro) -> tuple[Fate, str]:
        try:
            return "emitted", self._macro(d) if isinstance(d, ir.Macro) else self._declare(d)
        except UnsayableError as error:
            return "unsupported", str(error)

    def _close(self) -> None:
        if self._open:
            self.cdef += ["ffi.cdef[==[", *self._open, "]==]"]
            self._open = []

    def _declare(self, d: ir.Declaration) -> str:
        """Declare it; a remark for the ledger comes back, mostly ""."""
        if isinstance(d, ir.Record | ir.Enum):
            return self._record(d) if isinstance(d, ir.Record) else self._enum(d)
        _need_name(d.name, PREDEFINED if isinstance(d, ir.Typedef) else frozenset())
        match d:
            case ir.Typedef():
                self._typedef(d)
            case ir.Function():
                if d.inline or d.storage == "static":
                    static = "it is static: no library exports it"
                    msg = static if d.storage == "static" else "an inline function: only some libraries export it"
                    raise UnsayableError(msg)
                self._open.append(f"{self.types.function(d, d.name, _label(d))};")
            case ir.Variable():
                if d.storage == "static":
                    if d.value is not None:
                        self._constant(d.name, quote(d.value) if isinstance(d.value, str) else number(d.value))
                        return ""
                    msg = "it is static: no library exports it"
                    raise UnsayableError(msg)
                self._open.append(f"extern {self.types.declare(d.type, d.name)};")
            case _:
                assert_never(d)
        return ""

    def _typedef(self, d: ir.Typedef) -> None:
        tag = self.header.tags.get(d.type.key) if isinstance(d.type, ir.Tag) else None
        if d.name in PREDEFINED or (tag is not None and not tag.name and tag.typedef == d.name):
            return  # LuaJIT has it, or it is declared with its record
        element = _innermost(d.type) if isinstance(d.type, ir.Array) else None
        if isinstance(element, ir.Tag) and isinstance(record := self.header.tags.get(element.key), ir.Record):
            self._record(record)  # C has seen its members by now, IR need not have kept them before
        if isinstance(d.type, ir.Vector) and d.size:
            text = self.types.declare(d.type.element, d.name)
            self._open.append(f"typedef {text} __attribute__((vector_size({d.size})));")
            return
        try:
            self._open.append(f"typedef {self.types.declare(d.type, d.name)};")
        except UnsayableError:
            if not d.size:
                raise
            text = f"typedef struct {{ uint8_t bytes_[{d.size}]; }} __attribute__((aligned({d.align}))) {d.name};"
            self._open.append(text)

    def _record(self, d: ir.Record) -> str:
        spelling = tag_spelling(d)
        if not spelling:
            return "stands where it is used"
        _need_name(d.name or d.typedef)
        text = self.types.record(d)
        remark = (
            "as bytes: a member has a type or a place that LuaJIT cannot say" if d.fields and "bytes_[" in text else ""
        )
        if d.key in self._written:
            return remark
        self._written.add(d.key)
        if not d.name:
            text = f"typedef {text} {d.typedef}"
        if d.owned:
            self._open.append(f"{text};")
        else:
            # Another module may have declared the platform's record before: then that one is it.
            self._close()
            self.cdef.append(f"pcall(ffi.cdef, [==[{text};]==])")
        if d.fields and d.size:
            self.sizes[spelling] = d.size
        return remark

    def _enum(self, d: ir.Enum) -> str:
        if not self.types.is_plain_enum(d):
            if not d.name and d.typedef:
                self._open.append(f"typedef {self.types.declare(d.underlying, d.typedef)};")
            for e in d.enumerators or ():
                self._constant(e.name, number(e.value))
            return "its values are in the module's table"
        if not tag_spelling(d) and any(d.key == key for key in self._inline_enums()):
            return "stands where it is used"
        if d.name or d.typedef:
            _need_name(d.name or d.typedef)
        text = self.types.enum(d)
        if text != "enum ":
            self._open.append(f"typedef {text} {d.typedef};" if d.typedef and not d.name else f"{text};")
        return ""

    def _inline_enums(self) -> set[str]:
        """Tag keys of what a member, written in place, declares."""
        return {
            node.key
            for d in self.header.declarations
            if isinstance(d, ir.Record)
            for f in d.fields or ()
            if isinstance(node := _innermost(f.type), ir.Tag)
        }

    def _macro(self, m: ir.Macro) -> str:
        _need_name(m.name)
        if m.value is not None and not m.wide:
            self._constant(m.name, quote(m.value) if isinstance(m.value, str) else number(m.value))
        elif m.kind == "function" and (target := self._functions.get(m.alias)) is not None and not target.inline:
            self._open.append(f"{self.types.function(target, m.name, _label(target))};")
        elif m.kind == "type" and m.type is not None:
            self._open.append(f"typedef {self.types.declare(m.type, m.name)};")
        else:
            raise UnsayableError(m.reason or "it is no value")
        return ""

    def _constant(self, name: str, value: str) -> None:
        _need_name(name)
        if name not in self._keys:
            self._keys.add(name)
            self.constants.append(f"  {key(name)} = {value},")


def _label(d: ir.Function) -> str:
    label = d.asm_label or d.name
    _need_name(label)
    return label


def _innermost(node: ir.Type) -> ir.Type:
    while isinstance(node, ir.Pointer | ir.Array):
        node = node.pointee if isinstance(node, ir.Pointer) else node.element
    return node


def _need_name(name: str, also: frozenset[str] = frozenset()) -> None:
    if not is_name(name) and name not in also:
        msg = "its name is no identifier in LuaJIT"
        raise UnsayableError(msg)
