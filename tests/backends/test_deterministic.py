"""The same bytes from every libclang that is installed here; how many that must be is CI's to say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headerkit.backends.libclang.library import Candidate, candidates, load_candidate

HEADERS = Path(__file__).parent / "headers"

PUBLIC = (
    *("zlib.h", "sqlite3.h", "curl/curl.h", "vulkan/vulkan_core.h", "lzma.h", "zstd.h", "alsa/asoundlib.h"),
    *("duktape.h", "uv.h", "git2.h", "hdf5.h", "libxml/parser.h", "openssl/ssl.h"),
)

# The child makes the IR, so that each library has a process of its own; folders and orders differ on purpose.
CHILD = """
import sys
import time
from headerkit import ir_json
from headerkit.backends import get_backend
from headerkit.target import host_target
from headerkit.unit import IncludeDir, Unit
root, *names = sys.argv[1:]
for name in names:
    path = f"{root}/{name}" if name in ("types.h", "macros.h", "c23.h") else ""
    args = ("-std=gnu2x",) if name == "c23.h" else ()
    dirs = (IncludeDir("/usr/include/hdf5/serial", "/usr/include/hdf5/serial"),) if "hdf5" in name else ()
    dirs += (IncludeDir("/usr/include/libxml2", "/usr/include/libxml2"),) if "libxml" in name else ()
    unit = Unit(root, name, host_target(), path=path, include_dirs=dirs, args=args)
    sys.stdout.write(ir_json.dump(get_backend("libclang").parse(unit).header))
"""


def libraries():
    """One libclang of each release: the wheel's, the system's, and what HEADERKIT_TEST_LIBCLANGS names."""
    extra = os.environ.get("HEADERKIT_TEST_LIBCLANGS", "").split(os.pathsep)
    found = {os.path.realpath(path): path for path in extra if path}
    for item in candidates():
        if item.source in ("wheel", "system") and os.path.exists(item.path):
            found.setdefault(os.path.realpath(item.path), item.path)
    return sorted(found.values())


def several():
    """As `libraries`; one alone has nothing to be compared with."""
    found = libraries()
    if len(found) < 2:
        pytest.skip("there is one libclang alone")
    return found


def dump(library, root, names):
    env = {**os.environ, "HEADERKIT_LIBCLANG": library}
    ran = subprocess.run([sys.executable, "-c", CHILD, str(root), *names], env=env, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


@pytest.mark.parametrize("name", ["types.h", "macros.h"])
def test_every_libclang_gives_the_same_bytes_for_the_test_headers(tmp_path, name):
    results = {}
    for number, library in enumerate(several()):
        root = tmp_path / f"folder {number}"
        root.mkdir()
        shutil.copy(HEADERS / name, root / name)
        results[library] = dump(library, root, [name])
        assert str(tmp_path).encode() not in results[library]
    first, *others = results.values()
    assert first
    assert all(other == first for other in others), [library for library, text in results.items() if text != first]


@pytest.mark.corpus
def test_every_libclang_gives_the_same_bytes_for_public_libraries(tmp_path):
    roots = ("/usr/include", "/usr/include/x86_64-linux-gnu", "/usr/include/hdf5/serial", "/usr/include/libxml2")
    names = [name for name in PUBLIC if any(os.path.exists(f"{root}/{name}") for root in roots)]
    if len(names) < 10:
        pytest.skip(f"only {len(names)} of the libraries are installed")
    first, *others = (dump(library, tmp_path, names) for library in several())
    assert first.count(b'"format": "headerkit-ir"') == len(names)
    assert all(other == first for other in others)


def release(library):
    """The LLVM release of a library."""
    return load_candidate(Candidate(library, "test")).major


def test_an_enumerators_own_type_is_the_only_thing_that_releases_disagree_on(tmp_path):
    """C23 6.7.3.3: since LLVM 20 an enumerator has its enum's type as soon as one of them needs more than an int."""
    (tmp_path / "types.h").write_text("enum big { SMALL = 1, BIG = 0x100000000 };\n#define SUM (SMALL + 0)\n")
    for library in libraries():
        text = dump(library, tmp_path, ["types.h"]).decode()
        expected = "unsigned long" if release(library) >= 20 else "int"
        assert f'{{"macro": "SUM", "kind": "int", "value": 1, "type": "{expected}"' in text
        assert '"enumerators": [["SMALL", 1], ["BIG", 4294967296]]' in text


STRINGS = r"""
#include <stddef.h>
static const char whole[] = "a\n\"b\"", longer[8] = "abc", shorter[2] = "abc", cut[] = "a\0b", utf[] = u8"é";
static const unsigned char bytes[] = ("ab\xff");
static const wchar_t wide[] = L"abc", *const wide_pointer = L"abc";
static const char listed[] = {'a', 0}, *const pointer = "abc";
"""


def test_every_libclang_gives_the_same_values_of_strings(tmp_path):
    (tmp_path / "types.h").write_text(STRINGS)
    first, *others = (dump(library, tmp_path, ["types.h"]) for library in several())
    values = dict(re.findall(r'"variable": "(\w+)".*"value": "(.*?)", "at"', first.decode()))
    assert values == {
        "whole": r"a\n\"b\"",
        "longer": "abc",
        "shorter": "ab",
        "cut": "a",
        "utf": r"\u00c3\u00a9",
        "bytes": r"ab\u00ff",
        "pointer": "abc",
    }
    assert all(other == first for other in others)


WHERE_AND_WHEN = """
static const char file[] = __FILE__, unit[] = __BASE_FILE__, date[] = __DATE__, time[] = __TIME__;
static const char changed[] = __TIMESTAMP__;
int old(void) __attribute__((deprecated("see " __FILE__ ", " __DATE__)));
#define BUILT "at " __FILE__ " on " __DATE__
#define MAIN __BASE_FILE__
"""


def test_neither_the_folder_nor_the_day_is_in_the_ir(tmp_path):
    results = []
    for number, library in enumerate(libraries()):
        root = tmp_path / f"folder {'x' * number}"
        root.mkdir()
        (root / "types.h").write_text(WHERE_AND_WHEN)
        os.utime(root / "types.h", (number * 1e8, number * 1e8))
        text = dump(library, root, ["types.h"])
        results.append(text)
        assert str(tmp_path).encode() not in text
        assert time.strftime("%Y").encode() not in text
    assert b'["deprecated", "see types.h, Jan  1 1970"]' in results[0]
    assert b'"macro": "BUILT", "kind": "other"' in results[0]
    assert len(set(results)) == 1


def test_a_constexpr_object_is_static_where_a_release_knows_the_word(tmp_path):
    (tmp_path / "c23.h").write_text("constexpr int n = 5; constexpr struct { int a; } s = {1}; int m = 2;\n")
    knowing = [library for library in libraries() if release(library) >= 19]
    if not knowing:
        pytest.skip("needs libclang 19 or later")
    for library in knowing:
        text = dump(library, tmp_path, ["c23.h"]).decode()
        lines = dict(re.findall(r'^\{"variable": "(\w)", (.*)$', text, re.MULTILINE))
        assert {name: '"static": true' in line for name, line in lines.items()} == {"n": True, "s": True, "m": False}
        assert {name: re.findall(r'"value": (\d+)', line) for name, line in lines.items()} == {
            "n": ["5"],
            "s": [],
            "m": ["2"],
        }
