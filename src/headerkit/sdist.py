"""What a source distribution must hold so that a wheel can be built from it without libclang.

That is the store, and every header of the project that the stored entries were made from: an entry whose header is
absent is not valid.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import LibclangUnavailableError
from headerkit.portable import below
from headerkit.replacing import replace_file
from headerkit.store import Found, Store
from headerkit.store.closure import closure_paths
from headerkit.store.inventory import stored_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headerkit.plan import Plan

__all__ = ["NO_HINDRANCE", "complete", "headers_needed", "store_files"]

NO_HINDRANCE = (LibclangUnavailableError,)
"""What generating may fail with and an sdist be made all the same, with a warning: its receiver may have libclang.

Nothing else: a header that is missing or does not parse, or a target that clang does not know, is its maker's to mend.
"""
_HEADERS = (".h", ".inc", ".def")


def store_files(plan: Plan) -> tuple[str, ...]:
    """The store's files, as sorted paths below the root with forward slashes; none where the store lies outside."""
    inside = below(plan.root, plan.store_dir)
    if inside is None:
        return ()
    return tuple(sorted(f"{inside}/{name}" for name in stored_files(plan.store_dir)))


def headers_needed(plan: Plan) -> tuple[str, ...]:
    """The project's headers that the plan and valid entries name, and C sources; spelled as `store_files` are.

    Where there is no valid entry (and no libclang, else there would be one), nobody knows what a header includes: it is
    accompanied by all headers beside and below it and in the project's include directories.
    """
    store = Store(plan.store_dir)
    paths: set[str] = set()
    for job in plan.jobs:
        if job.unit.path:
            paths.add(job.unit.path)
        found = store.find_output(job.unit, job.writer, options=job.options, rules=job.rules, policy=plan.cache)
        if not isinstance(found, Found):
            found = store.find_ir(job.unit, policy=plan.cache)
        if isinstance(found, Found):
            paths.update(closure_paths(found.closure, job.unit))
        else:
            folders = [include_dir.path for include_dir in job.unit.include_dirs]
            for folder in {*folders, os.path.dirname(job.unit.path or plan.root)}:
                paths.update(_headersbelow(folder, plan.root))
    for module in plan.modules:
        paths.update(module.sources)
    inside = (below(plan.root, path) for path in paths if os.path.isfile(path))
    return tuple(sorted(path for path in inside if path is not None))


def _headersbelow(folder: str, root: str) -> Iterator[str]:
    inside = below(root, folder)
    if inside is None:
        return
    for parent, inner, names in os.walk(folder):
        yield from (os.path.join(parent, name) for name in names if name.endswith(_HEADERS))
        if inside == ".":  # everything else is below the root
            inner.clear()


def complete(sdist: str, root: str, store: Iterable[str], headers: Iterable[str]) -> tuple[str, ...]:
    """Have the sdist (a `.tar.gz`, PEP 625) hold these files of `root`; return those that were added or replaced.

    A file of the store that differs is replaced where the sdist has the headers that the store was filled from: some
    backends pack the last commit, whose store may lag behind. Nothing else that is there is touched.

    What is added has the time of the archive's newest member, no owner and mode 0644, so that the same project gives
    the same bytes. The archive is replaced in one step, and only if something has to be.
    """
    import gzip  # noqa: PLC0415  (hosts whose backend packs the files itself do without)
    import io  # noqa: PLC0415
    import tarfile  # noqa: PLC0415

    store, headers = tuple(store), tuple(headers)
    with tarfile.open(sdist, "r:gz") as archive:
        members = archive.getmembers()
        top = members[0].name.partition("/")[0]
        present = {member.name.partition("/")[2]: member for member in members}

        def differs(path: str) -> bool:
            packed = archive.extractfile(present[path]) if path in present else None
            return packed is not None and packed.read() != _read(root, path)

        changed = [path for path in (*store, *headers) if path not in present]
        if not any(map(differs, headers)):
            changed += filter(differs, store)
        if not changed:
            return ()
        newest = max(member.mtime for member in members)
        left_out = {present[path] for path in changed if path in present}
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as larger:
            for member in members:
                if member not in left_out:
                    larger.addfile(member, archive.extractfile(member) if member.isreg() else None)
            for path in changed:
                data = _read(root, path)
                added = tarfile.TarInfo(f"{top}/{path}")
                added.size, added.mtime, added.mode = len(data), newest, 0o644
                larger.addfile(added, io.BytesIO(data))
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", fileobj=packed, mtime=int(newest)) as compressed:
        compressed.write(buffer.getvalue())
    replace_file(sdist, packed.getvalue())
    return tuple(changed)


def _read(root: str, path: str) -> bytes:
    with open(os.path.join(root, *path.split("/")), "rb") as file:
        return file.read()
