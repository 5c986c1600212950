"""The hatch hook under real front ends, on a store hit: no libclang anywhere, and archives of exactly these files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CALL = """
import importlib.util
assert not any(map(importlib.util.find_spec, ("headerkit", "clang", "setuptools")))
import vecpkg
cloud = vecpkg.Cloud([(0, 0, 0), (1, 2, 2)])
seen = []
cloud.walk(lambda point, index: seen.append(point))
print(vecpkg.__file__, seen[1], vecpkg.lib.VEC_MAX_POINTS, cloud.nearest((1, 1, 1)))
"""


def suffix_of(python: str | Path) -> str:
    code = "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def project(sample, tmp_path_factory) -> Path:
    return sample("hatch-cffi", tmp_path_factory.mktemp("hit") / "hatch cffi")


@pytest.fixture(scope="module")
def built(front_ends, project, no_libclang):
    """`python -m build` of sdist, and of the wheel from the sdist, where no libclang can be used."""
    done = front_ends.build(project, **no_libclang)
    assert done.status == 0, done.said
    return done


@pytest.fixture(scope="module")
def sdist(built, project) -> Path:
    return project / "dist" / "vecpkg-1.4.0.tar.gz"


def stored(project: Path) -> list[str]:
    store = project / ".headerkit"
    return sorted(str(path.relative_to(project)) for path in store.rglob("*") if path.is_file())


def test_a_hit_installs_no_libclang(built):
    assert built.installed >= {"headerkit", "hatchling", "cffi", "setuptools"}
    assert "libclang" not in built.installed


def test_the_sdist_holds_exactly_the_project_and_its_store(sdist, project, contents):
    assert contents(sdist) == sorted(
        [
            ".gitignore",
            *stored(project),
            "PKG-INFO",
            "README.md",
            "csrc/vec.c",
            "include/vec/types.h",
            "include/vec/vec.h",
            "pyproject.toml",
            "src/vecpkg/__init__.py",
        ]
    )


def test_an_sdist_of_chosen_files_still_holds_the_store_and_the_headers(
    front_ends, sample, hatchling, no_libclang, contents, tmp_path
):
    project = sample("hatch-cffi", tmp_path / "p")
    with (project / "pyproject.toml").open("a") as settings:
        settings.write('[tool.hatch.build.targets.sdist]\ninclude = ["/src"]\n')
    front_ends.succeed(hatchling, "-m", "hatchling", "build", "-t", "sdist", cwd=project)
    (sdist,) = (project / "dist").glob("*.tar.gz")
    listed = contents(sdist)
    assert len(listed) == len(set(listed))
    assert set(listed) >= {*stored(project), "include/vec/types.h", "include/vec/vec.h", "csrc/vec.c"}
    done = front_ends.pip(front_ends.venv(tmp_path / "venv"), "install", sdist, **no_libclang)
    assert done.status == 0, done.said


def test_the_wheel_holds_exactly_the_package_its_module_and_its_cdef(built, project, contents):
    (wheel,) = (project / "dist").glob("*.whl")
    tag = "cp{0}{1}-cp{0}{1}-".format(*sys.version_info) + sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert wheel.name == f"vecpkg-1.4.0-{tag}.whl"
    assert contents(wheel) == [
        "vecpkg-1.4.0.dist-info/METADATA",
        "vecpkg-1.4.0.dist-info/RECORD",
        "vecpkg-1.4.0.dist-info/WHEEL",
        "vecpkg/__init__.py",
        "vecpkg/_vec.cdef.txt",
        f"vecpkg/_vec{sysconfig.get_config_var('EXT_SUFFIX')}",
    ]


def test_a_build_adds_nothing_to_the_source_tree_but_ignored_files(built, project):
    # The wheel was built from the sdist, elsewhere; only the sdist was built here.
    assert sorted(os.listdir(project)) == sorted(
        [".gitignore", ".headerkit", "README.md", "csrc", "dist", "include", "pyproject.toml", "src"]
    )


def test_every_python_builds_from_the_sdist_and_calls_the_library(
    interpreter, sdist, front_ends, no_libclang, contents, tmp_path
):
    python = front_ends.venv(tmp_path / "build", interpreter)
    done = front_ends.pip(python, "wheel", "--no-deps", "-w", tmp_path, sdist, **no_libclang)
    assert done.status == 0, done.said
    (wheel,) = tmp_path.glob("*.whl")
    assert f"vecpkg/_vec{suffix_of(interpreter)}" in contents(wheel)
    clean = front_ends.venv(tmp_path / "clean", interpreter)
    assert front_ends.pip(clean, "install", wheel).status == 0
    said = front_ends.succeed(clean, "-c", CALL, cwd=tmp_path).said
    assert said.endswith("(1.0, 2.0, 2.0) 1048576 1\n")


def test_uv_builds_on_a_hit(front_ends, sample, no_libclang, tmp_path, uv):
    project = sample("hatch-cffi", tmp_path / "p")
    done = front_ends.run(uv, "build", "--python", sys.executable, project, **no_libclang)
    assert done.status == 0, done.said
    assert len(list((project / "dist").glob("*.whl"))) == 1


def test_the_stable_abi_makes_one_wheel_for_every_python(
    front_ends, sample, interpreters, no_libclang, contents, tmp_path
):
    project = sample("hatch-cffi", tmp_path / "p")
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace('module = "vecpkg._vec"', 'module = "vecpkg._vec"\nabi3 = true'))
    builder = front_ends.venv(tmp_path / "builder", list(interpreters.values())[-1])
    done = front_ends.pip(builder, "wheel", "--no-deps", "-w", tmp_path, project, **no_libclang)
    assert done.status == 0, done.said
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith("vecpkg-1.4.0-cp310-abi3-linux_")
    assert "vecpkg/_vec.abi3.so" in contents(wheel)
    for version, interpreter in interpreters.items():
        python = front_ends.venv(tmp_path / version, interpreter)
        assert front_ends.pip(python, "install", wheel).status == 0
        assert "1048576 1" in front_ends.succeed(python, "-c", CALL, cwd=tmp_path).said
    audit = shutil.which("abi3audit", path=os.path.dirname(sys.executable))
    if audit is not None:
        front_ends.succeed(audit, "--strict", wheel)


FREE_THREADED = """
import importlib.machinery, sys, sysconfig

tag = f"cpython-3{sys.version_info.minor}t-x86_64-linux-gnu"
sysconfig.get_config_vars().update(Py_GIL_DISABLED=1, EXT_SUFFIX=f".{tag}.so", SOABI=tag)
importlib.machinery.EXTENSION_SUFFIXES[:] = [f".{tag}.so", ".so"]
sys.abiflags = "t"
"""
"""Makes a Python say of itself what a free-threaded one says (PEP 703)."""


def test_a_free_threaded_python_gets_a_wheel_of_its_own_whatever_abi3_says(
    front_ends, sample, interpreters, no_libclang, tmp_path
):
    if (interpreter := interpreters.get("3.13")) is None:
        pytest.skip("needs CPython 3.13: there are no free-threaded ones before it")
    project = sample("hatch-cffi", tmp_path / "p")
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace('module = "vecpkg._vec"', 'module = "vecpkg._vec"\nabi3 = true'))
    python = front_ends.venv(tmp_path / "venv", interpreter)
    done = front_ends.pip(python, "install", "hatchling", "headerkit[cffi]")
    assert done.status == 0, done.said
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (packages / "sitecustomize.py").write_text(FREE_THREADED)
    command = [python, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    front_ends.succeed(*command, cwd=project, CFLAGS="-Werror", **no_libclang)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith("vecpkg-1.4.0-cp313-cp313t-linux_")


def test_several_modules_go_where_their_names_say(front_ends, sample, hatchling_with_libclang, contents, tmp_path):
    project = sample("hatch-cffi", tmp_path / "p")
    with (project / "pyproject.toml").open("a") as settings:
        for module in ("vecpkg._types", "_vectypes"):
            settings.write(f'[[tool.headerkit.cffi]]\nmodule = "{module}"\nheaders = ["include/vec/types.h"]\n')
            settings.write('output = "src/vecpkg/{stem}.cdef.txt"\n')
    command = [hatchling_with_libclang, "-m", "hatchling", "build", "-t", "wheel"]
    front_ends.succeed(*command, cwd=project)
    (wheel,) = (project / "dist").glob("*.whl")
    suffix = suffix_of(hatchling_with_libclang)
    compiled = [name for name in contents(wheel) if name.endswith(".so")]
    assert compiled == [f"_vectypes{suffix}", f"vecpkg/_types{suffix}", f"vecpkg/_vec{suffix}"]
    python = front_ends.venv(tmp_path / "venv")
    assert front_ends.pip(python, "install", wheel).status == 0
    code = "import _vectypes, vecpkg._types as t; print(t.lib.VEC_DIMENSIONS, _vectypes.ffi.sizeof('vec_box'))"
    assert front_ends.succeed(python, "-c", code, cwd=tmp_path).said == "3 48\n"


def test_an_editable_install_imports_the_module_from_the_source_tree(front_ends, sample, no_libclang, tmp_path):
    project = sample("hatch-cffi", tmp_path / "p")
    python = front_ends.venv(tmp_path / "venv")
    done = front_ends.pip(python, "install", "--editable", project, **no_libclang)
    assert done.status == 0, done.said
    said = front_ends.succeed(python, "-c", CALL, cwd=tmp_path).said
    assert said.startswith(str(project / "src" / "vecpkg"))
    assert (project / "src" / "vecpkg" / "_vec.cdef.txt").is_file()
    # Nothing changed: nothing is compiled, which the module's time of change tells.
    (module,) = (project / "src" / "vecpkg").glob("_vec.*.so")
    before = module.stat().st_mtime_ns
    done = front_ends.pip(python, "install", "-v", "--editable", project, **no_libclang)
    assert "headerkit: vecpkg._vec is up to date" in done.said
    assert module.stat().st_mtime_ns == before


def test_an_edited_c_file_is_compiled_again(front_ends, sample, no_libclang, tmp_path):
    project = sample("hatch-cffi", tmp_path / "p")
    python = front_ends.venv(tmp_path / "venv")
    assert front_ends.pip(python, "install", "--editable", project, **no_libclang).status == 0
    source = project / "csrc" / "vec.c"
    source.write_text(source.read_text().replace("return VEC_VERSION_NUMBER;", "return 0x50006;"))
    assert front_ends.pip(python, "install", "--editable", project, **no_libclang).status == 0
    assert front_ends.succeed(python, "-c", "import vecpkg; print(vecpkg.version())").said == "(5, 6)\n"


def test_uv_installs_it_editable_and_makes_it_anew_when_a_header_changed(front_ends, sample, uv, tmp_path):
    project = sample("hatch-cffi", tmp_path / "p")
    python = front_ends.venv(tmp_path / "venv")
    install = [uv, "pip", "install", "--python", python, "--editable", project]
    front_ends.succeed(*install)
    assert front_ends.succeed(python, "-c", CALL, cwd=tmp_path).said.endswith("1048576 1\n")
    header = project / "include" / "vec" / "types.h"
    header.write_text(header.read_text().replace("#define VEC_DIMENSIONS 3", "#define VEC_DIMENSIONS 4"))
    front_ends.succeed(*install)
    code = "import vecpkg; print(len(vecpkg.ffi.new('vec_point *').at))"
    assert front_ends.succeed(python, "-c", code, cwd=tmp_path).said == "4\n"


def test_hooks_alone_write_into_the_source_tree_and_clean_removes_it(
    front_ends, sample, hatchling, no_libclang, tmp_path
):
    project = sample("hatch-cffi", tmp_path / "p")
    package = project / "src" / "vecpkg"
    before = sorted(os.listdir(package))
    front_ends.succeed(hatchling, "-m", "hatchling", "build", "-t", "wheel", "--hooks-only", cwd=project, **no_libclang)
    suffix = suffix_of(hatchling)
    assert sorted(os.listdir(package)) == sorted([*before, "_vec.cdef.txt", f"_vec{suffix}"])
    assert not (project / "dist").exists() or not list((project / "dist").iterdir())
    front_ends.succeed(hatchling, "-m", "hatchling", "build", "-t", "wheel", "--clean-only", cwd=project, **no_libclang)
    assert sorted(os.listdir(package)) == before
    assert not (project / ".hatch" / "headerkit").exists()


def test_without_hooks_nothing_is_made(front_ends, sample, hatchling, contents, tmp_path):
    project = sample("hatch-cffi", tmp_path / "p")
    done = front_ends.succeed(
        hatchling, "-m", "hatchling", "build", "-t", "wheel", cwd=project, HATCH_BUILD_NO_HOOKS="true"
    )
    assert "headerkit" not in done.said
    (wheel,) = (project / "dist").glob("*-py3-none-any.whl")
    assert not any("_vec" in name for name in contents(wheel))


def test_dynamic_dependencies_are_all_that_standard_output_holds(front_ends, sample, hatchling, tmp_path):
    project = sample("hatch-cffi", tmp_path / "p")
    said = front_ends.succeed(
        hatchling, "-m", "hatchling", "build", "-t", "wheel", "--show-dynamic-deps", cwd=project
    ).said
    assert said == "['cffi>=2.1', 'setuptools>=77']\n"


def test_a_read_only_source_tree_builds_on_a_hit(front_ends, sample, hatchling, no_libclang, contents, tmp_path):
    project = sample("hatch-cffi", tmp_path / "p")
    folders = [project, *(path for path in project.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        # Root may write anywhere: drop that right where the tests run as root.
        drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
        command = [*drop, hatchling, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "out"]
        front_ends.succeed(*command, cwd=project, **no_libclang)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    (wheel,) = (tmp_path / "out").glob("*.whl")
    assert contents(wheel)[-2:] == ["vecpkg/_vec.cdef.txt", f"vecpkg/_vec{suffix_of(hatchling)}"]
    assert not (project / "src" / "vecpkg" / "_vec.cdef.txt").exists()


def test_two_builds_of_one_tree_at_once_both_succeed(front_ends, sample, hatchling, no_libclang, tmp_path):
    project = sample("hatch-cffi", tmp_path / "p")
    command = [hatchling, "-m", "hatchling", "build", "-t", "wheel", "-d"]
    environment = {**front_ends.environment, **no_libclang}
    running = [
        subprocess.Popen(
            [*command, tmp_path / str(number)],
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number in range(2)
    ]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    first, second = (next((tmp_path / str(number)).glob("*.whl")).read_bytes() for number in range(2))
    assert first == second
