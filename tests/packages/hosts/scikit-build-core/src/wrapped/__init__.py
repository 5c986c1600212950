"""Calls libc by a module that the build compiled."""

from wrapped._mini import ffi, lib

__all__ = ["ffi", "lib"]
