"""Rules applied to IR: what stays, what goes, what is kept without members (see `headerkit.selection`)."""

from __future__ import annotations

import fnmatch
import re
from typing import TYPE_CHECKING

from headerkit.errors import SettingsError
from headerkit.ir import CHARACTERS, Alias, Enum, Record
from headerkit.light_classes import replace
from headerkit.references import References, types_of
from headerkit.renaming import Renaming
from headerkit.selection import is_name, rule_problem
from headerkit.writers.protocol import LedgerEntry

if TYPE_CHECKING:
    from headerkit.ir import Declaration, Header, Macro
    from headerkit.selection import Rule

__all__ = ["Selection"]


class _Compiled:
    """A rule with its pattern compiled, which remembers whether it ever matched."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.used = False
        if problem := rule_problem(rule):
            msg = f"rule `{rule}`: {problem}"
            raise SettingsError(msg)
        if rule.is_regular:
            self._pattern = re.compile(rule.pattern[1:-1])
            self._find = self._pattern.search
        else:
            self._pattern = re.compile(fnmatch.translate(rule.pattern))
            self._find = self._pattern.match

    def matches(self, kind: str, names: tuple[str, ...]) -> bool:
        """Whether the rule is about a thing of that kind and one of these names."""
        if self.rule.kind not in ("*", kind) or not any(map(self._find, names)):
            return False
        self.used = True
        return True

    def renamed(self, name: str) -> str:
        """The new name of a thing that the rule matches. Raises SettingsError for one that is none."""
        if not self.rule.is_regular:
            return self.rule.to
        new = self._pattern.sub(self.rule.to, name, count=1)
        if not is_name(new):
            msg = f"rule `{self.rule}`: it makes {new!r} of {name}, which is not a name that C can have"
            raise SettingsError(msg, hint="correct the rule's pattern or its `to`")
        return new


class Selection:
    """One header and the rules for it."""

    def __init__(self, header: Header, rules: tuple[Rule, ...]) -> None:
        self._header = header
        compiled = [_Compiled(rule) for rule in rules]
        self._rules = compiled
        self._by_action: dict[str, list[_Compiled]] = {"allow": [], "block": [], "opaque": [], "rename": []}
        for rule in compiled:
            self._by_action[rule.rule.action].append(rule)
        self._ledger: list[LedgerEntry] = []

    def run(self) -> tuple[Header, tuple[LedgerEntry, ...], tuple[str, ...]]:
        """(the IR that is left, the ledger of what was left out, a warning for each rule that matched nothing)."""
        header = self._header
        kept: list[Declaration] = []
        left_out: list[Declaration] = []
        for declaration in header.declarations:
            if not declaration.owned:
                left_out.append(declaration)
            elif self._is_out(declaration):
                left_out.append(_foreign(declaration))
            else:
                kept.append(self._opaque(declaration))
        order = {_identity(declaration): number for number, declaration in enumerate(header.declarations)}
        macros = [macro for macro in header.macros if not self._filtered("macro", (macro.name,), macro.name)]
        declarations = [*kept, *self._still_needed(kept, left_out, macros)]
        declarations.sort(key=lambda declaration: order[_identity(declaration)])
        renames = self._by_action["rename"]
        if renames:
            declarations, macros = self._renamed(declarations, macros)
        selected = replace(header, declarations=tuple(declarations), macros=tuple(macros))
        unused = tuple(f"rule `{rule.rule}` matches nothing" for rule in self._rules if not rule.used)
        return selected, tuple(self._ledger), unused

    def _is_out(self, declaration: Declaration) -> bool:
        kind, names = _kind(declaration), _names(declaration)
        if isinstance(declaration, Record | Enum) and declaration.parent:
            # Inside another: its own rules are still asked, so that they count as used, but its parent decides.
            parent = self._header.tags.get(declaration.parent)
            while isinstance(parent, Record) and parent.parent:
                parent = self._header.tags.get(parent.parent)
            if parent is not None:
                kind, names = _kind(parent), _names(parent)
        shown = declaration.key if isinstance(declaration, Record | Enum) else declaration.name
        shown = names[0] if names and not isinstance(declaration, Record | Enum) else shown
        return self._filtered(kind, names, shown, own_kind=_kind(declaration))

    def _filtered(self, kind: str, names: tuple[str, ...], shown: str, own_kind: str = "") -> bool:
        allow = self._by_action["allow"]
        reason = ""
        # Every rule is asked, also after one has matched: the user is told of one that matches nothing at all.
        matched = [rule for rule in allow if rule.matches(kind, names)]
        if allow and not matched:
            reason = "no allow rule matches"
        for rule in self._by_action["block"]:
            if rule.matches(kind, names) and not reason:
                reason = str(rule.rule)
        if reason:
            self._ledger.append(LedgerEntry(own_kind or kind, shown, "filtered", reason))
        return bool(reason)

    def _opaque(self, declaration: Declaration) -> Declaration:
        if isinstance(declaration, Record):
            found = [rule.matches(declaration.kind, _names(declaration)) for rule in self._by_action["opaque"]]
            if any(found) and declaration.fields is not None:
                return replace(declaration, fields=None, elided=True)
        return declaration

    @staticmethod
    def _still_needed(kept: list[Declaration], left_out: list[Declaration], macros: list[Macro]) -> list[Declaration]:
        complete = References(left_out).complete(kept)
        elided = [
            replace(item, fields=None, elided=True)
            if isinstance(item, Record) and item.fields is not None and item.key not in complete
            else item
            for item in left_out
        ]
        named = [macro.type for macro in macros if macro.kind == "type" and macro.type is not None]
        characters = [Alias(CHARACTERS[macro.wide]) for macro in macros if macro.wide in CHARACTERS]
        return References(elided).reached_from(
            [*(kind for item in kept for kind in types_of(item)), *named, *characters]
        )

    def _renamed(self, declarations: list[Declaration], macros: list[Macro]) -> tuple[list[Declaration], list[Macro]]:
        renaming = Renaming()
        rules = self._by_action["rename"]
        for declaration in declarations:
            known = _names(declaration) if declaration.owned else ()
            for rule in rules:
                if rule.matches(_kind(declaration), known):
                    if declaration.name:  # an untagged record has no name of its own to change
                        renaming.add(declaration, rule.renamed(declaration.name))
                    break
        new_macros = []
        for macro in macros:
            found = next((rule for rule in rules if rule.matches("macro", (macro.name,))), None)
            name = found.renamed(macro.name) if found else macro.name
            new_macros.append(macro if name == macro.name else replace(macro, name=name, c_name=macro.name))
        return [renaming.apply(declaration) for declaration in declarations], new_macros


def _kind(declaration: Declaration) -> str:
    if isinstance(declaration, Record):
        return declaration.kind
    return type(declaration).__name__.lower()


def _names(declaration: Declaration) -> tuple[str, ...]:
    """The names that a rule may match."""
    if not isinstance(declaration, Record | Enum):
        return (declaration.name,)
    if declaration.name or declaration.typedef:
        return tuple(name for name in (declaration.name, declaration.typedef) if name)
    if isinstance(declaration, Enum):
        return tuple(enumerator.name for enumerator in declaration.enumerators or ())
    return (declaration.key,)


def _identity(declaration: Declaration) -> tuple[str, str]:
    if isinstance(declaration, Record | Enum):
        return "tag", declaration.key
    return _kind(declaration), declaration.name


def _foreign(declaration: Declaration) -> Declaration:
    return replace(declaration, owned=False)
