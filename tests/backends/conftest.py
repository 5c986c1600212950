"""Parse C text, and let gcc say what is right."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from headerkit.backends import get_backend
from headerkit.target import host_target, normalize
from headerkit.targets.layouts import verify_layouts
from headerkit.unit import IncludeDir, Unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headerkit.backends.protocol import Parsed
    from headerkit.ir import Header

GCC = ["gcc", "-std=gnu17", "-w", "-fsyntax-only", "-x", "c"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    return root


def unit_of(project: Path, text: str | bytes | None, header: str, changes: dict[str, object]) -> Unit:
    """The unit of a header in the project, which gets this text."""
    path = project / header
    if text is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    dirs = tuple(IncludeDir(str(name), str(project / str(name))) for name in changes.pop("dirs", ()))
    target = normalize(str(changes.pop("target", host_target())))
    return Unit(str(project), header, target, path=str(path), include_dirs=dirs, **changes)


@pytest.fixture
def parse(project: Path) -> Callable[..., Parsed]:
    """parse(text | None, header="a.h", ...): write the header into the project and parse it."""

    def run(text: str | bytes | None = None, header: str = "a.h", **changes: object) -> Parsed:
        return get_backend("libclang").parse(unit_of(project, text, header, changes))

    return run


@pytest.fixture
def ir(parse: Callable[..., Parsed]) -> Callable[..., Header]:
    """As parse, but only the IR."""
    return lambda *args, **kwargs: parse(*args, **kwargs).header


@pytest.fixture
def confirmed(project: Path) -> Callable[..., int]:
    """confirmed(text | None, header="a.h", ...): a C compiler confirms the header's IR; how many facts it has.

    `but` is a fact that another compiler has another way, by the header's own words.
    """

    def check(
        text: str | None = None, header: str = "a.h", *, owned: bool = True, but: str = "", **changes: object
    ) -> int:
        unit = unit_of(project, text, header, changes)
        verdict = verify_layouts(unit, get_backend("libclang").parse(unit).header, owned=owned)
        assert verdict.words == ()
        assert [one for one in verdict.disagreements if one.fact != but] == []
        assert verdict.status in ("verified", "disagrees")
        return verdict.facts

    return check


@pytest.fixture
def gcc_agrees(tmp_path: Path) -> Callable[..., int]:
    """gcc_agrees(text, checks): each check is true of C code after the text; gives back how many there were."""

    def check(text: str, checks: list[str]) -> int:
        source = tmp_path / "check.c"
        source.write_text("\n".join([text, *(f'_Static_assert({check}, "{check}");' for check in checks), ""]))
        built = subprocess.run([*GCC, str(source)], capture_output=True, text=True, check=False)
        failed = re.findall(r'static assertion failed: "(.*)"', built.stderr)
        assert built.returncode == 0, failed or built.stderr[:2000]
        return len(checks)

    return check
