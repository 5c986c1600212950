from __future__ import annotations

import os
import subprocess
import sys

import pytest

from headerkit.backends import get_backend
from headerkit.backends.libclang import library
from headerkit.backends.libclang.arguments import clang_arguments
from headerkit.backends.libclang.missing_header import missing_header
from headerkit.errors import HeaderNotFoundError, LibclangUnavailableError, ParseError
from headerkit.target import host_target
from headerkit.unit import Unit


def test_a_syntax_error_is_told_in_clangs_words_with_file_and_line(parse):
    with pytest.raises(ParseError) as caught:
        parse("int a;\nint b c;\n")
    assert str(caught.value) == "a.h does not parse\n  a.h:2: error: expected ';' after top level declarator"


def test_a_missing_header_names_the_places_and_the_remedies(project, parse):
    (project / "include").mkdir()
    with pytest.raises(ParseError) as caught:
        parse("#include <png.h_>\n", dirs=["include"])
    text = str(caught.value)
    assert "a.h:1: fatal error: 'png.h_' file not found" in text
    assert "looked for png.h_ in include, /usr/" in text
    assert "-I DIR (include_dirs)" in text
    assert "apt install libpng-dev" in text


def test_a_missing_header_that_is_a_folder_below_is_told_with_its_module(tmp_path):
    for name, text in (
        ("include/kit-2.0/kit/kit.h", "int kit;"),
        ("include/plain/plain_header.h", "int plain;"),
        ("lib/pkgconfig/kit-2.0.pc", "includedir=/x\nCflags: -I${includedir}/kit-2.0 -DKIT\n"),
        ("lib/pkgconfig/addition-kit-2.0.pc", "Cflags: -I${includedir}/kit-2.0/\n"),
        ("share/pkgconfig/kit-1.0.pc", "Cflags: -I${includedir}/kit-2.0.1\n"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    system = str(tmp_path / "include")
    unit = Unit(str(tmp_path), "a.h", host_target())
    arguments = clang_arguments(unit)._replace(system=(str(tmp_path / "absent"), system))
    cause, hint = missing_header("kit/kit.h", unit, arguments)
    assert cause.endswith(f"; it is in {system}/kit-2.0")
    assert hint == f'pkg_config = ["kit-2.0"], or -I {system}/kit-2.0 (include_dirs)'
    assert missing_header("plain_header.h", unit, arguments)[1] == f"-I {system}/plain (include_dirs)"
    assert "apt install libno-header-dev" in missing_header("no_header.h", unit, arguments)[1]


def test_a_missing_header_of_the_project_is_no_package(project):
    with pytest.raises(
        HeaderNotFoundError, match=r"include/vec\.h is not a file below .*\n.*correct its path"
    ) as caught:
        get_backend("libclang").parse(Unit(str(project), "include/vec.h", host_target()))
    assert "apt" not in str(caught.value)
    (project / "lib").mkdir()
    (project / "lib" / "vec.h").touch()
    with pytest.raises(HeaderNotFoundError, match=r"correct its path \(there is lib/vec\.h\), or -I"):
        get_backend("libclang").parse(Unit(str(project), "include/vec.h", host_target()))


def test_an_error_in_umbrella_code_has_the_codes_line(parse):
    with pytest.raises(ParseError, match=r"umbrella\.h:2: error: unknown type name 'nonsense'"):
        parse(None, "umbrella.h", code="#include <stddef.h>\nnonsense x;\n")


@pytest.mark.parametrize(
    "text",
    [
        "class Foo { public: int x; };",
        "namespace a { int b; }",
        "#include <vector>\nint f();",
        "#include <cassert>\nint f();",
        "template<class T> T f();",
    ],
)
def test_cplusplus_is_refused_by_that_word(parse, text):
    with pytest.raises(ParseError, match=r"C\+\+, which is not supported"):
        parse(text)


def test_the_usual_cplusplus_guards_are_no_cplusplus(ir):
    header = ir('#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n#ifdef __cplusplus\n}\n#endif\n')
    assert [item.name for item in header.declarations] == ["f"]


@pytest.mark.parametrize(
    "text",
    [
        "struct open {\n int x;\n",
        "/* no end\nint x;\n",
        "int f(\n",
        "#if 1\nint x;\n",
        "#define X 1\nint x = (",
        "enum e { A,\n",
    ],
)
def test_what_a_header_leaves_open_is_an_error_and_no_partial_ir(parse, text):
    with pytest.raises(ParseError):
        parse(text)


def test_a_header_without_its_last_semicolon_is_an_error(parse):
    with pytest.raises(ParseError, match="expected ';'"):
        parse("int x")


def test_binary_data_is_an_error(parse):
    with pytest.raises(ParseError):
        parse(bytes(range(256)) * 64)


def test_a_folder_is_no_header(project, parse):
    (project / "folder.h").mkdir()
    with pytest.raises(HeaderNotFoundError, match=r"folder\.h is a folder, not a header"):
        parse(None, "folder.h")


def test_a_header_that_does_not_exist_is_named(parse):
    with pytest.raises(HeaderNotFoundError, match=r"nowhere\.h does not exist"):
        parse(None, "nowhere.h")


def test_an_unknown_argument_is_told(parse):
    with pytest.raises(ParseError):
        parse("int x;", args=("-fno-such-flag-exists", "--not-an-option"))


@pytest.mark.parametrize("argument", ["--config=a.cfg", "-include-pch", "-ivfsoverlay", "-fmodules", "@arguments"])
def test_an_argument_that_makes_clang_read_what_no_closure_names_is_refused(parse, argument):
    with pytest.raises(ParseError, match=f"the argument {argument} makes clang read files"):
        parse("int a;\n", args=(argument, "a.pch"))


def test_an_undeclared_type_gets_a_hint(parse):
    with pytest.raises(ParseError) as caught:
        parse("uint8_t x;")
    assert "nothing that is included before says what uint8_t is" in str(caught.value)


@pytest.mark.parametrize("text", ["constexpr int n = 5;", "static void *const none = nullptr;", "bool f(void);"])
def test_a_word_of_c23_gets_the_argument_that_makes_it_one(parse, text):
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert "is a word of C23, and the header was read with -std=gnu17" in caught.value.cause
    assert caught.value.hint.endswith("read it as C23: --arg=-std=gnu23 (args)")


def test_a_word_of_cplusplus_says_so(parse):
    with pytest.raises(ParseError) as caught:
        parse("class shape { constexpr int n = 5; };")
    assert caught.value.cause == "the header needs C++, which is not supported"


def find(environment):
    code = (
        "from headerkit.backends.libclang.library import find_libclang\n"
        "from headerkit.errors import LibclangUnavailableError\n"
        "try: print(find_libclang().source)\n"
        "except LibclangUnavailableError as error: print(type(error).__name__, error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("content", [b"", b"not a library", b"\x7fELF\x01\x01\x01" + bytes(200)])
def test_a_corrupt_libclang_is_told_and_not_replaced_by_another(tmp_path, content):
    broken = tmp_path / "libclang.so"
    broken.write_bytes(content)
    out = find({"LIBCLANG_PATH": str(broken)})
    assert out.startswith("LibclangUnavailableError LIBCLANG_PATH names a libclang that cannot be used")


def test_another_library_is_no_libclang():
    out = find({"HEADERKIT_LIBCLANG": "/lib/x86_64-linux-gnu/libm.so.6"})
    assert "not a libclang" in out


def test_a_folder_of_llvm_will_do():
    folders = sorted({os.path.dirname(item.path) for item in library.candidates() if item.source == "system"})
    if not folders:
        pytest.skip("no libclang of the system")
    assert find({"LIBCLANG_PATH": folders[0]}).strip() == "LIBCLANG_PATH"


def test_no_libclang_at_all_names_the_command(monkeypatch):
    monkeypatch.setattr(library, "candidates", lambda: iter(()))
    with pytest.raises(LibclangUnavailableError) as caught:
        library.find_libclang()
    assert "headerkit install-libclang" in str(caught.value)
    assert not library.is_available()
