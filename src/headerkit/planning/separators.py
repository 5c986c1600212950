r"""Paths of the settings that a Windows user wrote with backslashes, and that no other system finds.

On Windows both separators are read. A settings file is for all systems, so what it says there is `include/vec.h`.
"""

from __future__ import annotations

import os

from headerkit.planning.globs import expand_glob, is_glob
from headerkit.settings.problems import quoted

__all__ = ["with_slashes"]


def with_slashes(root: str, text: str) -> str:
    """What to add to the message about a path that is not there: the spelling that is; "" where there is none."""
    if os.sep == "\\" or "\\" not in text:
        return ""
    plain = text.replace("\\", "/")
    found = expand_glob(root, plain) if is_glob(plain) else os.path.exists(os.path.join(root, plain))
    return f"; did you mean {quoted(plain)}?" if found else ""
