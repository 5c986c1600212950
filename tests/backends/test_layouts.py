from __future__ import annotations

import shutil
from pathlib import Path

HEADERS = Path(__file__).parent / "headers"


def test_gcc_agrees_with_every_layout_of_the_test_header(project, parse, gcc_agrees, layout_facts):
    shutil.copy(HEADERS / "types.h", project / "types.h")
    header = parse(None, "types.h").header
    checks, bits = layout_facts(header)
    assert gcc_agrees(f'#include "{project / "types.h"}"', checks, bits) > 150


def test_sizes_of_builtin_types_are_gccs(ir, gcc_agrees):
    header = ir("int x;")
    checks = []
    for name, (size, align) in header.sizes.items():
        spelled = "void *" if name == "*" else name
        checks += [f"sizeof({spelled}) == {size}", f"_Alignof({spelled}) == {align}"]
    assert gcc_agrees("", checks, []) == 2 * len(header.sizes)
    assert {"*", "int", "long double", "_Bool", "unsigned __int128", "__builtin_va_list"} <= header.sizes.keys()
