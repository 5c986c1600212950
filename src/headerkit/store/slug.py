"""The slug: the name of an entry's folder, readable and the same on every machine.

`libclang.vec.x86_64-linux-gnu.d.debug.i.include-1a2b3c4d`: backend, header stem, short target, defines and include
directories for the reader, then eight digits of the identity's digest for certainty. Lowercase ASCII, at most 80
characters, no name that Windows reserves: it is one folder on every file system.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from headerkit.digest import text_digest

if TYPE_CHECKING:
    from headerkit.store.identity import Json

__all__ = ["SLUG_LENGTH", "entry_slug", "folder_name", "is_slug", "slug_prefix"]

SLUG_LENGTH = 80
_DIGITS = 8
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_HEX = frozenset("0123456789abcdef")
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"com{digit}" for digit in range(10)), *(f"lpt{digit}" for digit in range(10)))
)


def entry_slug(identity: dict[str, Json], digest: str) -> str:
    """The folder of the entry with this identity; `digest` is the identity's."""
    parts = [_head(identity), _short(_text(identity["target"]))]
    for letter, key in (("d", "defines"), ("i", "include_dirs")):
        values = identity[key]
        if isinstance(values, list) and values:
            parts += [letter, *map(_text, values)]
    readable = _unreserved(".".join(filter(None, map(_plain, parts))))
    return f"{_cut(readable) or 'unit'}-{digest[:_DIGITS]}"


def slug_prefix(identity: dict[str, Json]) -> str:
    """What the slugs of all entries of one header and backend begin with."""
    return _cut(_head(identity))


def _cut(readable: str) -> str:
    return readable[: SLUG_LENGTH - _DIGITS - 1].rstrip(".-_")


def _head(identity: dict[str, Json]) -> str:
    stem = _text(identity["header"]).rpartition("/")[2]
    stem = stem.rpartition(".")[0] or stem
    return _unreserved(".".join(filter(None, map(_plain, (_text(identity["backend"]), stem)))))


def is_slug(name: str) -> bool:
    """Whether a folder's name can be a slug of this format."""
    readable, dash, digits = name.rpartition("-")
    return (
        bool(readable and dash)
        and len(name) <= SLUG_LENGTH
        and len(digits) == _DIGITS
        and _HEX.issuperset(digits)
        and _PLAIN.issuperset(readable)
        and not readable.startswith(".")
    )


def folder_name(name: str) -> str:
    """A writer's name as a folder: itself where that is safe everywhere, else a safe part and a digest."""
    plain = _unreserved(_plain(name))
    if name and plain == name and len(name) <= SLUG_LENGTH and "-" not in name[-9:-8]:
        return name
    return f"{plain[: SLUG_LENGTH - _DIGITS - 1] or 'writer'}-{text_digest(name)[:_DIGITS]}"


def _text(value: Json) -> str:
    if isinstance(value, dict):
        value = value.get("spelled")
    return value if isinstance(value, str) else ""


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    """Lowercase ASCII with one `-` for each run of anything else; no dot or dash at its ends."""
    kept = "".join(character if character in _PLAIN else " " for character in text.lower())
    return "-".join(kept.split()).strip(".-")


def _short(target: str) -> str:
    """The triple without its vendor where it has four parts (`x86_64-unknown-linux-gnu` -> `x86_64-linux-gnu`)."""
    parts = target.split("-")
    return "-".join([parts[0], *parts[2:]]) if len(parts) == 4 else target


def _unreserved(name: str) -> str:
    first, dot, rest = name.partition(".")
    return f"{first}_{dot}{rest}" if first in _RESERVED else name
