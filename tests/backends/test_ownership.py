from __future__ import annotations

import os

import pytest

from headerkit.backends.libclang.ownership import Ownership
from headerkit.errors import ParseError
from headerkit.target import host_target
from headerkit.unit import Unit


def names(header):
    return sorted(item.name for item in header.declarations if item.owned)


@pytest.fixture
def tree(tmp_path):
    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def test_what_a_header_includes_from_the_project_is_owned(project, ir):
    (project / "deep").mkdir()
    (project / "deep" / "inner.h").write_text("int inner(void);")
    assert names(ir('#include <stdio.h>\n#include "deep/inner.h"\nint outer(void);')) == ["inner", "outer"]


def test_libc_is_not_owned_but_what_is_referred_to_is_there(ir):
    header = ir("#include <stdio.h>\n#include <time.h>\nvoid show(FILE *to, struct tm when);")
    foreign = {getattr(item, "key", item.name): item for item in header.declarations if not item.owned}
    assert foreign["struct _IO_FILE"].elided
    assert foreign["struct _IO_FILE"].fields is None
    assert foreign["struct _IO_FILE"].size == 216
    assert [field.name for field in foreign["struct tm"].fields][:2] == ["tm_sec", "tm_min"]
    assert "struct _IO_marker" not in foreign


def test_foreign_types_come_before_their_use(ir):
    header = ir("#include <stdint.h>\ntypedef struct { uint8_t a; int_fast16_t b; } t;")
    order = [getattr(item, "key", item.name) for item in header.declarations]
    assert order == ["__uint8_t", "uint8_t", "int_fast16_t", "t", "t"]


def test_a_library_outside_the_project_owns_its_own_folder(tree, project, parse):
    root = tree(
        {
            "lib/foo/foo.h": '#include <foo/part.h>\n#include <bar.h>\n#include "quoted.h"\nint foo(void);',
            "lib/foo/part.h": "int part(void);",
            "lib/foo/quoted.h": "int quoted(void);",
            "lib/bar.h": "int bar(void);",
        }
    )
    parsed = parse(None, "u.h", code="#include <foo/foo.h>\n", dirs=[root / "lib"])
    assert names(parsed.header) == ["foo", "part", "quoted"]
    assert [file.portable for file in parsed.files] == [
        "include[0]:foo/foo.h",
        "include[0]:foo/part.h",
        "include[0]:bar.h",
        "include[0]:foo/quoted.h",
    ]


def test_globs_replace_the_default(tree, project, parse):
    root = tree({"lib/foo/foo.h": "#include <bar/bar.h>\nint foo(void);", "lib/bar/bar.h": "int bar(void);"})
    for globs in (("bar/**",), (f"{root}/lib/bar/**",), (f"{root}/lib/bar/bar.h",), ("**/bar.h",)):
        parsed = parse(None, "u.h", code="#include <foo/foo.h>\n", dirs=[root / "lib"], owned=globs)
        assert names(parsed.header) == ["bar"]


@pytest.mark.parametrize(
    ("glob", "owns", "owns_not"),
    [
        ("[a-c]x.h", "bx.h", "dx.h"),
        ("[!a]x.h", "bx.h", "ax.h"),
        ("[z-a]*.h", "", "a.h"),
        ("[!z-a]x.h", "ax.h", ""),
        ("[!]x.h", "[!]x.h", "ax.h"),
        ("[!]]x.h", "ax.h", "]x.h"),
        ("[", "[", "a"),
        ("[[a]x.h", "[x.h", "bx.h"),
        ("[!a]x.h", "bx.h", "/x.h"),
        (r"[\d]x.h", "dx.h", "1x.h"),
        ("[^a]x.h", "^x.h", "bx.h"),
    ],
)
def test_a_character_class_of_a_glob_means_what_it_means_to_fnmatch(glob, owns, owns_not, tmp_path):
    owned = Ownership(Unit(str(tmp_path), "u.h", host_target(), str(tmp_path / "u.h"), owned=(glob,)))
    assert not owns or owned.named(f"/elsewhere/{owns}", owns)
    assert not owns_not or not owned.named(f"/elsewhere/{owns_not}", owns_not)


def test_a_header_behind_a_symbolic_link_is_owned_by_either_name(tree, project, parse):
    root = tree({"lib/real.h": "int real(void);"})
    os.symlink(root / "lib" / "real.h", root / "lib" / "link.h")
    for glob in (f"{root}/lib/real.h", f"{root}/lib/link.h"):
        parsed = parse(None, "u.h", code="#include <link.h>\n", dirs=[root / "lib"], owned=(glob,))
        assert names(parsed.header) == ["real"]


@pytest.mark.parametrize(
    ("glob", "path", "owned"),
    [
        ("openssl/**", "openssl/a/b.h", True),
        ("openssl/*", "openssl/a/b.h", False),
        ("**/x.h", "x.h", True),
        ("a[0-9].h", "a7.h", True),
        ("a[!0-9].h", "a7.h", False),
        ("a.h", "axh", False),
    ],
)
def test_globs_keep_to_folders(glob, path, owned):
    unit = Unit("/p", "u.h", host_target(), owned=(glob,))
    assert Ownership(unit).named("/elsewhere/" + path, path) is owned


def test_own_types_in_foreign_declarations_come_first(tree, project, parse):
    root = tree(
        {
            "lib/core/id.h": "#pragma once\nstruct id { int n; };",
            "lib/wrap.h": "#include <core/id.h>\nstruct wrapped { struct id id; };",
            "lib/core/core.h": "#include <core/id.h>\n#include <wrap.h>\nstruct wrapped get(void);",
        }
    )
    header = parse(None, "u.h", code="#include <core/core.h>\n", dirs=[root / "lib"]).header
    order = [getattr(item, "key", item.name) for item in header.declarations]
    assert order == ["struct id", "struct wrapped", "get"]


@pytest.mark.parametrize(
    "glob", ["include/vec/vec.h", "include/**", "vec/vec.h", "vec/*", "**/vec.h", "{root}/include/vec/vec.h"]
)
def test_a_glob_matches_the_units_own_header_by_each_of_its_names(project, parse, glob):
    parsed = parse("int vec(void);", "include/vec/vec.h", dirs=["include"], owned=(glob.format(root=project),))
    assert names(parsed.header) == ["vec"]
    assert parsed.warnings == ()


def test_a_glob_matches_a_file_by_its_name_below_an_include_directory_however_it_was_included(project, parse, tree):
    root = tree({"lib/foo/foo.h": '#include "part.h"\nint foo(void);', "lib/foo/part.h": "int part(void);"})
    parsed = parse(None, "u.h", code="#include <foo/foo.h>\n", dirs=[root / "lib"], owned=("foo/p*.h",))
    assert names(parsed.header) == ["part"]


def test_a_glob_that_matches_no_file_is_a_warning_that_says_what_would(project, parse):
    parsed = parse("int vec(void);", "include/vec.h", owned=("vec.h", "include/*.h", "other.h"))
    assert names(parsed.header) == ["vec"]
    assert parsed.warnings == (
        (
            f"include/vec.h: owned (--own) 'vec.h' matches no file that was read; "
            f"'**/vec.h' would match {project}/include/vec.h"
        ),
        (
            "include/vec.h: owned (--own) 'other.h' matches no file that was read; "
            "a glob is a name as it is included, or a path below the project or an include directory"
        ),
    )


@pytest.mark.parametrize("text", ["", "#ifndef A\n#define A\n#endif\n", "#include <stdio.h>\n"])
def test_a_library_that_declares_nothing_is_a_warning(parse, text):
    assert parse(text).warnings == (
        (
            "a.h: nothing is declared in the library's own files (project:a.h); "
            "owned = [GLOB, ...] (--own GLOB) says which files are its own"
        ),
    )


def test_a_header_of_macros_alone_is_no_warning(parse):
    assert parse("#define A 1\n").warnings == ()


def test_an_include_directory_that_does_not_exist_is_a_warning(project, parse):
    parsed = parse("int x;", dirs=["nosuch"], args=("-isystem", "/nowhere/else"))
    assert parsed.warnings == (
        "a.h: the include directory nosuch does not exist",
        "a.h: the include directory /nowhere/else does not exist",
    )


def test_a_missing_header_says_which_of_the_places_do_not_exist(parse):
    with pytest.raises(ParseError, match=r"looked for nosuch\.h in nosuch \(which does not exist\), /"):
        parse("#include <nosuch.h>\n", dirs=["nosuch"])


@pytest.mark.parametrize("by", ["unit", "argument"])
def test_a_sysroot_in_the_projects_folder_is_not_the_projects(tree, parse, project, by):
    tree({f"{project.name}/root/usr/include/stdio.h": "typedef struct file FILE;\nint printf(const char *, ...);\n"})
    changes = {"sysroot": str(project / "root")} if by == "unit" else {"args": ("--sysroot=root",)}
    header = parse("#include <stdio.h>\nvoid show(FILE *to);", **changes).header
    assert names(header) == ["show"]
    assert "system:stdio.h" in header.files


def test_an_environment_in_the_projects_folder_is_not_the_projects(tmp_path):
    unit = Unit(str(tmp_path), "a.h", host_target(), path=str(tmp_path / "a.h"))
    shims = str(tmp_path / ".venv" / "include")
    ownership = Ownership(unit, (), (shims,))
    assert not ownership.included(f"{shims}/stddef.h", "stddef.h", quoted=False, includer_owned=True)
    assert ownership.included(str(tmp_path / "b.h"), "b.h", quoted=False, includer_owned=False)
