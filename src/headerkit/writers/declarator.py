"""C declarators from types, inside-out (C11 6.7.6): what stands before the name, and what stands behind it.

`int (*(*name)[3])(void)` is read from the name outwards, so every type is a pair of texts around the name; a pointer to
an array or a function puts its star in parentheses. The leaves (typedef names, tags, builtin types, and whatever a
dialect of C has no spelling for) are spelled by the caller, who may refuse one by raising.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from headerkit.ir import CONST, RESTRICT, VOLATILE, Alias, Array, Builtin, FunctionType, Pointer, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headerkit.ir import Atomic, Enum, Opaque, Record, Type, Vector

    Leaf = Builtin | Alias | Tag | Vector | Atomic | Opaque

__all__ = ["Declarator", "declare", "qualifiers", "tag_spelling"]

_QUALIFIERS = tuple(
    "".join(f"{word} " for bit, word in ((CONST, "const"), (VOLATILE, "volatile"), (RESTRICT, "restrict")) if q & bit)
    for q in range(8)
)

# Words that clang knows for conventions, as the compilers of the platforms where they matter write them.
_CONVENTIONS = {
    "stdcall": "__stdcall ",
    "fastcall": "__fastcall ",
    "vectorcall": "__vectorcall ",
    "thiscall": "__thiscall ",
    "regcall": "__regcall ",
}


def _usual_convention(name: str) -> str:
    return _CONVENTIONS.get(name, "")


def qualifiers(quals: int) -> str:
    """The words of these qualifiers, each with a space behind it."""
    return _QUALIFIERS[quals & 7]


class Declarator:
    """Prints declarations; remembers each type object it has met.

    `leaf` spells a type that is no pointer, array or function, without its qualifiers; `convention` a calling
    convention, with a space behind it ("" for one that needs no word). Either may raise.
    """

    def __init__(self, leaf: Callable[[Leaf], str], convention: Callable[[str], str] | None = None) -> None:
        self._leaf = leaf
        self._convention = convention or _usual_convention
        # What stands before a name, what behind it, and the spelling without one. By identity, for a hash of a nested
        # type walks all of it; the object is kept so that its id stays its own.
        self._pairs: dict[int, tuple[str, str, str, Type]] = {}
        self._named: dict[tuple[str, int], str] = {}

    def declare(self, type_: Type, name: str = "") -> str:
        """The declaration of `name` with this type, or without a name the type's own spelling (a type name)."""
        left, right, bare, _ = self._pairs.get(id(type_)) or self._pair(type_)
        return f"{left}{name}{right}" if name else bare

    def function(self, type_: FunctionType, name: str, parameters: Sequence[str] = ()) -> str:
        """The declaration of a function with its parameters' names; "" or none at all where it has no name."""
        left, right, _, _ = self._pairs.get(id(type_.result)) or self._pair(type_.result)
        if type_.convention:
            left += self._convention(type_.convention)
        return f"{left}{name}{self.parameters(type_, parameters)}{right}"

    def parameters(self, type_: FunctionType, names: Sequence[str] = ()) -> str:
        """The parameter list of a function type, in parentheses."""
        if type_.params is None:
            return "()"
        pairs = self._pairs
        texts = []
        for param, name in zip_longest(type_.params, names if len(names) == len(type_.params) else ()):
            left, right, bare, _ = pairs.get(id(param)) or self._pair(param)  # `declare`, without a call for each
            texts.append(f"{left}{name}{right}" if name else bare)
        if type_.variadic:
            texts.append("..." if texts else self.only_variadic())
        return f"({', '.join(texts) or 'void'})"

    def only_variadic(self) -> str:
        """What says that there are any parameters, of which none is named (C23 6.7.7.4). May raise."""
        return "..."

    def _pair(self, type_: Type) -> tuple[str, str, str, Type]:
        pairs = self._pairs
        # The most frequent first: a large header has ten thousand of these.
        if isinstance(type_, Pointer):
            to = type_.pointee
            left, right, _, _ = pairs.get(id(to)) or self._pair(to)
            star = f"*{_QUALIFIERS[type_.quals & 7]}" if type_.quals else "*"
            if to.__class__ is Array:
                left, right = f"{left}({star}", f"){right}"
            elif isinstance(to, FunctionType):
                word = self._convention(to.convention) if to.convention else ""
                left, right = f"{left}({word}{star}", f"){right}"
            else:
                left = f"{left}{star}"
        elif isinstance(type_, (Alias, Builtin)):
            key = (type_.name, type_.quals)
            known = self._named.get(key)
            if known is None:
                known = self._named[key] = f"{_QUALIFIERS[type_.quals & 7]}{self._leaf(type_)} "
            left, right = known, ""
        elif isinstance(type_, Array):
            left, right, _, _ = pairs.get(id(type_.element)) or self._pair(type_.element)
            right = f"[{'' if type_.length is None else type_.length}]{right}"
        elif isinstance(type_, FunctionType):
            left, right, _, _ = pairs.get(id(type_.result)) or self._pair(type_.result)
            right = f"{self.parameters(type_)}{right}"
        else:
            left, right = f"{_QUALIFIERS[type_.quals & 7]}{self._leaf(type_)} ", ""
        bare = f"{left}{right}" if right.startswith("(") else f"{left.rstrip()}{right}"
        pairs[id(type_)] = found = (left, right, bare, type_)
        return found


def tag_spelling(declaration: Record | Enum) -> str:
    """How C names a record or enum: its tag, else the typedef that names it; "" where it has no name."""
    if declaration.name:
        kind = getattr(declaration, "kind", "enum")
        return f"{kind} {declaration.name}"
    return declaration.typedef


def declare(type_: Type, name: str = "", tags: Mapping[str, Record | Enum] | None = None) -> str:
    """Declare one name in plain C. `tags` are the declarations that tag keys stand for (`Header.tags`).

    Raises ValueError for a type that plain C cannot spell at this place: a nameless record, `ir.Opaque`, a vector.
    """

    def leaf(node: Leaf) -> str:
        if isinstance(node, Builtin | Alias):
            return node.name
        if isinstance(node, Tag) and tags and node.key in tags and (spelling := tag_spelling(tags[node.key])):
            return spelling
        msg = f"no spelling in C for {node!r}"
        raise ValueError(msg)

    return Declarator(leaf).declare(type_, name)
