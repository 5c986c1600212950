"""Depfiles as make reads them."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from headerkit.depfile import rule


def test_a_rule_names_each_file_once_and_escapes_what_make_would_read_otherwise():
    assert rule(["a b.txt", "c$.txt"], ["#d.h", "e.h", "#d.h"]) == "a\\ b.txt c$$.txt: \\\n  \\#d.h \\\n  e.h\n"
    assert rule(["a.txt"], []) == "a.txt:\n"


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_builds_again_what_depends_on_a_file_with_an_odd_name(tmp_path):
    names = ["plain.h", "with space.h", "with#hash.h", "with$dollar.h", "with%percent.h"]
    (tmp_path / "depfile").write_text(rule(["out"], names))
    (tmp_path / "Makefile").write_text("all: out\nout:\n\t@echo made\n\t@touch out\ninclude depfile\n")
    for name in names:
        (tmp_path / name).touch()

    def make() -> str:
        done = subprocess.run(["make", "-s"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert make() == "made\n"
    assert make() == ""
    for name in names:
        later = os.stat(tmp_path / "out").st_mtime + 10
        os.utime(tmp_path / name, (later, later))
        assert make() == "made\n", name
        os.utime(tmp_path / "out", (later + 10, later + 10))
        assert make() == "", name
