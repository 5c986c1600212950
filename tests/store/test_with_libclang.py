"""The promise as a whole, with the real parser: what it would say now is what the store gives, or it is a miss."""

from __future__ import annotations

import os

import pytest

from headerkit.backends import get_backend
from headerkit.backends.libclang.library import is_available
from headerkit.ir_json import dump
from headerkit.plan import CachePolicy
from headerkit.store import Found, Missed, Store, take_closure
from headerkit.unit import IncludeDir

pytestmark = pytest.mark.skipif(not is_available(), reason="parses with libclang")
POLICY = CachePolicy()


def fill(project, unit) -> None:
    parsed = get_backend("libclang").parse(unit)
    Store(project.store_path).put_ir(unit, take_closure(unit, parsed), dump(parsed.header))


def look(project, unit, policy=POLICY):
    return Store(project.store_path).find_ir(unit, policy=policy)


CHANGES = {
    "a header forced in by an argument": (
        {"include/a.h": "int a;\n", "forced.h": "typedef int forced_t;\n"},
        "forced.h",
        {"args": ("-include", "forced.h")},
    ),
    "a header forced in by an argument for clang's own front end": (
        {"include/a.h": "int a;\n", "forced.h": "typedef int forced_t;\n"},
        "forced.h",
        {"args": ("-Xclang", "-include", "-Xclang", "forced.h")},
    ),
    "the header itself": ({"include/a.h": "int a;\n"}, "include/a.h", {}),
    "a header that it includes": (
        {"include/a.h": '#include "b.h"\n', "include/b.h": "#include <c.h>\n", "late/c.h": "int c;\n"},
        "late/c.h",
        {},
    ),
    "a header that appears in an earlier include directory": (
        {"include/a.h": "#include <c.h>\n", "late/c.h": "int c;\n"},
        "early/c.h",
        {},
    ),
    "a header that appears beside one that includes it with quotes": (
        {"include/a.h": "#include <deep/b.h>\n", "late/deep/b.h": '#include "c.h"\n', "late/c.h": "int c;\n"},
        "late/deep/c.h",
        {},
    ),
    "a header asked for by __has_include": (
        {"include/a.h": '#if __has_include("opt.h")\n#include "opt.h"\n#endif\nint a;\n'},
        "include/opt.h",
        {},
    ),
    "a header asked for by __has_include in an include directory": (
        {"include/a.h": "#if __has_include(<opt.h>)\n#include <opt.h>\n#endif\nint a;\n"},
        "late/opt.h",
        {},
    ),
    "a header asked for by __has_include in another library's header": (
        {
            "include/a.h": "#include <dep.h>\nint a;\n",
            "late/dep.h": "#ifdef __has_include\n#if __has_include(<opt.h>)\n#include <opt.h>\n#endif\n#endif\n",
        },
        "early/opt.h",
        {"owned": ("include/**",)},
    ),
    "a header asked for by a macro that stands for __has_include": (
        {
            "include/a.h": '#include "b.h"\n#if HAS("opt.h")\n#include "opt.h"\n#endif\nint a;\n',
            "include/b.h": "#define HAS(x) __has_include(x)\n",
        },
        "include/opt.h",
        {},
    ),
    "a header asked for by __has_include through its name's macro": (
        {"include/a.h": "#define OPT <opt.h>\n#if __has_include(OPT)\nint b;\n#endif\nint a;\n"},
        "late/opt.h",
        {},
    ),
    "a header asked for by __has_include through a macro of the settings": (
        {"include/a.h": "#ifdef OPT\n#if __has_include(OPT)\nint b;\n#endif\n#endif\nint a;\n"},
        "late/opt.h",
        {"defines": ("OPT=<opt.h>",)},
    ),
    "a header asked for through a macro": (
        {"include/a.h": "#define NAME <c.h>\n#include NAME\n", "late/c.h": "int c;\n"},
        "early/c.h",
        {},
    ),
    "a header in a directory of an argument": (
        {"include/a.h": "#include <c.h>\n", "sdk/c.h": "int c;\n"},
        "sdk/c.h",
        {"args": ("-isystem", "sdk")},
    ),
    "a header that appears in an earlier directory of an argument": (
        {"include/a.h": "#include <c.h>\n", "sdk/x.h": "", "more/c.h": "int c;\n"},
        "sdk/c.h",
        {"args": ("-Isdk", "-Imore")},
    ),
    "a header after #include_next": (
        {"include/a.h": "#include <c.h>\n", "early/c.h": "#include_next <c.h>\n", "late/c.h": "int c;\n"},
        "late/c.h",
        {},
    ),
    "a header that appears between two of #include_next": (
        {"include/a.h": "#include <c.h>\n", "first/c.h": "#include_next <c.h>\n", "late/c.h": "int c;\n"},
        "early/c.h",
        {"include_dirs": ("first", "early", "late")},
    ),
    "a header that appears in a directory for quotes": (
        {"include/a.h": '#include "c.h"\n', "late/c.h": "int c;\n", "quotes/x.h": ""},
        "quotes/c.h",
        {"args": ("-iquote", "quotes")},
    ),
    "a header that appears where a system header is found": (
        {"include/a.h": "#include <stdint.h>\nuint8_t a;\n"},
        "early/stdint.h",
        {},
    ),
    "a header that appears where libc looks for its own": (
        {"include/a.h": "#include <stdint.h>\nuint8_t a;\n"},
        "early/bits/wordsize.h",
        {},
    ),
    "a header of an umbrella": ({"late/c.h": "int c;\n"}, "late/c.h", {"code": "#include <c.h>\n", "path": ""}),
    "a header that appears before that of an umbrella": (
        {"late/c.h": "int c;\n"},
        "early/c.h",
        {"code": "#include <c.h>\n", "path": ""},
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_hit_is_no_hit_any_more_after_a_change_to(what, make_project):
    files, changed, facts = CHANGES[what]
    project = make_project("p", files)
    for folder in ("early", "late"):
        (project.root / folder).mkdir(exist_ok=True)
    facts = {
        name: tuple(str(project.root / arg) if (project.root / arg).exists() else joined(project, arg) for arg in value)
        if name == "args"
        else value
        for name, value in facts.items()
    }
    unit = project.unit(**{"include_dirs": ("early", "late"), **facts})
    fill(project, unit)
    assert isinstance(look(project, unit), Found)
    name = changed.partition("/")[2]
    next_one = f"#include_next <{name}>\n" if name.startswith(("stdint", "bits")) else ""
    project.write(changed, f"#pragma once\n{next_one}typedef long changed_t;\n")
    assert isinstance(look(project, unit), Missed)
    fill(project, unit)
    assert isinstance(look(project, unit), Found)


@pytest.mark.parametrize("asked", ['"opt.h"', "<opt.h>", "OPT"])
def test_a_hit_is_no_hit_any_more_when_a_header_is_gone_that_has_include_alone_had_found(asked, make_project):
    text = f'#define OPT "opt.h"\n#if __has_include({asked})\nint b;\n#endif\nint a;\n'
    project = make_project("p", {"include/a.h": text, "include/opt.h": ""})
    unit = project.unit()
    fill(project, unit)
    assert '"variable": "b"' in look(project, unit).text
    (project.root / "include/opt.h").unlink()
    assert look(project, unit) == Missed(("include/opt.h is missing",))


def joined(project, arg: str) -> str:
    return f"-I{project.root / arg[2:]}" if arg.startswith("-I") else arg


def test_a_header_edited_while_it_is_parsed_is_a_miss_afterwards(project, monkeypatch):
    unit = project.unit()
    parsed = get_backend("libclang").parse(unit)
    project.write("include/sub/b.h", "typedef long b_t;\n")
    Store(project.store_path).put_ir(unit, take_closure(unit, parsed), dump(parsed.header))
    assert look(project, unit) == Missed(("include/sub/b.h changed since the entry was made",))


def test_a_moved_checkout_with_its_sdk_elsewhere_still_hits(make_project, tmp_path):
    for name in ("here", "there"):
        project = make_project(name, {"include/a.h": "#include <stdint.h>\n#include <sdk.h>\nsdk_t a(uint8_t b);\n"})
        (tmp_path / f"sdk {name}").mkdir()
        (tmp_path / f"sdk {name}" / "sdk.h").write_text("typedef int sdk_t;\n")
        unit = project.unit(include_dirs=("include", IncludeDir("${SDK}", str(tmp_path / f"sdk {name}"))))
        if name == "here":
            fill(project, unit)
            os.rename(project.store_path, tmp_path / "store")
        else:
            assert isinstance(Store(str(tmp_path / "store")).find_ir(unit, policy=CachePolicy(system="verify")), Found)


@pytest.mark.skipif(not os.path.exists("/usr/include/zlib.h"), reason="binds the system's zlib")
def test_a_system_library_is_digested_and_its_absence_is_told(make_project, monkeypatch):
    project = make_project("p", {"pyproject.toml": ""})
    unit = project.unit("zlib.h", path="/usr/include/zlib.h", include_dirs=())
    fill(project, unit)
    found = look(project, unit, CachePolicy(system="verify"))
    assert [name for name, _ in found.closure.library][:2] == ["system:zconf.h", "system:zlib.h"]
    assert not [name for name in found.closure.named if "zconf" in name]
    without = unit._replace(path="")
    monkeypatch.setattr("headerkit.portable.system_include_dirs", lambda _target: ())
    assert look(project, without).notes == (
        (
            "zconf.h is not on this machine (and 1 more); "
            "the entry was made for another version and is used (system = trust)"
        ),
    )
    assert isinstance(look(project, without, CachePolicy(system="verify")), Missed)
