"""New names for declarations, carried through every type that refers to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headerkit.ir import (
    Alias,
    Array,
    Atomic,
    Attribute,
    Enum,
    Function,
    FunctionType,
    Pointer,
    Record,
    Tag,
    Type,
    Typedef,
    Variable,
    Vector,
)

if TYPE_CHECKING:
    from headerkit.ir import Declaration

__all__ = ["Renaming"]


class Renaming:
    """A set of renamings: `add` them all, then `apply` to every declaration of the header."""

    def __init__(self) -> None:
        self._typedefs: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._symbols: dict[str, str] = {}

    def add(self, declaration: Declaration, new: str) -> None:
        """Give a declaration a new name. One without a name of its own keeps being without."""
        match declaration:
            case Typedef():
                self._typedefs[declaration.name] = new
            case Function() | Variable():
                self._symbols[declaration.name] = new
            case Record() if declaration.name:
                self._keys[declaration.key] = f"{declaration.kind} {new}"
            case Enum() if declaration.name:
                self._keys[declaration.key] = f"enum {new}"
            case _:
                pass

    def apply(self, item: Declaration) -> Declaration:
        """A declaration with the new names in it; one that has another name says in `c_name` what C calls it."""
        made = self._apply(item)
        old, new = _word(item), _word(made)
        return made if old == new else replace(made, attributes=(*made.attributes, Attribute("c_name", old)))

    def _apply(self, item: Declaration) -> Declaration:
        match item:
            case Function():
                kind = self._type(item.type)
                assert isinstance(kind, FunctionType)  # noqa: S101 - a function type's parts change, it stays one
                name = self._symbols.get(item.name, item.name)
                return replace(item, name=name, type=kind, asm_label=self._label(item, name))
            case Variable():
                name = self._symbols.get(item.name, item.name)
                return replace(item, name=name, type=self._type(item.type), asm_label=self._label(item, name))
            case Typedef():
                return replace(item, name=self._typedefs.get(item.name, item.name), type=self._type(item.type))
            case Record():
                fields = item.fields and tuple(replace(field, type=self._type(field.type)) for field in item.fields)
                return replace(
                    item,
                    key=self._key(item.key),
                    name=self._tag(item),
                    typedef=self._typedefs.get(item.typedef, item.typedef),
                    parent=self._key(item.parent),
                    fields=fields,
                )
            case Enum():
                return replace(
                    item,
                    key=self._key(item.key),
                    name=self._tag(item),
                    typedef=self._typedefs.get(item.typedef, item.typedef),
                    parent=self._key(item.parent),
                    underlying=self._type(item.underlying),
                )

    def _key(self, key: str) -> str:
        # An untagged record or enum is keyed by its typedef.
        return self._keys.get(key) or self._typedefs.get(key, key)

    def _tag(self, item: Record | Enum) -> str:
        new = self._keys.get(item.key)
        return new.partition(" ")[2] if new else item.name

    @staticmethod
    def _label(item: Function | Variable, name: str) -> str:
        return item.asm_label or (item.name if name != item.name else "")

    def _type(self, kind: Type) -> Type:
        match kind:
            case Alias():
                return replace(kind, name=self._typedefs.get(kind.name, kind.name))
            case Tag():
                return replace(kind, key=self._key(kind.key))
            case Pointer():
                return replace(kind, pointee=self._type(kind.pointee))
            case Array() | Vector():
                return replace(kind, element=self._type(kind.element))
            case Atomic():
                return replace(kind, inner=self._type(kind.inner))
            case FunctionType():
                params = None if kind.params is None else tuple(self._type(param) for param in kind.params)
                return replace(kind, result=self._type(kind.result), params=params)
            case _:
                return kind


def _word(item: Declaration) -> str:
    return item.name or item.typedef if isinstance(item, Record | Enum) else item.name
