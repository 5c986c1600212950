"""An environment as front ends make it for a build: hatchling, what it needs, headerkit, and a hook that does nothing.

The time of a build depends on what is installed beside: to look for plug-ins, hatchling asks every distribution.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys

IDLE_HOOK = "[tool.hatch.build.hooks.idle]"
"""What a project says that is built with the hook that does nothing: the price of any hook that is installed."""

_SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src")
_IDLE = """\
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

class IdleHook(BuildHookInterface):
    PLUGIN_NAME = "idle"

@hookimpl
def hatch_register_build_hook():
    return IdleHook
"""


def isolated_python(folder: str) -> str:
    """Make the environment in `folder`; its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = os.path.join(folder, "bin", "python")
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip()
    for name in _needed("hatchling"):
        for path in {str(file).split("/")[0] for file in importlib.metadata.files(name) or ()} - {"..", "__pycache__"}:
            os.symlink(importlib.metadata.distribution(name).locate_file(path), os.path.join(packages, path))
    for package in ("headerkit", "hatch_headerkit"):
        os.symlink(os.path.join(_SOURCE, package), os.path.join(packages, package))
    entries = [entry for entry in importlib.metadata.distribution("headerkit").entry_points if entry.group == "hatch"]
    _distribution(packages, "headerkit", [f"{entry.name} = {entry.value}" for entry in entries])
    _distribution(packages, "idle", ["idle = idle"])
    with open(os.path.join(packages, "idle.py"), "w", encoding="utf-8") as module:
        module.write(_IDLE)
    return python


def _needed(name: str) -> set[str]:
    """A distribution and all that it requires here."""
    found: set[str] = set()
    todo = [name]
    while todo:
        each = todo.pop()
        if each in found:
            continue
        try:
            required = importlib.metadata.requires(each) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another Python or system
        found.add(each)
        todo += [re.split(r"[^\w.-]", text)[0] for text in required if "extra ==" not in text]
    return found


def _distribution(packages: str, name: str, entries: list[str]) -> None:
    folder = os.path.join(packages, f"{name}-1.dist-info")
    os.mkdir(folder)
    with open(os.path.join(folder, "METADATA"), "w", encoding="utf-8") as metadata:
        metadata.write(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    with open(os.path.join(folder, "entry_points.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(["[hatch]", *entries, ""]))
