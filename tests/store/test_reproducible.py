"""Two machines, two folders, two orders of running: one store, byte for byte."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

from headerkit.backends.libclang.library import is_available
from headerkit.unit import IncludeDir

FILES = {
    "include/a.h": '#include "sub/b.h"\n#include <dep.h>\n',
    "include/c.h": "#include <dep.h>\n#include <stdio.h>\n",
    "include/sub/b.h": "int b;\n",
}


def units_of(project, tmp_path, name):
    prefix = tmp_path / f"{name}-prefix" / "include"
    prefix.mkdir(parents=True)
    (prefix / "dep.h").write_text("int dep;\n")
    facts = {
        "include_dirs": ("include", IncludeDir("${DEP}", str(prefix))),
        "defines": (f"HERE={prefix}",),
        "spelled_defines": ("HERE=${DEP}",),
    }
    other = {**facts, "include_dirs": (IncludeDir(str(prefix), str(prefix)),), "defines": (), "spelled_defines": ()}
    return [project.unit("include/a.h", **facts), project.unit("include/c.h", **facts), project.unit(**other)]


def test_two_folders_and_two_orders_give_the_same_bytes(make_project, tmp_path, tree_of):
    trees = []
    for name, seed in (("one", 1), ("two/deeper/and deeper", 2)):
        project = make_project(name, FILES)
        units = units_of(project, tmp_path, seed)
        units = [unit if "HERE" not in str(unit.defines) else unit._replace(defines=("HERE=x",)) for unit in units]
        random.Random(seed).shuffle(units)  # noqa: S311  (an order, not a secret)
        for unit in units:
            project.put(unit, output=f"{unit.header}\n", ir=f"{unit.header}\n")
        trees.append(tree_of(project.store_path))
    assert trees[0] == trees[1]
    assert len(trees[0]) == 3 + 2 * 2 * 3


@pytest.mark.skipif(not is_available(), reason="parses with libclang")
def test_two_users_running_headerkit_in_two_folders_commit_the_same_bytes(tmp_path, tree_of):
    """The whole command: another folder, user, home, time zone, locale, order and hash seed."""
    trees = []
    for name, headers, environ in (
        ("one", ["include/a.h", "include/b.h"], {"HOME": "/root", "PYTHONHASHSEED": "1", "TZ": "UTC", "USER": "ann"}),
        ("two two", ["include/b.h", "include/a.h"], {"HOME": "/nowhere", "PYTHONHASHSEED": "2", "LC_ALL": "C"}),
    ):
        root = tmp_path / name
        (root / "include").mkdir(parents=True)
        (root / "pyproject.toml").write_text(
            '[tool.headerkit]\nwriters = ["cffi", "json"]\ninclude_dirs = ["include"]\n'
        )
        (root / "include/a.h").write_text(
            '#include <stdint.h>\n#include <stdio.h>\n#include "b.h"\n'
            "#define A_LIMIT (B_LIMIT * 2u)\nstruct { int anonymous; } a_thing; uint8_t a_first(FILE *file, b_t *b);\n"
        )
        (root / "include/b.h").write_text("#define B_LIMIT 4\ntypedef struct { union { int i; float f; }; } b_t;\n")
        for header in headers:
            subprocess.run(
                [sys.executable, "-m", "headerkit", header, "-w", "cffi", "-w", "json"],
                cwd=root,
                env={**os.environ, **environ},
                check=True,
                capture_output=True,
            )
        trees.append(tree_of(root / ".headerkit"))
    assert trees[0] == trees[1]
    assert len(trees[0]) == 3 + 2 * 2 * 3
    for text in map(bytes.decode, trees[0].values()):
        assert str(tmp_path) not in text
        assert "/root" not in text
