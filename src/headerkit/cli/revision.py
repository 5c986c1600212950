"""A project's files as git has them at a revision."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tarfile

from headerkit.errors import HeaderkitError, UsageError

__all__ = ["export_revision"]

_SHOWN = 3


def export_revision(root: str, revision: str, folder: str) -> list[str]:
    """Write the files below `root` as they were into an empty folder; notes name what could not be written.

    Raises UsageError where git refuses.
    """
    if revision.startswith("-"):
        msg = f"--git: {revision!r} is not a revision"
        raise UsageError(msg)
    archive = os.path.join(folder, ".headerkit-diff.tar")
    command = ["git", "-C", root, "archive", "--format=tar", f"--output={archive}", revision, "--", "."]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    except FileNotFoundError as error:
        msg = "--git: there is no git program"
        raise UsageError(msg) from error
    if done.returncode:
        msg = f"--git: {done.stderr.strip() or 'git archive failed'}"
        raise UsageError(msg, hint="git log --oneline names the revisions")
    top = os.path.join(os.path.realpath(folder), "")
    try:
        with tarfile.open(archive) as tar:
            # Set even where nothing is left to filter: Python 3.12 warns without, and 3.10.11 has none.
            tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
            members = {os.path.normpath(os.path.join(top, member.name)): member for member in tar.getmembers()}
            below = {place: member for place, member in members.items() if f"{place}{os.sep}".startswith(top)}
            tar.extractall(top, [member for member in below.values() if member.isfile() or member.isdir()])  # noqa: S202  (what stays below the folder)
        left_out = _link(top, {place: member.linkname for place, member in below.items() if member.issym()})
    except (tarfile.TarError, OSError) as error:
        msg = f"--git: the revision {revision} cannot be written to a folder: {error}"
        raise HeaderkitError(msg) from error
    finally:
        os.unlink(archive)
    if not left_out:
        return []
    named = ", ".join(os.path.relpath(place, top).replace(os.sep, "/") for place in left_out[:_SHOWN])
    more = f" and {len(left_out) - _SHOWN} more" if len(left_out) > _SHOWN else ""
    return [f"symbolic links that lead out of the project count as absent in {revision}: {named}{more}"]


def _link(top: str, links: dict[str, str]) -> list[str]:
    """Make symbolic links, when all files are there: none is written through one. Those that lead out are removed."""
    for place, target in links.items():
        with contextlib.suppress(OSError):  # Windows asks for a privilege
            os.symlink(target, place)
    left_out = [place for place in links if not (os.path.islink(place) and os.path.realpath(place).startswith(top))]
    for place in left_out:
        if os.path.islink(place):
            os.unlink(place)
    return left_out
