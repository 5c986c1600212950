"""The provider asks for libclang when a build is going to need it, and only then."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from headerkit.__main__ import main
from headerkit.digest import file_digest
from headerkit.errors import SettingsError
from headerkit.ir_version import JSON_HEAD
from headerkit.requirements import LIBCLANG, has_libclang_wheel
from headerkit.store import Closure, Store
from headerkit.target import host_target
from headerkit.unit import Unit
from skbuild_headerkit.provider import build_state, dynamic_metadata, get_requires_for_dynamic_metadata

pytestmark = pytest.mark.skipif(not has_libclang_wheel(), reason="there is no libclang to ask for")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("HEADERKIT_LOCKED", "HEADERKIT_STORE_DIR", "HEADERKIT_TARGET"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "p"\n')
    (tmp_path / "a.h").write_text('#include "b.h"\n')
    (tmp_path / "b.h").write_text("int b(void);\n")
    return tmp_path


def fill(*arguments: str) -> None:
    assert main(["a.h", "-w", "cffi", "-o", "cffi:out/a.txt", "-q", *arguments]) == 0


def asks(**settings: str) -> bool:
    needed = get_requires_for_dynamic_metadata(settings)
    assert needed in ([], [LIBCLANG])
    return bool(needed)


def test_it_asks_where_there_is_no_store(project):
    assert asks()


def test_it_asks_for_nothing_while_every_header_is_current(project):
    fill()
    assert not asks()


def test_it_asks_after_a_change_of_a_header_at_any_depth(project):
    fill()
    (project / "b.h").write_text("long b(void);\n")
    assert asks()


def test_a_folder_of_a_headers_name_is_no_change(project):
    (project / "first" / "b.h").mkdir(parents=True)
    (project / "a.h").write_text("#include <b.h>\n")
    fill("-I", "first", "-I", ".")
    assert any('"folder"' in path.read_text() for path in project.glob(".headerkit/**/metadata.json"))
    assert not asks()
    (project / "first" / "b.h").rmdir()
    assert asks()


def test_an_embedded_file_counts_by_its_very_bytes(project):
    (project / "data.bin").write_bytes(b"1\r\n")
    files = [
        (f"project:{name}", file_digest(str(project / name), raw=raw))
        for name, raw in (("a.h", False), ("data.bin", True))
    ]
    unit = Unit(str(project), "a.h", host_target(), str(project / "a.h"))
    Store(str(project / ".headerkit")).put_ir(
        unit, Closure(files=tuple(files)), JSON_HEAD
    )  # not every clang has #embed
    assert not asks()
    (project / "data.bin").write_bytes(b"1\n")
    assert asks()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_a_header_that_cannot_be_read_is_one_that_changed(project):
    fill()
    (project / "b.h").unlink()
    (project / "b.h").symlink_to("b.h")
    assert asks()


def test_an_entry_that_nothing_asks_for_any_more_does_not_matter(project):
    fill("-D", "OLD")
    (project / "b.h").write_text("long b(void);\n")
    fill()
    assert not asks()


def test_the_entry_of_a_header_that_is_gone_does_not_matter(project):
    fill()
    (project / "c.h").write_text("int c(void);\n")
    assert main(["c.h", "-w", "cffi", "-o", "cffi:out/c.txt", "-q"]) == 0
    (project / "c.h").unlink()
    assert not asks()


def test_entries_of_another_target_do_not_count(project):
    fill("--target", "riscv64-unknown-linux-musl")
    assert asks()


def test_it_asks_for_a_header_of_the_settings_that_the_store_does_not_have(project):
    fill()
    (project / "c.h").write_text("int c(void);\n")
    settings = project / "pyproject.toml"
    settings.write_text('[[tool.headerkit.headers]]\npattern = "c.h"\noutput = { cffi = "out/c.txt" }\n')
    assert asks()
    assert main(["-q"]) == 0
    assert not asks()


def test_a_locked_build_gets_none(project, monkeypatch):
    monkeypatch.setenv("HEADERKIT_LOCKED", "1")
    assert not asks()


def test_always_and_never_are_what_they_say(project):
    assert not asks(libclang="never")
    fill()
    assert asks(libclang="always")
    assert not asks(libclang="auto")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"libclng": "auto"}, "unknown key 'libclng'; there is only 'libclang'"),
        ({"libclang": True}, "libclang: expected one of auto, always, never, got True"),
    ],
)
def test_wrong_settings_are_refused(project, settings, message):
    with pytest.raises(SettingsError, match=re.escape(message)):
        get_requires_for_dynamic_metadata(settings)


def test_a_damaged_entry_counts_for_nothing(project):
    fill()
    for metadata in project.glob(".headerkit/**/metadata.json"):
        metadata.write_bytes(metadata.read_bytes()[:-20])
    assert asks()


@pytest.mark.parametrize(
    ("exclude", "include", "ignored", "by"),
    [
        ("[]", "[]", "", ""),
        ('[".headerkit"]', "[]", "", "tool.scikit-build.sdist.exclude"),
        ('[".*/**"]', "[]", "", "tool.scikit-build.sdist.exclude"),
        ("[]", "[]", "build/\n.headerkit/\n", ".gitignore"),
        ("[]", "[]", "*\n!.headerkit/\n!.headerkit/**\n", ""),
        ('[".headerkit"]', '[".headerkit"]', ".headerkit\n", ""),
    ],
)
def test_an_sdist_without_the_store_is_worth_a_note(project, capsys, exclude, include, ignored, by):
    pytest.importorskip("pathspec")
    fill()
    settings = f"[tool.scikit-build]\nsdist.exclude = {exclude}\nsdist.include = {include}\n"
    (project / "pyproject.toml").write_text(settings)
    (project / ".gitignore").write_text(ignored)
    build_state("wheel")
    assert capsys.readouterr().err == ""
    build_state("sdist")
    note = f"headerkit: note: {by} leaves .headerkit out of the sdist: building from it needs libclang\n"
    assert capsys.readouterr().err == (note if by else "")


def test_it_provides_no_metadata(project):
    assert dynamic_metadata({}, {"name": "p"}) == {}


def test_asking_loads_no_libclang_and_no_writer(project):
    fill()
    code = (
        "import sys\nfrom skbuild_headerkit.provider import get_requires_for_dynamic_metadata as ask\n"
        "assert ask({}) == []\n"
        "print([name for name in sys.modules if name.startswith(('headerkit.backends', 'headerkit.writers.'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
