"""The dynamic-metadata provider `headerkit`: a build environment holds libclang when the store has a miss, else not.

    [[tool.dynamic-metadata]]
    provider = "headerkit"
    libclang = "auto"          # or "always", "never"

It provides no metadata. scikit-build-core (1.0 or newer) asks it what the build requires, in the project's folder.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from headerkit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["build_state", "dynamic_metadata", "get_requires_for_dynamic_metadata"]

_WHERE = "pyproject.toml: tool.dynamic-metadata (provider headerkit)"
_CHOICES = ("auto", "always", "never")


def get_requires_for_dynamic_metadata(settings: Mapping[str, object]) -> list[str]:
    """What the build requires besides `build-system.requires`: libclang, or nothing. Raises HeaderkitError."""
    unknown = sorted(set(settings) - {"libclang"})
    if unknown:
        msg = f"{_WHERE}: unknown key {unknown[0]!r}; there is only 'libclang'"
        raise SettingsError(msg)
    choice = settings.get("libclang", "auto")
    if choice not in _CHOICES:
        msg = f"{_WHERE}: libclang: expected one of {', '.join(_CHOICES)}, got {choice!r}"
        raise SettingsError(msg)
    if choice == "never":
        return []
    from headerkit.requirements import LIBCLANG, has_libclang_wheel  # noqa: PLC0415  ("never" does without)
    from skbuild_headerkit.foresight import is_miss_certain  # noqa: PLC0415

    wanted = choice == "always" or is_miss_certain(os.getcwd())
    return [LIBCLANG] if wanted and has_libclang_wheel() else []


def build_state(state: str) -> None:
    """Say so where an sdist is about to be made without the store: whoever builds from it will need libclang."""
    if state == "sdist":
        from headerkit.settings import load_settings  # noqa: PLC0415  (the other states do without)
        from skbuild_headerkit.sdist import left_out  # noqa: PLC0415

        settings = load_settings(os.getcwd(), only=("store_dir",))
        by = left_out(settings.root, settings.store_dir)
        if by:
            text = (
                f"headerkit: note: {by} leaves {settings.store_dir} out of the sdist: building from it needs libclang\n"
            )
            sys.stderr.write(text)


def dynamic_metadata(settings: Mapping[str, object], project: Mapping[str, object]) -> dict[str, object]:  # noqa: ARG001
    """No metadata: this provider is there for what it requires."""
    return {}
