"""What each declaration is called in the module: C's name spaces brought into Python's one.

Functions, variables, typedefs and enumerators come first, then macros, then tags; within each, a name that Python can
have as it stands goes before one that must change. A tag that meets another name is `struct_NAME`; a record that C does
not name is called after the member or typedef that has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Array, Atomic, Enum, FunctionType, Pointer, Record, Tag, Vector
from headerkit.writers.python_names import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.ir import Header, Type

__all__ = ["RESERVED", "ModuleNames", "tags_in"]

_RESERVED = (
    "_c _enum _os _sys _typing _Address _Buffer _BufferIn _Bytes _CFuncPtr _In _InT _Text _absent _bits _complex64 "
    "_complex128 _complex256 _data_model _find _function _lib _load _nullable _renamed _stdcall _target "
    "_thread_local _variable"
)
RESERVED = frozenset(_RESERVED.split())
"""What the module and its stubs call their imports and helpers."""


def tags_in(type_: Type) -> Iterator[str]:
    """The keys of records and enums that a type mentions, however deep."""
    if isinstance(type_, Tag):
        yield type_.key
    elif isinstance(type_, Pointer):
        yield from tags_in(type_.pointee)
    elif isinstance(type_, Array | Vector):
        yield from tags_in(type_.element)
    elif isinstance(type_, Atomic):
        yield from tags_in(type_.inner)
    elif isinstance(type_, FunctionType):
        for part in (type_.result, *(type_.params or ())):
            yield from tags_in(part)


class ModuleNames:
    """Python names of a header's declarations.

    `ordinary` is by C name (functions, variables, typedefs, enumerators, then macros); `tags` by key. An untagged
    enum that no typedef names has none.
    """

    def __init__(self, header: Header) -> None:
        self._scope = Scope(RESERVED)
        self.ordinary: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self._spelled = {key: tag.name or tag.typedef for key, tag in header.tags.items()}
        self._claim_ordinary(header)
        self._claim_tags(header)

    def helper(self, name: str) -> str:
        """Claim a class name that C does not have; it begins with an underscore."""
        base, number = f"_{name.lstrip('_')}", 0
        while not self._scope.free(f"{base}_{number}"):
            number += 1
        return self._scope.claim(f"{base}_{number}")

    def part(self, name: str) -> str:
        """Claim a public name for what C has no name for (PARENT_MEMBER)."""
        return self._scope.claim(name)

    def renamed(self) -> dict[str, str]:
        """The Python name of each C name that is another one, where no other thing has the C name."""
        mine = {*self.ordinary.values(), *self.tags.values()}
        tags = {self._spelled[key]: made for key, made in self.tags.items() if self._spelled.get(key)}
        both = {**tags, **self.ordinary}
        return {name: made for name, made in both.items() if made != name and name not in mine}

    def _claim_ordinary(self, header: Header) -> None:
        for owned in (True, False):
            self._claim_all([name for d in header.declarations if d.owned is owned for name in _ordinary_names(d)])
        self._claim_all([macro.name for macro in header.macros if macro.kind not in ("call", "empty", "other")])

    def _claim_all(self, names: list[str]) -> None:
        waiting = []
        for name in names:
            if name not in self.ordinary:
                if self._scope.free(name):
                    self.ordinary[name] = self._scope.claim(name)
                else:
                    waiting.append(name)
        for name in waiting:
            if name not in self.ordinary:
                self.ordinary[name] = self._scope.claim(name)

    def _claim_tags(self, header: Header) -> None:
        waiting = []
        for key, tag in header.tags.items():
            name = tag.name or tag.typedef
            typedef = header.typedefs.get(name)
            if typedef is not None and isinstance(typedef.type, Tag) and typedef.type.key == key:
                self.tags[key] = self.ordinary[name]
            elif name and self._scope.free(name):
                self.tags[key] = self._scope.claim(name)
            else:
                waiting.append(tag)
        for tag in waiting:
            if tag.name:
                kind = tag.kind if isinstance(tag, Record) else "enum"
                taken = tag.name in self.ordinary or tag.name in self.tags.values()
                self.tags[tag.key] = self._scope.claim(f"{kind}_{tag.name}" if taken else tag.name)
        places = _places(header)
        for tag in waiting:
            if not tag.name and isinstance(tag, Record):
                self._name_after_place(tag, header, places)

    def _name_after_place(self, record: Record, header: Header, places: dict[str, tuple[str, str]]) -> str:
        """Name a nameless record after where it is written: PARENT_MEMBER, or _PARENT_0 where that has no name."""
        if record.key in self.tags:
            return self.tags[record.key]
        outer, member = places.get(record.key, ("", ""))
        parent = header.tags.get(outer)
        self.tags[record.key] = ""  # a record cannot hold itself by value; text that says so must not loop
        if isinstance(parent, Record):
            base = self.tags.get(outer) or self._name_after_place(parent, header, places)
            made = self._scope.claim(f"{base}_{member}") if member else self.helper(base)
        else:
            made = self.helper(member or record.kind)
        self.tags[record.key] = made
        return made


def _ordinary_names(declaration: object) -> Iterator[str]:
    if isinstance(declaration, Enum):
        for enumerator in declaration.enumerators or ():
            yield enumerator.name
    elif not isinstance(declaration, Record):
        yield declaration.name  # type: ignore[attr-defined]  # a function, variable or typedef


def _places(header: Header) -> dict[str, tuple[str, str]]:
    """Where each record is first mentioned: the key of the record whose member it is, or "", and the name there."""
    places: dict[str, tuple[str, str]] = {}
    for declaration in header.declarations:
        if isinstance(declaration, Record):
            for field in declaration.fields or ():
                for key in tags_in(field.type):
                    places.setdefault(key, (declaration.key, field.name))
        elif not isinstance(declaration, Enum):
            for key in tags_in(declaration.type):
                places.setdefault(key, ("", declaration.name))
    return places
