"""Compatibility with older Pythons, in this one place."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    from typing import assert_never

    import tomllib  # noqa: TID251  (this is the place)
else:
    from typing import NoReturn

    import tomli as tomllib  # noqa: TID251  (this is the place)

    def assert_never(value: NoReturn, /) -> NoReturn:
        """Say that a `match` has no other case (typing.assert_never of Python 3.11)."""
        msg = f"unexpected value: {value!r}"
        raise AssertionError(msg)


__all__ = ["assert_never", "tomllib"]
