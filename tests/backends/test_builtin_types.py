"""The types of our own stddef.h and stdint.h are those of the platform's own compiler."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from headerkit.backends import get_backend
from headerkit.ir import Typedef
from headerkit.unit import Unit

TYPES = [
    "max_align_t",
    *(f"{u}int_{kind}{bits}_t" for u in ("", "u") for kind in ("fast", "least") for bits in (8, 16, 32, 64)),
]
LIMITS = [name[:-2].upper() + "_MAX" for name in TYPES[1:]]


def facts(target, folder):
    """The sizes and values without a C library, whose own stdint.h would come first."""
    text = "#include <stddef.h>\n#include <stdint.h>\n"
    text += "".join(f"typedef {name} own_{name};\n" for name in TYPES)
    text += "".join(f"#define OWN_{name} {name}\n" for name in LIMITS)
    (folder / "own.h").write_text(text)
    unit = Unit(str(folder), "own.h", target, str(folder / "own.h"), args=("-ffreestanding",))
    header = get_backend("libclang").parse(unit).header
    types = {item.name: (item.size, item.align) for item in header.declarations if isinstance(item, Typedef)}
    return types, {macro.name: macro.value for macro in header.macros}


@pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is not installed")
@pytest.mark.parametrize(("target", "flag"), [("x86_64-unknown-linux-gnu", "-m64"), ("i686-unknown-linux-gnu", "-m32")])
def test_they_are_gccs_on_linux(target, flag, tmp_path):
    types, values = facts(target, tmp_path)
    checks = [f"sizeof({name}) == {types[f'own_{name}'][0]}" for name in TYPES]
    checks += [f"_Alignof({name}) == {types[f'own_{name}'][1]}" for name in TYPES]
    checks += [f"{name} == {values[f'OWN_{name}']}ull" for name in LIMITS]
    text = '#include "own.h"\n' + "".join(f'_Static_assert({check}, "{check}");\n' for check in checks)
    (tmp_path / "check.c").write_text(text)
    command = ["gcc", flag, "-ffreestanding", "-fsyntax-only", "check.c"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("target", "strictest", "fast16"),
    [
        ("i686-unknown-linux-gnu", (48, 16), 4),
        ("x86_64-unknown-linux-gnu", (32, 16), 8),
        ("x86_64-pc-windows-msvc", (8, 8), 4),
        ("i686-pc-windows-msvc", (8, 8), 4),
        ("aarch64-apple-darwin", (8, 8), 2),
        ("x86_64-apple-darwin", (16, 16), 2),
        ("x86_64-pc-windows-gnu", (32, 16), 2),
    ],
)
def test_each_platform_has_its_own(target, strictest, fast16, tmp_path):
    types, _ = facts(target, tmp_path)
    assert types["own_max_align_t"] == strictest
    assert types["own_int_fast16_t"] == types["own_uint_fast16_t"] == (fast16, fast16)
