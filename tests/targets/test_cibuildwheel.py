from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import headerkit
from headerkit.errors import SettingsError
from headerkit.target import short
from headerkit.targets.cibuildwheel import Wheels, wheel_targets
from headerkit.targets.wheels import WHEEL_TARGETS, targets_of_tag

try:
    VERSION = int(importlib.metadata.version("cibuildwheel").partition(".")[0])
except importlib.metadata.PackageNotFoundError:
    VERSION = 0

asked = pytest.mark.skipif(VERSION < 3, reason="cibuildwheel 3 is not installed: `pip install cibuildwheel`")
inherits = pytest.mark.skipif(VERSION < 4, reason="cibuildwheel 3 knows `inherit` in overrides alone")

EVERYTHING = (
    "x86_64-linux-gnu aarch64-linux-gnu x86_64-linux-musl aarch64-linux-musl "
    "x86_64-darwin aarch64-darwin x86_64-windows-msvc i686-windows-msvc aarch64-windows-msvc"
)
ELSEWHERE = "x86_64-darwin aarch64-darwin x86_64-windows-msvc i686-windows-msvc aarch64-windows-msvc"
LINUX = "x86_64-linux-gnu aarch64-linux-gnu x86_64-linux-musl aarch64-linux-musl"

CONFIGURATIONS = {
    "none at all": ("", {}, EVERYTHING),
    "no musl and no PyPy": (
        'skip = ["*-musllinux_*", "pp*"]',
        {},
        f"x86_64-linux-gnu aarch64-linux-gnu {ELSEWHERE}",
    ),
    "archs of Linux by name": (
        'skip = "*musl*"\n[tool.cibuildwheel.linux]\narchs = ["x86_64", "aarch64", "ppc64le"]',
        {},
        f"x86_64-linux-gnu aarch64-linux-gnu powerpc64le-linux-gnu {ELSEWHERE}",
    ),
    "archs of each platform by name": (
        'linux.archs = "x86_64 i686"\nmacos.archs = ["arm64"]\nwindows.archs = ["AMD64"]',
        {},
        "x86_64-linux-gnu i686-linux-gnu x86_64-linux-musl i686-linux-musl aarch64-darwin x86_64-windows-msvc",
    ),
    "all of Linux": (
        'build = "cp313-manylinux*"\nlinux.archs = "all"',
        {},
        " ".join(short(triple) for triple in WHEEL_TARGETS if "-linux-gnu" in triple),
    ),
    "universal2": (
        'build = "*-macosx_*"\nmacos.archs = ["universal2"]',
        {},
        "x86_64-darwin aarch64-darwin",
    ),
    "the runner's archs and one more": (
        'build = "*-win*"\nwindows.archs = ["auto", "ARM64"]',
        {},
        "x86_64-windows-msvc i686-windows-msvc aarch64-windows-msvc",
    ),
    "the runner's 64-bit archs": (
        'archs = ["auto64"]',
        {},
        f"{LINUX} x86_64-darwin aarch64-darwin x86_64-windows-msvc aarch64-windows-msvc",
    ),
    "the runner's own arch": (
        'archs = "native"\nskip = "*-win_arm64 *-musllinux_aarch64"',
        {},
        "x86_64-linux-gnu aarch64-linux-gnu x86_64-linux-musl x86_64-darwin aarch64-darwin x86_64-windows-msvc",
    ),
    "a single wheel": ('build = "cp312-manylinux_x86_64"', {}, "x86_64-linux-gnu"),
    "overrides, which select no wheels": (
        (
            'build = "cp3*-manylinux_*"\n[[tool.cibuildwheel.overrides]]\nselect = "*-manylinux_aarch64"\n'
            'manylinux-aarch64-image = "manylinux2014"\nbefore-all = "yum install -y zlib-devel"'
        ),
        {},
        "x86_64-linux-gnu aarch64-linux-gnu",
    ),
    "archs that are added": (
        'build = "*-manylinux*"\n[tool.cibuildwheel.linux]\narchs = ["s390x"]\ninherit.archs = "append"',
        {},
        "x86_64-linux-gnu aarch64-linux-gnu s390x-linux-gnu",
    ),
    "free threads, PyPy and GraalPy": (
        'enable = ["pypy", "graalpy", "cpython-prerelease"]\nskip = "*-musllinux* *-win*"',
        {},
        "x86_64-linux-gnu aarch64-linux-gnu x86_64-darwin aarch64-darwin",
    ),
    "PyPy alone": (
        'enable = "pypy"\nbuild = "pp*-macosx_*"',
        {},
        "x86_64-darwin aarch64-darwin",
    ),
    "skip from the environment": (
        'skip = "*-win*"',
        {"CIBW_SKIP": "*-macosx_* *-musllinux_*"},
        "x86_64-linux-gnu aarch64-linux-gnu x86_64-windows-msvc i686-windows-msvc aarch64-windows-msvc",
    ),
    "archs of Linux from the environment": (
        'build = "*-manylinux_*"\narchs = "x86_64"\nlinux.archs = "ppc64le"',
        {"CIBW_ARCHS_LINUX": "armv7l riscv64", "CIBW_ARCHS": "s390x"},
        "armv7-linux-gnueabihf riscv64-linux-gnu",
    ),
    "an empty variable, which says nothing": (
        'build = "*-manylinux_*"\nlinux.archs = "ppc64le"',
        {"CIBW_ARCHS_LINUX": "", "CIBW_ARCHS": ""},
        "powerpc64le-linux-gnu",
    ),
    "archs that the environment adds": (
        'build = "*-manylinux_*"\nlinux.archs = "ppc64le"',
        {"CIBW_ARCHS_LINUX": "auto", "CIBW_INHERIT": "skip; archs-linux: prepend"},
        "x86_64-linux-gnu aarch64-linux-gnu powerpc64le-linux-gnu",
    ),
    "nothing to build": ('build = "cp27-*"', {}, ""),
}

NAMES = [pytest.param(name, marks=[inherits] if "add" in name else []) for name in CONFIGURATIONS]


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CIBW_")]:
        monkeypatch.delenv(name)


def project(folder: Path, settings: str) -> str:
    head = '[project]\nname = "vec"\nversion = "1"\nrequires-python = ">=3.10"\n[tool.cibuildwheel]\n'
    (folder / "pyproject.toml").write_text(head + settings)
    return str(folder)


@asked
@pytest.mark.parametrize("name", NAMES)
def test_the_targets_are_those_of_the_wheels_that_cibuildwheel_selects(name, tmp_path, monkeypatch):
    settings, environ, expected = CONFIGURATIONS[name]
    for variable, value in environ.items():
        monkeypatch.setenv(variable, value)
    found = wheel_targets(project(tmp_path, settings))
    assert [short(triple) for triple in found.targets] == expected.split()
    assert found.left_out == ()


# cibuildwheel as it is, on a machine of another kind.
ON_EVERY_RUNNER = """
import contextlib, io, json, platform, sys
from cibuildwheel.__main__ import main
printed = io.StringIO()
for machine in ("x86_64", "aarch64"):
    platform.machine = lambda: machine
    for system in ("linux", "macos", "windows"):
        sys.argv[1:] = ["--print-build-identifiers", "--platform", system, sys.argv[-1]]
        with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
            main()
print(json.dumps(printed.getvalue().split()))
"""


@asked
@pytest.mark.skipif(sys.platform != "linux", reason="the machines' names are Linux's")
@pytest.mark.parametrize("name", NAMES)
def test_no_runner_builds_another_target(name, tmp_path, monkeypatch):
    settings, environ, expected = CONFIGURATIONS[name]
    for variable, value in environ.items():
        monkeypatch.setenv(variable, value)
    command = [sys.executable, "-c", ON_EVERY_RUNNER, project(tmp_path, settings)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    built = {triple for wheel in json.loads(done.stdout) for triple in targets_of_tag(wheel.partition("-")[2])}
    assert {short(triple) for triple in built} == set(expected.split())


PYODIDE = ("pyodide_wasm32", "headerkit has no libc headers for WebAssembly (Emscripten)")
ANDROID = [
    (f"android_{machine}", "headerkit has no libc headers for Android (Bionic)") for machine in ("arm64_v8a", "x86_64")
]
IOS = [
    (f"ios_{machine}", "headerkit has no libc headers for iOS")
    for machine in ("arm64_iphoneos", "x86_64_iphonesimulator", "arm64_iphonesimulator")
]


@asked
@pytest.mark.skipif(sys.platform == "win32", reason="cibuildwheel does not know Pyodide there")
@pytest.mark.parametrize(
    ("settings", "environ", "targets", "left_out"),
    [
        ('build = "cp313-manylinux_x86_64 cp313-pyodide_wasm32"', {}, "x86_64-linux-gnu", [PYODIDE]),
        ('skip = "*-win* *linux*"\npyodide.test-command = "pytest"', {}, "x86_64-darwin aarch64-darwin", [PYODIDE]),
        (
            'skip = "*-win* *-pyodide*"\npyodide.test-command = "pytest"',
            {},
            f"{LINUX} x86_64-darwin aarch64-darwin",
            [],
        ),
        ('build = ["*-android*", "*-ios*"]', {}, "", [*ANDROID, *IOS]),
        ('android.archs = "arm64_v8a"\nbuild = "*64_v8a *-macosx_*"', {}, "x86_64-darwin aarch64-darwin", ANDROID[:1]),
        ("", {"CIBW_PLATFORM": "pyodide"}, "", [PYODIDE]),
        ("", {"CIBW_PLATFORM": "android"}, "", ANDROID),
        ("", {"CIBW_PLATFORM": "linux"}, LINUX, []),
        ("", {"CIBW_PLATFORM": "auto"}, EVERYTHING, []),
        ('build = "*-manylinux*"', {"CIBW_BUILD": "cp313-ios_* cp313-macosx_*"}, "x86_64-darwin aarch64-darwin", IOS),
    ],
)
def test_what_has_no_target_is_left_out_with_its_reason_where_it_is_selected(
    settings, environ, targets, left_out, tmp_path, monkeypatch
):
    for variable, value in environ.items():
        monkeypatch.setenv(variable, value)
    found = wheel_targets(project(tmp_path, settings))
    assert [short(triple) for triple in found.targets] == targets.split()
    assert sorted(found.left_out) == sorted(left_out)


@asked
def test_a_project_without_pyproject_is_one_all_the_same(tmp_path):
    (tmp_path / "setup.py").write_text("from setuptools import setup\nsetup()\n")
    assert [short(triple) for triple in wheel_targets(str(tmp_path)).targets] == EVERYTHING.split()


@asked
def test_pythons_that_the_project_does_not_support_have_no_targets(tmp_path):
    project(tmp_path, "")
    path = tmp_path / "pyproject.toml"
    path.write_text(path.read_text().replace(">=3.10", "<3.5"))
    assert wheel_targets(str(tmp_path)) == Wheels((), ())


@asked
def test_an_arch_that_does_not_exist_is_refused_in_cibuildwheels_words(tmp_path):
    root = project(tmp_path, 'macos.archs = "amr64"\n')
    with pytest.raises(SettingsError) as caught:
        wheel_targets(root)
    assert str(caught.value) == (
        f"cibuildwheel cannot say which wheels it would build of {root}:\n"
        "  macos: Invalid architecture 'amr64'\n"
        "  try:   cibuildwheel --print-build-identifiers --platform macos   (asks it the same)"
    )


@asked
@pytest.mark.parametrize(
    ("settings", "environ", "words"),
    [
        (
            'buidl = "cp312-*"',
            {},
            "linux, macos, windows: Option 'buidl' not supported in a config file. Perhaps you meant 'build'?",
        ),
        (
            'enable = "jython"',
            {"GITHUB_ACTIONS": "true"},
            "Failed to parse enable group. Unknown enable group: jython.",
        ),
        ('enable = "jython"', {"CIBW_DEBUG_TRACEBACK": "1"}, "windows: Failed to parse enable group."),
        ("archs = {linux = 1}", {}, "this setting doesn't accept a table"),
        ("build = [", {}, "linux, macos, windows: tomllib.TOMLDecodeError: "),
        ("", {"CIBW_PROJECT_REQUIRES_PYTHON": "3"}, "InvalidSpecifier: Invalid specifier: '3'"),
        ("", {"CIBW_PLATFORM": "linnux"}, "linnux: argument --platform: invalid choice: 'linnux'"),
    ],
)
def test_bad_settings_are_refused_in_cibuildwheels_words(settings, environ, words, tmp_path, monkeypatch):
    for variable, value in environ.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        wheel_targets(project(tmp_path, settings))
    assert words in caught.value.message
    assert "Traceback" not in str(caught.value)
    assert "usage:" not in str(caught.value)


@asked
@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_without_a_project_is_refused(name, tmp_path):
    with pytest.raises(SettingsError, match=r"Could not find any of \{setup.py, setup.cfg, pyproject.toml\}"):
        wheel_targets(str(tmp_path / name))


@asked
def test_nothing_of_the_project_is_run(tmp_path, monkeypatch):
    root = project(tmp_path, 'build = "cp312-win32"')
    for name in ("packaging", "platform", "cibuildwheel"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('run')\n")
    monkeypatch.chdir(tmp_path)
    assert [short(triple) for triple in wheel_targets(root).targets] == ["i686-windows-msvc"]


def ask_without_site_packages(root: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A Python that has headerkit alone, and `folder` as its PATH."""
    code = """
import sys
from headerkit.errors import HeaderkitError
from headerkit.targets.cibuildwheel import wheel_targets
try:
    print(*wheel_targets(sys.argv[1]).targets)
except HeaderkitError as error:
    print(type(error).__name__, error, sep="\\n")
"""
    source = str(Path(headerkit.__file__).parents[1])
    env = {**os.environ, "PYTHONPATH": source, "PATH": str(folder)}
    command = [sys.executable, "-S", "-c", code, root]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True)


def test_without_cibuildwheel_the_error_says_how_to_install_it(tmp_path):
    done = ask_without_site_packages(project(tmp_path, ""), tmp_path)
    kind, message, hint = done.stdout.splitlines()
    assert kind == "UsageError"
    assert message == "cibuildwheel is not installed, and only it knows which wheels its settings select"
    if sys.version_info >= (3, 11):
        assert (
            hint
            == "  try:   pip install cibuildwheel   (or `uv tool install cibuildwheel`, `pipx install cibuildwheel`)"
        )
    else:
        assert "it needs Python 3.11" in hint


def program(folder: Path, text: str) -> Path:
    path = folder / "bin" / "cibuildwheel"
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o755)
    return path.parent


@asked
@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_the_command_on_path_is_asked_where_this_python_has_none(tmp_path):
    folder = program(tmp_path, f'#!/bin/sh\nunset PYTHONPATH\nexec "{sys.executable}" -m cibuildwheel "$@"\n')
    done = ask_without_site_packages(project(tmp_path, 'build = "*-musllinux_*"\nlinux.archs = "i686"'), folder)
    assert done.stdout.split() == ["i686-unknown-linux-musl"]


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
@pytest.mark.skipif(sys.version_info < (3, 11), reason="TOML is read with a package there")
def test_a_command_whose_interpreter_is_gone_is_an_error_of_ours(tmp_path):
    folder = program(tmp_path, "#!/nowhere/python\n")
    done = ask_without_site_packages(project(tmp_path, ""), folder)
    assert done.stdout.startswith("UsageError\ncibuildwheel cannot be started: ")
