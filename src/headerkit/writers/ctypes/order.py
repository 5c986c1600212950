"""In which order the module can define types: what an expression evaluates comes before it.

Every record's class exists before the first definition, so only three things must come first: a typedef before its name
is used, a record's members before it is a member or an element itself, an enum's class before its name is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Alias, Array, Atomic, Enum, FunctionType, Pointer, Record, Tag, Typedef, Vector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Header, Type

__all__ = ["ordered"]


def ordered(header: Header) -> tuple[Record | Typedef | Enum, ...]:
    """The records, typedefs and enums that the owned declarations need, in an order that Python can read."""
    done: dict[tuple[type, str], Record | Typedef | Enum] = {}
    for declaration in header.declarations:
        if not declaration.owned:
            continue
        if isinstance(declaration, Record | Typedef | Enum):
            _visit(header, declaration, done)
        else:
            for needed in _all(header, declaration.type):
                _visit(header, needed, done)
    for macro in header.macros:
        if macro.type is not None:
            for needed in _all(header, macro.type):
                _visit(header, needed, done)
    return tuple(done.values())


def _visit(
    header: Header, start: Record | Typedef | Enum, done: dict[tuple[type, str], Record | Typedef | Enum]
) -> None:
    """Depth first, without recursion: a header may chain thousands of typedefs."""
    seen: set[tuple[type, str]] = set()
    later = [start]
    while later:
        root = later.pop()
        if _identity(root) in done:
            continue
        stack = [(root, _before(header, root))]
        seen.add(_identity(root))
        while stack:
            item, needed = stack[-1]
            for other in needed:
                if _identity(other) not in seen and _identity(other) not in done:
                    seen.add(_identity(other))
                    stack.append((other, _before(header, other)))
                    break
            else:
                stack.pop()
                done[_identity(item)] = item
                later += [other for other in _behind(header, item) if _identity(other) not in done]


def _identity(item: Record | Typedef | Enum) -> tuple[type, str]:
    return type(item), item.name if isinstance(item, Typedef) else item.key


def _types(item: Record | Typedef | Enum) -> Iterator[Type]:
    if isinstance(item, Record):
        for field in item.fields or ():
            yield field.type
    elif isinstance(item, Typedef):
        yield item.type


def _before(header: Header, item: Record | Typedef | Enum) -> Iterator[Record | Typedef | Enum]:
    """What must be defined before this."""
    for type_ in _types(item):
        yield from _needed(header, type_, whole=isinstance(item, Record))


def _behind(header: Header, item: Record | Typedef | Enum) -> Iterator[Record | Typedef | Enum]:
    """What this mentions, whenever it is defined."""
    for type_ in _types(item):
        yield from _all(header, type_)


def _all(header: Header, type_: Type) -> Iterator[Record | Typedef | Enum]:
    for key in _mentioned(type_):
        found = header.tags.get(key.key) if isinstance(key, Tag) else header.typedefs.get(key.name)
        if found is not None:
            yield found


def _mentioned(type_: Type) -> Iterator[Tag | Alias]:
    if isinstance(type_, Tag | Alias):
        yield type_
    else:
        for inner in _inner(type_):
            yield from _mentioned(inner)


def _inner(type_: Type) -> tuple[Type, ...]:
    if isinstance(type_, Pointer):
        return (type_.pointee,)
    if isinstance(type_, Array | Vector):
        return (type_.element,)
    if isinstance(type_, Atomic):
        return (type_.inner,)
    if isinstance(type_, FunctionType):
        return (type_.result, *(type_.params or ()))
    return ()


def _needed(header: Header, type_: Type, *, whole: bool) -> Iterator[Record | Typedef | Enum]:
    """What an expression of this type evaluates; `whole`: the type's size matters where it stands."""
    if isinstance(type_, Alias):
        typedef = header.typedefs.get(type_.name)
        if typedef is not None:
            yield typedef
            if whole:
                yield from _needed(header, typedef.type, whole=True)
    elif isinstance(type_, Tag):
        tag = header.tags.get(type_.key)
        if tag is not None and (whole or isinstance(tag, Enum)):
            yield tag
    else:
        size_counts = isinstance(type_, Array) or (isinstance(type_, Atomic) and whole)
        for inner in _inner(type_):
            yield from _needed(header, inner, whole=size_counts)
