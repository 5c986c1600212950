"""An entry that is not whole is a miss, never a wrong answer and never a traceback; the next run heals it."""

from __future__ import annotations

import json
import os

import pytest

from headerkit.digest import bytes_digest
from headerkit.store import Found, Missed
from headerkit.store.entry import decode_metadata, is_payload_name
from headerkit.store.guarded import Refused

OUTPUT = "int f(void);\n"


def sealed(head: bytes) -> bytes:
    """Metadata whose own digest is right, whatever else it says."""
    return head + b' "digest": "%s"\n}\n' % bytes_digest(head).encode()


def lookup(project, unit):
    """What a reader gets: the right text, or the reasons of a miss."""
    found = project.find(unit)
    assert isinstance(found, Missed) or found.text == OUTPUT
    return found


@pytest.mark.fault
@pytest.mark.parametrize("name", ["metadata.json", "output.txt"])
def test_an_entry_truncated_at_any_length_is_a_miss(project, name):
    unit = project.unit()
    project.put(unit)
    path = project.entry() / name
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert isinstance(find_output(project, unit), Missed), length
    path.write_bytes(whole)
    assert isinstance(find_output(project, unit), Found)


@pytest.mark.fault
@pytest.mark.parametrize("name", ["metadata.json", "output.txt"])
def test_an_entry_with_a_flipped_byte_anywhere_is_never_served_wrong(project, name):
    unit = project.unit()
    project.put(unit)
    path = project.entry() / name
    whole = path.read_bytes()
    for offset in range(len(whole)):
        for bit in (0x01, 0x20, 0x80):
            path.write_bytes(whole[:offset] + bytes((whole[offset] ^ bit,)) + whole[offset + 1 :])
            assert isinstance(find_output(project, unit), Missed), (offset, bit)


def find_output(project, unit):
    from headerkit.store import Store  # noqa: PLC0415

    found = Store(project.store_path).find_output(unit, "cffi", options=(), rules=(), policy=project.policy)
    assert isinstance(found, Missed) or found.text == OUTPUT
    return found


@pytest.mark.parametrize("name", ["metadata.json", "output.txt"])
@pytest.mark.parametrize("damage", [b"", b"\0" * 64, b"{}", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b"null\n"])
def test_a_damaged_entry_is_healed_by_the_next_run(project, name, damage):
    unit = project.unit()
    project.put(unit)
    whole = {path.name: path.read_bytes() for path in project.entry().iterdir()}
    (project.entry() / name).write_bytes(damage)
    assert isinstance(find_output(project, unit), Missed)
    project.put(unit)
    assert isinstance(find_output(project, unit), Found)
    assert {path.name: path.read_bytes() for path in project.entry().iterdir()} == whole


@pytest.mark.parametrize(
    "head",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"format": 1,\n',
        b'{"identity": 7, "closure": {}, "payload": "ir.json", "sha256": "", "made_by": "",\n',
        b'{"identity": {}, "closure": {}, "payload": "../../x", "sha256": "", "made_by": "",\n',
        b'{"identity": {}, "closure": {}, "payload": 1, "sha256": null, "made_by": [],\n',
        b'{"identity": {}, "closure": {}, "payload": "ir.json", "sha256": "",\n',
    ],
)
def test_metadata_of_another_shape_is_refused_even_when_its_own_digest_is_right(head):
    with pytest.raises(Refused, match=r"^its metadata "):
        decode_metadata(sealed(head))


@pytest.mark.parametrize(
    "closure",
    [
        None,
        [],
        {},
        {"files": []},
        {"files": {"project:include/a.h": 1}, "library": {}, "flags": {}, "named": [], "absent": []},
        {"files": {}, "library": {}, "flags": {}, "named": {}, "absent": []},
        {"files": {}, "library": {}, "flags": {}, "named": [], "absent": [7]},
        {"files": {"nowhere": "00"}, "library": {}, "flags": {}, "named": [], "absent": []},
        {"files": {"project:../../etc/passwd": "00"}, "library": {}, "flags": {}, "named": [], "absent": []},
    ],
)
def test_a_closure_of_another_shape_is_a_miss(project, closure):
    unit = project.unit()
    project.put(unit)
    path = project.entry() / "metadata.json"
    facts = json.loads(path.read_bytes())
    del facts["digest"]
    facts["closure"] = closure
    path.write_bytes(sealed(json.dumps(facts)[:-1].encode() + b",\n"))
    assert isinstance(find_output(project, unit), Missed)


def test_an_edited_payload_is_not_served(project):
    unit = project.unit()
    project.put(unit)
    (project.entry() / "output.txt").write_text("int evil(void);\n")
    assert (
        find_output(project, unit)
        .reasons[0]
        .endswith("is refused: its output.txt is not what was stored: damaged or edited")
    )


def test_an_entry_copied_into_another_s_place_is_not_served(project, make_project):
    unit, other = project.unit(), project.unit(defines=("OTHER",))
    project.put(unit)
    other_project = type(project)(project.root)
    other_project.store_path = str(project.root / "second")
    other_project.put(other, output="other\n")
    for path in other_project.entry().iterdir():
        (project.entry() / path.name).write_bytes(path.read_bytes())
    assert find_output(project, unit).reasons[0].endswith("belongs to other settings")


def test_oversized_files_are_refused_before_they_are_read(project, monkeypatch):
    unit = project.unit()
    project.put(unit)
    os.truncate(project.entry() / "output.txt", 600 << 20)
    assert "and 536870912 is the limit" in find_output(project, unit).reasons[0]
    os.truncate(project.entry() / "metadata.json", 17 << 20)
    assert "and 16777216 is the limit" in find_output(project, unit).reasons[0]


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "dangling"])
@pytest.mark.parametrize("name", ["metadata.json", "output.txt"])
def test_what_is_no_regular_file_is_refused(project, tmp_path, name, kind):
    unit = project.unit()
    project.put(unit)
    path = project.entry() / name
    kept = tmp_path / "kept"
    path.rename(kept)
    match kind:
        case "link":
            path.symlink_to(kept)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "dangling":
            path.symlink_to(tmp_path / "nothing")
    expected = {"link": "it is a symbolic link", "dangling": "it is a symbolic link", "folder": "it is a folder"}
    assert find_output(project, unit).reasons[0].endswith(expected.get(kind, "it is not a regular file"))


@pytest.mark.parametrize("name", ["ir.json", "output.txt", "output.cdef.txt", "output.py", "output.d_ts"])
def test_payload_names_are_plain(name):
    assert is_payload_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "ir", "output", "output.", "../ir.json", "output./x", "ir.json/..", "output.PY", "output.a.b.c.d", "x.py"],
)
def test_other_names_are_no_payload(name):
    assert not is_payload_name(name)
