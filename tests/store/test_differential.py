"""Random projects, filled stores, random changes: what a hit serves is what a parse says now, or it is a miss.

Seeded, so that a failure is the same tomorrow; its id is the seed. `HEADERKIT_TEST_CASES` asks for more of them.
"""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from headerkit.backends import get_backend
from headerkit.backends.libclang.library import is_available
from headerkit.errors import HeaderkitError
from headerkit.ir_json import dump
from headerkit.plan import CachePolicy
from headerkit.planning import make_plan
from headerkit.settings import Overrides, load_settings
from headerkit.store import Found, Store, take_closure

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not is_available(), reason="parses with libclang")

CASES = int(os.environ.get("HEADERKIT_TEST_CASES", "12"))
PER_CASE = 10
PLACES = ("p/include", "p/late", "p/sdk", "one", "two")
SYSTEM = "system/usr/include"
NAMES = ("a.h", "b.h", "c.h", "sub/a.h", "sub/d.h")
FOLDERS = ("include", "late", "sdk", "../one", "${SDK}", "${SDK}/sub", "include/sub")


class World:
    """A project `p` with two folders beside it, the variable SDK, and what may be done to them.

    With `has_system` there is a folder of the target's system, with libraries and no libc.
    """

    def __init__(self, top: Path, chance: random.Random, *, has_system: bool) -> None:
        self.top = top
        self.chance = chance
        self.sdk = chance.choice(PLACES[2:])
        self.places = (*PLACES, SYSTEM) if has_system else PLACES
        for place in self.places:
            (top / place / "sub").mkdir(parents=True)
            for name in NAMES:
                if chance.random() < 0.6:
                    self.write(top / place / name)
        self.write(top / "p/include/main.h")
        self.settings()

    def write(self, path: Path) -> None:
        pick, number = self.chance.choice, self.chance.randrange(10**6)
        lines = []
        for _ in range(self.chance.randrange(1, 5)):
            name = pick((*NAMES, *NAMES, "../b.h", "./c.h"))
            name = pick((f'"{name}"', f"<{name}>"))
            lines += pick(
                (
                    [f"#if __has_include({name})", f"#include {name}", "#endif"],
                    [f"#if __has_include /* so */ ( {name})", f"# include /* so */ {name}", "#endif"],
                    ["#ifndef NAME", f"#define NAME {name}", "#endif"],
                    ["#if defined(NAME) && \\", " __has_include(NAME)", "#include NAME", "#endif"],
                    [f"#define T{number} {name}", f"#if __has_include(T{number})", f"int has{number};", "#endif"],
                    [f"#if __has_include_next({name})", f"#include_next {name}", "#endif"],
                    ["/** said", " * twice */", f"int f{number}(int);", f"#define FILE{number} __FILE__"],
                    ["#ifdef FLAG", f"typedef struct {{ int x; }} s{number};", "#endif"],
                )
            )
        guard = pick((["#pragma once"], [f"#ifndef G{number}", f"#define G{number}"]))
        path.parent.mkdir(parents=True, exist_ok=True)
        remove(path)
        path.write_text("\n".join([*guard, *lines, *["#endif"] * (len(guard) - 1), ""]))

    def settings(self) -> None:
        chance = self.chance
        args = []
        for _ in range(chance.randrange(3)):
            folder = chance.choice(FOLDERS)
            args += chance.choice(
                (
                    ["-iquote", folder],
                    [f"-isystem{folder}"],
                    ["-idirafter", folder],
                    ["-I", folder],
                    ["-include", "a.h"],
                )
            )
        code = "".join(
            chance.choice((f"#include <{name}>\n", f'#include "{name}"\n')) for name in chance.sample(NAMES, 2)
        )
        facts = {
            "include_dirs": chance.sample(FOLDERS, chance.randrange(4)),
            "args": args,
            "defines": chance.sample(["FLAG", "NAME=<b.h>", 'NAME="sub/d.h"'], chance.randrange(3)),
            "owned": chance.choice(([], [], ["**/a.h"], ["include/**"], ["sub/*"], ["*"], ["**/p/**"])),
            "writers": ["json"],
        }
        header = chance.choice(('pattern = "include/main.h"', f"pattern = 'umbrella.h'\ncode = '''{code}'''"))
        lines = [f"{key} = {value!r}" for key, value in facts.items()]
        (self.top / "p/pyproject.toml").write_text(
            "\n".join(["[tool.headerkit]", *lines, "[[tool.headerkit.headers]]", header, ""])
        )

    def change(self) -> str:
        """Change something; what was done."""
        chance = self.chance
        there = sorted(
            path
            for place in self.places
            for path in (self.top / place).rglob("*.h")
            if path.is_file() and path.name != "main.h"
        )
        old, new = chance.choice(there), self.top / chance.choice(self.places) / chance.choice(NAMES)
        match chance.choice(
            ("edit", "add", "add", "remove", "rename", "folder", "link", "sdk", "crlf", "move", "settings")
        ):
            case "edit":
                self.write(old)
            case "add":
                self.write(new)
            case "remove":
                old.unlink()
            case "rename" if new.parent.is_dir() and new != old:
                remove(new)
                old.rename(new)
            case "folder":
                remove(new)
                new.mkdir(parents=True)
            case "link" if new.parent.is_dir() and new != old:
                remove(new)
                new.symlink_to(os.path.relpath(old, new.parent.resolve()))
            case "sdk":
                self.sdk = chance.choice(PLACES)
            case "crlf":
                old.write_bytes(old.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
                return "crlf"
            case "move":
                self.top = self.top.rename(f"{self.top}+")
                return "move"
            case "settings":
                self.settings()
        return "other"

    def unit(self, monkeypatch):
        monkeypatch.setenv("SDK", str(self.top / self.sdk))
        asked = Overrides(base=str(self.top / "p"))
        unit = make_plan(load_settings(asked.base, command_line=asked), asked).jobs[0].unit
        return unit._replace(sysroot=str(self.top / "system")) if SYSTEM in self.places else unit


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def run(seed: int, top: Path, monkeypatch, *, has_system: bool) -> tuple[int, int]:
    """One project and its changes; the numbers of hits and of misses."""
    world = World(top / "w", random.Random(seed), has_system=has_system)  # noqa: S311  (a case, not a secret)
    policy = CachePolicy(system="verify")
    store = str(top / "store")
    hits = misses = 0
    done, before = "made", None
    for _ in range(6):
        unit = world.unit(monkeypatch)
        found = Store(store).find_ir(unit, policy=policy)
        try:
            parsed = get_backend("libclang").parse(unit)
        except HeaderkitError:
            assert not isinstance(found, Found), (seed, done)
            before = None
        else:
            text = dump(parsed.header)
            assert str(top) not in text
            if isinstance(found, Found):
                assert found.text == text, (seed, done)
                hits += 1
            else:
                # The same files elsewhere, or with other line ends, are no reason to parse again.
                assert done not in ("crlf", "move") or before != text, (seed, done, found.reasons)
                misses += 1
            Store(store).put_ir(unit, take_closure(unit, parsed), text)
            kept = Store(store).find_ir(unit, policy=policy)
            known = isinstance(kept, Found) or any("cannot be checked" in reason for reason in kept.reasons)
            assert known, (seed, done, kept.reasons)
            before = text if isinstance(kept, Found) else None
        done = world.change()
    return hits, misses


@pytest.mark.parametrize("has_system", [False, True], ids=["without libraries", "with libraries"])
@pytest.mark.parametrize("case", range(CASES))
def test_a_hit_is_what_a_parse_says_now(case, has_system, tmp_path, monkeypatch):
    counts = []
    for seed in range(case * PER_CASE, (case + 1) * PER_CASE):
        (tmp_path / str(seed)).mkdir()
        counts.append(run(seed, tmp_path / str(seed), monkeypatch, has_system=has_system))
    assert all(map(sum, zip(*counts, strict=True)))
