"""Records passed and returned by value: each function that the module has must hand over gcc's bytes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.writers.ctypes.conftest import PYTHONS, Workbench
from tests.writers.ctypes.test_ctypes_layout import PREAMBLE, Drawn, declaration, records

from headerkit.target import host_target

CHECK = """
import ctypes as c, json, random
import sample as m
drawn = json.loads(DRAWN)
wrong, checked = [], 0
random.seed(2)

def mask(cls, plain, bits):
    made = cls()
    data = bytearray(c.sizeof(cls))
    for name in bits:
        setattr(made, name, -1)
    for place, byte in enumerate(bytes(made)):
        data[place] |= byte
    for name in plain:
        field = getattr(cls, name)
        long_double = name in LONG_DOUBLES[cls.__name__]
        for place in range(field.offset, field.offset + (10 if long_double else field.size)):
            data[place] = 255
    return data

def meant(raw, used):
    return bytes(byte & bit for byte, bit in zip(bytes(raw), used))

for number, (plain, bits) in enumerate(drawn):
    function = getattr(m, f"pass{number}", None)
    if function is None:
        continue
    checked += 1
    cls = getattr(m, f"R{number}")
    used = mask(cls, plain, bits)
    for _ in range(3):
        raw = cls.from_buffer_copy(meant(random.randbytes(c.sizeof(cls)), used))
        seen = (c.c_ubyte * c.sizeof(cls))()
        back = function(1, raw, 2.5, seen, 3)
        if meant(seen, used) != bytes(raw) or meant(back, used) != bytes(raw):
            wrong.append((number, bytes(raw).hex(), bytes(seen).hex(), bytes(back).hex()))
            break
print(json.dumps([wrong, checked]))
"""


def prototype(number: int, record: Drawn) -> str:
    type_ = f"{record.kind} R{number}"
    return f"{type_} pass{number}(int a, {type_} r, double b, unsigned char *seen, int c)"


def compare(drawn: list[Drawn]) -> int:
    header = PREAMBLE + "".join(declaration(n, r) + prototype(n, r) + ";\n" for n, r in enumerate(drawn))
    bodies = "".join(
        f"{prototype(n, r)} {{ memcpy(seen, &r, a == 1 && b == 2.5 && c == 3 ? sizeof r : 0); return r; }}\n"
        for n, r in enumerate(drawn)
    )
    names = [
        ([m.name for m in r.members if m.name and not m.bits], [m.name for m in r.members if m.bits]) for r in drawn
    ]
    nested = [
        [m.name for m in r.members if m.name and any(f"long double {m.name}" in other.text for other in r.members)]
        for r in drawn
    ]
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(Path(folder))
        bench.compile(f"{header}#include <string.h>\n{bodies}")
        bench.write(header, library=("./libsample.so",))
        script = (
            f"DRAWN = {json.dumps(json.dumps(names))}\nLONG_DOUBLES = { {f'R{n}': x for n, x in enumerate(nested)} }\n"
        )
        checked = 0
        for version, python in PYTHONS.items():
            wrong, checked = bench.ask(script + CHECK, python)
            assert not wrong, f"{version}: {[(declaration(w[0], drawn[w[0]]), w) for w in wrong[:2]]}"
    return checked


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(records())
def test_records_of_any_shape_are_passed_as_gcc_passes_them(drawn: list[Drawn]) -> None:
    for record in drawn:
        # Large records go in memory whatever is in them; small ones are what can go wrong.
        record.members = [m for m in record.members if "[" not in m.text][:4]
        record.members = [
            m for m in record.members if m.text or any(f" {m.name}" in o.text for o in record.members if o.text)
        ]
    compare([record for record in drawn if any(m.name for m in record.members)])


def test_packed_records_of_aligned_integers_are_passed_on_x86_64(bench: Workbench) -> None:
    """libnfc's, whose two members would stand so without `#pragma pack(1)` too."""
    if not host_target().startswith("x86_64"):
        pytest.skip("another calling convention")
    header = """
#pragma pack(push, 1)
struct modulation { enum { A = 1, B } type; int rate; };
struct small { char c[3]; unsigned char d; short e; char f; };
struct crossing { char c; int i; };
#pragma pack(pop)
struct padded { char c; union { int : 9; }; };
"""
    prototypes = """
int added(struct modulation m);
struct small turned(struct small s);
int crossed(struct crossing c);
int padded(struct padded p);
"""
    bodies = """
int added(struct modulation m) { return 10 * m.type + m.rate; }
struct small turned(struct small s) { s.e = -s.e; s.f++; return s; }
"""
    bench.compile(header + bodies)
    output = bench.write(header + prototypes, library=("./libsample.so",))
    bench.run(
        "import sample as s\n"
        "assert s.added(s.modulation(s.B, 7)) == 27\n"
        "back = s.turned(s.small(b'abc', 200, 300, b'x'))\n"
        "assert (back.c, back.d, back.e, back.f) == (b'abc', 200, -300, b'y')\n"
    )
    left_out = [entry.name for entry in output.ledger if entry.kind == "function" and entry.fate == "unsupported"]
    assert left_out == ["crossed", "padded"]
