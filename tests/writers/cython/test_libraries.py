"""Real libraries: what the how-to page shows, and the .pxd of whatever is installed here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from headerkit.backends import get_backend
from headerkit.target import host_target
from headerkit.unit import Unit
from headerkit.writers import get_writer

if TYPE_CHECKING:
    from headerkit.ir import Header

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "cython.md"
_LIBRARIES = (
    "zlib.h sqlite3.h png.h openssl/evp.h git2.h uv.h vulkan/vulkan_core.h gsl/gsl_matrix.h pcap.h alsa/asoundlib.h "
    "xcb/xcb.h ncurses.h capstone/capstone.h"
)
LIBRARIES = _LIBRARIES.split(" ")


def parse(header: str, folder: Path) -> Header:
    folders = (f"{header.partition('/')[0]}*",)
    unit = Unit(str(folder), "sample.h", host_target(), code=f"#include <{header}>\n", owned=folders)
    return get_backend("libclang").parse(unit).header


@pytest.mark.corpus
@pytest.mark.parametrize("header", LIBRARIES)
def test_cython_reads_the_declarations_of_a_library(tmp_path: Path, header: str) -> None:
    pytest.importorskip("Cython")
    if not Path("/usr/include", header).exists():
        pytest.skip(f"{header} is not installed")
    output = get_writer("cython").write(parse(header, tmp_path))
    (tmp_path / "lib.pxd").write_text(output.text)
    functions = [entry.name for entry in output.ledger if (entry.kind, entry.fate) == ("function", "emitted")]
    assert not [e for e in output.ledger if e.kind == "function" and e.fate == "unsupported"]
    # One use of each function: Cython has to know its type, and gcc to agree that there is such a thing.
    uses = "".join(f"    n += <void*>lib.{name} is not NULL\n" for name in functions if f" {name}(" in output.text)
    (tmp_path / "use.pyx").write_text(f"cimport lib\ndef run():\n    cdef int n = 0\n{uses}    return n\n")
    made = subprocess.run(
        [sys.executable, "-m", "cython", "-3", "use.pyx"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr[-2000:]
    command = ["gcc", "-fsyntax-only", "-w", f"-I{sysconfig.get_paths()['include']}", "use.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_how_to_page_compresses_with_zlib(tmp_path: Path) -> None:
    pytest.importorskip("Cython")
    if not shutil.which("gcc") or not Path("/usr/include/zlib.h").exists():
        pytest.skip("zlib's header is not installed")
    code = PAGE.read_text().split("```cython\n")[1].split("```")[0]
    (tmp_path / "squeeze.pyx").write_text(code)
    made = subprocess.run(
        [sys.executable, "-m", "headerkit", "zlib.h", "-w", "cython", "-o", "cython:czlib.pxd"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    subprocess.run([sys.executable, "-m", "cython", "squeeze.pyx"], cwd=tmp_path, check=True, capture_output=True)
    include = sysconfig.get_paths()["include"]
    command = ["gcc", "-shared", "-fPIC", "-O0", "-w", f"-I{include}", "-o", "squeeze.so", "squeeze.c", "-lz"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    script = "import json, squeeze, zlib; print(json.dumps(len(zlib.decompress(squeeze.squeeze(b'abc' * 1000)))))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert json.loads(done.stdout) == 3000
