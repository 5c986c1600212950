"""Open-ended inputs: names of any kind, stores in any state, merges in any order."""

from __future__ import annotations

import contextlib
import shutil
import string
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headerkit.errors import StoreError
from headerkit.ir_version import JSON_HEAD
from headerkit.plan import CachePolicy
from headerkit.store import Closure, Found, Missed, Store
from headerkit.store.clear import clear_store
from headerkit.store.identity import identity_digest, output_identity, unit_identity
from headerkit.store.index import rebuild_index
from headerkit.store.merge import store_merge
from headerkit.store.prune import prune_store
from headerkit.store.slug import SLUG_LENGTH, entry_slug, folder_name, is_slug
from headerkit.store.status import store_status
from headerkit.store.verify import verify_store
from headerkit.unit import IncludeDir, Unit

# A busy machine is no failure.
HEALTHY = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(max_size=30)
UNITS = st.builds(
    Unit,
    root=st.just("/srv/p"),
    header=st.text(min_size=1, max_size=60),
    target=st.from_regex(r"[a-z0-9_]{1,12}(-[a-z0-9_.]{1,9}){1,3}", fullmatch=True),
    backend=TEXT,
    code=st.none() | TEXT,
    include_dirs=st.lists(st.builds(IncludeDir, TEXT, st.just("/opt/x")), max_size=3).map(tuple),
    defines=st.lists(TEXT, max_size=3).map(tuple),
    args=st.lists(TEXT, max_size=3).map(tuple),
    owned=st.lists(TEXT, max_size=2).map(tuple),
)
RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
PLAIN = set(string.ascii_lowercase + string.digits + "._-")


def is_safe(name: str) -> bool:
    return (
        0 < len(name) <= SLUG_LENGTH
        and set(name) <= PLAIN
        and name.partition(".")[0] not in RESERVED
        and not name.startswith(".")
        and not name.endswith(".")
    )


@HEALTHY
@given(UNITS)
def test_every_unit_has_a_slug_that_is_a_folder_everywhere(unit):
    identity = unit_identity(unit)
    slug = entry_slug(identity, identity_digest(identity))
    assert is_slug(slug)
    assert is_safe(slug)


@HEALTHY
@given(TEXT)
def test_every_writer_has_a_folder_that_is_one_everywhere(name):
    assert is_safe(folder_name(name))


@HEALTHY
@given(st.lists(UNITS, max_size=6, unique=True), TEXT)
def test_different_units_have_different_folders(units, writer):
    identities = [unit_identity(unit) for unit in units]
    digests = {identity_digest(identity) for identity in identities}
    slugs = {entry_slug(identity, identity_digest(identity)) for identity in identities}
    assert len(slugs) == len(digests)
    assert len({identity_digest(output_identity(identity, writer, (), ())) for identity in identities}) == len(digests)


# -- stores

EMPTY = Closure(files=())
FEW = [Unit(root="/srv/p", header=f"{name}.h", target=target) for name in "ab" for target in ("x-y-z", "x-y-w")]
POLICY = CachePolicy()


@contextlib.contextmanager
def folder():
    place = tempfile.mkdtemp()
    try:
        yield Path(place)
    finally:
        shutil.rmtree(place)


def fill(store: str, entries) -> None:
    for index, text in entries:
        Store(store).put_ir(FEW[index], EMPTY, JSON_HEAD + text)


ENTRIES = st.lists(st.tuples(st.integers(0, len(FEW) - 1), st.sampled_from(["one\n", "two\n", "\r\n", ""])), max_size=6)


@HEALTHY
@given(st.lists(ENTRIES, min_size=1, max_size=3))
def test_a_merge_is_the_sources_put_one_after_the_other(sources):
    with folder() as place:
        for number, entries in enumerate(sources):
            fill(str(place / f"s{number}"), entries)
            (place / f"s{number}").mkdir(exist_ok=True)
        result = store_merge([place / f"s{number}" for number in range(len(sources))], place / "merged")
        expected = {index: JSON_HEAD + text for entries in sources for index, text in entries}
        found = {
            index: each.text
            for index, unit in enumerate(FEW)
            if isinstance(each := Store(str(place / "merged")).find_ir(unit, policy=POLICY), Found)
        }
        assert found == expected
        seen = sum(len({index for index, _ in entries}) for entries in sources)
        assert result.new_entries == len(expected)
        assert result.new_entries + result.skipped_entries + result.replaced_entries == seen
        assert result.refused == ()


NOISE = st.sampled_from(
    [b"", b"{}", b"[]", b"null", b'{"format": 1}', b"[" * 2000, b"\xff\0", b'{"format": "\\ud800"}']
)
PLACES = st.sampled_from(
    ["store.json", ".gitattributes", ".gitignore", "ir", "output", "output/x", "ir/index.json", "entry"]
)
DAMAGE = st.sampled_from(["write", "truncate", "remove", "folder", "link", "append"])


@HEALTHY
@given(ENTRIES, st.lists(st.tuples(PLACES, DAMAGE, NOISE), max_size=4))
def test_a_store_in_any_state_gives_right_answers_misses_or_one_clear_error(entries, damages):
    with folder() as place:
        store = place / "store"
        fill(str(store), entries)
        store.mkdir(exist_ok=True)
        for where, how, noise in damages:
            damage(store, where, how, noise)
        expected = {index: JSON_HEAD + text for index, text in entries}
        for index, unit in enumerate(FEW):
            with contextlib.suppress(StoreError):
                found = Store(str(store)).find_ir(unit, policy=POLICY)
                assert isinstance(found, Missed) or found.text == expected[index]
        for verb in (store_status, verify_store, rebuild_index, lambda path: prune_store(path, []), clear_store):
            with contextlib.suppress(StoreError):
                verb(str(store))
        with contextlib.suppress(StoreError):
            store_merge([store], place / "other")


def damage(store: Path, where: str, how: str, noise: bytes) -> None:
    places = sorted(store.glob("ir/*/*")) if where == "entry" else [store / where]
    for path in places[:1]:
        if how in ("write", "folder", "link", "remove") and path.exists() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            match how:
                case "write":
                    path.write_bytes(noise)
                case "append":
                    path.write_bytes(path.read_bytes() + noise)
                case "truncate":
                    path.write_bytes(path.read_bytes()[: len(noise)])
                case "folder":
                    path.mkdir()
                case "link":
                    path.symlink_to(store)
