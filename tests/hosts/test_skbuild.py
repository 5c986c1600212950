"""scikit-build-core: real builds of the examples, isolated and offline."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zipfile

import pytest

RUN = (
    "import rlepkg; print(rlepkg.decode(rlepkg.encode(b'aaabb')), rlepkg.longest_run(b'abbb'), rlepkg.lib.RLE_MAX_RUN)"
)
SAYS = "b'aaabb' (b'b', 3) 255"
STORE = r"\.headerkit/(ir|output/cffi)/libclang\.rle\.x86_64-linux-gnu\.i\.include-[0-9a-f]{8}/"


@pytest.fixture
def example(sample, tmp_path):
    return sample("skbuild-cffi-abi3", tmp_path / "source")


@pytest.fixture
def says(front_ends, tmp_path):
    """What code prints for an interpreter with a wheel installed."""

    def run(interpreter: str, wheel, code: str = RUN) -> str:
        python = front_ends.venv(tmp_path / f"venv-{interpreter.replace('/', '-')}", interpreter)
        done = front_ends.pip(python, "install", wheel)
        assert done.status == 0, done.said
        assert done.installed <= {wheel.name.partition("-")[0], "cffi", "pycparser"}
        return front_ends.succeed(python, "-c", code).said.strip()

    return run


def test_build_makes_an_sdist_with_the_store_and_from_it_one_wheel_for_every_python(
    example, front_ends, contents, interpreters, says, no_libclang
):
    done = front_ends.build(example, **no_libclang)
    assert done.status == 0, done.said
    assert "hit    include/rle/rle.h" in done.said
    assert "libclang" not in done.installed
    (sdist,) = example.glob("dist/*.tar.gz")
    store = [name for name in contents(sdist) if name.startswith(".headerkit/")]
    assert [re.sub(STORE, r"\1:", name) for name in store] == [
        ".headerkit/.gitattributes",
        ".headerkit/.gitignore",
        "ir:ir.json",
        "ir:metadata.json",
        "output/cffi:metadata.json",
        "output/cffi:output.cdef.txt",
        ".headerkit/store.json",
    ]
    (wheel,) = example.glob("dist/*.whl")
    assert wheel.name == "rlepkg-2.1.0-cp310-abi3-linux_x86_64.whl"
    assert contents(wheel) == [
        *(f"rlepkg-2.1.0.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL")),
        "rlepkg/__init__.py",
        "rlepkg/_rle.abi3.so",
    ]
    for interpreter in interpreters.values():
        assert says(interpreter, wheel) == SAYS


def test_pip_builds_from_the_store_with_every_python(example, front_ends, interpreter, tmp_path, says, no_libclang):
    python = front_ends.venv(tmp_path / "venv", interpreter)
    done = front_ends.pip(python, "wheel", "--verbose", "--no-deps", "-w", tmp_path, example, **no_libclang)
    assert done.status == 0, done.said
    assert "libclang" not in done.installed
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == "rlepkg-2.1.0-cp310-abi3-linux_x86_64.whl"
    assert says(interpreter, wheel) == SAYS


def test_a_miss_brings_libclang_into_the_build_environment_and_fills_the_store(example, front_ends, contents):
    header = example / "include/rle/status.h"
    header.write_text(header.read_text().replace("RLE_DAMAGED = -2", "RLE_DAMAGED = -2,\n    RLE_NEW = 1"))
    done = front_ends.build(example, "--wheel")
    assert done.status == 0, done.said
    assert "libclang" in done.installed
    assert "parsed include/rle/rle.h" in done.said
    (cdef,) = example.glob(".headerkit/output/cffi/*/output.cdef.txt")
    assert "RLE_NEW = 1" in cdef.read_text()

    done = front_ends.build(example, "--wheel")
    assert "libclang" not in done.installed
    assert "hit    include/rle/rle.h" in done.said


def test_uv_builds_from_the_store(example, front_ends, uv, no_libclang):
    done = front_ends.run(uv, "build", "--python", sys.executable, example, **no_libclang)
    assert done.status == 0, done.said
    assert "hit    include/rle/rle.h" in done.said
    assert [path.name for path in example.glob("dist/*.whl")] == ["rlepkg-2.1.0-cp310-abi3-linux_x86_64.whl"]


def test_an_editable_install_follows_an_edited_header_on_import(example, front_ends, tmp_path):
    python = front_ends.venv(tmp_path / "venv")
    needed = ("scikit-build-core", "cmake", "ninja", "headerkit[cffi,clang]")
    assert front_ends.pip(python, "install", *needed).status == 0
    options = ("-Ceditable.rebuild=true", "-Cbuild-dir=build/{wheel_tag}")
    done = front_ends.pip(python, "install", "--no-build-isolation", "--no-deps", *options, "-e", example)
    assert done.status == 0, done.said
    assert front_ends.succeed(python, "-c", RUN).said.strip().endswith(SAYS)
    # CMake's install leaves a file alone that differs by less than a second in age: no edit by hand is that quick.
    time.sleep(1.5)
    header = example / "include/rle/status.h"
    header.write_text(header.read_text().replace("#endif", "#define RLE_LEVEL 7\n#endif"))
    said = front_ends.succeed(python, "-c", "import rlepkg; print(rlepkg.lib.RLE_LEVEL)").said
    assert said.strip().endswith("7")
    # The folder of the build lies in the project, and the store does not know it.
    assert (example / "build").is_dir()
    assert not [path for path in (example / ".headerkit").rglob("*.json") if "build/" in path.read_text()]


def test_an_isolated_editable_install_needs_no_libclang(example, front_ends, tmp_path, no_libclang):
    python = front_ends.venv(tmp_path / "venv")
    done = front_ends.pip(python, "install", "--verbose", "-e", example, **no_libclang)
    assert done.status == 0, done.said
    assert "libclang" not in done.installed
    assert front_ends.succeed(python, "-c", RUN).said.strip() == SAYS


def test_a_miss_without_libclang_ends_with_one_message(example, front_ends, tmp_path, no_libclang):
    header = example / "include/rle/status.h"
    header.write_text(header.read_text() + "\n")
    python = front_ends.venv(tmp_path / "venv")
    done = front_ends.pip(python, "wheel", "--no-deps", "-w", tmp_path, example, **no_libclang)
    assert done.status != 0
    assert "include/rle/rle.h: the store has no valid entry for x86_64-unknown-linux-gnu" in done.said
    assert "include/rle/status.h changed" in done.said
    assert 'File "' not in done.said


def test_cython_declarations_reach_the_module(sample, tmp_path, front_ends, says, no_libclang):
    example = sample("skbuild-cython", tmp_path / "source")
    done = front_ends.build(example, "--wheel", **no_libclang)
    assert done.status == 0, done.said
    assert "libclang" not in done.installed
    assert "hit    include/ema/ema.h" in done.said
    (wheel,) = example.glob("dist/*.whl")
    with zipfile.ZipFile(wheel) as names:
        assert [name for name in names.namelist() if name.endswith((".pyx", ".pxd"))] == []
    code = "import emapkg; a = emapkg.Average(); print(a.running, a.add(4), a.add(8), a.running)"
    assert says(sys.executable, wheel, code) == "False 4.0 5.0 True"


def test_the_wheel_passes_the_audit_of_its_stable_abi(example, front_ends, no_libclang):
    audit = subprocess.run([sys.executable, "-m", "abi3audit", "--version"], capture_output=True, check=False)
    if audit.returncode != 0:
        pytest.skip("abi3audit is not installed")
    assert front_ends.build(example, "--wheel", **no_libclang).status == 0
    (wheel,) = example.glob("dist/*.whl")
    front_ends.succeed(sys.executable, "-m", "abi3audit", "--strict", wheel)
