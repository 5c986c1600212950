"""The main job on a real package, step by step: `make demo`.

Works in a copy, .work/demo, and builds offline from wheels that it puts into the folder wheelhouse first. Each step
prints one line and its time; whatever goes wrong ends the demo with the command and all that it printed.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(ROOT, ".work", "demo")
WHEELHOUSE = os.path.join(ROOT, "wheelhouse")
PACKAGE = os.path.join(WORK, "hatch-cffi")

# Nothing of the caller's environment or configuration may lend the builds a package index, or a module.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "UV_"))}
ENVIRONMENT.update(
    PIP_NO_INDEX="1", PIP_FIND_LINKS=WHEELHOUSE, PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1"
)

CALL = """
import importlib.util
assert not any(map(importlib.util.find_spec, ("headerkit", "clang", "setuptools"))), "not a bare environment"
import vecpkg
from vecpkg import Cloud, lib
cloud = Cloud([(0, 0, 0), (1, 2, 2), (9, 9, 9)])
seen = []
assert not cloud.walk(lambda point, index: seen.append((index, point)))
assert seen[1] == (1, (1.0, 2.0, 2.0)) and cloud.nearest((8, 8, 8)) == 2
assert lib.VEC_MAX_POINTS == 1 << 20 and vecpkg.version() == (1, 4)
print(f"libvec {vecpkg.version()} walked {len(cloud)} points, bounds {cloud.bounds()}")
"""

ZLIB_PROJECT = """\
[build-system]
requires = ["hatchling", "headerkit"]
build-backend = "hatchling.build"

[project]
name = "zpkg"
version = "1.0"
dependencies = ["cffi>=1.17"]

[tool.hatch.build.hooks.headerkit]

[[tool.headerkit.cffi]]
module = "zpkg._zlib"
headers = ["zlib.h"]
libraries = ["z"]
"""

ZLIB_CALL = """
from zpkg._zlib import ffi, lib
text = b"headers become bindings. " * 400
size = ffi.new("uLongf *", lib.compressBound(len(text)))
packed = ffi.new("Bytef[]", size[0])
assert lib.compress2(packed, size, text, len(text), lib.Z_BEST_COMPRESSION) == lib.Z_OK
import zlib
assert zlib.decompress(ffi.buffer(packed, size[0])[:]) == text
print(f"zlib {ffi.string(lib.zlibVersion()).decode()} packed {len(text)} bytes into {size[0]}")
"""


def main() -> None:
    """Run the steps."""
    started = time.perf_counter()
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK)
    step("0. wheelhouse", wheelhouse)
    step("1. generate  ", generate)
    step("2. build     ", build)
    step("3. install   ", install_and_call)
    step("4. notice    ", notice)
    step("5. zlib      ", zlib)
    print(f"demo: done in {time.perf_counter() - started:.1f} s")


def wheelhouse() -> str:
    run(sys.executable, os.path.join(ROOT, "tools", "wheelhouse.py"), WHEELHOUSE, environment=dict(os.environ))
    return f"{len(glob.glob(os.path.join(WHEELHOUSE, '*.whl')))} wheels; from here on everything is offline"


def generate() -> str:
    shutil.copytree(
        os.path.join(ROOT, "examples", "hatch-cffi"),
        PACKAGE,
        ignore=shutil.ignore_patterns(".headerkit", ".hatch", "*.so", "*.cdef.txt", "__pycache__", "dist"),
    )
    run(sys.executable, "-m", "headerkit", cwd=PACKAGE)
    cdef = os.path.join(PACKAGE, "src", "vecpkg", "_vec.cdef.txt")
    need(os.path.isfile(cdef), f"{cdef} was not written")
    return f"include/vec/vec.h: {found(PACKAGE)} -> src/vecpkg/_vec.cdef.txt, .headerkit/"


def found(project: str) -> str:
    from headerkit.ir import Enum, Function, Record  # noqa: PLC0415  (an unfinished checkout should fail in a step)
    from headerkit.ir_json import load  # noqa: PLC0415

    (path,) = glob.glob(os.path.join(project, ".headerkit", "ir", "*", "ir.json"))
    with open(path, encoding="utf-8") as file:
        header = load(file.read())
    count = Counter(type(declaration) for declaration in header.declarations if declaration.owned)
    constants = sum(macro.kind in ("int", "float", "string", "char") for macro in header.macros)
    constants += sum(len(d.enumerators or ()) for d in header.declarations if isinstance(d, Enum) and d.owned)
    return f"{count[Function]} functions, {count[Record]} records, {constants} constants"


def build() -> str:
    wheel, installed = build_package(PACKAGE)
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith("vecpkg/_vec.")]
    need(any(name.endswith((".so", ".pyd")) for name in names), f"no compiled module in {names}")
    need("vecpkg/_vec.cdef.txt" in names, f"no cdef in {names}")
    return (
        f"{os.path.basename(wheel)} holds {' and '.join(names)}; installed for it: {', '.join(installed)}; no libclang"
    )


def build_package(project: str) -> tuple[str, list[str]]:
    """Build sdist and wheel; the wheel's path and what was installed into the isolated environments."""
    said = run(sys.executable, "-m", "build", "--verbose", project)
    installed = re.findall(r"Successfully installed (.*)", said)
    need(installed, "the front end did not say what it installed:\n" + said)
    packages = sorted({re.sub(r"-\d.*", "", package) for line in installed for package in line.split()})
    need("libclang" not in packages, f"libclang was installed: {packages}")
    need("headerkit" in packages, f"headerkit was not installed: {packages}")
    (wheel,) = glob.glob(os.path.join(project, "dist", "*.whl"))
    return wheel, packages


def install_and_call() -> str:
    (wheel,) = glob.glob(os.path.join(PACKAGE, "dist", "*.whl"))
    return call(wheel, CALL)


def call(wheel: str, code: str) -> str:
    """What the code prints in a new environment that holds the wheel and its run-time dependencies alone."""
    folder = os.path.join(WORK, "venv-" + os.path.basename(wheel).partition("-")[0])
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wheel)
    return run(python, "-c", code, cwd=WORK).strip()


def notice() -> str:
    header = os.path.join(PACKAGE, "include", "vec", "types.h")
    with open(header, encoding="utf-8") as file:
        text = file.read()
    with open(header, "w", encoding="utf-8") as file:
        file.write(text.replace("#define VEC_DIMENSIONS 3", "#define VEC_DIMENSIONS 4"))
    said = run(sys.executable, "-m", "headerkit", "check", cwd=PACKAGE, status=3)
    need("include/vec/types.h" in said, "the changed header is not named:\n" + said)
    need("try:" in said, "no command to type:\n" + said)
    return "\n    ".join(["include/vec/types.h edited; headerkit check says:", *said.strip().splitlines()])


def zlib() -> str:
    compiler = os.environ.get("CC", "cc").split()
    done = subprocess.run(
        [*compiler, "-E", "-x", "c", "-"], input="#include <zlib.h>\n", text=True, capture_output=True, check=False
    )
    if done.returncode != 0:
        return "skipped: this system has no zlib.h (Debian and Ubuntu: apt-get install zlib1g-dev)"
    project = os.path.join(WORK, "zpkg")
    os.makedirs(os.path.join(project, "zpkg"))
    for name, text in (("pyproject.toml", ZLIB_PROJECT), ("zpkg/__init__.py", "")):
        with open(os.path.join(project, name), "w", encoding="utf-8") as file:
            file.write(text)
    run(sys.executable, "-m", "headerkit", cwd=project)
    wheel, _ = build_package(project)
    return f"zlib.h: {found(project)}; {call(wheel, ZLIB_CALL)}"


def step(title: str, work: Callable[[], str]) -> None:
    started = time.perf_counter()
    said = work()
    print(f"{title} {time.perf_counter() - started:5.1f} s  {said}", flush=True)


def run(*command: str, cwd: str = ROOT, status: int = 0, environment: dict[str, str] = ENVIRONMENT) -> str:
    """All that a command prints; ends the demo when it does not end with `status`."""
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != status:
        fail(f"exit status {done.returncode}, expected {status}: {' '.join(command)}\n{done.stdout}")
    return done.stdout


def need(truth: object, message: str) -> None:
    """End the demo with the message unless it holds."""
    if not truth:
        fail(message)


def fail(message: str) -> NoReturn:
    sys.exit(f"demo failed: {message}")


if __name__ == "__main__":
    main()
