"""Type hints for values that cffi hands over and takes (cffi's "Reference: conversions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Alias, Array, Atomic, Builtin, Enum, FunctionType, Pointer, Tag, Vector
from headerkit.writers.cffi.known import STAND_INS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headerkit.ir import Header, Type

__all__ = ["CffiHints"]

_FLOATS = frozenset(["float", "double"])
_WIDE = frozenset(["wchar_t", "char16_t", "char32_t"])
_WIDE_CHARACTER = Builtin("wchar_t")


class CffiHints:
    """Hints for one header's types; `classes` names the class of each record, by its key."""

    def __init__(self, header: Header, classes: Mapping[str, str]) -> None:
        self.header = header
        self.classes = classes

    def resolve(self, type_: Type) -> Type:
        """The type without names of typedefs; cffi knows C's wide characters by theirs."""
        while True:
            if isinstance(type_, Atomic):
                type_ = type_.inner
                continue
            typedef = self.header.typedefs.get(type_.name) if isinstance(type_, Alias) else None
            if isinstance(type_, Alias) and type_.name in _WIDE and not (typedef and typedef.owned):
                return _WIDE_CHARACTER
            if typedef is None:
                return type_
            type_ = typedef.type

    def value(self, type_: Type) -> str:
        """What Python gets: a result, a member, a variable, an element."""
        target = self.resolve(type_)
        if isinstance(target, Builtin):
            return self._builtin(target.name)
        if isinstance(target, Pointer):
            return self.pointer(target.pointee)
        if isinstance(target, Array):
            return f"_Array[{self.value(target.element)}]"
        if isinstance(target, FunctionType):
            return self.function(target)
        if isinstance(target, Tag):
            tag = self.header.tags.get(target.key)
            return "int" if isinstance(tag, Enum) else self.classes.get(target.key, "_CData")
        return "_CData"

    def pointer(self, pointee: Type) -> str:
        """A pointer to this; a record's has the record's members, too."""
        target = self.resolve(pointee)
        if isinstance(target, FunctionType):
            return self.function(target)
        if isinstance(target, Tag) and target.key in self.classes:
            return f"{self.classes[target.key]}_p"
        if isinstance(target, Builtin) and target.name in ("void", *STAND_INS):
            return "_Void"
        return "_CData" if isinstance(target, Vector) else f"_Pointer[{self.value(pointee)}]"

    def function(self, type_: FunctionType) -> str:
        """A pointer to a function."""
        result = self.result(type_.result)
        if type_.params is None or type_.variadic:
            return f"_Function[..., {result}]"
        return f"_Function[[{', '.join(self.parameter(part) for part in type_.params)}], {result}]"

    def result(self, type_: Type) -> str:
        """What a function returns."""
        target = self.resolve(type_)
        return "None" if isinstance(target, Builtin) and target.name == "void" else self.value(type_)

    def parameter(self, type_: Type) -> str:
        """What a function takes, and what may be assigned."""
        target = self.resolve(type_)
        if isinstance(target, Array):
            target = Pointer(target.element)
        if isinstance(target, FunctionType):
            return f"{self.function(target)} | _Void"
        if isinstance(target, Pointer):
            return self._pointer_parameter(target)
        if isinstance(target, Builtin) and target.name == "char":
            return "bytes | int"
        if isinstance(target, Tag) and target.key in self.classes:
            return f"{self.classes[target.key]} | dict[str, _Any] | list[_Any] | tuple[_Any, ...]"
        return self.value(type_)

    def _pointer_parameter(self, pointer: Pointer) -> str:
        inner = self.resolve(pointer.pointee)
        hint = self.pointer(pointer.pointee)
        if isinstance(inner, FunctionType):
            return f"{hint} | _Void"
        if isinstance(inner, Builtin) and inner.name == "void":
            return "_CData | bytes | bytearray | memoryview"
        if isinstance(inner, Builtin) and inner.name in ("char", "signed char", "unsigned char"):
            return f"{hint} | _Void | bytes | bytearray | memoryview"
        if inner == _WIDE_CHARACTER:
            return f"{hint} | _Void | str | list[str] | tuple[str, ...]"
        array = "" if hint in ("_Void", "_CData") else f" | _Array[{self.value(pointer.pointee)}]"
        # A list or tuple makes a temporary array.
        return f"{hint}{array} | _Void | list[_Any] | tuple[_Any, ...]"

    def _builtin(self, name: str) -> str:
        if name == "char":
            return "bytes"
        if name == "wchar_t":
            return "str"
        if name == "_Bool":
            return "bool"
        if name == "long double":
            return "_CData"
        if name.endswith("_Complex"):
            return "complex"
        if name in STAND_INS or name == "void":
            return "_CData"
        return "float" if name in _FLOATS else "int"
