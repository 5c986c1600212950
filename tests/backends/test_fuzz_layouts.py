"""Random records and enums: gcc says where each member lies and what each value is."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

PROGRAMS = int(os.environ.get("HEADERKIT_FUZZ_PROGRAMS", "2000"))
BATCH = 100

SCALARS = (
    *("char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long", "unsigned long"),
    *("long long", "float", "double", "long double", "_Bool", "void *", "int (*)(int)", "__int128", "float _Complex"),
)
BITS = {"int": 32, "unsigned": 32, "long": 64, "unsigned char": 8, "short": 16, "_Bool": 1, "unsigned long long": 64}


def declare(kind: str, name: str) -> str:
    return kind.replace("(*)", f"(*{name})") if "(*)" in kind else f"{kind} {name}"


@st.composite
def member(draw, depth: int, number: int) -> str:
    name = f"m{number}"
    shape = draw(
        st.sampled_from(["scalar", "scalar", "array", "bits", "bits", "unnamed", "record", "anonymous", "aligned"])
    )
    if shape in ("record", "anonymous") and depth > 2:
        shape = "scalar"
    match shape:
        case "scalar":
            return declare(draw(st.sampled_from(SCALARS)), name) + ";"
        case "array":
            dimensions = draw(st.lists(st.integers(1, 5), min_size=1, max_size=2))
            return declare(draw(st.sampled_from(SCALARS)), name + "".join(f"[{size}]" for size in dimensions)) + ";"
        case "bits":
            kind = draw(st.sampled_from(sorted(BITS)))
            return f"{kind} {name} : {draw(st.integers(1, BITS[kind]))};"
        case "unnamed":
            kind = draw(st.sampled_from(sorted(BITS.keys() - {"_Bool"})))
            return f"{kind} : {draw(st.integers(0, BITS[kind]))};"
        case "aligned":
            power = draw(st.sampled_from([1, 2, 4, 8, 16, 32]))
            return declare(draw(st.sampled_from(SCALARS)), name) + f" __attribute__((aligned({power})));"
        case _:
            body = draw(record_body(depth + 1, number))
            return f"{draw(st.sampled_from(['struct', 'union']))} {{ {body} }} {'' if shape == 'anonymous' else name};"


@st.composite
def record_body(draw, depth: int, prefix: int) -> str:
    count = draw(st.integers(1, 6 if depth == 0 else 3))
    # Members of anonymous records share their parent's names.
    body = [draw(member(depth, prefix * 10 + number)) for number in range(count)]
    return f"int first_{prefix}; " + " ".join(body)


@st.composite
def program(draw) -> str:
    """One record or enum; NAME stands for its number."""
    if draw(st.integers(0, 5)) == 0:
        low, high = draw(
            st.sampled_from([(-(2**31), 2**31 - 1), (0, 2**32 - 1), (-(2**63), 2**63 - 1), (0, 2**64 - 1)])
        )
        values = draw(st.lists(st.integers(low, high), min_size=1, max_size=6, unique=True))
        text = ", ".join(
            f"vNAME_{number} = "
            + (f"({value + 1}LL - 1)" if value < 0 else f"{value}{'ULL' if value >= 2**63 else 'LL'}")
            for number, value in enumerate(values)
        )
        packed = draw(st.sampled_from(["", "__attribute__((packed)) "]))
        return f"enum {packed}eNAME {{ {text} }};"
    attribute = draw(st.sampled_from(["", "", "", "__attribute__((packed)) ", "__attribute__((aligned(64))) "]))
    pack = draw(st.sampled_from([None, None, None, 1, 2, 4]))
    keyword = draw(st.sampled_from(["struct", "struct", "union"]))
    text = f"{keyword} {attribute}rNAME {{ {draw(record_body(0, 1))} }};"
    return f"#pragma pack(push, {pack})\n{text}\n#pragma pack(pop)" if pack else text


@pytest.mark.fuzz
def test_layouts_and_values_of_random_declarations_are_gccs(confirmed):
    done = 0

    @settings(
        max_examples=PROGRAMS // BATCH,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(program(), min_size=BATCH, max_size=BATCH))
    def check(programs):
        nonlocal done
        text = "\n".join(text.replace("NAME", str(number)) for number, text in enumerate(programs))
        assert confirmed(text, "fuzz.h") > 2 * BATCH
        done += len(programs)

    check()
    assert done >= PROGRAMS * 0.9
