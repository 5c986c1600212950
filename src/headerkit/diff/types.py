"""How two types differ for a caller.

Named records, enums and the library's own typedefs count as equal by name: a change of theirs is reported where they
are declared, once. Everything else is compared down to what C calls compatible types (C11 6.2.7) and to what the
calling convention passes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from headerkit import ir
from headerkit.diff.changes import Verdict
from headerkit.writers.declarator import tag_spelling
from headerkit.writers.plain_c import PlainC

__all__ = ["Place", "Types"]

Place = Literal["parameter", "result", "object"]
"""Where a type stands: what may gain or lose `const` depends on who reads through it."""

_SIGNED = {"char", "signed char", "short", "int", "long", "long long", "__int128"}
_UNSIGNED = {"_Bool", "unsigned char", "unsigned short", "unsigned int", "unsigned long", "unsigned long long"}
_INTEGERS = _SIGNED | _UNSIGNED | {"unsigned __int128"}


class Types:
    """Compares types of two headers. A difference is a verdict, None is none."""

    def __init__(self, old: ir.Header, new: ir.Header) -> None:
        self.old, self.new = old, new
        self._pairs: set[tuple[str, str]] = set()
        self._spell_old = PlainC(old).declare
        self._spell_new = PlainC(new).declare

    def spelled(self, old: ir.Type, new: ir.Type) -> str:
        """Both types as C writes them, `old -> new`."""
        texts = self._spell_old(old), self._spell_new(new)
        if texts[0] == texts[1]:
            return f"{texts[0]} (its definition changed)"
        return " -> ".join(texts)

    def difference(self, old: ir.Type, new: ir.Type, place: Place) -> Verdict | None:
        """Compare two types that stand in one place."""
        if isinstance(old, ir.Alias) and isinstance(new, ir.Alias) and old == new and self._both_own(old.name):
            return None
        old, new = _resolve(old, self.old), _resolve(new, self.new)
        if place != "object":  # the qualifiers of a copy mean nothing to the caller
            old, new = _unqualified(old), _unqualified(new)
        quals = _quals(old) ^ _quals(new)
        found = self._unlike(_unqualified(old), _unqualified(new), place)
        if found is None and quals & (ir.CONST | ir.VOLATILE):
            return Verdict.SOURCE
        return found

    def size(self, node: ir.Type, header: ir.Header) -> int | None:
        """The size in bytes; None where it has none or it is not known."""
        node = _resolve(node, header)
        match node:
            case ir.Builtin(name):
                return header.sizes.get(name, (None,))[0]
            case ir.Pointer():
                return header.sizes.get("*", (None,))[0]
            case ir.Array(element, length):
                each = self.size(element, header)
                return None if each is None or length is None else each * length
            case ir.Tag(key):
                tag = header.tags.get(key)
                return None if tag is None else tag.size
            case ir.Atomic(inner):
                return self.size(inner, header)
            case _:
                return None

    def _both_own(self, name: str) -> bool:
        declared = self.old.typedefs.get(name), self.new.typedefs.get(name)
        return all(d is not None and d.owned for d in declared)

    def _unlike(self, old: ir.Type, new: ir.Type, place: Place) -> Verdict | None:
        match old, new:
            case ir.Builtin(a), ir.Builtin(b):
                return self._builtins(a, b)
            case ir.Pointer(a_to), ir.Pointer(b_to):
                return self._pointees(a_to, b_to, place)
            case ir.Array(a_of, a_len), ir.Array(b_of, b_len):
                found = self.difference(a_of, b_of, "object")
                if a_len == b_len:
                    return found
                return Verdict.SOURCE if None in (a_len, b_len) and found is None else Verdict.ABI
            case ir.FunctionType(), ir.FunctionType():
                return self.function(old, new)
            case ir.Tag(a_key), ir.Tag(b_key):
                return self._tags(a_key, b_key)
            case ir.Atomic(a_in), ir.Atomic(b_in):
                return self.difference(a_in, b_in, place)
            case ir.Vector(a_of, a_len), ir.Vector(b_of, b_len):
                return Verdict.ABI if a_len != b_len else self.difference(a_of, b_of, place)
            case ir.Opaque(a), ir.Opaque(b) if a == b:
                return None
            case _:
                same_class = self._passed_as_integer(old, self.old) and self._passed_as_integer(new, self.new)
                same_size = self.size(old, self.old) == self.size(new, self.new)
                return Verdict.SOURCE if same_class and same_size else Verdict.ABI

    def _passed_as_integer(self, node: ir.Type, header: ir.Header) -> bool:
        match node:
            case ir.Builtin(name):
                return name in _INTEGERS
            case ir.Pointer():
                return True
            case ir.Tag(key):
                return isinstance(header.tags.get(key), ir.Enum)
            case _:
                return False

    def _builtins(self, old: str, new: str) -> Verdict | None:
        sizes = self.old.sizes.get(old), self.new.sizes.get(new)
        if old == new:
            return Verdict.ABI if all(sizes) and sizes[0] != sizes[1] else None
        if "void" in (old, new):
            return Verdict.ABI
        return Verdict.SOURCE if old in _INTEGERS and new in _INTEGERS and sizes[0] == sizes[1] else Verdict.ABI

    def _pointees(self, old: ir.Type, new: ir.Type, place: Place) -> Verdict | None:
        a, b = _resolve(old, self.old), _resolve(new, self.new)
        lost, gained = _quals(a) & ~_quals(b), _quals(b) & ~_quals(a)
        found = self.difference(_unqualified(a), _unqualified(b), "object")
        if found is None:
            if gained & ~ir.CONST & ir.VOLATILE or lost & ir.VOLATILE:
                return Verdict.SOURCE
            if gained & ir.CONST:  # a promise to the caller of a parameter, a restriction to the user of a result
                return Verdict.COMPATIBLE if place == "parameter" else Verdict.SOURCE
            if lost & ir.CONST:
                return Verdict.COMPATIBLE if place == "result" else Verdict.SOURCE
            return None
        void = ir.Builtin("void")
        if void in (_unqualified(a), _unqualified(b)):
            return Verdict.SOURCE
        if isinstance(a, ir.Tag) and isinstance(b, ir.Tag):
            return Verdict.SOURCE  # a record by another name; if its members differ too, they are reported there
        return found

    def _tags(self, old: str, new: str) -> Verdict | None:
        a, b = self.old.tags.get(old), self.new.tags.get(new)
        if a is None or b is None:
            return None if old == new else Verdict.SOURCE
        if tag_spelling(a) or tag_spelling(b):
            if tag_spelling(a) == tag_spelling(b):
                return None
            if (a.name or a.typedef) == (b.name or b.typedef) and type(a) is type(b):
                return Verdict.SOURCE  # the tag came or went; the typedef stayed
            if isinstance(a, ir.Enum) and isinstance(b, ir.Enum):
                return Verdict.SOURCE if a.size == b.size else Verdict.ABI
        if (old, new) in self._pairs:
            return None
        self._pairs.add((old, new))
        try:
            same = self._same_layout(a, b)
        finally:
            self._pairs.discard((old, new))
        if not same:
            return Verdict.ABI
        return Verdict.SOURCE if tag_spelling(a) != tag_spelling(b) else None

    def _same_layout(self, a: ir.Record | ir.Enum, b: ir.Record | ir.Enum) -> bool:
        if isinstance(a, ir.Enum) or isinstance(b, ir.Enum):
            return isinstance(a, ir.Enum) and isinstance(b, ir.Enum) and a.size == b.size
        if (a.kind, a.size, a.align, a.fields is None) != (b.kind, b.size, b.align, b.fields is None):
            return False
        pairs = list(zip(a.fields or (), b.fields or (), strict=False))
        return len(a.fields or ()) == len(b.fields or ()) and all(
            (x.name, x.offset, x.width) == (y.name, y.offset, y.width)
            and self.difference(x.type, y.type, "object") is not Verdict.ABI
            for x, y in pairs
        )

    def function(self, old: ir.FunctionType, new: ir.FunctionType) -> Verdict | None:
        """Compare two function types; the worst difference of any part."""
        if old.convention != new.convention:
            return Verdict.ABI
        found = [self.difference(old.result, new.result, "result")]
        if old.params is None or new.params is None:
            found.append(None if old.params is new.params else Verdict.SOURCE)
        elif len(old.params) != len(new.params) or old.variadic != new.variadic:
            found.append(Verdict.ABI)
        else:
            found += [self.difference(a, b, "parameter") for a, b in zip(old.params, new.params, strict=True)]
        return max((v for v in found if v is not None), key=lambda v: v.rank, default=None)


def _resolve(node: ir.Type, header: ir.Header) -> ir.Type:
    """Follow typedefs; qualifiers met on the way are kept (on an array they are its elements')."""
    quals = 0
    while isinstance(node, ir.Alias):
        typedef = header.typedefs.get(node.name)
        if typedef is None:
            break
        quals |= node.quals
        node = typedef.type
    if not quals:
        return node
    if isinstance(node, ir.Array):
        return ir.Array(_qualified(node.element, quals), node.length)
    return _qualified(node, quals)


def _qualified(node: ir.Type, quals: int) -> ir.Type:
    if isinstance(node, ir.Array | ir.FunctionType):
        return node
    return replace(node, quals=node.quals | quals)


def _quals(node: ir.Type) -> int:
    return 0 if isinstance(node, ir.Array | ir.FunctionType) else node.quals


def _unqualified(node: ir.Type) -> ir.Type:
    return node if isinstance(node, ir.Array | ir.FunctionType) or not node.quals else replace(node, quals=0)
