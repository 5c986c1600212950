"""What distinguishes two identities, in plain lines: the flag, option, rule or target that changed."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headerkit.store.identity import Json

__all__ = ["identity_differences"]

_NOUNS = {
    "include_dirs": "include directory",
    "defines": "define",
    "args": "argument",
    "owned": "owned glob",
    "rules": "rule",
}


def identity_differences(asked: dict[str, Json], stored: dict[str, Json]) -> tuple[str, ...]:
    """Each line says what is asked for and what the stored entry was made with."""
    lines: list[str] = []
    for key in sorted(asked.keys() | stored.keys()):
        now, then = asked.get(key), stored.get(key)
        if now == then:
            continue
        if isinstance(now, list) and isinstance(then, list):
            lines += _of_lists(_NOUNS.get(key, key), now, then)
        elif isinstance(now, dict) and isinstance(then, dict):
            lines += [
                f"option {name}: {_shown(now.get(name))} is asked for, {_shown(then.get(name))} was stored"
                for name in sorted(now.keys() | then.keys())
                if now.get(name) != then.get(name)
            ]
        elif key == "code":
            lines.append("the umbrella's code changed")
        else:
            lines.append(f"{key}: {_shown(now)} is asked for, {_shown(then)} was stored")
    return tuple(lines)


def _of_lists(noun: str, now: list[Json], then: list[Json]) -> list[str]:
    asked, stored = Counter(map(_shown, now)), Counter(map(_shown, then))
    lines = [f"{noun} {item} is asked for, and was not when the entry was made" for item in asked - stored]
    lines += [f"{noun} {item} is no longer asked for" for item in stored - asked]
    if lines:
        return lines
    if list(map(_shown, now)) != list(map(_shown, then)):
        return [f"the order of the {'include directories' if noun == 'include directory' else noun + 's'} changed"]
    return [
        f"the value behind {item} changed" for item, old in zip(map(_shown, now), then, strict=True) if old not in now
    ]


def _shown(value: Json) -> str:
    if isinstance(value, dict) and "spelled" in value:
        value = value["spelled"]
    if value is None:
        return "the default"
    return value if isinstance(value, str) else json.dumps(value)
