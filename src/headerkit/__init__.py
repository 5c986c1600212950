"""headerkit: bindings from C headers, inside the build you already use.

The names below are imported when they are first used: a build hook that only asks for the version pays for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headerkit.api import HeaderkitWarning, Result, generate, generate_all, generate_many
    from headerkit.errors import HeaderkitError, LibclangUnavailableError
    from headerkit.ir_json import load as json_to_header
    from headerkit.store.merge import MergeResult, store_merge

__all__ = [
    "HeaderkitError",
    "HeaderkitWarning",
    "LibclangUnavailableError",
    "MergeResult",
    "Result",
    "__version__",
    "generate",
    "generate_all",
    "generate_many",
    "json_to_header",
    "store_merge",
]

__version__ = "1.0.0.dev0"

_PLACES = {
    "HeaderkitError": ("headerkit.errors", "HeaderkitError"),
    "HeaderkitWarning": ("headerkit.api", "HeaderkitWarning"),
    "LibclangUnavailableError": ("headerkit.errors", "LibclangUnavailableError"),
    "MergeResult": ("headerkit.store.merge", "MergeResult"),
    "Result": ("headerkit.api", "Result"),
    "generate": ("headerkit.api", "generate"),
    "generate_all": ("headerkit.api", "generate_all"),
    "generate_many": ("headerkit.api", "generate_many"),
    "json_to_header": ("headerkit.ir_json", "load"),
    "store_merge": ("headerkit.store.merge", "store_merge"),
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    import importlib  # noqa: PLC0415  (as lazy as what it imports)

    module, attribute = _PLACES[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value
