"""Which ABI a module is compiled for: the interpreter's own, or the stable one (PEP 384, `abi3`)."""

from __future__ import annotations

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.plan import CffiModule

__all__ = ["interpreter_name", "limited_api", "macros", "stable_abi_tag"]


def interpreter_name() -> str:
    """A folder name that no two incompatible interpreters share: `cpython-313-x86_64-linux-gnu`."""
    return EXTENSION_SUFFIXES[0].strip(".").rpartition(".")[0] or sys.implementation.cache_tag or "python"


def limited_api(module: CffiModule) -> str:
    """The oldest Python whose stable ABI the module is compiled for here, "" for the interpreter's own ABI.

    Falls back to "" where this interpreter has no stable ABI (PyPy, a debug or free-threaded build) or is itself older
    than what was asked for.
    """
    if not module.abi3 or sys.implementation.name != "cpython" or hasattr(sys, "gettotalrefcount"):
        return ""
    if not any(".abi3." in suffix or suffix == ".pyd" for suffix in EXTENSION_SUFFIXES) or _free_threaded():
        return ""
    return module.abi3 if _version(module.abi3) <= sys.version_info[:2] else ""


def _free_threaded() -> bool:
    return "t-" in EXTENSION_SUFFIXES[0] or "t" in getattr(sys, "abiflags", "")


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def macros(module: CffiModule) -> list[tuple[str, str]]:
    """The macros that make the emitted C ask for that ABI; without any, cffi would choose by itself."""
    oldest = limited_api(module)
    if not oldest:
        return [("_CFFI_NO_LIMITED_API", "")]  # spelled as cffi does for a free-threaded Python
    major, minor = _version(oldest)
    return [("Py_LIMITED_API", f"0x{major:02x}{minor:02x}0000")]


def stable_abi_tag(modules: Sequence[CffiModule]) -> str:
    """The first two parts of the wheel tag, `cp310-abi3`, where every module allows it; else ""."""
    oldest = [limited_api(module) for module in modules]
    if not oldest or not all(oldest):
        return ""
    major, minor = max(map(_version, oldest))
    return f"cp{major}{minor}-abi3"
