"""The lua writer: a LuaJIT module that declares a C library to its ffi."""

from __future__ import annotations

from headerkit.writers.lua.writer import LuaWriter

__all__ = ["LuaWriter"]
