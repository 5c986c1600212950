"""Compares all owned declarations and macros of two headers."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from headerkit import ir
from headerkit.diff.changes import Change, Comparison, Verdict
from headerkit.diff.macros import macro_differences
from headerkit.diff.records import record_differences
from headerkit.diff.types import Types
from headerkit.writers.ledger import kind_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["compare"]

_Thing: TypeAlias = "ir.Declaration | ir.Macro"
_Key = tuple[str, str]  # the C name space and the name: C keeps tags apart from ordinary identifiers

_NAMELESS = "(nameless)"


def compare(old: ir.Header, new: ir.Header, *, ignore: Sequence[str] = ()) -> Comparison:
    """Compare two headers, or two versions or targets of one.

    `ignore` are globs of names whose changes are not reported. Only what the library owns is compared; an unowned type
    counts where a declaration passes it by value.
    """
    comparer = _Comparer(old, new)
    changes = [c for c in comparer.changes() if not any(fnmatchcase(c.name, glob) for glob in ignore)]
    changes.sort(key=lambda c: (-c.verdict.rank, c.kind, c.name))
    return Comparison(_label(old), _label(new), tuple(changes))


def _label(header: ir.Header) -> str:
    return f"{header.name} ({header.target})"


class _Comparer:
    def __init__(self, old: ir.Header, new: ir.Header) -> None:
        self.old, self.new = old, new
        self.types = Types(old, new)
        self.constants = _constants(old), _constants(new)

    def changes(self) -> Iterator[Change]:
        before, after = _things(self.old), _things(self.new)
        for key, thing in before.items():
            if key not in after:
                yield self._removed(thing, after)
            elif change := self._changed(thing, after[key]):
                yield change
        for key, thing in after.items():
            if key not in before:
                yield self._change("added", Verdict.COMPATIBLE, (), new=thing)
        yield from self._nameless_constants()

    def _change(
        self,
        what: str,
        verdict: Verdict,
        details: Sequence[str],
        *,
        old: _Thing | None = None,
        new: _Thing | None = None,
    ) -> Change:
        thing = new or old
        assert thing is not None  # noqa: S101  (one of the two is always given)
        places = _place(old, self.old), _place(new, self.new)
        kind, name = _identity(thing)
        made = "added" if what == "added" else "removed" if what == "removed" else "changed"
        return Change(kind, name, made, verdict, tuple(details), *places)  # type: ignore[arg-type]  # a Literal above

    def _removed(self, thing: _Thing, after: Mapping[_Key, _Thing]) -> Change:
        name = _identity(thing)[1]
        other = after.get(("macro", name)) or after.get(("ordinary", name))
        details: list[str] = [f"is a {_identity(other)[0]} now"] if other is not None else []
        verdict = Verdict.SOURCE
        if isinstance(thing, ir.Macro):
            if name in self.constants[1] and self.constants[1][name] == thing.value:
                verdict, details = Verdict.COMPATIBLE, ["is an enumeration constant of the same value now"]
        elif isinstance(thing, ir.Function | ir.Variable) and _has_symbol(thing):
            verdict = Verdict.ABI
        return self._change("removed", verdict, details, old=thing)

    def _changed(self, old: _Thing, new: _Thing) -> Change | None:
        found = list(self._differences(old, new))
        if not found:
            return None
        verdict = found[0][0]
        for each, _ in found:
            verdict = verdict.or_worse(each)
        return self._change("changed", verdict, [text for _, text in found], old=old, new=new)

    def _differences(self, old: _Thing, new: _Thing) -> Iterator[tuple[Verdict, str]]:
        match old, new:
            case ir.Function(), ir.Function():
                yield from self._functions(old, new)
            case ir.Variable(), ir.Variable():
                yield from self._variables(old, new)
            case ir.Typedef(), ir.Typedef():
                found = self.types.difference(old.type, new.type, "object")
                if found is not None:
                    yield found, self.types.spelled(old.type, new.type)
            case ir.Record(), ir.Record():
                yield from record_differences(old, new, self.types)
            case ir.Enum(), ir.Enum():
                yield from self._enums(old, new)
            case ir.Macro(), ir.Macro():
                yield from macro_differences(old, new)
            case _:
                verdict = Verdict.ABI if isinstance(old, ir.Function | ir.Variable) else Verdict.SOURCE
                yield verdict, f"is a {_identity(new)[0]}, was a {_identity(old)[0]}"
        yield from _deprecation(old, new)

    def _functions(self, old: ir.Function, new: ir.Function) -> Iterator[tuple[Verdict, str]]:
        if _has_symbol(old) and not _has_symbol(new):
            yield Verdict.ABI, "is no longer exported: its body is in the header"
        if (old.asm_label or new.asm_label) and (old.asm_label or old.name) != (new.asm_label or new.name):
            yield Verdict.ABI, f"symbol {old.asm_label or old.name} -> {new.asm_label or new.name}"
        a, b = old.type, new.type
        if (found := self.types.difference(a.result, b.result, "result")) is not None:
            yield found, f"result: {self.types.spelled(a.result, b.result)}"
        if a.convention != b.convention:
            yield Verdict.ABI, f"calling convention: {a.convention or 'default'} -> {b.convention or 'default'}"
        if a.variadic != b.variadic:
            yield Verdict.ABI, "takes further arguments now" if b.variadic else "takes no further arguments now"
        if a.params is None or b.params is None:
            if a.params is not b.params:
                yield Verdict.SOURCE, "has no prototype now" if b.params is None else "has a prototype now"
            return
        if len(a.params) != len(b.params):
            yield Verdict.ABI, f"takes {len(b.params)} arguments, took {len(a.params)}"
            return
        for number, (x, y) in enumerate(zip(a.params, b.params, strict=True), 1):
            if (found := self.types.difference(x, y, "parameter")) is not None:
                name = new.parameters[number - 1] if number <= len(new.parameters) else ""
                yield found, f"argument {number}{f' ({name})' if name else ''}: {self.types.spelled(x, y)}"

    def _variables(self, old: ir.Variable, new: ir.Variable) -> Iterator[tuple[Verdict, str]]:
        if _has_symbol(old) and not _has_symbol(new):
            yield Verdict.ABI, "is no longer exported"
        if old.thread_local != new.thread_local:
            yield Verdict.ABI, "is one a thread now" if new.thread_local else "is no longer one a thread"
        if (found := self.types.difference(old.type, new.type, "object")) is not None:
            yield found, self.types.spelled(old.type, new.type)

    def _enums(self, old: ir.Enum, new: ir.Enum) -> Iterator[tuple[Verdict, str]]:
        if old.size != new.size and None not in (old.size, new.size):
            yield Verdict.ABI, f"size {old.size} -> {new.size} bytes"
        yield from self._enumerators(old.enumerators or (), new.enumerators or ())

    def _enumerators(self, old: Iterable[ir.Enumerator], new: Iterable[ir.Enumerator]) -> Iterator[tuple[Verdict, str]]:
        before, after = {e.name: e.value for e in old}, {e.name: e.value for e in new}
        for name, value in before.items():
            if name in after:
                if after[name] != value:
                    yield Verdict.ABI, f"{name}: {value} -> {after[name]}"
            elif self.constants[1].get(name) == value:
                yield Verdict.COMPATIBLE, f"{name} is declared elsewhere now"
            else:
                yield Verdict.SOURCE, f"{name} was removed"
        for name, value in after.items():
            if name not in before and name not in self.constants[0]:
                yield Verdict.COMPATIBLE, f"{name} = {value} was added"

    def _nameless_constants(self) -> Iterator[Change]:
        """Enumerators of enums without a name: they can only be told apart by their own names."""
        old, new = (
            [
                e
                for d in h.declarations
                if isinstance(d, ir.Enum) and d.owned and _nameless(d)
                for e in d.enumerators or ()
            ]
            for h in (self.old, self.new)
        )
        for verdict, text in self._enumerators(old, new):
            yield Change("enum", _NAMELESS, "changed", verdict, (text,))


def _nameless(d: ir.Record | ir.Enum) -> bool:
    return not d.name and not d.typedef


def _constants(header: ir.Header) -> dict[str, object]:
    """Integer constants by name, whoever declares them."""
    found: dict[str, object] = {m.name: m.value for m in header.macros if m.kind in ("int", "char")}
    for d in header.declarations:
        if isinstance(d, ir.Enum):
            found |= {e.name: e.value for e in d.enumerators or ()}
    return found


def _things(header: ir.Header) -> dict[_Key, _Thing]:
    found: dict[_Key, _Thing] = {}
    for d in header.declarations:
        if not d.owned:
            continue
        if isinstance(d, ir.Record | ir.Enum):
            if not _nameless(d):
                found.setdefault(("tag", name_of(d)), d)
        elif not (isinstance(d, ir.Typedef) and _names_its_tag(d, header)):
            found.setdefault(("ordinary", d.name), d)
    for m in header.macros:
        found.setdefault(("macro", m.name), m)
    return found


def _names_its_tag(d: ir.Typedef, header: ir.Header) -> bool:
    tag = header.tags.get(d.type.key) if isinstance(d.type, ir.Tag) else None
    return tag is not None and not tag.name and tag.typedef == d.name


def _identity(thing: _Thing) -> tuple[str, str]:
    if isinstance(thing, ir.Macro):
        return "macro", thing.name
    return kind_of(thing), name_of(thing)


def _has_symbol(d: ir.Function | ir.Variable) -> bool:
    return d.storage == "extern" and not (isinstance(d, ir.Function) and d.inline)


def _place(thing: _Thing | None, header: ir.Header) -> str:
    if thing is None or not 0 <= thing.location.file < len(header.files):
        return ""
    return f"{header.files[thing.location.file]}:{thing.location.line}"


def _deprecation(old: _Thing, new: _Thing) -> Iterator[tuple[Verdict, str]]:
    before = not isinstance(old, ir.Macro) and any(a.name == "deprecated" for a in old.attributes)
    after = not isinstance(new, ir.Macro) and any(a.name == "deprecated" for a in new.attributes)
    if before != after:
        yield Verdict.COMPATIBLE, "is deprecated now" if after else "is no longer deprecated"
