"""The backends by name: the built-in one, those of other distributions (entry points), those registered by a program.

A backend is made when it is first asked for; nothing of libclang is imported before that.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from headerkit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

    from headerkit.backends.protocol import Backend

__all__ = ["backend_names", "get_backend", "is_registered", "register_backend"]

ENTRY_POINTS = "headerkit.backends"


def _libclang() -> Backend:
    from headerkit.backends.libclang.backend import LibclangBackend  # noqa: PLC0415 - a store hit never comes here

    return LibclangBackend()


_factories: dict[str, Callable[[], Backend]] = {"libclang": _libclang}
_registered: set[str] = set()
_made: dict[str, Backend] = {}


def register_backend(name: str, factory: Callable[[], Backend]) -> None:
    """Make `name` mean what `factory` returns, in this process; it wins over an installed one of that name."""
    _factories[name] = factory
    _registered.add(name)
    _made.pop(name, None)


def is_registered(name: str) -> bool:
    """Whether `register_backend` gave this name its meaning: no other process knows it."""
    return name in _registered


def backend_names() -> tuple[str, ...]:
    """Every name that `get_backend` knows, sorted."""
    return tuple(sorted(_factories.keys() | _installed().keys()))


def get_backend(name: str) -> Backend:
    """The backend of that name, one object a process. Raises SettingsError for an unknown name."""
    backend = _made.get(name)
    if backend is None:
        factory = _factories.get(name) or _installed().get(name)
        if factory is None:
            msg = f"unknown backend {name!r}"
            raise SettingsError(msg, hint=f"one of: {', '.join(backend_names())}")
        backend = _made[name] = factory()
    return backend


def _installed() -> dict[str, Callable[[], Backend]]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - costs 40 ms, and only foreign backends need it

    return {point.name: partial(_make, point) for point in entry_points(group=ENTRY_POINTS)}


def _make(point: EntryPoint) -> Backend:
    factory: Callable[[], Backend] = point.load()
    return factory()
