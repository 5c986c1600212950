"""Hatchling's entry point. Every build that uses any third-party plugin imports this module: it imports nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hatchling.plugin import hookimpl

if TYPE_CHECKING:
    from hatch_headerkit.plugin import HeaderkitBuildHook


@hookimpl
def hatch_register_build_hook() -> type[HeaderkitBuildHook]:
    """Register the build hook `headerkit`."""
    from hatch_headerkit.plugin import HeaderkitBuildHook  # noqa: PLC0415  (see above)

    return HeaderkitBuildHook
