from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headerkit.planning import make_plan
from headerkit.settings import Overrides, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from headerkit.plan import Plan


class Project:
    """A project in a folder of its own, with its settings."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings("")

    def file(self, name: str, text: str = "int f(void);\n") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def settings(self, toml: str) -> None:
        (self.root / "pyproject.toml").write_text(f"[tool.headerkit]\n{toml}")

    def plan(self, toml: str | None = None, *, environ: dict[str, str] | None = None, **asked: object) -> Plan:
        if toml is not None:
            self.settings(toml)
        overrides = Overrides(**asked)
        return make_plan(load_settings(str(self.root), command_line=overrides, environ=environ or {}), overrides)

    def headers(self, toml: str | None = None, **asked: object) -> list[str]:
        return [job.unit.header for job in self.plan(toml, **asked).jobs]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    return Project(root)
