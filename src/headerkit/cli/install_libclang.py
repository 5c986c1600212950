"""`headerkit install-libclang`: installs the wheel that holds libclang into the running environment, with pip."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from headerkit.cli.arguments import Parser
from headerkit.errors import HeaderkitError, LibclangUnavailableError

__all__ = ["run"]

_PACKAGES = ("libclang-ng", "libclang")
_DESCRIPTION = """\
Install libclang into this Python's environment, with pip (or uv where there is no pip). Wheels alone: a source package
of libclang would install without the library."""


def run(arguments: list[str]) -> int:
    """Install, then load what was installed: success means that headerkit can parse."""
    parser = Parser("install-libclang", _DESCRIPTION)
    parser.add_argument("--package", choices=_PACKAGES, default="libclang", help="which wheel (default: %(default)s)")
    parser.add_argument("--version", metavar="VERSION", help="its version, 18.1.1 (default: the newest)")
    found = parser.parse(arguments)
    requirement = found.package + (f"=={found.version}" if found.version else "")
    command = [*_installer(), "--only-binary", ":all:", requirement]
    print(" ".join(command), flush=True)
    done = subprocess.run(command, check=False)
    if done.returncode:
        msg = f"{requirement} was not installed; the installer's own message stands above"
        cause = "no wheel for this platform, no network, or an environment that its distribution manages (PEP 668)"
        hint = "install it into a virtual environment, or the system's package: apt install libclang-19-dev"
        raise LibclangUnavailableError(msg, cause=cause, hint=hint)
    return _load()


def _installer() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install"]
    import shutil  # noqa: PLC0415  (environments of uv have no pip)

    if shutil.which("uv"):
        return ["uv", "pip", "install", "--python", sys.executable]
    msg = f"neither pip nor uv can install into {sys.prefix}"
    raise LibclangUnavailableError(msg, hint=f"{sys.executable} -m ensurepip")


def _load() -> int:
    """Load the library in a new process, as this one may have looked for it before."""
    code = (
        "from headerkit.backends.libclang.library import find_libclang; print('headerkit uses', find_libclang().path)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        msg = f"the package is installed, and yet libclang cannot be loaded: {reason}"
        raise HeaderkitError(msg, hint="headerkit doctor")
    print(done.stdout.strip())
    return 0
