"""Compiles a project's modules: each in a process of its own, several at once, and only what is not fresh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headerkit.cffi_modules.diagnose import failure
from headerkit.cffi_modules.lock import locked
from headerkit.cffi_modules.stamp import fresh_extension, make_key, stamped_extension
from headerkit.errors import CompileError
from headerkit.portable import below

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headerkit.plan import CffiModule

__all__ = ["REFUSED", "Built", "compile_module", "compile_modules"]

REFUSED = 3
"""The child's exit status when the cdef is refused; its last line of output is the error's parts as JSON."""

# The child searches where its parent does: a host may have changed sys.path (PEP 517 backend-path), and the current
# folder, which is the project's, must not lend it modules.
_CHILD = f"""
import sys
sys.path[:] = sys.argv.pop(1).split({os.pathsep!r})
from headerkit.cffi_modules.child import main
sys.exit(main(*sys.argv[1:]))
"""


@dataclass(frozen=True, slots=True)
class Built:
    """A compiled module: the extension's path, whether it was compiled now, and what the compiler then said."""

    module: CffiModule
    path: str
    compiled: bool
    log: str = ""


def compile_module(
    module: CffiModule, build_dir: str, *, root: str, known: Mapping[str, CffiModule] | None = None
) -> Built:
    """Compile one module below `build_dir`, which is made; `root` is the project's, from which sources are named.

    Two processes may do this at once. Raises CompileError with what the compiler said, HeaderNotFoundError for a
    missing cdef.
    """
    folder = os.path.join(os.path.abspath(build_dir), module.module)
    os.makedirs(folder, exist_ok=True)
    with locked(os.path.join(folder, "lock")):
        key = make_key(module, known or {})
        extension = fresh_extension(folder, key)
        if extension:
            return Built(module, extension, compiled=False)
        return _compile(module, folder, key, root, known or {})


def _compile(module: CffiModule, folder: str, key: str, root: str, known: Mapping[str, CffiModule]) -> Built:
    for path in module.sources:
        if not os.path.isfile(path):
            raise failure(module, f"{below(root, path) or path}: no such file")
    order = {"module": module._asdict(), "known": {name: each._asdict() for name, each in known.items()}}
    path = os.pathsep.join(folder for folder in sys.path if folder)
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, path, folder, key],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        cwd=root,
        check=False,
    )
    if done.returncode == REFUSED:
        raise CompileError(**json.loads(done.stdout.splitlines()[-1]))
    if done.returncode != 0:
        raise failure(module, done.stdout)
    return Built(module, stamped_extension(folder), compiled=True, log=done.stdout)


def compile_modules(modules: Sequence[CffiModule], build_dir: str, *, root: str) -> tuple[Built, ...]:
    """Compile all modules, as many at once as there are processors; in the order given. Errors as `compile_module`.

    Where several fail, the error of the first is raised, after all have ended.
    """
    known = {module.module: module for module in modules}
    if len(modules) < 2:
        return tuple(compile_module(module, build_dir, root=root, known=known) for module in modules)
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  only where several are compiled

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        running = [pool.submit(compile_module, module, build_dir, root=root, known=known) for module in modules]
    return tuple(each.result() for each in running)
