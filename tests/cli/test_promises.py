"""Every command line, settings example and API call of the founding documents, as a user would copy them.

`headerkit cache populate` and its settings have no place here before they are built.
"""

from __future__ import annotations

import json
import os
import shlex
from typing import TYPE_CHECKING

import pytest

import headerkit
from headerkit._compat import tomllib
from headerkit.errors import LockedError, UsageError
from headerkit.settings import load_settings
from headerkit.target import host_target
from headerkit.writers import register_writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import Project, Ran


@pytest.fixture
def mylib(project: Project) -> Project:
    project.file(
        "include/mylib.h", "#ifdef VERSION\nint mylib_version(void);\n#endif\n#define MYLIB_MAX 4\nint mylib(int);\n"
    )
    project.file("include/mylib_utils.h", "#ifdef UTILS_ONLY\nint utils(void);\n#endif\n")
    return project


def type_in(project: Project, line: str) -> Ran:
    program, *arguments = shlex.split(line)
    assert program == "headerkit"
    return project.run(*arguments)


def pyproject(project: Project, text: str) -> None:
    project.file("pyproject.toml", text)


# -- the build backend's guide

QUICK_START = """\
[build-system]
requires = ["headerkit", "hatchling"]
build-backend = "headerkit.build_backend"

[tool.headerkit]
backend = "libclang"
writers = ["cffi"]

[tool.headerkit.headers."include/mylib.h"]
defines = ["VERSION=2"]
include_dirs = ["/usr/local/include"]
"""


def test_what_the_command_line_stores_is_what_the_build_asks_for(mylib: Project):
    pyproject(mylib, QUICK_START)
    assert type_in(mylib, "headerkit include/mylib.h -w cffi -o cffi:bindings/mylib.cdef.txt").code == 0
    assert "mylib_version" in mylib.read("bindings/mylib.cdef.txt")
    assert mylib.run("--locked").code == 0
    assert sorted(os.listdir(mylib.root / ".headerkit"))[-3:] == ["ir", "output", "store.json"]


FULL = """\
[build-system]
requires = ["headerkit", "hatchling"]
build-backend = "headerkit.build_backend"

[project]
name = "mylib-bindings"
version = "1.0.0"
requires-python = ">=3.10"

[tool.headerkit]
backend = "libclang"
writers = ["cffi", "ctypes"]

[tool.headerkit.headers."include/mylib.h"]
defines = ["VERSION=2"]
include_dirs = ["/usr/local/include"]

[tool.headerkit.headers."include/mylib_utils.h"]
defines = ["VERSION=2", "UTILS_ONLY"]
"""


def test_the_full_example_works_without_its_mistake(mylib: Project):
    pyproject(mylib, FULL.replace('"ctypes"]', '"ctypes"]\nstore_dir = ".headerkit"'))
    results = json.loads(mylib.run("--json").out)["results"]
    assert [(result["header"], result["writer"]) for result in results] == [
        ("include/mylib.h", "cffi"),
        ("include/mylib.h", "ctypes"),
        ("include/mylib_utils.h", "cffi"),
        ("include/mylib_utils.h", "ctypes"),
    ]
    assert "mylib_version" in results[0]["text"]
    assert "utils" in results[2]["text"]


def test_the_full_examples_mistake_is_pointed_out(mylib: Project):
    pyproject(mylib, FULL + '\n[tool.headerkit]\nstore_dir = ".headerkit"\n')
    ran = mylib.run()
    assert ran.code == 4
    assert ran.err.splitlines() == [
        "headerkit: pyproject.toml: line 21 is not valid TOML: Cannot declare ('tool', 'headerkit') twice",
        "  [tool.headerkit]",
        "                 ^",
        "  try:   put these keys into the first [tool.headerkit] (line 10): TOML allows each table once",
    ]


def test_a_target_is_set_by_settings_and_by_the_environment(mylib: Project):
    pyproject(
        mylib, QUICK_START.replace('writers = ["cffi"]', 'writers = ["cffi"]\ntarget = "aarch64-unknown-linux-gnu"')
    )
    assert json.loads(mylib.run("--json").out)["results"][0]["target"] == "aarch64-unknown-linux-gnu"
    pyproject(mylib, QUICK_START)
    mylib.monkeypatch.setenv("HEADERKIT_TARGET", "aarch64-unknown-linux-gnu")
    assert json.loads(mylib.run("--json").out)["results"][0]["status"] == "hit"


@pytest.mark.parametrize("key", ["no-cache", "no-ir-cache", "no-output-cache", "target", "inner-backend"])
def test_the_config_settings_are_known(mylib: Project, key: str):
    pyproject(mylib, QUICK_START)
    given: Mapping[str, object] = {
        key: {"target": "aarch64-unknown-linux-gnu", "inner-backend": "flit_core.buildapi"}.get(key, "true")
    }
    before, after = (
        load_settings(str(mylib.root), environ={}),
        load_settings(str(mylib.root), config_settings=given, environ={}),
    )
    assert [
        before.cache.no_cache,
        before.cache.no_ir_cache,
        before.cache.no_output_cache,
        before.target,
        before.build.inner_backend,
    ] != [
        after.cache.no_cache,
        after.cache.no_ir_cache,
        after.cache.no_output_cache,
        after.target,
        after.build.inner_backend,
    ]


def test_a_headers_lists_are_merged_with_the_general_ones(project: Project):
    for name in ("core", "utils", "platform"):
        project.file(f"include/{name}.h")
    pyproject(
        project,
        """\
[tool.headerkit]
backend = "libclang"
writers = ["cffi", "ctypes"]
defines = ["SHARED_DEFINE"]
include_dirs = ["include/common"]

[tool.headerkit.headers."include/core.h"]
defines = ["CORE_API"]
include_dirs = ["include/core"]

[tool.headerkit.headers."include/utils.h"]
defines = ["UTILS_API", "DEBUG"]
include_dirs = ["include/utils"]

[tool.headerkit.headers."include/platform.h"]
# Uses only global defines and include_dirs
""",
    )
    units = {job["unit"]["header"]: job["unit"] for job in json.loads(project.run("plan", "--json").out)["jobs"]}
    assert units["include/core.h"]["defines"] == ["SHARED_DEFINE", "CORE_API"]
    assert [each["spelled"] for each in units["include/core.h"]["include_dirs"]] == ["include/common", "include/core"]
    assert units["include/utils.h"]["defines"] == ["SHARED_DEFINE", "UTILS_API", "DEBUG"]
    assert units["include/platform.h"]["defines"] == ["SHARED_DEFINE"]


def test_a_stale_store_is_cleared_and_made_again(mylib: Project):
    pyproject(mylib, QUICK_START)
    mylib.run()
    assert type_in(mylib, "headerkit cache clear --store-dir .headerkit").code == 0
    assert mylib.run("--locked").code == 11
    assert type_in(mylib, "headerkit include/mylib.h -w cffi -o cffi:bindings/mylib.cdef.txt").code == 0
    assert mylib.run("--locked").code == 0


# -- the cache's guide


def test_two_writers_in_one_pass(mylib: Project):
    line = "headerkit include/mylib.h -w cffi -o cffi:bindings/cffi.cdef.txt -w ctypes -o ctypes:bindings/ctypes.py"
    assert type_in(mylib, line).code == 0
    assert "int mylib(int);" in mylib.read("bindings/cffi.cdef.txt")
    compile(mylib.read("bindings/ctypes.py"), "ctypes.py", "exec")


def test_the_store_can_lie_anywhere(mylib: Project):
    store = mylib.root.parent / "headerkit-store"
    assert type_in(mylib, f"headerkit include/mylib.h -w cffi --store-dir {store}").code == 0
    assert (store / "store.json").exists()
    assert not (mylib.root / ".headerkit").exists()


def status_of(project: Project, line: str) -> str:
    return str(json.loads(type_in(project, f"{line} --json").out)["results"][0]["status"])


@pytest.mark.parametrize(
    ("flag", "variable", "status"),
    [
        ("no-cache", "NO_CACHE", "parsed"),
        ("no-ir-cache", "NO_IR_CACHE", "hit"),
        ("no-output-cache", "NO_OUTPUT_CACHE", "ir-hit"),
    ],
)
def test_the_cache_is_bypassed_at_three_levels(mylib: Project, flag: str, variable: str, status: str):
    line = "headerkit include/mylib.h -w cffi"
    assert status_of(mylib, line) == "parsed"
    assert status_of(mylib, line) == "hit"
    assert status_of(mylib, f"{line} --{flag}") == status
    mylib.monkeypatch.setenv(f"HEADERKIT_{variable}", "1")
    assert status_of(mylib, line) == status
    mylib.monkeypatch.delenv(f"HEADERKIT_{variable}")
    mylib.file(".headerkit.toml", f'store_dir = ".headerkit"\n[cache]\n{variable.lower()} = true\n')
    assert status_of(mylib, line) == status
    mylib.monkeypatch.setenv(f"HEADERKIT_{variable}", "0")
    assert status_of(mylib, line) == "hit"


@pytest.mark.parametrize("action", ["status", "clear", "clear --ir", "clear --output", "rebuild-index"])
def test_the_store_is_looked_after(mylib: Project, action: str):
    type_in(mylib, "headerkit include/mylib.h -w cffi")
    verb, *flags = action.split()
    assert type_in(mylib, f"headerkit cache {verb} --store-dir .headerkit {' '.join(flags)}").code == 0


CACHE_KEYS = "no_cache = false\nno_ir_cache = false\nno_output_cache = false\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".headerkit.toml", f'store_dir = ".headerkit"\n[cache]\n{CACHE_KEYS}'),
        ("pyproject.toml", f'[tool.headerkit]\nstore_dir = ".headerkit"\n[tool.headerkit.cache]\n{CACHE_KEYS}'),
    ],
)
def test_the_store_is_configured_in_either_file(mylib: Project, name: str, text: str):
    mylib.file(name, text)
    settings = load_settings(str(mylib.root), environ={})
    assert (settings.store_dir, settings.cache.no_cache) == (".headerkit", False)
    assert type_in(mylib, "headerkit include/mylib.h -w cffi").code == 0


def test_a_target_on_the_command_line(mylib: Project):
    mylib.go("include")
    assert status_of(mylib, "headerkit mylib.h -w cffi --target x86_64-unknown-linux-gnu") == "parsed"


def test_stores_of_several_platforms_are_merged(mylib: Project):
    for platform in ("linux", "macos", "windows"):
        type_in(mylib, f"headerkit include/mylib.h -w cffi -D ON_{platform} --store-dir store-{platform}")
    line = "headerkit store merge store-linux/ store-macos/ store-windows/ -o .headerkit/"
    assert type_in(mylib, line).out == "6 new, 0 skipped, 0 replaced\n"
    assert status_of(mylib, "headerkit include/mylib.h -w cffi -D ON_macos --locked") == "hit"
    result = headerkit.store_merge(sources=["store-linux", "store-macos"], target=".headerkit/")
    assert (result.new_entries, result.skipped_entries) == (0, 4)


@pytest.fixture
def tree(project: Project) -> Project:
    for name in ("include/mylib.h", "include/net/socket.h", "include/internal/secret.h", "vendor/special.h"):
        project.file(name, f"int {os.path.basename(name)[:-2]}(void);\n#ifdef VENDOR_MODE\nint vendor(void);\n#endif\n")
    return project


def test_globs_choose_headers_and_templates_place_outputs(tree: Project):
    assert type_in(tree, "headerkit 'include/**/*.h' -w cffi -o cffi:{dir}/{stem}.cdef.txt").code == 0
    assert "int socket(void);" in tree.read("include/net/socket.cdef.txt")
    ran = type_in(tree, "headerkit 'include/**/*.h' --exclude 'include/internal/**' -w cffi")
    assert "int mylib(void);" in ran.out
    assert "secret" not in ran.out
    line = "headerkit 'include/**/*.h' -w cffi -o cffi:{dir}/{stem}.cdef.txt -w json -o json:{dir}/{stem}.json"
    assert type_in(tree, line).code == 0
    assert json.loads(tree.read("include/net/socket.json"))


def test_patterns_in_the_settings(tree: Project):
    pyproject(
        tree,
        """\
[tool.headerkit]
exclude = ["include/internal/**"]

[[tool.headerkit.headers]]
pattern = "include/**/*.h"

[[tool.headerkit.headers]]
pattern = "vendor/special.h"
defines = ["VENDOR_MODE"]

[tool.headerkit.output]
cffi = "{dir}/{stem}.cdef.txt"
json = "{dir}/{stem}.json"
""",
    )
    assert tree.run().code == 0
    outputs = [name for name in tree.files() if name.endswith(".cdef.txt")]
    assert outputs == ["include/mylib.cdef.txt", "include/net/socket.cdef.txt", "vendor/special.cdef.txt"]
    assert "vendor" in tree.read("vendor/special.cdef.txt")
    assert "vendor" not in tree.read("include/mylib.cdef.txt")


def test_the_python_api(mylib: Project):
    output = headerkit.generate("include/mylib.h", "cffi")
    assert headerkit.generate("include/mylib.h", "cffi") == output
    results = headerkit.generate_all(
        "include/mylib.h",
        writers=["cffi", "ctypes", "json"],
        output_paths={
            "cffi": "bindings/mylib.cdef.txt",
            "ctypes": "bindings/mylib_ctypes.py",
            "json": "bindings/mylib_ir.json",
        },
    )
    assert set(results) == {"cffi", "ctypes", "json"}
    assert mylib.read("bindings/mylib.cdef.txt") == output
    output = headerkit.generate(
        "include/mylib.h",
        "cffi",
        include_dirs=["/usr/local/include"],
        defines=["VERSION=2", "DEBUG"],
        writer_options={"exclude_patterns": "^__"},
    )
    assert "mylib_version" in output
    for target in ("aarch64-unknown-linux-gnu", host_target()):
        assert "int mylib(int);" in headerkit.generate("include/mylib.h", "cffi", target=target)
    for bypass in ("no_cache", "no_ir_cache", "no_output_cache"):
        assert "int mylib(int);" in headerkit.generate("include/mylib.h", "cffi", **{bypass: True})


def test_a_writer_of_ones_own_that_keeps_no_output(mylib: Project):
    calls = []

    class MyWriter:
        cache_output = False  # always regenerate output

        @property
        def name(self) -> str:
            return "mywriter"

        @property
        def format_description(self) -> str:
            return "My custom output format"

        def write(self, header: object) -> str:
            calls.append(header)
            return "mine\n"

    register_writer("mywriter", MyWriter)
    for _ in range(2):
        assert type_in(mylib, "headerkit include/mylib.h -w mywriter").out == "mine\n"
    assert len(calls) == 2


# -- the cffi guide

NNG = """\
[build-system]
requires = ["headerkit", "hatchling"]
build-backend = "headerkit.build_backend"

[tool.headerkit]
backend = "libclang"
writers = ["cffi"]

[[tool.headerkit.headers]]
pattern = "include/nng/nng.h"
include_dirs = ["${NNG_INCLUDE_DIR}"]

[tool.headerkit.writer.cffi]
define_patterns = ["NNG_FLAG_\\\\w+", "NNG_\\\\w+_VERSION", "NNG_MAXADDRLEN"]
extra_cdef = [
    'extern "Python" void _async_complete(void *);',
    'extern "Python" int _dial_callback(void *, int);',
]

[tool.headerkit.output]
cffi = "nng/_nng.cdef.txt"
"""
NNG_H = """\
#define NNG_FLAG_ALLOC 1
#define NNG_FLAG_NONBLOCK 2
#define NNG_MAJOR_VERSION 1
#define NNG_MAXADDRLEN 128
#define NNG_SOMETHING_ELSE 7
int nng_open(int flags);
"""
NNG_CDEF = [
    "#define NNG_FLAG_ALLOC ...",
    "#define NNG_FLAG_NONBLOCK ...",
    "#define NNG_MAJOR_VERSION ...",
    "#define NNG_MAXADDRLEN ...",
]


@pytest.fixture
def nng(project: Project) -> Project:
    project.file("include/nng/nng.h", NNG_H)
    return project


def test_the_nng_example(nng: Project):
    pyproject(nng, NNG)
    ran = nng.run()
    assert ran.code == 4
    assert "tool.headerkit.headers[0].include_dirs[0]: the environment variable NNG_INCLUDE_DIR is not set" in ran.err
    nng.monkeypatch.setenv("NNG_INCLUDE_DIR", str(nng.root / "include"))
    assert nng.run().code == 0
    lines = nng.read("nng/_nng.cdef.txt").splitlines()
    assert [line for line in lines if line.startswith("#define")] == NNG_CDEF
    assert lines[-2:] == [
        'extern "Python" void _async_complete(void *);',
        'extern "Python" int _dial_callback(void *, int);',
    ]
    assert "int nng_open(int" in nng.read("nng/_nng.cdef.txt")


def test_an_umbrella_by_the_api(nng: Project):
    output = headerkit.generate(
        "umbrella.h",
        "cffi",
        code="#include <nng/nng.h>\n",
        include_dirs=[str(nng.root / "include")],
        writer_options={"define_patterns": [r"NNG_FLAG_\w+"]},
    )
    assert [line for line in output.splitlines() if line.startswith("#define")] == NNG_CDEF[:2]
    assert "nng_open" in output


def test_the_command_that_cmake_runs(nng: Project):
    line = f"headerkit {nng.root}/include/nng/nng.h -w cffi -o cffi:nng/_nng.cdef.txt -I {nng.root}/include"
    assert type_in(nng, line).code == 0
    assert "nng_open" in nng.read("nng/_nng.cdef.txt")


# -- the cibuildwheel guide

CIBUILDWHEEL = """\
[tool.headerkit]
store_dir = "${HEADERKIT_STORE_DIR}"
[tool.cibuildwheel.linux]
container-engine = { name = "docker", create-args = [
"--volume", "/tmp/headerkit-store:/headerkit-store"
]}
environment = { HEADERKIT_STORE_DIR = "/headerkit-store" }
"""


def test_the_store_of_a_container(mylib: Project):
    assert "cibuildwheel" in tomllib.loads(CIBUILDWHEEL)["tool"]
    pyproject(mylib, CIBUILDWHEEL)
    ran = type_in(mylib, "headerkit include/mylib.h -w cffi")
    assert (ran.code, "HEADERKIT_STORE_DIR is not set" in ran.err) == (4, True)
    store = mylib.root.parent / "mounted"
    mylib.monkeypatch.setenv("HEADERKIT_STORE_DIR", str(store))
    assert type_in(mylib, "headerkit include/mylib.h -w cffi").code == 0
    assert (store / "store.json").exists()


def test_the_store_of_a_container_by_flag(mylib: Project):
    headers = " ".join(str(path) for path in sorted((mylib.root / "include").glob("*.h")))
    store = mylib.root.parent / "headerkit-store"
    ran = type_in(mylib, f"headerkit --store-dir {store} {headers} -w cffi")
    assert ran.code == 0
    assert len(list((store / "ir").glob("*/ir.json"))) == 2


def test_one_text_in_place_of_a_list_is_refused(mylib: Project):
    with pytest.raises(UsageError, match=r"defines: expected a list of strings, got the string 'VERSION'"):
        headerkit.generate(str(mylib.root / "include/mylib.h"), "cffi", defines="VERSION")


def test_a_locked_call_is_repaired_by_the_same_call(mylib: Project):
    with pytest.raises(LockedError) as caught:
        headerkit.generate(str(mylib.root / "include/mylib.h"), "cffi", locked=True)
    assert caught.value.hint == "the same call, not locked   (then commit the store)"
