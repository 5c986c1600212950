"""Compatibility with older Pythons, in this one place."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if sys.version_info >= (3, 11):
    from typing import assert_never
else:
    from typing import NoReturn

    def assert_never(value: NoReturn, /) -> NoReturn:
        """Say that a `match` has no other case (typing.assert_never of Python 3.11)."""
        msg = f"unexpected value: {value!r}"
        raise AssertionError(msg)


if TYPE_CHECKING:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: TID251  (this is the place)
    else:
        import tomli as tomllib  # noqa: TID251  (this is the place)

__all__ = ["assert_never", "tomllib"]


def __getattr__(name: str) -> object:
    # `tomllib` costs 5 ms, and who wants `assert_never` need not pay them.
    if name != "tomllib":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module  # noqa: PLC0415  (as lazy as what it imports)

    return import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
