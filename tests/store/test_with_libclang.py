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
    "a header that appears beside one that names it with quotes in a macro": (
        {"include/a.h": '#define NAME "c.h"\n#include NAME\n', "late/c.h": "int c;\n"},
        "include/c.h",
        {},
    ),
    "a header that appears beside one that names it behind a comment": (
        {"include/a.h": '#include /* it */ "c.h"\n', "late/c.h": "int c;\n"},
        "include/c.h",
        {},
    ),
    "a header that appears beside an includer's includer, where Microsoft's compiler looks": (
        {"include/a.h": '#include "deep/b.h"\n', "include/deep/b.h": '#include "c.h"\n', "late/c.h": "int c;\n"},
        "include/c.h",
        {"target": "x86_64-pc-windows-msvc"},
    ),
    "a header that is read for GCC's newer versions alone": (
        {"include/a.h": '#if __GNUC__ >= 8\n#include "b.h"\n#else\nint a;\n#endif\n', "include/b.h": "int a;\n"},
        "include/b.h",
        {},
    ),
    "a header forced in by an argument, which appears in the project's folder": (
        {"include/a.h": "int a;\n", "late/changed.h": "typedef int forced_t;\n"},
        "changed.h",
        {"args": ("-include", "changed.h")},
    ),
    "a header behind a symbolic link and two dots": (
        {"include/a.h": '#include "linked/b.h"\n', "real/deep/b.h": '#include "../c.h"\n', "real/c.h": "int c;\n"},
        "real/c.h",
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
    (project.root / "include").mkdir(exist_ok=True)
    (project.root / "include/linked").symlink_to("../real/deep")
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


QUESTIONS = {
    "behind a comment": "#if __has_include /* so */ (<opt.h>)",
    "after a comment": "#if __has_include(/* so */ <opt.h>)",
    "split in two lines": "#if __has_inc\\\nlude(<opt.h>)",
    "over two lines": "#if __has_include( \\\n <opt.h>)",
    "in an #elif": "#if 0\n#elif defined(A) || __has_include(<opt.h>)",
    "in other characters": "#define HAS(x) __has_include(x)\n%:if HAS(<opt.h>)",
    "by another name": "#define HAS __has_include\n#if HAS(<opt.h>)",
    "by another name's other name": "#define HAS2(x) __has_include(x)\n#define HAS(x) HAS2(x)\n#if HAS(<opt.h>)",
    "as a macro of a macro": "#define B <opt.h>\n#define A B\n#if __has_include(A)",
    "as a macro's argument": "#define A(x) x\n#if __has_include(A(<opt.h>))",
    "as a macro of an argument": "#if __has_include(OF_ARGS)",
    "as a macro of the settings": "#if __has_include(OF_SETTINGS)",
    "as a macro of the settings' macro": "#if __has_include(BY_SETTINGS)",
    "as a macro with quotes": '#define A "opt.h"\n#if __has_include(A)',
}


@pytest.mark.parametrize("how", QUESTIONS)
def test_a_hit_is_no_hit_any_more_when_a_header_appears_that_is_asked_for(how, make_project):
    project = make_project("p", {"include/a.h": f"{QUESTIONS[how]}\nint b;\n#endif\nint a;\n", "late/x.h": ""})
    unit = project.unit(
        include_dirs=("late",),
        args=("-D", "OF_ARGS=<opt.h>"),
        defines=("OF_SETTINGS=<opt.h>", "BY_SETTINGS=OF_SETTINGS"),
    )
    fill(project, unit)
    assert '"variable": "b"' not in look(project, unit).text
    project.write("late/opt.h", "")
    assert look(project, unit) == Missed(("late/opt.h appeared, and would be found first",))
    fill(project, unit)
    assert '"variable": "b"' in look(project, unit).text
    (project.root / "late/opt.h").unlink()
    assert look(project, unit) == Missed(("late/opt.h is missing",))


@pytest.mark.parametrize(
    "text",
    [
        "#define S(x) S2(x)\n#define S2(x) #x\n#if __has_include(S(opt.h))",
        "#define DIR .\n#define OPT <DIR/opt.h>\n#if __has_include(OPT)",
        "#define HAS(x) __has_include(<x.h>)\n#if HAS(opt)",
    ],
)
def test_a_question_that_only_clang_can_read_is_never_a_hit(text, make_project):
    project = make_project("p", {"include/a.h": f"{text}\nint b;\n#endif\nint a;\n"})
    unit = project.unit()
    fill(project, unit)
    reason = "what a.h asks __has_include for cannot be told: name the file in the #if, without macros"
    assert look(project, unit) == Missed((reason,))


def test_a_macro_that_stands_in_for_a_missing_has_include_asks_nothing(make_project):
    text = (
        "#ifndef __has_include\n#define __has_include(x) 0\n#endif\n#define S(x) #x\n#if defined(S)\nint a;\n#endif\n"
    )
    project = make_project("p", {"include/a.h": text})
    unit = project.unit()
    fill(project, unit)
    assert isinstance(look(project, unit), Found)


@pytest.mark.parametrize("how", ["#include <c.h>", "#if __has_include(<c.h>)\nint b;\n#endif"])
def test_a_folder_of_a_header_s_name_is_passed_over_until_a_header_takes_its_place(how, make_project):
    project = make_project("p", {"include/a.h": f"{how}\nint a;\n", "early/c.h/x": "", "late/c.h": "int c;\n"})
    unit = project.unit(include_dirs=("early", "late"))
    fill(project, unit)
    assert isinstance(look(project, unit), Found)
    (project.root / "early/c.h/x").unlink()
    (project.root / "early/c.h").rmdir()
    project.write("early/c.h", "long c;\n")
    assert look(project, unit) == Missed(("early/c.h changed since the entry was made",))


def test_a_link_that_leads_nowhere_is_no_header_and_one_that_leads_in_a_circle_is_no_hit(make_project):
    project = make_project("p", {"include/a.h": "#include <c.h>\n", "early/x.h": "", "late/c.h": "int c;\n"})
    unit = project.unit(include_dirs=("early", "late"))
    link = project.root / "early/c.h"
    link.symlink_to("nowhere.h")
    fill(project, unit)
    assert isinstance(look(project, unit), Found)
    link.unlink()
    link.symlink_to("c.h")
    assert look(project, unit) == Missed(("early/c.h appeared, and would be found first",))
    link.unlink()
    (project.root / "early").rename(project.root / "was early")
    (project.root / "early").symlink_to("early")
    assert look(project, unit) == Missed(("early/c.h appeared, and would be found first",))


def test_a_header_behind_a_symbolic_link_and_two_dots_is_looked_for_where_the_link_leads(make_project):
    files = {"include/a.h": '#include "linked/b.h"\n'}
    for name in ("one", "two"):
        files |= {f"{name}/deep/b.h": '#include "../c.h"\n', f"{name}/c.h": f"int {name};\n"}
    project = make_project("p", files)
    link = project.root / "include/linked"
    link.symlink_to("../one/deep")
    unit = project.unit()
    fill(project, unit)
    assert '"variable": "one"' in look(project, unit).text
    project.write("include/c.h", "int three;\n")
    assert isinstance(look(project, unit), Found)
    link.unlink()
    link.symlink_to("../two/deep")
    assert look(project, unit) == Missed(("include/linked changed since the entry was made",))


@pytest.mark.parametrize("asked", ['"opt.h"', "<opt.h>", "OPT"])
def test_a_hit_is_no_hit_any_more_when_a_header_is_gone_that_has_include_alone_had_found(asked, make_project):
    text = f'#define OPT "opt.h"\n#if __has_include({asked})\nint b;\n#endif\nint a;\n'
    project = make_project("p", {"include/a.h": text, "include/opt.h": ""})
    unit = project.unit()
    fill(project, unit)
    assert '"variable": "b"' in look(project, unit).text
    (project.root / "include/opt.h").unlink()
    assert look(project, unit) == Missed(("include/opt.h is missing",))


def test_a_name_that_leaves_a_variables_folder_is_never_a_hit(make_project, tmp_path):
    project = make_project("p", {"include/a.h": '#if __has_include("../b.h")\nint b;\n#endif\nint a;\n'})
    for name in ("with", "without"):
        (tmp_path / name / "sdk").mkdir(parents=True)
    (tmp_path / "with/b.h").write_text("")
    for name in ("without", "with"):
        unit = project.unit(include_dirs=(IncludeDir("${SDK}", str(tmp_path / name / "sdk")),))
        assert isinstance(look(project, unit), Missed)
        fill(project, unit)


@pytest.mark.parametrize("first", ["within", "apart"])
def test_a_variables_folder_that_comes_to_lie_within_another_one_or_leaves_it_is_a_miss(first, make_project, tmp_path):
    project = make_project("p", {"include/a.h": "#include <sub/d.h>\nint a;\n"})
    for folder in ("one/sub", "two/sub"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "d.h").write_text("int d;\n")
    places = {"within": tmp_path / "one/sub", "apart": tmp_path / "two/sub"}
    units = {
        name: project.unit(
            args=("-I", str(tmp_path / "one"), "-idirafter", str(place)),
            spelled_args=("-I", "../one", "-idirafter", "${SDK}/sub"),
            owned=("*",),
        )
        for name, place in places.items()
    }
    (second,) = set(units) - {first}
    fill(project, units[first])
    assert isinstance(look(project, units["within"]), Missed)
    assert isinstance(look(project, units[second]), Missed)


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
