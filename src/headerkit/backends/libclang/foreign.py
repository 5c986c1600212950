"""What own declarations refer to and other files declare: read, completed where used by value, put in front.

Typedefs come with their chains, enums with their values. A record's members are kept only where something needs them
by value: a member, an array's element, a parameter, a result, a variable. Behind a pointer it is `elided`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import (
    Alias,
    Array,
    Atomic,
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
    from collections.abc import Iterable, Iterator

    from headerkit.backends.libclang.declarations import Declarations
    from headerkit.ir import Declaration

__all__ = ["complete_and_order"]


def complete_and_order(reader: Declarations) -> tuple[Declaration, ...]:
    """All declarations of the IR: what own ones refer to, then own ones in their order."""
    own = reader.own
    reader.own = []
    while reader.read_pending():
        pass
    pulled = reader.own
    if not pulled:
        return tuple(own)
    graph = _Graph(pulled)
    graph.need_by_value(own)
    kept = graph.kept(own)
    if any(graph.refers_to(declaration, own) for declaration in kept):
        return _sorted([*kept, *own])
    return (*_sorted(kept), *own)


class _Graph:
    """The declarations of other files, by the names that types use."""

    def __init__(self, pulled: list[Declaration]) -> None:
        self._pulled = pulled
        self._tags = {item.key: item for item in pulled if isinstance(item, Record | Enum)}
        self._typedefs = {item.name: item for item in pulled if isinstance(item, Typedef)}
        self._needed: set[str] = set()

    def need_by_value(self, own: list[Declaration]) -> None:
        """Find the records whose members are needed; elide the members of the others."""
        for declaration in own:
            for kind in _by_value(declaration):
                self._need(kind)
        for item in self._tags.values():
            if isinstance(item, Record) and item.key not in self._needed and item.fields is not None:
                item.fields = None
                item.elided = True

    def _need(self, kind: Type) -> None:
        match kind:
            case Array() | Vector():
                self._need(kind.element)
            case Atomic():
                self._need(kind.inner)
            case Alias():
                typedef = self._typedefs.get(kind.name)
                if typedef is not None:
                    self._need(typedef.type)
            case Tag() if kind.key not in self._needed:
                record = self._tags.get(kind.key)
                if isinstance(record, Record):
                    self._needed.add(kind.key)
                    for field in record.fields or ():
                        self._need(field.type)
            case _:
                pass

    def kept(self, own: list[Declaration]) -> list[Declaration]:
        """Those that own ones still refer to, now that members are elided; in their order."""
        reached: set[int] = set()
        todo = [kind for declaration in own for kind in _types(declaration)]
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
                    todo.extend(_inside(kind))
            while found is not None and id(found) not in reached:
                reached.add(id(found))
                todo.extend(_types(found))
                found = self._tags.get(found.parent) if isinstance(found, Record | Enum) and found.parent else None
        return [item for item in self._pulled if id(item) in reached]

    @staticmethod
    def refers_to(declaration: Declaration, own: list[Declaration]) -> bool:
        """Whether a declaration of another file refers to an own one: then own ones cannot simply come last."""
        names = {item.name for item in own if isinstance(item, Typedef)}
        keys = {item.key for item in own if isinstance(item, Record | Enum)}
        for kind in _types(declaration):
            for part in _all(kind):
                if (isinstance(part, Alias) and part.name in names) or (isinstance(part, Tag) and part.key in keys):
                    return True
        return False


def _types(declaration: Declaration) -> Iterator[Type]:
    match declaration:
        case Record():
            for field in declaration.fields or ():
                yield field.type
        case Enum():
            yield declaration.underlying
        case Function() | Variable() | Typedef():
            yield declaration.type


def _by_value(declaration: Declaration) -> Iterable[Type]:
    """The types that a declaration needs complete."""
    match declaration:
        case Record():
            return [field.type for field in declaration.fields or ()]
        case Function():
            return (declaration.type.result, *(declaration.type.params or ()))
        case Variable():
            return (declaration.type,)
        case Enum() | Typedef():
            return ()


def _inside(kind: Type) -> tuple[Type, ...]:
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


def _all(kind: Type) -> Iterator[Type]:
    yield kind
    for part in _inside(kind):
        yield from _all(part)


def _sorted(declarations: list[Declaration]) -> tuple[Declaration, ...]:
    """In an order in which C could read them: what a declaration needs comes first, else the order is kept."""
    tags = {item.key: item for item in declarations if isinstance(item, Record | Enum)}
    typedefs = {item.name: item for item in declarations if isinstance(item, Typedef)}
    done: dict[int, Declaration] = {}
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
            case Array() | Vector() | Atomic():
                for part in _inside(kind):
                    need(part, complete=complete)
            case _:
                for part in _inside(kind):
                    need(part, complete=False)

    def visit(declaration: Declaration) -> None:
        if id(declaration) in started:
            return
        started.add(id(declaration))
        complete = not isinstance(declaration, Typedef)
        for kind in _types(declaration):
            need(kind, complete=complete)
        done[id(declaration)] = declaration

    for declaration in declarations:
        visit(declaration)
    return tuple(done.values())
