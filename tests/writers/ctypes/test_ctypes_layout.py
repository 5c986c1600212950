"""gcc says where every byte and bit of a record is; ctypes must say the same, in every CPython."""

from __future__ import annotations

import itertools
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.writers.ctypes.conftest import PYTHONS, Workbench

SCALARS = (
    "char",
    "signed char",
    "unsigned char",
    "short",
    "unsigned",
    "long",
    "unsigned long long",
    "float",
    "double",
    "long double",
    "void *",
    "_Bool",
    "enum colour",
    "callback",
    "__int128",
    "double _Complex",
    "vector",
    "int16_t",
)
BITS = {"unsigned": 32, "int": 32, "unsigned char": 8, "short": 16, "long": 64, "_Bool": 1, "enum colour": 32}
PREAMBLE = """
#include <stdint.h>
enum colour { RED, GREEN };
typedef int (*callback)(void *);
typedef float vector __attribute__((vector_size(16)));
"""


@dataclass
class Member:
    text: str
    name: str = ""
    bits: bool = False


@dataclass
class Drawn:
    kind: str
    members: list[Member]
    attributes: str
    pack: int
    path_names: list[str] = field(default_factory=list)


@st.composite
def members(draw: st.DrawFn, names: itertools.count[int], depth: int = 0) -> list[Member]:
    found = []
    for _ in range(draw(st.integers(1, 5))):
        name = f"m{next(names)}"
        what = draw(
            st.sampled_from(("scalar", "scalar", "array", "bits", "bits", "bits", "unnamed", "nested", "aligned"))
        )
        if what == "nested" and depth < 2:
            inner = draw(members(names, depth + 1))
            kind = draw(st.sampled_from(("struct", "union")))
            packed = draw(st.sampled_from(("", "", "__attribute__((packed))")))
            found.append(Member(f"{kind} {packed} {{ {' '.join(m.text for m in inner)} }};"))
            found += [Member("", m.name, m.bits) for m in inner if m.name]
        elif what in ("bits", "unnamed"):
            base = draw(st.sampled_from(sorted(BITS)))
            if what == "bits":
                found.append(Member(f"{base} {name} : {draw(st.integers(1, BITS[base]))};", name, bits=True))
            else:
                found.append(Member(f"{base} : {draw(st.integers(0, BITS[base]))};"))
        elif what == "array":
            found.append(Member(f"{draw(st.sampled_from(SCALARS[:10]))} {name}[{draw(st.integers(0, 3))}];", name))
        elif what == "aligned":
            align = draw(st.sampled_from((2, 4, 8, 16, 32)))
            scalar = draw(st.sampled_from(SCALARS))
            found.append(Member(f"{scalar} {name} __attribute__((aligned({align})));", name))
        else:
            found.append(Member(f"{draw(st.sampled_from(SCALARS))} {name};", name))
    return found


@st.composite
def records(draw: st.DrawFn) -> list[Drawn]:
    found = []
    for _ in range(20):
        attributes = draw(st.sampled_from(("", "", "", "packed", "packed, aligned(4)", "aligned(16)", "aligned(64)")))
        kind = draw(st.sampled_from(("struct", "struct", "struct", "union")))
        inside = draw(members(itertools.count()))
        found.append(Drawn(kind, inside, attributes, draw(st.sampled_from((0, 0, 0, 1, 2, 4, 8)))))
    return found


def declaration(number: int, record: Drawn) -> str:
    attributes = f"__attribute__(({record.attributes}))" if record.attributes else ""
    text = f"{record.kind} {attributes} R{number} {{ {' '.join(m.text for m in record.members)} }};"
    holder = f"struct H{number} {{ char before; {record.kind} R{number} inner; char after; }};"
    if record.pack:
        text = f"#pragma pack(push, {record.pack})\n{text}\n#pragma pack(pop)"
    return f"{text}\n{holder}\n"


def oracle(drawn: list[Drawn], header: str) -> str:
    """A library that answers for gcc: places as a table, bit-fields through functions."""
    lines = [header, "#include <stddef.h>"]
    for number, record in enumerate(drawn):
        type_ = f"{record.kind} R{number}"
        plain = [m.name for m in record.members if m.name and not m.bits]
        places = [
            f"sizeof({type_})",
            f"_Alignof({type_})",
            f"sizeof(struct H{number})",
            f"offsetof(struct H{number}, inner)",
        ]
        places += [f"offsetof({type_}, {name})" for name in plain]
        lines.append(f"long places_{number}[] = {{ {', '.join(places)} }};")
        for name in (m.name for m in record.members if m.bits):
            lines.append(f"void set_{number}_{name}({type_} *r, long long v) {{ r->{name} = v; }}")
            lines.append(f"long long get_{number}_{name}({type_} *r) {{ return r->{name}; }}")
    return "\n".join(lines)


CHECK = """
import ctypes as c, json, random
import sample as m
drawn = json.loads(DRAWN)
gcc = c.CDLL(LIBRARY)
wrong = []
random.seed(1)
for number, (plain, bits, align) in enumerate(drawn):
    cls, holder = getattr(m, f"R{number}"), getattr(m, f"H{number}")
    want = list((c.c_long * (4 + len(plain))).in_dll(gcc, f"places_{number}"))
    got = [c.sizeof(cls), c.alignment(cls), c.sizeof(holder), holder.inner.offset]
    got += [getattr(cls, name).offset for name in plain]
    if align > 16 and not OWN_ALIGN:
        got[1] = want[1]
    if got != want:
        wrong.append((number, want, got))
    for name in bits:
        get, put = gcc[f"get_{number}_{name}"], gcc[f"set_{number}_{name}"]
        get.restype = c.c_longlong
        put.restype = None
        get.argtypes, put.argtypes = (c.c_void_p,), (c.c_void_p, c.c_longlong)
        size = c.sizeof(cls)
        for value in (-1, 0, 1, random.getrandbits(62)):
            raw = random.randbytes(size)
            one, other = cls.from_buffer_copy(raw), cls.from_buffer_copy(raw)
            put(c.addressof(one), value)
            truth = get(c.addressof(one))
            setattr(other, name, int(truth))
            if bytes(one) != bytes(other) or getattr(other, name) != truth:
                wrong.append((number, name, value, bytes(one).hex(), bytes(other).hex()))
                break
print(json.dumps(wrong))
"""


def compare(drawn: list[Drawn]) -> None:
    header = PREAMBLE + "".join(declaration(number, record) for number, record in enumerate(drawn))
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(Path(folder))
        output = bench.write(header)
        library = bench.compile(oracle(drawn, header))
        table = [
            (
                [m.name for m in record.members if m.name and not m.bits],
                [m.name for m in record.members if m.bits],
                64
                if "64" in record.attributes
                else max([32 for m in record.members if "aligned(32)" in m.text] or [0]),
            )
            for record in drawn
        ]
        for version, python in PYTHONS.items():
            own = version not in ("3.10", "3.11", "3.12")
            script = f"DRAWN = {json.dumps(json.dumps(table))}\nLIBRARY = {library!r}\nOWN_ALIGN = {own}\n{CHECK}"
            wrong = bench.ask(script, python)
            shown = [(declaration(item[0], drawn[item[0]]), item) for item in wrong[:2]]
            assert not wrong, f"{version}: {shown}\n{output.ledger}"


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(records())
def test_records_of_any_shape_have_gccs_layout(drawn: list[Drawn]) -> None:
    compare(drawn)


CASES = {
    "bits beside a member in one unit": "struct R0 { char m0; unsigned m1 : 20; };",
    "bits that a member cuts short": "struct R0 { unsigned m0 : 3; unsigned : 2; unsigned m1 : 11; char m2; };",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_bit_fields_share_their_unit_with_members(text: str) -> None:
    names = [f"m{n}" for n in range(3) if f"m{n}" in text]
    inside = [Member("", name, bits=f"{name} :" in text) for name in names]
    body = text[text.index("{") + 1 : text.rindex("}")]
    compare([Drawn("struct", [Member(body), *inside], "", 0)])
