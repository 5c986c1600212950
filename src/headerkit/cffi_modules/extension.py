"""Compiles one module in this process with setuptools' compiler classes. Runs in the child process only.

Whatever a user knows of setuptools holds: `CC`, `CFLAGS`, `LDSHARED`, `ARCHFLAGS`, compiler launchers, MSVC, mingw, a
cross-compiling `_PYTHON_HOST_PLATFORM`, distutils.cfg.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

# setuptools first: it brings the distutils that the standard library no longer has.
from setuptools import Distribution, Extension  # isort: skip
from setuptools.command.build_ext import build_ext

from headerkit.cffi_modules.abi import limited_api, macros
from headerkit.cffi_modules.source import write_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headerkit.plan import CffiModule

__all__ = ["build_extension"]


def build_extension(module: CffiModule, known: Mapping[str, CffiModule], folder: str) -> tuple[str, list[str]]:
    """Compile and link below `folder`; return the extension's path and the files that the compiler read (absolute).

    The current folder is the project's root. The list is empty where the compiler cannot say. Raises CompileError for
    a bad cdef; setuptools' own errors for the rest, after the compiler said why on its standard error.
    """
    objects = os.path.join(folder, "objects")
    shutil.rmtree(objects, ignore_errors=True)
    shutil.rmtree(os.path.join(folder, "lib"), ignore_errors=True)
    source = os.path.join(folder, module.module.rpartition(".")[2] + ".c")
    write_source(module, source, known=known)
    command = _BuildExt(_distribution(module, [source, *module.sources]))
    command.build_lib = os.path.join(folder, "lib")
    command.build_temp = objects
    command.force = True
    command.ensure_finalized()
    command.run()
    (extension,) = command.get_outputs()
    files = [os.path.abspath(path) for path in _files_read(objects)]
    return os.path.abspath(extension), [path for path in files if path != os.path.abspath(source)]


class _BuildExt(build_ext):  # type: ignore[misc]  # setuptools has no types where it is not installed
    def build_extension(self, ext: Extension) -> None:
        if self.compiler.compiler_type in ("unix", "mingw32", "cygwin"):
            # A depfile beside each object, whatever the compiler read: -MD is gcc's, clang's and icc's.
            ext.extra_compile_args = ["-MD", *ext.extra_compile_args]
        super().build_extension(ext)


def _distribution(module: CffiModule, sources: list[str]) -> Distribution:
    extension = Extension(
        module.module,
        # Relative where possible: objects then stay below build_temp, and no absolute path ends in the debug info.
        sources=[_relative(path) for path in sources],
        include_dirs=[_relative(include_dir.path) for include_dir in module.include_dirs],
        define_macros=[*module.define_macros, *macros(module)],
        libraries=list(module.libraries),
        library_dirs=list(module.library_dirs),
        extra_compile_args=list(module.extra_compile_args),
        extra_link_args=list(module.extra_link_args),
        py_limited_api=bool(limited_api(module)),
    )
    distribution = Distribution({"name": module.module, "ext_modules": [extension]})
    # The system's and the user's distutils configuration, and the project's setup.cfg; never its pyproject.toml, which
    # belongs to the host.
    distribution.parse_config_files(distribution.find_config_files())
    return distribution


def _relative(path: str) -> str:
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return path if relative.startswith(os.pardir) else relative


def _files_read(folder: str) -> Iterator[str]:
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".d"):
                with open(os.path.join(parent, name), encoding="utf-8", errors="surrogateescape") as file:
                    yield from _prerequisites(file.read())


def _prerequisites(rule: str) -> list[str]:
    """The prerequisites of a depfile's one rule (GNU make syntax, as gcc and clang write it)."""
    _, _, rest = rule.replace("\\\n", " ").partition(": ")
    words = re.findall(r"(?:\\.|[^\s\\])+", rest)
    return [re.sub(r"\\([ #:\\])", r"\1", word).replace("$$", "$") for word in words]
