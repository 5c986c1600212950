"""The wrapper's hooks, called as front ends call them, in one environment that holds several backends.

What does not need an isolated build to be seen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pyproject_hooks
import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Hooks:
    """Calls hooks of the project; `said` is what the last one printed."""

    def __init__(self, project: Path, python: Path, environment: dict[str, str]) -> None:
        self.said = ""
        self.status = 0
        self._environment = environment
        self._caller = pyproject_hooks.BuildBackendHookCaller(
            str(project), "headerkit.build_backend", runner=self._run, python_executable=str(python)
        )
        self.out = project / "out"
        self.out.mkdir()

    def _run(self, command, cwd=None, extra_environ=None) -> None:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**self._environment, **(extra_environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.said, self.status = done.stdout, done.returncode
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command)

    def call(self, hook: str, *arguments: object, **keywords: object):
        return getattr(self._caller, hook)(*arguments, **keywords)

    def fail(self, hook: str, *arguments: object, **keywords: object) -> str:
        with pytest.raises(subprocess.CalledProcessError):
            self.call(hook, *arguments, **keywords)
        assert "Traceback" not in self.said
        assert self.said.count("headerkit: error:") == 1
        return self.said

    def features(self) -> set[str]:
        return set(self._caller._supported_features())


@pytest.fixture(scope="module")
def python(front_ends, tmp_path_factory) -> Path:
    found = front_ends.venv(tmp_path_factory.mktemp("backends") / "venv")
    done = front_ends.pip(
        found, "install", "headerkit[clang]", "setuptools", "flit_core", "scikit-build-core", "editables"
    )
    assert done.status == 0, done.said
    return found


@pytest.fixture
def hooks(python, front_ends, no_libclang):
    def of(project: Path, *, libclang: bool = False) -> Hooks:
        environment = front_ends.environment if libclang else {**front_ends.environment, **no_libclang}
        return Hooks(project, python, environment)

    return of


def test_a_hit_asks_for_nothing_but_what_the_inner_backend_wants(make, hooks):
    calls = hooks(make("flit_core"))
    assert calls.call("get_requires_for_build_wheel") == []
    assert calls.call("get_requires_for_build_sdist") == []
    assert calls.call("get_requires_for_build_editable") == []
    assert calls.said == ""


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_a_miss_asks_for_libclang(kind, make, hooks, break_store):
    project = make("flit_core")
    break_store(project)
    assert hooks(project, libclang=True).call(f"get_requires_for_build_{kind}") == ["libclang>=16"]


def test_a_miss_without_libclang_fails_the_wheel_with_the_changed_header(make, hooks, break_store):
    project = make("flit_core")
    break_store(project)
    calls = hooks(project)
    said = calls.fail("build_wheel", str(calls.out))
    assert calls.status == 7
    assert "include/mini/types.h changed" in said
    assert not list(calls.out.iterdir())
    assert not (project / "src" / "wrapped" / "_mini.cdef.txt").exists()


def test_a_miss_without_libclang_fails_the_editable_wheel_too(make, hooks, break_store):
    project = make("flit_core")
    break_store(project)
    calls = hooks(project)
    calls.fail("build_editable", str(calls.out))
    assert calls.status == 7


def test_a_miss_without_libclang_is_a_warning_for_the_sdist(make, hooks, break_store, contents):
    project = make("flit_core")
    break_store(project)
    calls = hooks(project)
    name = calls.call("build_sdist", str(calls.out))
    assert "headerkit: warning: the sdist's store is not complete: include/mini/mini.h" in calls.said
    assert "Traceback" not in calls.said
    # Whoever has libclang can build from it.
    assert {"include/mini/mini.h", "include/mini/types.h"} <= set(contents(calls.out / name))


@pytest.mark.parametrize("mistake", ["does not parse", "is missing"])
def test_a_makers_mistake_ends_the_sdist_too(mistake, make, hooks):
    project = make("flit_core")
    header = project / "include" / "mini" / "types.h"
    if mistake == "is missing":
        header.unlink()
    else:
        header.write_text(header.read_text() + "struct {\n")
    calls = hooks(project, libclang=True)
    said = calls.fail("build_sdist", str(calls.out))
    assert calls.status == 6
    assert "headerkit: error: include/mini/mini.h" in said
    assert not list(calls.out.iterdir())


def test_a_miss_with_libclang_generates_and_fills_the_store(make, hooks, break_store, contents):
    project = make("flit_core")
    break_store(project)
    calls = hooks(project, libclang=True)
    name = calls.call("build_wheel", str(calls.out))
    assert "wrapped/_mini.cdef.txt" in contents(calls.out / name)
    assert calls.call("get_requires_for_build_wheel") == []


def test_locked_makes_a_miss_an_error_for_wheel_and_sdist(make, hooks, break_store):
    project = make("flit_core")
    break_store(project)
    calls = hooks(project, libclang=True)
    for hook in ("build_wheel", "build_sdist"):
        said = calls.fail(hook, str(calls.out), {"locked": "true"})
        assert calls.status == 11
        assert "include/mini/types.h changed" in said


def test_the_caches_can_be_switched_off_for_one_build(make, hooks):
    project = make("flit_core")
    calls = hooks(project)
    for key in ("no-cache", "no-ir-cache"):
        with_output_cache = key == "no-ir-cache"
        settings = {key: "true", **({"no-output-cache": "true"} if with_output_cache else {})}
        calls.fail("build_wheel", str(calls.out), settings)
        assert calls.status == 7
    assert calls.call("build_wheel", str(calls.out), {"no-output-cache": "true"}).endswith(".whl")


def test_another_target_is_another_entry(make, hooks):
    calls = hooks(make("flit_core"))
    said = calls.fail("build_wheel", str(calls.out), {"target": "aarch64-unknown-linux-gnu"})
    assert calls.status == 7
    assert "aarch64-unknown-linux-gnu" in said


def test_the_inner_backend_may_be_a_config_setting(make, hooks):
    calls = hooks(make("hatchling", build=""))
    name = calls.call("build_wheel", str(calls.out), {"inner-backend": "setuptools.build_meta"})
    assert name == "wrapped-1.0-py3-none-any.whl"
    assert "setuptools" not in calls.fail("build_wheel", str(calls.out))


def test_our_config_settings_are_not_shown_to_an_inner_backend_that_refuses_unknown_ones(make, hooks):
    calls = hooks(make("scikit-build-core"))
    ours = {"no-output-cache": "false", "locked": "false", "target": "", "cmake.build-type": "Debug"}
    assert calls.call("build_wheel", str(calls.out), ours).endswith(".whl")
    with pytest.raises(subprocess.CalledProcessError):
        calls.call("build_wheel", str(calls.out), {"of-nobody": "1"})
    assert "of-nobody" in calls.said


def test_a_missing_inner_backend_is_named_with_the_line_to_add(make, hooks):
    calls = hooks(make("pdm-backend", requires=["headerkit"]))
    said = calls.fail("build_wheel", str(calls.out))
    assert calls.status == 4
    assert said == (
        "headerkit: error: the inner backend 'pdm.backend' is not installed in the build environment\n"
        "  cause: [build-system] requires does not list pdm-backend\n"
        '  try:   in [build-system]: requires = ["headerkit", "pdm-backend"]\n'
    )


def test_without_a_choice_it_is_the_backend_that_is_required(make, hooks):
    calls = hooks(make("setuptools", requires=["headerkit", "setuptools>=77"], build=""))
    assert calls.call("build_wheel", str(calls.out)) == "wrapped-1.0-py3-none-any.whl"


def test_without_a_choice_and_without_a_known_requirement_it_is_hatchling(make, hooks):
    calls = hooks(make("hatchling", requires=["headerkit"], build=""))
    assert "'hatchling.build' is not installed" in calls.fail("build_wheel", str(calls.out))


def test_an_object_that_the_module_lacks_is_named(make, hooks):
    calls = hooks(make("flit_core", build='inner-backend = "flit_core.buildapi:gone.too"'))
    said = calls.fail("build_wheel", str(calls.out))
    assert calls.status == 4
    assert "the module 'flit_core.buildapi' has no 'gone.too'" in said


def test_the_wrapper_does_not_wrap_itself(make, hooks):
    calls = hooks(make("flit_core", build='inner-backend = "headerkit.build_backend"'))
    assert "the wrapper cannot wrap itself" in calls.fail("build_wheel", str(calls.out))


def test_a_backend_of_the_project_itself_is_found_on_its_path(make, hooks):
    project = make("flit_core", build='inner-backend = "own:Backend.api"\nbackend-path = ["tools"]')
    (project / "tools").mkdir()
    (project / "tools" / "own.py").write_text(
        "import flit_core.buildapi\nclass Backend:\n    api = flit_core.buildapi\n"
    )
    calls = hooks(project)
    assert calls.call("build_wheel", str(calls.out)).endswith(".whl")


def test_optional_hooks_are_there_when_the_inner_backend_has_them(make, hooks):
    assert hooks(make("flit_core")).features() == {"build_editable"}


def test_an_optional_hook_that_the_inner_backend_lacks_is_absent(make, hooks):
    project = make("flit_core", build='inner-backend = "bare"\nbackend-path = ["tools"]')
    (project / "tools").mkdir()
    (project / "tools" / "bare.py").write_text("from flit_core.buildapi import build_sdist, build_wheel\n")
    calls = hooks(project)
    assert calls.features() == set()
    assert calls.call("get_requires_for_build_wheel") == []
    assert calls.call("prepare_metadata_for_build_wheel", str(calls.out), _allow_fallback=True)
    with pytest.raises(pyproject_hooks.HookMissing):
        calls.call("prepare_metadata_for_build_wheel", str(calls.out), _allow_fallback=False)


def test_metadata_are_the_inner_backends(make, hooks):
    calls = hooks(make("setuptools"))
    name = calls.call("prepare_metadata_for_build_wheel", str(calls.out), _allow_fallback=False)
    assert "Name: wrapped" in (calls.out / name / "METADATA").read_text()


def test_what_is_added_to_an_sdist_is_the_same_bytes_every_time(make, hooks, monkeypatch):
    project = make("flit_core")
    calls = hooks(project)
    first = (calls.out / calls.call("build_sdist", str(calls.out))).read_bytes()
    assert (calls.out / calls.call("build_sdist", str(calls.out))).read_bytes() == first
    assert "headerkit: added to the sdist:" in calls.said
    with tarfile.open(next(calls.out.glob("*.tar.gz"))) as sdist:
        added = [member for member in sdist.getmembers() if "/.headerkit/" in member.name]
    assert {(member.mode, member.uid, member.uname) for member in added} == {(0o644, 0, "")}


@pytest.mark.parametrize("inner", ["flit_core", "setuptools"])
def test_a_read_only_source_tree_builds_on_a_hit(inner, make, front_ends, without_libclang, contents, tmp_path):
    project = make(inner)
    folders = [project, *(path for path in project.rglob("*") if path.is_dir())]
    before = sorted(project.rglob("*"))
    for folder in folders:
        folder.chmod(0o555)
    try:
        # Root may write anywhere: drop that right where the tests run as root.
        drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
        build = [*drop, sys.executable, "-m", "build", "--outdir", tmp_path / "out"]
        without_libclang.succeed(*build, "--wheel", project, TMPDIR=str(tmp_path))
        without_libclang.succeed(*build, "--sdist", project, TMPDIR=str(tmp_path))
    finally:
        for folder in folders:
            folder.chmod(0o755)
    (wheel,) = (tmp_path / "out").glob("*.whl")
    assert "wrapped/_mini.cdef.txt" in contents(wheel)
    (sdist,) = (tmp_path / "out").glob("*.tar.gz")
    assert {"include/mini/types.h", ".headerkit/store.json"} <= set(contents(sdist))
    assert sorted(project.rglob("*")) == before
    assert list(tmp_path.glob("headerkit-*")) == []


LAGGING = """
import io, os, tarfile
import flit_core.buildapi
from flit_core.buildapi import *


def build_sdist(folder, config_settings=None):
    name = flit_core.buildapi.build_sdist(folder, config_settings)
    with tarfile.open(os.path.join(folder, name)) as archive:
        kept = [(member, archive.extractfile(member).read()) for member in archive.getmembers()]
    with tarfile.open(os.path.join(folder, name), "w:gz") as archive:
        top = kept[0][0].name.partition("/")[0]
        for path in os.popen("git ls-files .headerkit " + os.environ.get("COMMITTED", "")).read().split():
            data = os.popen(f"git show HEAD:{path}").read().encode()
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size = len(data)
            kept.append((member, data))
        for member, data in kept:
            archive.addfile(member, io.BytesIO(data))
    return name
"""
"""An inner backend that packs the store of the last commit, and those headers that COMMITTED names."""


@pytest.mark.parametrize(("committed", "base"), [("", 16), ("include", 10)])
def test_the_store_in_an_sdist_is_the_one_of_the_headers_in_it(
    committed, base, make, hooks, break_store, monkeypatch, tmp_path, front_ends
):
    project = make("flit_core", build='inner-backend = "lagging"\nbackend-path = ["tools"]')
    (project / "tools").mkdir()
    (project / "tools" / "lagging.py").write_text(LAGGING)
    break_store(project)
    monkeypatch.setitem(front_ends.environment, "COMMITTED", committed)
    calls = hooks(project, libclang=True)
    with tarfile.open(calls.out / calls.call("build_sdist", str(calls.out))) as sdist:
        names = sdist.getnames()
        sdist.extractall(tmp_path / "unpacked", filter="data")
    assert len(names) == len(set(names))
    unpacked = tmp_path / "unpacked" / "wrapped-1.0"
    front_ends.succeed(sys.executable, "-m", "headerkit", "--locked", cwd=unpacked)
    assert f"#define MINI_BASE {base}" in (unpacked / "src" / "wrapped" / "_mini.cdef.txt").read_text()


def test_wrong_settings_end_every_hook_with_one_message(make, hooks):
    project = make("flit_core")
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace("include_dirs =", "include_dir ="))
    calls = hooks(project)
    for hook in ("get_requires_for_build_wheel", "get_requires_for_build_sdist"):
        assert "tool.headerkit.include_dir: unknown key" in calls.fail(hook)
        assert calls.status == 4
    for hook in ("build_wheel", "build_sdist"):
        calls.fail(hook, str(calls.out))
        assert calls.status == 4
