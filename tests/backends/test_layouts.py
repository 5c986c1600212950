from __future__ import annotations

import shutil
from pathlib import Path

HEADERS = Path(__file__).parent / "headers"


def test_gcc_agrees_with_every_layout_of_the_test_header(project, confirmed):
    shutil.copy(HEADERS / "types.h", project / "types.h")
    assert confirmed(None, "types.h") > 250


def test_sizes_of_builtin_types_are_gccs(ir, confirmed):
    sizes = ir("int x;").sizes
    assert {"*", "int", "long double", "_Bool", "unsigned __int128", "__builtin_va_list"} <= sizes.keys()
    assert confirmed("int x;") == 2 * len(sizes)
