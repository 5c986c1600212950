"""headerkit: bindings from C headers, inside the build you already use."""

from __future__ import annotations

__version__ = "1.0.0.dev0"
