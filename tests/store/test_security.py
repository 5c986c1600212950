"""What a stranger may write: stored content, header text, names, variables. None of it gets out of its place."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from headerkit.backends.libclang.library import is_available
from headerkit.digest import bytes_digest
from headerkit.errors import SettingsError
from headerkit.generation import run
from headerkit.plan import CachePolicy
from headerkit.planning import make_plan
from headerkit.sdist import store_files
from headerkit.settings import Overrides, load_settings
from headerkit.store import Missed, Store
from headerkit.store.clear import clear_store
from headerkit.store.explain import explain
from headerkit.store.index import rebuild_index
from headerkit.store.merge import store_merge
from headerkit.store.prune import prune_store
from headerkit.store.verify import verify_store

needs_libclang = pytest.mark.skipif(not is_available(), reason="parses with libclang")


# -- stored content


def poison(project, **changes):
    """Change facts of the output's metadata, and seal them with a right digest."""
    path = project.entry() / "metadata.json"
    facts = json.loads(path.read_bytes())
    del facts["digest"]
    facts.update(changes)
    head = json.dumps(facts, indent=1)[:-2].encode() + b",\n"
    path.write_bytes(head + b' "digest": "%s"\n}\n' % bytes_digest(head).encode())


@pytest.mark.parametrize(
    "payload",
    ["../secret.txt", "../../../../secret.txt", "/etc/passwd", "output.txt/../x", "C:\\x", "output.txt\0", "link.txt"],
)
def test_a_payload_s_name_cannot_lead_out_of_its_entry(project, payload):
    unit = project.unit()
    project.put(unit)
    secret = Path(project.store_path).parent / "secret.txt"
    secret.write_text("int f(void);\n")
    poison(project, payload=payload)
    found = Store(project.store_path).find_output(unit, "cffi", options=(), rules=(), policy=CachePolicy())
    assert found.reasons[0].endswith("its metadata has another shape than format 1")
    result = store_merge([project.store_path], project.root / "merged")
    assert (result.new_entries, len(result.refused)) == (1, 1)


@pytest.mark.parametrize(
    "name", ["project:../../etc/passwd", "include[0]:../x", "/etc/passwd", "file:///etc/passwd", "system:../../etc/x"]
)
@pytest.mark.parametrize("kind", ["files", "library", "absent"])
def test_a_closure_cannot_make_headerkit_look_outside_its_folders(project, name, kind, monkeypatch):
    unit = project.unit()
    project.put(unit)
    closure = {"files": {}, "library": {}, "flags": {}, "named": [], "absent": []}
    closure[kind] = [name] if kind == "absent" else {name: "0" * 64}
    poison(project, closure=closure)
    touched = []
    opened, looked = os.open, os.lstat
    monkeypatch.setattr(os, "open", lambda path, *more: touched.append(path) or opened(path, *more))
    monkeypatch.setattr(os, "lstat", lambda path, *more: touched.append(path) or looked(path, *more))
    Store(project.store_path).find_output(unit, "cffi", options=(), rules=(), policy=CachePolicy(system="verify"))
    monkeypatch.undo()
    assert touched
    assert not [path for path in touched if os.path.basename(path) in ("passwd", "x")]


def test_nothing_that_a_hostile_store_says_makes_a_verb_write_elsewhere(project, tree_of, tmp_path):
    unit = project.unit()
    project.put(unit)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "metadata.json").write_text("{}")
    (outside / "ir.json").write_text("precious")
    (outside / "x.1-00000000.tmp").write_text("precious")
    store = Path(project.store_path)
    (store / "ir" / "libclang.a.x-00000000").symlink_to(outside)
    (store / "output" / "link").symlink_to(outside)
    poison(project, identity={"format": 1, "backend": "../..", "header": "../../x", "target": "/", "writer": "../.."})
    before = tree_of(outside)
    rebuild_index(project.store_path)
    verify_store(project.store_path)
    explain(project.store_path, [project.job(unit)], CachePolicy())
    store_merge([project.store_path], tmp_path / "merged")
    prune_store(project.store_path, [])
    clear_store(project.store_path)
    assert tree_of(outside) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["merged", "outside", "project"]


@pytest.mark.parametrize(
    "identity",
    [None, [], "x", {}, {"format": 1}, {"format": 1, "backend": [], "header": {}, "target": 7, "writer": []}],
)
def test_an_identity_of_another_shape_is_refused_by_every_verb(project, identity):
    unit = project.unit()
    project.put(unit)
    poison(project, identity=identity)
    assert isinstance(
        Store(project.store_path).find_output(unit, "cffi", options=(), rules=(), policy=CachePolicy()), Missed
    )
    assert len(verify_store(project.store_path).problems) == 1
    assert rebuild_index(project.store_path) == 1
    explain(project.store_path, [project.job(unit)], CachePolicy())
    assert len(prune_store(project.store_path, [project.job(unit)]).removed) == 1


# -- values of environment variables

SECRET = "hunter2-value-of-a-variable"  # noqa: S105  (it is none; the test looks for it)


@needs_libclang
def test_no_value_of_a_variable_is_in_any_committed_byte(tmp_path, tree_of):
    sdk = tmp_path / SECRET / "include"
    sdk.mkdir(parents=True)
    (sdk / "sdk.h").write_text("typedef int sdk_t;\n")
    root = tmp_path / "project"
    (root / "include").mkdir(parents=True)
    (root / "include/a.h").write_text("#include <sdk.h>\nsdk_t f(void);\n")
    (root / "pyproject.toml").write_text(
        """
[tool.headerkit]
writers = ["cffi", "json"]
include_dirs = ["include", "${SDK}/include"]
defines = ["A_TOKEN=${TOKEN}", "A_DIR=\\"${SDK}\\""]
args = ["-isystem", "${SDK}/include", "-I${SDK}", "-DOTHER=${TOKEN}", "-fdebug-prefix-map=${SDK}=/x"]
owned = ["include/**", "${SDK}/none/**", "${TOKEN}"]
store_dir = "${STORE}"
[[tool.headerkit.headers]]
pattern = "include/*.h"
[tool.headerkit.writer.cffi]
exclude_patterns = ["${TOKEN}"]
[tool.headerkit.rules]
block = ["function:${TOKEN}"]
"""
    )
    environ = {**os.environ, "TOKEN": SECRET, "SDK": str(tmp_path / SECRET), "STORE": str(tmp_path / "store")}
    for variable in ("HEADERKIT_LOCKED", ""):
        subprocess.run(
            [sys.executable, "-m", "headerkit"], cwd=root, env={**environ, variable or "X": "1"}, check=not variable
        )
    files = tree_of(tmp_path / "store")
    assert len(files) == 3 + 3 * 2
    for name, data in files.items():
        assert SECRET not in name + data.decode()
        assert str(tmp_path) not in data.decode()
    done = subprocess.run(
        [sys.executable, "-m", "headerkit", "explain"],
        cwd=root,
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.count("hit") == 3
    assert SECRET not in done.stdout


# -- header text and names

HOSTILE = (
    """\
#define S_CLOSE "*/ int evil(void);"
#define S_QUOTES "\\"\\"\\" + evil() + """
    "'''"
    """"
#define S_LINES "one\\n#include <evil.h>\\\\\\nimport evil"
#define S_TURNED "\u202e\u2066evil\u2069"
#define C_QUOTE '\\''
/** Closing """
    "'''"
    + ''' and """ and \\ at the end \\ */
int hostile(int a); /**< \u202e evil \\n evil() */
struct hostile_record { int a; /**< """ + evil() + """ */ };
enum hostile_enum { HOSTILE_ONE /**< # evil */ };
'''.replace("TRIPLE", "'''")
)
NAMES = [
    "plain.h",
    "dir*/ int evil(void); .h",
    "back\\slash.h",
    "quote'.h",
    "\u202erevo.h",
    "{evil}.h",
    "$(evil).h",
    "-evil.h",
]


@needs_libclang
@pytest.mark.parametrize("name", NAMES)
def test_header_text_and_names_stay_in_comments_and_strings(name, tmp_path, monkeypatch):
    cffi = pytest.importorskip("cffi")
    from headerkit import HeaderkitError, generate  # noqa: PLC0415  (after the check for what it needs)
    from headerkit.writers import writer_names  # noqa: PLC0415

    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("[tool.headerkit]\n")
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(HOSTILE)
    written = set()
    for writer in writer_names():
        try:
            text = generate(f"./{name}", writer)
        except HeaderkitError:
            continue  # a name that a language cannot spell is refused
        written.add(writer)
        assert "\u202e" not in text, writer
        match writer:
            case "json":
                assert json.loads(text)["format"]
            case "ctypes" | "pyi":
                tree = ast.parse(text)
                assert not {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & {"evil"}
                assert not [
                    node
                    for node in ast.walk(tree)
                    if isinstance(node, ast.Import | ast.ImportFrom) and "evil" in ast.dump(node)
                ]
            case "cffi":
                ffi = cffi.FFI()
                ffi.cdef(text)
                assert not [key for key in ffi._parser._declarations if "evil" in key]
            case "cython":
                code = [line.partition("#")[0] for line in text.splitlines()]
                assert not [line for line in code if "evil" in line and '"' not in line]
    # A writer that compares needs something to compare with.
    assert ({*writer_names()} - {"diff"} if name == "plain.h" else {"cffi", "json"}) <= written
    for path in Path(".headerkit").rglob("*"):
        assert path.name.isascii()
        assert path.name.isprintable()
        assert not set(path.name) & set("*/\\'\"{}$() ")


@needs_libclang
def test_an_sdist_has_the_stores_own_files_and_no_link_or_stranger_in_it(project, tmp_path):
    (tmp_path / "secret").write_text("secret\n")
    project.write("pyproject.toml", '[tool.headerkit]\n[tool.headerkit.headers."include/a.h"]\nwriters = ["json"]\n')
    store = Path(project.store_path)
    plan = make_plan(load_settings(str(project.root)))
    run(plan)
    before = store_files(plan)
    (entry,) = store.glob("output/json/*/")
    for link in (store / "x", entry / "y", entry / "output.txt"):
        link.symlink_to(tmp_path / "secret")
    (store / "notes.txt").write_text("a stranger\n")
    (entry / "output.json.1-2.tmp").write_text("half\n")
    assert store_files(plan) == before
    inner = {path.partition("/")[2] for path in before}
    assert {"store.json", ".gitignore", ".gitattributes"} < inner
    assert {path.partition("/")[0] for path in inner} == {"store.json", ".gitignore", ".gitattributes", "ir", "output"}
    assert sum(path.endswith("output.json") for path in inner) == 1


@needs_libclang
def test_a_store_that_a_link_of_the_project_leads_out_of_it_is_refused_unless_it_is_chosen(project, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    project.write("pyproject.toml", '[tool.headerkit]\n[tool.headerkit.headers."include/a.h"]\nwriters = ["json"]\n')
    os.symlink(tmp_path / "elsewhere", project.store_path)
    with pytest.raises(SettingsError, match="a symbolic link that leads out of the project"):
        make_plan(load_settings(str(project.root)))
    done = subprocess.run(
        [sys.executable, "-m", "headerkit", "cache", "clear"], cwd=project.root, capture_output=True, check=False
    )
    assert done.returncode == SettingsError.exit_code
    overrides = Overrides(store_dir=str(tmp_path / "elsewhere"))
    run(make_plan(load_settings(str(project.root), command_line=overrides), overrides))
    assert (tmp_path / "elsewhere" / "store.json").is_file()
