"""Parse C text, and let gcc say what is right."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from headerkit.backends import get_backend
from headerkit.ir import Enum, Record, Tag
from headerkit.target import host_target
from headerkit.unit import IncludeDir, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from headerkit.backends.protocol import Parsed
    from headerkit.ir import Header

GCC = ["gcc", "-std=gnu17", "-w", "-x", "c"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    return root


@pytest.fixture
def parse(project: Path) -> Callable[..., Parsed]:
    """parse(text | None, header="a.h", ...): write the header into the project and parse it."""

    def run(text: str | bytes | None = None, header: str = "a.h", **changes: object) -> Parsed:
        path = project / header
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        dirs = tuple(IncludeDir(str(name), str(project / str(name))) for name in changes.pop("dirs", ()))
        unit = Unit(str(project), header, host_target(), path=str(path), include_dirs=dirs, **changes)
        return get_backend("libclang").parse(unit)

    return run


@pytest.fixture
def ir(parse: Callable[..., Parsed]) -> Callable[..., Header]:
    """As parse, but only the IR."""
    return lambda *args, **kwargs: parse(*args, **kwargs).header


def places(header: Header, record: Record, prefix: str = "") -> Iterator[tuple[str, int, int | None]]:
    """(designator, bit offset, bit width) of each named member, through members that have no type name of their own."""
    for field in record.fields or ():
        inner = header.tags.get(field.type.key) if isinstance(field.type, Tag) else None
        nested = isinstance(inner, Record) and not inner.name and not inner.typedef
        if nested:
            outer = f"{prefix}{field.name}." if field.name else prefix
            for name, offset, width in places(header, inner, outer):
                yield name, offset + field.offset, width
        if field.name:
            yield prefix + field.name, field.offset, field.width


def spelled(record: Record | Enum) -> str:
    """A C name of the type, or ""."""
    if record.typedef:
        return record.typedef
    word = record.kind if isinstance(record, Record) else "enum"
    return f"{word} {record.name}" if record.name else ""


def assertions(header: Header, *, owned: bool = True) -> tuple[list[str], list[tuple[str, str, int, int]]]:
    """Static assertions for every layout and value in the IR; and the bit-fields: (type, member, offset, width)."""
    hidden = {macro.name for macro in header.macros}
    checks: list[str] = []
    bits: list[tuple[str, str, int, int]] = []
    for item in header.declarations:
        if not isinstance(item, Record | Enum) or (owned and not item.owned):
            continue
        name = spelled(item)
        if name and item.size is not None:
            checks += [f"sizeof({name}) == {item.size}", f"_Alignof({name}) == {item.align}"]
        if isinstance(item, Enum):
            for enumerator in item.enumerators or ():
                suffix = "ULL" if enumerator.value >= 1 << 63 else "LL"
                value = f"({enumerator.value + 1}LL - 1)" if enumerator.value < 0 else f"{enumerator.value}{suffix}"
                checks.append(f"{enumerator.name} == {value}")
        elif name:
            for member, offset, width in places(header, item):
                if hidden & set(member.split(".")):
                    continue  # C itself cannot name it
                if width is None:
                    checks.append(f"__builtin_offsetof({name}, {member}) * 8 == {offset}")
                elif width:
                    bits.append((name, member, offset, width))
    for item in header.typedefs.values():
        if item.size is not None and (item.owned or not owned):
            checks += [f"sizeof({item.name}) == {item.size}", f"_Alignof({item.name}) == {item.align}"]
    return checks, bits


def program(includes: str, checks: list[str], bits: list[tuple[str, str, int, int]]) -> str:
    """A C program that does not compile unless the assertions hold, and exits with 1 where a bit-field is elsewhere."""
    lines = [includes, *(f'_Static_assert({check}, "{check}");' for check in checks)]
    lines.append(
        "static int at(const unsigned char *p, unsigned long n, unsigned long o, unsigned long w) {\n"
        "  for (unsigned long i = 0; i < n * 8; i++)\n"
        "    if (((p[i / 8] >> i % 8) & 1) != (i >= o && i < o + w)) return 0;\n"
        "  return 1;\n}\n"
        "int main(void) { int bad = 0;"
    )
    for name, member, offset, width in bits:
        lines.append(
            f"  {{ union {{ {name} s; unsigned char b[sizeof({name})]; }} u; __builtin_memset(&u, 0, sizeof u);"
            f" u.s.{member} = -1; if (!at(u.b, sizeof u.b, {offset}, {width}))"
            f' {{ __builtin_printf("{name}.{member}\\n"); bad = 1; }} }}'
        )
    return "\n".join([*lines, "  return bad; }", ""])


@pytest.fixture
def gcc_agrees(tmp_path: Path) -> Callable[..., int]:
    """gcc_agrees(includes, checks, bits, *arguments): compile and run; gives back how many facts were checked."""

    def check(includes: str, checks: list[str], bits: list[tuple[str, str, int, int]], *arguments: str) -> int:
        source, binary = tmp_path / "check.c", tmp_path / "check"
        source.write_text(program(includes, checks, bits))
        command = [*GCC, *arguments, str(source), "-o", str(binary)]
        built = subprocess.run(command, capture_output=True, text=True, check=False)
        failed = re.findall(r'static assertion failed: "(.*)"', built.stderr)
        assert built.returncode == 0, failed or built.stderr[:2000]
        ran = subprocess.run([str(binary)], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout
        return len(checks) + len(bits)

    return check


@pytest.fixture(scope="session")
def layout_facts() -> Callable[..., tuple[list[str], list[tuple[str, str, int, int]]]]:
    return assertions
