"""The settings: `[tool.headerkit]` or `.headerkit.toml`, environment, config settings and command line in one tree."""

from __future__ import annotations

from headerkit.settings.load import load_settings
from headerkit.settings.model import (
    BuildSettings,
    CacheSettings,
    CffiEntry,
    HeaderEntry,
    RuleEntry,
    RuleSettings,
    Settings,
)
from headerkit.settings.overrides import Overrides

__all__ = [
    "BuildSettings",
    "CacheSettings",
    "CffiEntry",
    "HeaderEntry",
    "Overrides",
    "RuleEntry",
    "RuleSettings",
    "Settings",
    "load_settings",
]
