"""Building from a source tree that cannot be written: in a copy, which lasts as long as the process.

Backends write into the tree that they build from, and find it by the current folder (PEP 517). The store is read, and
headers are named, where they are.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import OutputError
from headerkit.portable import below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headerkit.plan import Plan

__all__ = ["enter_writable"]


def enter_writable(plan: Plan) -> Plan:
    """The plan; where an output cannot be written, with its outputs in a copy, which is then the current folder.

    Raises OutputError where no copy can be made either.
    """
    outputs = [job.output for job in plan.jobs if job.output]
    if all(os.access(folder, os.W_OK) for folder in _folders(outputs)):
        return plan
    try:
        root = _copy(plan.root)
    except OSError as error:
        msg = f"{plan.root} cannot be written, nor copied to where it can be: {error.strerror or error}"
        raise OutputError(msg, hint="make the folder writable, or set TMPDIR to one with more room") from error
    os.chdir(root)

    def moved(output: str) -> str:
        inside = below(plan.root, output) if output else None
        return output if inside is None else os.path.join(root, *inside.split("/"))

    return plan._replace(
        jobs=tuple(job._replace(output=moved(job.output)) for job in plan.jobs),
        modules=tuple(module._replace(cdef=moved(module.cdef)) for module in plan.modules),
    )


def _folders(outputs: Iterable[str]) -> set[str]:
    """The folders that exist and in which these files or their folders would be made."""
    folders = {os.path.dirname(output) for output in outputs}
    found = set()
    for folder in folders:
        existing = folder
        while not os.path.isdir(existing) and os.path.dirname(existing) != existing:
            existing = os.path.dirname(existing)
        found.add(existing)
    return found


def _copy(root: str) -> str:
    import atexit  # noqa: PLC0415  (a tree that can be written does without)
    import shutil  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    folder = tempfile.mkdtemp(prefix="headerkit-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Backends may name what they build after the folder.
    copy = shutil.copytree(root, os.path.join(folder, os.path.basename(root) or "project"), symlinks=True)
    for parent, _, _ in os.walk(copy):
        os.chmod(parent, 0o700)
    return copy
