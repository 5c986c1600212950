"""A compiled module's stamp: what it was made from, so that nothing is rebuilt when nothing changed.

The *key* digests everything that is asked (the module, its cdef's text, flags, environment, versions); the *files* are
those that the compiler read, with their digests. A stamp without files (a compiler that does not say what it read) is
never fresh.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING

from headerkit.cffi_modules.source import read_cdef
from headerkit.replacing import write_if_changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from headerkit.plan import CffiModule

__all__ = ["fresh_extension", "make_key", "stamped_extension", "write_stamp"]

# What setuptools' compiler classes and the compilers themselves take from the environment.
_ENVIRONMENT = (
    *("CC", "CXX", "CPP", "LDSHARED", "LDCXXSHARED", "AR", "ARFLAGS", "CFLAGS", "CPPFLAGS", "LDFLAGS", "CXXFLAGS"),
    *("ARCHFLAGS", "MACOSX_DEPLOYMENT_TARGET", "SDKROOT", "_PYTHON_HOST_PLATFORM", "_PYTHON_SYSCONFIGDATA_NAME"),
    *("CPATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "INCLUDE", "LIB", "CL", "_CL_", "LINK", "_LINK_", "DISTUTILS_USE_SDK"),
    *("SETUPTOOLS_EXT_SUFFIX", "VSCMD_ARG_TGT_ARCH"),
)


def make_key(module: CffiModule, known: Mapping[str, CffiModule]) -> str:
    """The digest of everything that is asked of the compiler. Raises HeaderNotFoundError for a missing cdef."""
    asked = [
        *([each, read_cdef(each)] for each in _with_includes(module, known)),
        [os.environ.get(name) for name in _ENVIRONMENT],
        [sys.version, _own_headers(), sys.base_prefix, _version("cffi"), _version("setuptools")],
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _own_headers() -> str:
    """The virtual environment's folder of headers, which the compiler searches, "" where it holds none.

    An isolated build has an environment of its own each time, which must not make it compile each time.
    """
    folder = os.path.join(sys.exec_prefix, "include")
    if sys.exec_prefix != sys.base_exec_prefix and any(names for _, _, names in os.walk(folder)):
        return folder
    return ""


def _with_includes(module: CffiModule, known: Mapping[str, CffiModule]) -> Iterable[CffiModule]:
    seen = {module.module: module}
    queue = [module]
    while queue:
        for name in queue.pop().includes:
            if name in known and name not in seen:
                seen[name] = known[name]
                queue.append(known[name])
    return seen.values()


def _version(distribution: str) -> str:
    from importlib import metadata  # noqa: PLC0415  hosts have it loaded; the rest never asks

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def fresh_extension(folder: str, key: str) -> str:
    """The path of the compiled module that `folder` holds for this key, or "" where there is none or a file changed."""
    try:
        with open(os.path.join(folder, "stamp.json"), encoding="utf-8") as file:
            stamp = json.load(file)
        if stamp["key"] != key or not stamp["files"]:
            return ""
        if any(_digest(path) != digest for path, digest in stamp["files"].items()):
            return ""
        extension = os.path.join(folder, stamp["extension"])
        return extension if _digest(extension) == stamp["digest"] else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def stamped_extension(folder: str) -> str:
    """The path of the module compiled last. Raises OSError where there is none."""
    with open(os.path.join(folder, "stamp.json"), encoding="utf-8") as file:
        return os.path.join(folder, json.load(file)["extension"])


def write_stamp(folder: str, key: str, extension: str, files: Iterable[str]) -> None:
    """Record that `extension` (below `folder`) was compiled for `key` from these files (absolute paths)."""
    stamp = {
        "key": key,
        "extension": os.path.relpath(extension, folder),
        "digest": _digest(extension),
        "files": {path: _digest(path) for path in sorted(set(files))},
    }
    write_if_changed(os.path.join(folder, "stamp.json"), json.dumps(stamp, indent=1).encode())


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
