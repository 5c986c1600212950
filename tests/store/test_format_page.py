"""`docs/reference/store-format.md` is enough: a reader written from the page alone, with nothing of headerkit's."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden" / "store-1"
STORE = GOLDEN / ".headerkit"
ENTRIES = sorted(path.parent for path in STORE.rglob("metadata.json"))
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip(".-")


def spelled(text) -> str:
    return text["spelled"] if isinstance(text, dict) else text


def slug(identity) -> str:
    name = identity["header"].rsplit("/", 1)[-1]
    target = identity["target"].split("-")
    parts = [
        identity["backend"],
        name.rsplit(".", 1)[0],
        "-".join(target[:1] + target[2:] if len(target) == 4 else target),
    ]
    for letter, key in (("d", "defines"), ("i", "include_dirs")):
        if identity[key]:
            parts += [letter, *map(spelled, identity[key])]
    readable = RESERVED.sub(r"\1_", ".".join(filter(None, map(plain, parts))), count=1)
    digest = sha256(json.dumps(identity, sort_keys=True, separators=(",", ":")).encode("ascii"))
    return f"{readable[:71].rstrip('._-') or 'unit'}-{digest[:8]}"


def resolve(portable: str) -> Path:
    scheme, _, name = portable.partition(":")
    return {"project": GOLDEN, "include[1]": GOLDEN / "sdk"}[scheme] / name


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: "/".join(path.relative_to(STORE).parts[:-1]))
def test_a_reader_written_from_the_page_reads_every_golden_entry(entry):
    data = (entry / "metadata.json").read_bytes().replace(b"\r\n", b"\n")
    head, tail = data[:-80], data[-80:]
    assert tail == f' "digest": "{sha256(head)}"\n}}\n'.encode()
    facts = json.loads(data)
    assert list(facts) == ["format", "made_by", "payload", "sha256", "identity", "closure", "digest"]
    assert facts["format"] == facts["identity"]["format"] == 1
    assert facts["sha256"] == sha256((entry / facts["payload"]).read_bytes())
    assert entry.name == slug(facts["identity"])
    layer = entry.relative_to(STORE).parts[:-1]
    assert layer == (("output", facts["identity"]["writer"]) if "writer" in facts["identity"] else ("ir",))
    closure = facts["closure"]
    assert list(closure) == ["files", "library", "flags", "named", "absent"]
    for portable, digest in closure["files"].items():
        assert sha256(resolve(portable).read_bytes().replace(b"\r\n", b"\n")) == digest
    assert not [portable for portable in closure["absent"] if resolve(portable).exists()]
    assert list(closure["files"]) == sorted(closure["files"])
    assert closure["absent"] == sorted(closure["absent"])


def test_there_are_golden_entries_to_read():
    assert len(ENTRIES) == 8
    assert (STORE / "store.json").read_bytes() == b'{"format": 1}\n'
