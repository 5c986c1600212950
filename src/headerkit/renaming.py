"""New names for declarations, carried through every type that refers to them, and the way back to C's names."""

from __future__ import annotations

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
from headerkit.light_classes import replace

if TYPE_CHECKING:
    from headerkit.ir import Declaration, Header

__all__ = ["Renaming", "c_name", "with_c_names"]


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

    def add_typedef(self, old: str, new: str) -> None:
        """Give a typedef name, which may be all the name that a record or enum has, a new name."""
        self._typedefs[old] = new

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


def c_name(item: Declaration) -> str:
    """What C calls a declaration that was renamed; "" for one that was not."""
    return next((attribute.text for attribute in item.attributes if attribute.name == "c_name"), "")


def with_c_names(header: Header) -> tuple[Header, dict[int, str]]:
    """The header under the names that C code has to use, and by index the new name that each declaration had."""
    names = {
        index: name for index, item in enumerate(header.declarations) if item.attributes and (name := c_name(item))
    }
    macros = header.macros
    if any([macro.c_name for macro in macros]):  # noqa: C419 - as it is rarely so, a list is twice as fast
        macros = tuple(replace(macro, name=macro.c_name, c_name="") if macro.c_name else macro for macro in macros)
        header = replace(header, macros=macros)
    if not names:
        return header, {}
    back = Renaming()
    for index, name in names.items():
        item = header.declarations[index]
        back.add(item, name)
        if isinstance(item, Record | Enum) and item.typedef and not item.name:
            back.add_typedef(item.typedef, name)
    declarations = []
    for index, item in enumerate(header.declarations):
        made = back._apply(item)  # noqa: SLF001 - of this module
        if index in names:
            made = replace(made, attributes=tuple(a for a in made.attributes if a.name != "c_name"))
            if isinstance(made, Function | Variable) and made.asm_label == names[index]:
                made = replace(made, asm_label="")
        declarations.append(made)
    renamed = {index: _word(header.declarations[index]) for index in names}
    return replace(header, declarations=tuple(declarations), macros=macros), renamed


def _word(item: Declaration) -> str:
    return item.name or item.typedef if isinstance(item, Record | Enum) else item.name
