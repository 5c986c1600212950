"""cffi extension modules: from a cdef and C source to a compiled module, through setuptools' compiler classes.

Words: a module's *source* is the C that cffi emits for its cdef; its *stamp* says what the last compile was made from.
cffi and setuptools are imported only in the child process that compiles: a build where nothing changed imports neither,
and nothing that setuptools does to the process or prints reaches the host.
"""

from __future__ import annotations

from headerkit.cffi_modules.build import Built, compile_module, compile_modules
from headerkit.cffi_modules.source import write_source

__all__ = ["Built", "compile_module", "compile_modules", "write_source"]
