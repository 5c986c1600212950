"""The registry of writers: which there are, what the store must know of each, and how one is made.

The hit path asks `writer_facts` alone; for our own writers the answer stands in a table here, so that no writer module
is imported to serve a stored output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from headerkit.errors import WriterError
from headerkit.light_classes import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headerkit.writers.protocol import Writer

__all__ = [
    "WriterFacts",
    "get_writer",
    "is_registered",
    "register_writer",
    "writer_class",
    "writer_facts",
    "writer_names",
]

ENTRY_POINTS = "headerkit.writers"


class WriterFacts(NamedTuple):
    """What the store asks of a writer: the suffix of its texts, whether they are kept, and their version."""

    suffix: str
    cache_output: bool
    cache_version: str


class _Builtin(NamedTuple):
    module: str
    class_name: str
    facts: WriterFacts


# A test holds each row to the attributes of its class.
_BUILTIN = {
    "cffi": _Builtin("headerkit.writers.cffi", "CffiWriter", WriterFacts(".cdef.txt", True, "1")),  # noqa: FBT003
    "ctypes": _Builtin("headerkit.writers.ctypes", "CtypesWriter", WriterFacts(".py", True, "1")),  # noqa: FBT003
    "cython": _Builtin("headerkit.writers.cython", "CythonWriter", WriterFacts(".pxd", True, "1")),  # noqa: FBT003
    "diff": _Builtin("headerkit.writers.diff", "DiffWriter", WriterFacts(".txt", False, "1")),  # noqa: FBT003
    "json": _Builtin("headerkit.writers.json", "JsonWriter", WriterFacts(".json", True, "1")),  # noqa: FBT003
    "lua": _Builtin("headerkit.writers.lua", "LuaWriter", WriterFacts(".lua", True, "1")),  # noqa: FBT003
    "prompt": _Builtin("headerkit.writers.prompt", "PromptWriter", WriterFacts(".txt", False, "1")),  # noqa: FBT003
    "pyi": _Builtin("headerkit.writers.pyi", "PyiWriter", WriterFacts(".pyi", True, "1")),  # noqa: FBT003
}
_registered: dict[str, type[Writer]] = {}


def writer_names() -> tuple[str, ...]:
    """Every writer there is, sorted: our own, those registered, those of installed distributions."""
    return tuple(sorted({*_BUILTIN, *_registered, *_entry_points()}))


def writer_class(name: str) -> type[Writer]:
    """The writer's class. Raises WriterError for a name that nobody registered, with the nearest known ones."""
    if name in _registered:
        return _registered[name]
    if name in _BUILTIN:
        from importlib import import_module  # noqa: PLC0415  (only when the writer is wanted)

        row = _BUILTIN[name]
        return cast("type[Writer]", getattr(import_module(row.module), row.class_name))
    found = _entry_points()
    if name in found:
        try:
            return cast("type[Writer]", found[name].load())
        except Exception as error:
            msg = f"the writer {name!r} ({found[name].value}) cannot be imported: {error}"
            raise WriterError(msg, hint="reinstall or remove the distribution that provides it") from error
    from difflib import get_close_matches  # noqa: PLC0415  (only for the message)

    names = writer_names()
    near = get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(names)}"
    msg = f"there is no writer {name!r}"
    raise WriterError(msg, hint=hint)


def register_writer(name: str, cls: type[Writer]) -> None:
    """Make a writer known to this process; it takes precedence over another one of that name."""
    _registered[name] = cls


def is_registered(name: str) -> bool:
    """Whether `register_writer` gave this name its meaning: no other process knows it."""
    return name in _registered


def writer_facts(name: str) -> WriterFacts:
    """What the store must know of the writer; imports nothing for our own. Raises WriterError as `writer_class`."""
    if name in _BUILTIN and name not in _registered:
        return _BUILTIN[name].facts
    cls = writer_class(name)
    return WriterFacts(
        suffix=getattr(cls, "suffix", ".txt"),
        cache_output=getattr(cls, "cache_output", True),
        cache_version=getattr(cls, "cache_version", "1"),
    )


def get_writer(name: str, options: Mapping[str, object] | None = None) -> Writer:
    """Make a writer with these options (TOML or JSON values).

    Raises WriterError for an unknown name, SettingsError for wrong options (all of them in one message).
    """
    cls = writer_class(name)
    options_class = getattr(cls, "Options", None)
    from headerkit.writers.options import read_options  # noqa: PLC0415  (not needed on a hit)

    made = read_options(options_class, options or {}, writer=name)
    return cls() if options_class is None else cast("Writer", cast("type", cls)(made))


def _entry_points() -> dict[str, EntryPoint]:
    """Those of installed distributions, by name; the import costs more than all the rest of this module."""
    from importlib.metadata import entry_points  # noqa: PLC0415

    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
