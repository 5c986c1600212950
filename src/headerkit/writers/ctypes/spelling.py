"""IR types as ctypes expressions.

One C type is written differently by its place, since ctypes converts some types on their way:

| C | stored (member, element, variable) | parameter | result | callback's parameter | callback's result |
|---|---|---|---|---|---|
| `const char *` | `c_char_p` | `c_char_p` | `c_char_p` | `POINTER(c_char)` | `c_void_p` |
| `char *` | `POINTER(c_char)` | `POINTER(c_char)` | `POINTER(c_char)` | `POINTER(c_char)` | `c_void_p` |
| `char **` | `POINTER(c_char_p)` | the same | the same | the same | `c_void_p` |
| `const unsigned char *` | `POINTER(c_ubyte)` | `_Bytes` | `POINTER(c_ubyte)` | `POINTER(c_ubyte)` | `c_void_p` |
| function pointer | `CFUNCTYPE(...)` | that, or None | `CFUNCTYPE(...)` | `CFUNCTYPE(...)` | `c_void_p` |

A callback's `const char *` need not end in a NUL, so it must not become bytes by itself; and ctypes lets a Python
function return no pointer but an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import (
    CONST,
    Alias,
    Array,
    Atomic,
    Builtin,
    Enum,
    FunctionType,
    Opaque,
    Pointer,
    Record,
    Tag,
    Vector,
)
from headerkit.writers.ctypes.stored import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headerkit.ir import Header, Type
    from headerkit.writers.ctypes.names import ModuleNames

__all__ = ["Speller", "UnsupportedError"]

_BUILTINS = {
    "_Bool": "c_bool",
    "char": "c_char",
    "signed char": "c_byte",
    "unsigned char": "c_ubyte",
    "short": "c_short",
    "unsigned short": "c_ushort",
    "int": "c_int",
    "unsigned int": "c_uint",
    "long": "c_long",
    "unsigned long": "c_ulong",
    "long long": "c_longlong",
    "unsigned long long": "c_ulonglong",
    "float": "c_float",
    "double": "c_double",
    "long double": "c_longdouble",
}
_COMPLEX = {
    "float _Complex": ("_complex64", "float"),
    "double _Complex": ("_complex128", "double"),
    "long double _Complex": ("_complex256", "long double"),
}
_STANDARD = {f"{u}int{bits}_t": f"c_{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)} | {
    "size_t": "c_size_t",
    "ssize_t": "c_ssize_t",
    "wchar_t": "c_wchar",
}
"""Types of the C standard and POSIX that ctypes has under a name of its own."""
_BYTE = ("signed char", "unsigned char")


class UnsupportedError(Exception):
    """ctypes cannot do this; the message says why, for the ledger."""


class Speller:
    """Spells the types of one header.

    `stored_records` has the storage of each record that is laid out; `by_value` says why a record cannot be passed by
    value, "" where it can. `used` collects the helpers that the module then needs.
    """

    def __init__(
        self,
        header: Header,
        names: ModuleNames,
        stored_records: Mapping[str, Stored],
        by_value: Callable[[Record], str],
        *,
        enum_classes: Callable[[Enum], bool],
    ) -> None:
        self.header = header
        self.names = names
        self.stored_records = stored_records
        self.by_value = by_value
        self.enum_classes = enum_classes
        self.used: set[str] = set()
        self.windows = "windows" in header.target or "mingw" in header.target
        self.windows_64 = self.windows and header.sizes["*"][0] == 8
        self._complex_in_registers = not self.windows and header.target.startswith(("x86_64", "aarch64", "arm64"))

    # -- what a type is

    def resolve(self, type_: Type) -> tuple[Type, bool]:
        """The type without typedef names and `_Atomic`, and whether it is const."""
        const = False
        while True:
            if isinstance(type_, Alias):
                const = const or bool(type_.quals & CONST)
                typedef = self.header.typedefs.get(type_.name)
                if typedef is None:
                    return Builtin("void"), const
                type_ = typedef.type
            elif isinstance(type_, Atomic):
                type_ = type_.inner
            else:
                return type_, const or bool(getattr(type_, "quals", 0) & CONST)

    def standard(self, type_: Type) -> str:
        """The ctypes type that has a standard typedef's name: "c_size_t"; "" for other types."""
        seen = 0
        while isinstance(type_, Alias) and seen < 100:
            typedef = self.header.typedefs.get(type_.name)
            if typedef is None or typedef.owned:
                return ""
            if type_.name in _STANDARD:
                return _STANDARD[type_.name]
            type_, seen = typedef.type, seen + 1
        return ""

    # -- storage

    def stored(self, type_: Type, *, nested: bool = False, size: int | None = None) -> Stored:
        """Spell a type as ctypes keeps it. `nested` says that it is an element or what a pointer points to.

        `size` (bytes) helps with types that ctypes lacks: they are kept as bytes. Raises UnsupportedError where even
        the size is unknown.
        """
        if isinstance(type_, Atomic):
            return self.stored(type_.inner, nested=nested, size=size)
        if isinstance(type_, Alias):
            return self._stored_alias(type_, nested=nested, size=size)
        if isinstance(type_, Builtin):
            return self._stored_builtin(type_.name)
        if isinstance(type_, Pointer):
            space, align = self.header.sizes["*"]
            return Stored(self.pointer(type_.pointee, nested=nested), space, align, align)
        if isinstance(type_, Array):
            element = self.stored(type_.element, nested=True)
            length = type_.length or 0
            # `a * 2 * 3` would be an array of three; a name or a call needs no parentheses.
            inner = f"({element.expression})" if " * " in element.expression else element.expression
            return Stored(f"{inner} * {length}", element.size * length, element.least, element.most)
        if isinstance(type_, Vector):
            whole = size if size is not None else self.stored(type_.element).size * type_.length
            return _as_bytes(whole)
        if isinstance(type_, Tag):
            return self._stored_tag(type_)
        if size is None:
            msg = f"ctypes has no type for {type_}"
            raise UnsupportedError(msg)
        return _as_bytes(size)

    def _stored_alias(self, type_: Alias, *, nested: bool, size: int | None) -> Stored:
        typedef = self.header.typedefs.get(type_.name)
        if typedef is None:
            msg = f"the type {type_.name} is not declared"
            raise UnsupportedError(msg)
        made = self.stored(typedef.type, nested=nested, size=typedef.size if size is None else size)
        standard = self.standard(type_)
        if standard:
            return made._replace(expression=f"_c.{standard}")
        target, _ = self.resolve(type_)
        if isinstance(target, Tag) and isinstance(self.header.tags.get(target.key), Enum):
            return made  # its name may be an enum class
        return made._replace(expression=self.names.ordinary[type_.name])

    def _stored_builtin(self, name: str) -> Stored:
        size, align = self.header.sizes.get(name, (0, 1))
        if name in _BUILTINS:
            return Stored(f"_c.{_BUILTINS[name]}", size, align, align)
        if name in _COMPLEX:
            helper, part = _COMPLEX[name]
            size, align = self.header.sizes[part]
            self.used.add(helper)
            return Stored(helper, 2 * size, align, align)
        if name == "void" or not size:
            msg = f"ctypes has no type for {name}"
            raise UnsupportedError(msg)
        return _as_bytes(size)

    def _stored_tag(self, type_: Tag) -> Stored:
        tag = self.header.tags.get(type_.key)
        if isinstance(tag, Enum):
            made = self.stored(tag.underlying)
            return made._replace(expression=self.names.tags[tag.key]) if self._named_as_int(tag) else made
        if tag is None or tag.key not in self.stored_records:
            msg = f"{getattr(tag, 'kind', 'type')} {getattr(tag, 'name', '')} is incomplete"
            raise UnsupportedError(msg)
        return self.stored_records[tag.key]

    def _named_as_int(self, enum: Enum) -> bool:
        return enum.key in self.names.tags and not self.enum_classes(enum)

    # -- pointers and functions

    def pointer(self, pointee: Type, *, nested: bool = False, callback: bool = False) -> str:
        """Spell a pointer to this."""
        target, const = self.resolve(pointee)
        if isinstance(target, FunctionType):
            return self.function_pointer(pointee)
        if self.standard(pointee) == "c_wchar":
            return "_c.c_wchar_p" if (const or nested) and not callback else "_c.POINTER(_c.c_wchar)"
        if target == Builtin("char", getattr(target, "quals", 0)):
            return "_c.c_char_p" if (const or nested) and not callback else "_c.POINTER(_c.c_char)"
        if isinstance(target, Tag) and isinstance(self.header.tags.get(target.key), Record):
            return f"_c.POINTER({self.class_name(pointee)})"
        try:
            return f"_c.POINTER({self.stored(pointee, nested=True).expression})"
        except UnsupportedError:
            return "_c.c_void_p"

    def class_name(self, type_: Type) -> str:
        """The name of a record's class: the one that the type says."""
        while isinstance(type_, Atomic):
            type_ = type_.inner
        if isinstance(type_, Alias):
            return self.names.ordinary[type_.name]
        return self.names.tags[type_.key] if isinstance(type_, Tag) else "None"

    def function_pointer(self, type_: Type) -> str:
        """Spell the type of pointers to this function type, or the name that a typedef gives it."""
        while isinstance(type_, Atomic):
            type_ = type_.inner
        if isinstance(type_, Alias):
            return self.names.ordinary[type_.name]
        return self.prototype(type_) if isinstance(type_, FunctionType) else "_c.c_void_p"

    def prototype(self, function: FunctionType) -> str:
        """Spell `CFUNCTYPE(...)` of a function type; `c_void_p` where ctypes cannot make or call such a function."""
        try:
            factory = self.factory(function.convention)
            parts = [self._callback_result(function.result)]
            parts += [self.parameter(part, callback=True) for part in function.params or ()]
        except UnsupportedError:
            return "_c.c_void_p"
        return f"_c.{factory}({', '.join(parts)})"

    def factory(self, convention: str) -> str:
        """CFUNCTYPE or WINFUNCTYPE. Raises UnsupportedError for a calling convention that ctypes does not know."""
        if convention in ("", "cdecl", "c") or (convention == "ms_abi" and self.windows):
            return "CFUNCTYPE"
        if convention == "sysv_abi" and not self.windows:
            return "CFUNCTYPE"
        if convention == "stdcall" and self.windows:
            return "WINFUNCTYPE"
        msg = f"ctypes has no {convention} calls on {self.header.target}"
        raise UnsupportedError(msg)

    def _callback_result(self, type_: Type) -> str:
        target, _ = self.resolve(type_)
        return "_c.c_void_p" if isinstance(target, Pointer) else self.result(type_)

    def result(self, type_: Type) -> str:
        """Spell a function's result. Raises UnsupportedError."""
        target, _ = self.resolve(type_)
        if target == Builtin("void", getattr(target, "quals", 0)):
            return "None"
        return self._passed(type_, target)

    def parameter(self, type_: Type, *, callback: bool = False) -> str:
        """Spell a parameter. Raises UnsupportedError."""
        target, _ = self.resolve(type_)
        if isinstance(target, Builtin) and target.name == "__builtin_va_list":
            return "_c.c_void_p"  # wherever clang targets, a va_list argument is a pointer: to pass on, not to make
        if isinstance(target, Array):
            return self.pointer(target.element, callback=callback)
        if isinstance(target, FunctionType):
            return self._nullable(self.function_pointer(type_), callback=callback)
        if not isinstance(target, Pointer):
            return self._passed(type_, target)
        inner, const = self.resolve(target.pointee)
        if isinstance(inner, FunctionType):
            return self._nullable(self.stored(type_).expression, callback=callback)
        if isinstance(inner, Builtin) and inner.name in _BYTE and not callback:
            helper = "_Bytes" if const else "_Buffer"
            self.used.add(helper)
            return helper
        if isinstance(inner, Builtin) and inner.name == "char":
            return self.pointer(target.pointee, callback=callback)
        return self.stored(type_).expression

    def _nullable(self, prototype: str, *, callback: bool) -> str:
        if callback or prototype == "_c.c_void_p":
            return prototype
        self.used.add("_nullable")
        return f"_nullable({prototype})"

    def _passed(self, type_: Type, target: Type) -> str:
        """Spell a type that is passed by value. Raises UnsupportedError."""
        if isinstance(target, Builtin):
            if target.name in _COMPLEX and (target.name.startswith("long") or not self._complex_in_registers):
                msg = f"ctypes cannot pass {target.name} by value on {self.header.target}"
                raise UnsupportedError(msg)
            if target.name not in _BUILTINS and target.name not in _COMPLEX:
                msg = f"ctypes cannot pass {target.name} by value"
                raise UnsupportedError(msg)
        elif isinstance(target, Vector):
            msg = "ctypes cannot pass a vector by value"
            raise UnsupportedError(msg)
        elif isinstance(target, Tag):
            tag = self.header.tags.get(target.key)
            if isinstance(tag, Record):
                reason = self.by_value(tag)
                if reason:
                    raise UnsupportedError(reason)
                return self.class_name(type_)
        elif not isinstance(target, Pointer):
            msg = f"ctypes cannot pass {target.spelling if isinstance(target, Opaque) else target} by value"
            raise UnsupportedError(msg)
        return self.stored(type_).expression


def _as_bytes(size: int) -> Stored:
    return Stored(f"_c.c_ubyte * {size}", size, 1, 1)
