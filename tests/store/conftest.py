"""A project on disk, and a reader of `#include` lines that stands in for libclang where C itself does not matter."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from headerkit.backends.protocol import FileRead, Parsed
from headerkit.ir import Header
from headerkit.ir_version import JSON_HEAD
from headerkit.plan import CachePolicy, Job
from headerkit.portable import PathMap, system_include_dirs
from headerkit.store import Closure, Found, Missed, Store, take_closure
from headerkit.unit import IncludeDir, Unit

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)
TARGET = "x86_64-unknown-linux-gnu"


class Project:
    """A source tree with a store in `.headerkit`."""

    policy = CachePolicy()

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store_path = str(root / ".headerkit")
        root.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    def unit(self, header: str = "include/a.h", *, include_dirs: tuple[str, ...] = ("include",), **facts) -> Unit:
        dirs = tuple(
            each if isinstance(each, IncludeDir) else IncludeDir(each, os.path.normpath(os.path.join(self.root, each)))
            for each in include_dirs
        )
        facts.setdefault("target", TARGET)
        facts.setdefault("path", str(self.root / header))
        return Unit(root=str(self.root), header=header, include_dirs=dirs, **facts)

    def parse(self, unit: Unit) -> Parsed:
        paths = PathMap(unit)
        search = [each.path for each in unit.include_dirs if each.path] + list(system_include_dirs(unit))
        files: dict[str, FileRead] = {}
        absent: list[str] = []

        def read(path: str) -> None:
            portable = paths.portable(path)
            if portable in files:
                return
            files[portable] = FileRead(portable, path)
            text = Path(path).read_text()
            for quote, name in INCLUDE.findall(text):
                for folder in ([os.path.dirname(path)] if quote == '"' else []) + search:
                    candidate = os.path.normpath(os.path.join(folder, name))
                    if os.path.isfile(candidate):
                        if not candidate.startswith("/usr/include"):
                            read(candidate)
                        else:
                            files.setdefault(paths.portable(candidate), FileRead(paths.portable(candidate), candidate))
                        break
                    absent.append(paths.portable(candidate))

        if unit.code is None:
            read(unit.path)
        return self.parsed(*files.values(), absent=tuple(absent))

    @staticmethod
    def parsed(*files: FileRead, absent: tuple[str, ...] = ()) -> Parsed:
        """A parse that read these files; what it found in them is of no matter to a store."""
        return Parsed(Header("a.h", TARGET, (), (), (), (), {}), files, absent)

    def closure(self, unit: Unit) -> Closure:
        return take_closure(unit, self.parse(unit))

    def put(
        self, unit: Unit, *, ir: str = f"{JSON_HEAD}}}\n", output: str = "int f(void);\n", store: Store | None = None
    ) -> None:
        store = store or Store(self.store_path)
        closure = self.closure(unit)
        store.put_ir(unit, closure, ir)
        store.put_output(unit, "cffi", options=(), rules=(), closure=closure, text=output, suffix=".txt", made_by="1")

    def find(self, unit: Unit, *, policy: CachePolicy = policy, store: str | None = None) -> Found | Missed:
        """What a new run finds: the output, after making sure that the IR says the same."""
        path = store or self.store_path
        ir = Store(path).find_ir(unit, policy=policy)
        found = Store(path).find_output(unit, "cffi", options=(), rules=(), policy=policy)
        assert isinstance(ir, Found) == isinstance(found, Found)
        return found

    def job(self, unit: Unit, **facts) -> Job:
        return Job(unit, "cffi", **facts)

    def entry(self, layer: str = "output/cffi") -> Path:
        """The only entry's folder of a layer."""
        (folder,) = (path for path in Path(self.store_path, layer).iterdir() if path.is_dir())
        return folder


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.write("include/a.h", '#include "sub/b.h"\n#include <stdio.h>\nint f(void);\n')
    made.write("include/sub/b.h", "typedef int b_t;\n")
    return made


@pytest.fixture
def make_project(tmp_path: Path):
    def make(name: str, files: dict[str, str]) -> Project:
        made = Project(tmp_path / name)
        for path, text in files.items():
            made.write(path, text)
        return made

    return make


def tree(folder: str | Path) -> dict[str, bytes]:
    """Every file below a folder, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()
    }


@pytest.fixture
def tree_of():
    return tree
