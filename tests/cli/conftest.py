from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from headerkit.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Project:
    """A project in a folder of its own; `run` is the command line in that folder."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.monkeypatch = monkeypatch
        self._capsys = capsys
        self.go("")

    def go(self, folder: str) -> None:
        (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.monkeypatch.chdir(self.root / folder)

    def file(self, name: str, text: str = "int f(void);\n") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text()

    def settings(self, toml: str) -> None:
        self.file("pyproject.toml", f"[tool.headerkit]\n{toml}")

    def run(self, *arguments: str) -> Ran:
        self._capsys.readouterr()
        code = main(list(arguments))
        return Ran(code, *self._capsys.readouterr())

    def files(self) -> list[str]:
        found = (path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())
        return sorted(name for name in found if not name.startswith(".headerkit/"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    for name in ("HEADERKIT_STORE_DIR", "HEADERKIT_TARGET", "HEADERKIT_NO_CACHE", "HEADERKIT_LOCKED"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "project"
    root.mkdir()
    return Project(root, monkeypatch, capsys)
