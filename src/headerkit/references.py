"""What declarations refer to: which others they need at all, which complete, and in which order C could read them.

A declaration *needs* another's members when it uses it by value: as a member, an array's element, a parameter, a
result, a variable. Behind a pointer the name is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import (
    Alias,
    Array,
    Atomic,
    Builtin,
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
    from collections.abc import Iterable, Sequence

    from headerkit.ir import Declaration

__all__ = ["References", "in_order", "parts", "types_of"]


def types_of(declaration: Declaration) -> Iterable[Type]:
    """The types that a declaration is written with."""
    match declaration:
        case Record():
            return [field.type for field in declaration.fields or ()]
        case Enum():
            return (declaration.underlying,)
        case Function() | Variable() | Typedef():
            return (declaration.type,)


def _by_value(declaration: Declaration) -> Iterable[Type]:
    match declaration:
        case Record():
            return [field.type for field in declaration.fields or ()]
        case Function():
            return (declaration.type.result, *(declaration.type.params or ()))
        case Variable():
            return (declaration.type,)
        case Enum() | Typedef():
            return ()


def parts(kind: Type) -> tuple[Type, ...]:
    """The types that a type is made of, one level down."""
    match kind:
        case Pointer():
            return (kind.pointee,)
        case Array() | Vector():
            return (kind.element,)
        case Atomic():
            return (kind.inner,)
        case FunctionType():
            return (kind.result, *(kind.params or ()))
        case _:
            return ()


class References:
    """Declarations that others may refer to, by the names that types use."""

    def __init__(self, declarations: Sequence[Declaration]) -> None:
        self._declarations = declarations
        self._tags = {item.key: item for item in declarations if isinstance(item, Record | Enum)}
        self._typedefs = {item.name: item for item in declarations if isinstance(item, Typedef)}

    def complete(self, users: Iterable[Declaration]) -> set[str]:
        """The keys of the records whose members `users` need."""
        needed: set[str] = set()
        # Most types are builtin or pointers, and those need nobody's members.
        todo = [kind for user in users for kind in _by_value(user) if kind.__class__ not in (Pointer, Builtin)]
        while todo:
            kind = todo.pop()
            match kind:
                case Array() | Vector() | Atomic():
                    todo.extend(parts(kind))
                case Alias():
                    typedef = self._typedefs.get(kind.name)
                    if typedef is not None:
                        todo.append(typedef.type)
                case Tag() if kind.key not in needed:
                    record = self._tags.get(kind.key)
                    if isinstance(record, Record):
                        needed.add(kind.key)
                        todo.extend(_by_value(record))
                case _:
                    pass
        return needed

    def reached(self, users: Iterable[Declaration]) -> list[Declaration]:
        """Those that `users` refer to, directly or through each other; in their order."""
        return self.reached_from([kind for user in users for kind in types_of(user)])

    def reached_from(self, todo: list[Type]) -> list[Declaration]:
        """Those that types refer to, directly or through each other; in their order. The list is used up."""
        reached: set[int] = set()
        seen: set[Type] = set()
        while todo:
            kind = todo.pop()
            if kind in seen:
                continue
            seen.add(kind)
            found: Declaration | None = None
            match kind:
                case Alias():
                    found = self._typedefs.get(kind.name)
                case Tag():
                    found = self._tags.get(kind.key)
                case _:
                    todo.extend(parts(kind))
            while found is not None and id(found) not in reached:
                reached.add(id(found))
                todo.extend(types_of(found))
                found = self._tags.get(found.parent) if isinstance(found, Record | Enum) and found.parent else None
        return [item for item in self._declarations if id(item) in reached]


def in_order(declarations: Sequence[Declaration]) -> tuple[Declaration, ...]:
    """What a declaration needs comes before it; else the order is kept."""
    tags = {item.key: item for item in declarations if isinstance(item, Record | Enum)}
    typedefs = {item.name: item for item in declarations if isinstance(item, Typedef)}
    done: list[Declaration] = []
    started: set[int] = set()

    def need(kind: Type, *, complete: bool) -> None:
        match kind:
            case Alias():
                typedef = typedefs.get(kind.name)
                if typedef is not None:
                    visit(typedef)
                    if complete:
                        need(typedef.type, complete=True)
            case Tag():
                tag = tags.get(kind.key)
                if tag is not None and (complete or isinstance(tag, Enum) or not tag.name):
                    visit(tag)
            case _:
                by_value = complete and isinstance(kind, Array | Vector | Atomic)
                for part in parts(kind):
                    need(part, complete=by_value)

    def visit(declaration: Declaration) -> None:
        if id(declaration) in started:
            return
        started.add(id(declaration))
        complete = not isinstance(declaration, Typedef)
        for kind in types_of(declaration):
            need(kind, complete=complete)
        done.append(declaration)

    for declaration in declarations:
        visit(declaration)
    return tuple(done)
