"""Identities and slugs: everything asked, in its order, and nothing of the machine."""

from __future__ import annotations

import json
import os
from enum import Enum

import pytest

from headerkit.selection import Rule
from headerkit.store.identity import identity_digest, output_identity, unit_identity
from headerkit.store.slug import SLUG_LENGTH, entry_slug, folder_name, is_slug
from headerkit.unit import IncludeDir, Unit

UNIT = Unit(root="/srv/p", header="include/a.h", target="x86_64-unknown-linux-gnu", path="/srv/p/include/a.h")


class Spelled(str):
    __slots__ = ("spelled",)

    def __new__(cls, value, spelled):
        made = super().__new__(cls, value)
        made.spelled = spelled
        return made


def digest(unit: Unit) -> str:
    return identity_digest(unit_identity(unit))


def slug(unit: Unit) -> str:
    return entry_slug(unit_identity(unit), digest(unit))


def test_the_identity_of_a_unit_is_this_and_stays_this():
    unit = UNIT._replace(
        include_dirs=(IncludeDir("include", "/srv/p/include"), IncludeDir("${SDK}/inc", "/opt/sdk/inc")),
        defines=("A=1", "KEY=secret"),
        spelled_defines=("A=1", "KEY=${KEY}"),
        args=("-std=c99",),
        owned=("a/**",),
    )
    assert unit_identity(unit) == {
        "format": 1,
        "backend": "libclang",
        "target": "x86_64-unknown-linux-gnu",
        "header": "include/a.h",
        "code": None,
        "include_dirs": ["include", "${SDK}/inc"],
        "defines": [
            "A=1",
            {"spelled": "KEY=${KEY}", "sha256": "03cf419586ce89aa4c0eb45ff5fea521e35db074ead814926fe6d4521b7e9290"},
        ],
        "args": ["-std=c99"],
        "owned": ["a/**"],
    }
    assert slug(unit) == "libclang.a.x86_64-linux-gnu.d.a-1.key-key.i.include.sdk-inc-1e02ae4b"


@pytest.mark.parametrize(
    "change",
    [
        {"backend": "other"},
        {"target": "x86_64-unknown-linux-musl"},
        {"header": "include/b.h"},
        {"code": ""},
        {"code": "#include <a.h>\n"},
        {"include_dirs": (IncludeDir("include", "/srv/p/include"),)},
        {"defines": ("A",)},
        {"defines": ("A", "B")},
        {"defines": ("B", "A")},
        {"defines": ("A", "A")},
        {"defines": ("A=x",), "spelled_defines": ("A=${X}",)},
        {"defines": ("A=y",), "spelled_defines": ("A=${X}",)},
        {"args": ("-std=c99",)},
        {"args": ("-Iinclude",)},
        {"owned": ("a/**",)},
        {"owned": ("/elsewhere/one/**",)},
        {"owned": ("/elsewhere/two/**",)},
    ],
)
def test_everything_that_is_asked_makes_another_identity(change):
    every = [UNIT, *(UNIT._replace(**each) for each in all_changes())]
    assert len({digest(unit) for unit in every}) == len(every)
    assert digest(UNIT._replace(**change)) != digest(UNIT)


def all_changes():
    (mark,) = (m for m in test_everything_that_is_asked_makes_another_identity.pytestmark if m.name == "parametrize")
    return mark.args[1]


def test_where_the_project_lies_is_not_asked():
    moved = UNIT._replace(
        root="/home/ann/src/p",
        path="/home/ann/src/p/include/a.h",
        include_dirs=(IncludeDir("/home/ann/src/p/include", "/home/ann/src/p/include"),),
        args=("-I/home/ann/src/p/more", "-isystem", "/home/ann/src/p/sys"),
        owned=("/home/ann/src/p/include/**",),
    )
    here = UNIT._replace(
        include_dirs=(IncludeDir("include", "/srv/p/include"),),
        args=("-I/srv/p/more", "-isystem", "/srv/p/sys"),
        owned=("/srv/p/include/**",),
    )
    assert unit_identity(moved) == unit_identity(here)
    assert unit_identity(here)["args"] == ["-Imore", "-isystem", "sys"]
    assert unit_identity(here)["owned"] == ["project:include/**"]


@pytest.mark.parametrize(
    ("args", "stored"),
    [
        (("-include", "/srv/p/forced.h"), ["-include", "forced.h"]),
        (("-imacros", "/home/ann/m.h"), ["-imacros", "*/m.h"]),
        (("--sysroot=/home/ann/sys",), ["--sysroot=*/sys"]),
        (("-isysroot", "/Applications/Xcode.app/SDK"), ["-isysroot", "/Applications/Xcode.app/SDK"]),
        (("-I/home/ann/sdk", "-isystem/usr/include/x"), ["-I*/sdk", "-isystem/usr/include/x"]),
        (("-DX=-I/home", "-std=c99"), ["-DX=-I/home", "-std=c99"]),
    ],
)
def test_paths_among_arguments_are_spelled_without_the_machine(args, stored):
    assert unit_identity(UNIT._replace(args=args))["args"] == stored


def test_a_project_reached_through_a_link_is_the_same_project(tmp_path):
    (tmp_path / "real" / "include").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    identities = [
        unit_identity(
            UNIT._replace(
                root=str(tmp_path / root),
                include_dirs=(IncludeDir("x", str(tmp_path / folder / "include")),),
            )
        )
        for root in ("real", "link")
        for folder in ("real",)
    ]
    assert identities[0]["include_dirs"] == identities[1]["include_dirs"] == ["include"]


@pytest.mark.parametrize(
    ("spelled", "path", "stored"),
    [
        ("include", "/srv/p/include", "include"),
        ("./include/", "/srv/p/include", "include"),
        (".", "/srv/p", "."),
        ("../shared", "/srv/shared", "../shared"),
        ("/usr/include/glib-2.0", "/usr/include/glib-2.0", "/usr/include/glib-2.0"),
        ("/usr/include", "/usr/include", "/usr/include"),
        ("/usr/home/ann/sdk", "/usr/home/ann/sdk", "*/sdk"),
        ("/opt/homebrew/include", "/opt/homebrew/include", "/opt/homebrew/include"),
        ("/home/ann/sdk/include", "/home/ann/sdk/include", "*/include"),
        ("/srv/ci/build-4711", "/srv/ci/build-4711", "*/build-4711"),
        ("${SDK}/include", "/home/ann/sdk/include", "${SDK}/include"),
        ("pkg-config:glib-2.0", "/usr/include/glib-2.0", "pkg-config:glib-2.0"),
    ],
)
def test_an_include_directory_is_spelled_without_the_machine(spelled, path, stored):
    assert unit_identity(UNIT._replace(include_dirs=(IncludeDir(spelled, path),)))["include_dirs"] == [stored]


def test_a_package_is_asked_for_once_and_its_flags_are_not_asked():
    dirs = (IncludeDir("pkg-config:x", "/a"), IncludeDir("pkg-config:x", "/b"))
    with_flags = UNIT._replace(
        include_dirs=dirs,
        defines=("X=1",),
        spelled_defines=("pkg-config:x",),
        args=("-pthread",),
        spelled_args=("pkg-config:x",),
    )
    without = UNIT._replace(include_dirs=(IncludeDir("pkg-config:x", ""),))
    assert unit_identity(with_flags) == unit_identity(without)


def test_variables_in_options_rules_and_globs_are_kept_as_spelled():
    unit = unit_identity(UNIT._replace(owned=(Spelled("/home/ann/**", "${HOME}/**"),)))
    identity = output_identity(
        unit,
        "w",
        (("library", Spelled("/home/ann/lib.so", "${HOME}/lib.so")), ("names", (Spelled("ann", "${USER}"),))),
        (Rule("rename", "function", "f", Spelled("ann_f", "${USER}_f")),),
    )
    text = json.dumps(identity)
    assert "/home/ann" not in text
    assert "ann_f" not in text
    assert '"ann"' not in text
    assert text.count("${USER}") == 2


def test_options_of_every_kind_can_be_recorded_and_do_not_depend_on_their_order():
    class Colour(Enum):
        RED = "red"

    options = (
        ("a", None),
        ("b", True),
        ("c", 1),
        ("d", 1.5),
        ("e", "text"),
        ("f", ("x", ["y"])),
        ("g", {"k": frozenset(("m", "n"))}),
        ("h", Colour.RED),
    )
    unit = unit_identity(UNIT)
    assert output_identity(unit, "w", options, ()) == output_identity(unit, "w", options[::-1], ())
    assert output_identity(unit, "w", options, ())["options"] == {
        "a": None,
        "b": True,
        "c": 1,
        "d": 1.5,
        "e": "text",
        "f": ["x", ["y"]],
        "g": {"k": ["m", "n"]},
        "h": "red",
    }


def test_a_header_outside_everything_is_stored_by_its_name():
    assert unit_identity(UNIT._replace(header="/home/ann/x.h"))["header"] == "*/x.h"


# -- slugs


@pytest.mark.parametrize(
    ("unit", "readable"),
    [
        (UNIT, "libclang.a.x86_64-linux-gnu"),
        (UNIT._replace(target="aarch64-apple-darwin"), "libclang.a.aarch64-apple-darwin"),
        (UNIT._replace(target="x86_64-pc-windows-msvc"), "libclang.a.x86_64-windows-msvc"),
        (UNIT._replace(header="zlib.h", defines=("DEBUG",)), "libclang.zlib.x86_64-linux-gnu.d.debug"),
        (UNIT._replace(header="noext"), "libclang.noext.x86_64-linux-gnu"),
        (UNIT._replace(header="x/.h"), "libclang.h.x86_64-linux-gnu"),
        (UNIT._replace(header="x/Ünï.h"), "libclang.n.x86_64-linux-gnu"),
        (UNIT._replace(header="日本.h"), "libclang.x86_64-linux-gnu"),
        (UNIT._replace(backend="CON"), "con_.a.x86_64-linux-gnu"),
    ],
)
def test_a_slug_says_what_it_is_about(unit, readable):
    assert slug(unit) == f"{readable}-{digest(unit)[:8]}"
    assert is_slug(slug(unit))


def test_a_slug_is_bounded_and_still_its_own():
    units = [UNIT._replace(header="d" * number + ".h", defines=("x" * 500,)) for number in range(60, 120)]
    slugs = {slug(unit) for unit in units}
    assert len(slugs) == len(units)
    assert max(map(len, slugs)) <= SLUG_LENGTH


@pytest.mark.parametrize(
    "name", ["", "-", "a", "a-", "-00000000", "a-0000000", "a-0000000G", "A-00000000", ".a-00000000", "../a-00000000"]
)
def test_other_names_are_no_slug(name):
    assert not is_slug(name)


@pytest.mark.parametrize("name", ["cffi", "ctypes", "my_writer", "a.b-c"])
def test_a_plain_writer_s_name_is_its_folder(name):
    assert folder_name(name) == name


@pytest.mark.parametrize("name", ["", "..", "../x", "Con", "nul", "a/b", "a b", "ü", "x" * 300, "CFFI", "x-00000000"])
def test_any_other_writer_has_a_safe_folder_of_its_own(name):
    folder = folder_name(name)
    assert folder not in ("", name)
    assert is_slug(folder)
    assert os.sep not in folder
    assert folder_name(folder) != folder, "a writer of that very name gets another one"
