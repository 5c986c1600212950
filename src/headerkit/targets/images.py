"""A target's libc headers out of a container image, copied and kept in the user's cache; nothing of the image is run.

`ENGINE create` makes a container that is never started, `ENGINE cp` writes its header folders as tar streams, and
`ENGINE rm` removes it: that works for every machine's images on every machine, without emulation.

The cache's folder is `images/1/ID-PLATFORM` below `$XDG_CACHE_HOME/headerkit`, or without that variable the system's
usual place. ID is the image's own digest, so what is kept is never out of date, and a new image gets a new folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from headerkit.errors import OutputError, TargetError, UsageError
from headerkit.targets.default_images import DEFAULT_IMAGES
from headerkit.targets.engines import find_engine
from headerkit.targets.image_tree import ImageTree
from headerkit.targets.wheels import platform_of, target_of_platform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.targets.engines import Engine

__all__ = ["Say", "image_cache", "image_sysroot"]

Say = Callable[[str], None]
"""What takes a line for the user about something that takes long."""

_FORMAT = "1"
"""Another one for another selection of what is copied out of an image: it names the folder of the cache."""
_PARTS = ("usr/include", "usr/local/include")
_NOT_THERE = re.compile(
    r"no such (file|container:path)|could not (be found|find)|cannot find|not a directory|too many levels",
    re.IGNORECASE,
)
_ID = re.compile(r"(?:sha[0-9]+:)?([0-9a-f]{32,128})")
_REMOVE_SECONDS = 120
_ABANDONED_SECONDS = 24 * 3600
_UNFINISHED = ".unfinished-"


class _Image(NamedTuple):
    id: str
    platform: str


def image_sysroot(
    image: str, platform: str, *, libc: str = "", engine: str = "", timeout: float = 600, say: Say | None = None
) -> str:
    """The absolute folder that has an image's headers at their places, and no more of the image.

    These are `usr/include`, `usr/local/include`, and what links in them lead to, below the image's root.

    `platform` is the container's, `linux/arm64`; `libc`, "gnu" or "musl", is what the headers have to be of; `engine` a
    program as `find_engine` takes it; `timeout` in seconds, of everything together. An image that is not on this
    machine for that platform is pulled, and its name then means the image for that platform, as after
    `ENGINE pull --platform`; one that is here is taken as it is. `say` gets a line before each step that may take long.

    Raises TargetError (no engine, no such image, another platform, other libc headers or none, the time is over),
    OutputError (the cache cannot be written) and UsageError (`image` is no name). Neither a container nor half a folder
    is left.
    """
    if not image or image.startswith("-") or not image.isprintable() or " " in image:
        msg = f"not the name of a container image: {image!r}"
        raise UsageError(msg, hint=f"write it as {DEFAULT_IMAGES['x86_64-unknown-linux-gnu']}")
    platform = _normalized(platform)
    until = time.monotonic() + timeout
    chosen = find_engine(engine)
    found = _image(chosen, image, platform, until, say)
    cache = image_cache()
    folder = os.path.join(cache, f"{found.id}-{platform.replace('/', '-')}")
    if not os.path.isdir(folder):
        try:
            _fill(folder, image, _Copier(chosen, found.id, platform, until, say))
        except OSError as error:
            msg = f"an image's headers cannot be kept in {cache}: {error.strerror or error}"
            raise OutputError(msg, hint="set XDG_CACHE_HOME to a folder that can be written and has room") from error
    if libc and libc not in _libcs(folder):
        msg = f"{image} has the headers of another C library than {'glibc' if libc == 'gnu' else libc}"
        raise TargetError(msg, hint=_proposal(platform, libc))
    return folder


def image_cache() -> str:
    """The absolute folder where the headers of images are kept, one folder an image; it need not exist.

    Each can be removed at any time when no headerkit runs. Raises OutputError where the user has no folder at all.
    """
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(chosen):  # the XDG specification: such a value is to be ignored
        if sys.platform == "win32":
            chosen = os.environ.get("LOCALAPPDATA", "")
        else:
            chosen = os.path.expanduser("~/Library/Caches" if sys.platform == "darwin" else "~/.cache")
    if not os.path.isabs(chosen):
        msg = "there is no folder to keep an image's headers in: the user has no home"
        raise OutputError(msg, hint="set XDG_CACHE_HOME to a folder")
    return os.path.join(chosen, "headerkit", "images", _FORMAT)


def _image(engine: Engine, image: str, platform: str, until: float, say: Say | None) -> _Image:
    """The image of that name for that platform, pulled if need be."""
    found = _inspect(engine, image, platform, until)
    if found is not None and found.platform == platform:
        return found
    if say:
        say(f"pulling {image} for {platform} with {engine.name}; this may take minutes")
    # Not left to `create`: that one takes an image of another platform for some engines.
    pulled = engine.run("pull", "--quiet", "--platform", platform, image, until=until)
    if pulled.code == 0:
        found = _inspect(engine, image, platform, until)
        if found is not None and found.platform == platform:
            return found
    if found is None:
        msg = f"{engine.name} has no image {image} and cannot pull it for {platform}"
        cause = pulled.words or (f"exit code {pulled.code}" if pulled.code else "what it pulled has another name")
        raise TargetError(msg, cause=cause, hint=f"{engine.name} pull --platform {platform} {image}")
    msg = f"{image} is an image for {found.platform}, not for {platform}"
    cause = f"pulling it for {platform}: {pulled.words}" if pulled.code else "its registry has no other"
    raise TargetError(msg, cause=cause, hint=_proposal(platform))


def _inspect(engine: Engine, image: str, platform: str, until: float) -> _Image | None:
    """What the engine has under a name, for that platform if it can hold several; None where it has none."""
    found = _facts(engine.run("image", "inspect", image, until=until).output, platform)
    if found is not None and found.platform != platform:
        # docker with containerd's store shows this machine's of several; podman and older ones do not know the option.
        found = (
            _facts(engine.run("image", "inspect", "--platform", platform, image, until=until).output, platform) or found
        )
    return found


def _facts(output: str, platform: str) -> _Image | None:
    try:
        facts = json.loads(output)[0]
        matched = _ID.fullmatch(facts["Id"])
        spelled = "/".join(part for part in (facts["Os"], facts["Architecture"], facts.get("Variant")) if part)
    except (ValueError, LookupError, TypeError):
        return None
    if matched is None or not spelled:
        return None
    try:
        # An image for arm that does not say which is taken for the one that is asked for.
        return _Image(matched[1], platform if platform.startswith(f"{spelled}/") else _normalized(spelled))
    except TargetError:
        return _Image(matched[1], spelled)


def _normalized(platform: str) -> str:
    normalized = platform_of(target_of_platform(platform))
    if not normalized.startswith("linux/"):
        msg = f"no container has the headers of {normalized}"
        raise TargetError(msg, cause="containers of Linux alone keep them in /usr/include")
    return normalized


def _proposal(platform: str, libc: str = "") -> str:
    names = [
        name for target, name in DEFAULT_IMAGES.items() if platform_of(target) == platform and f"-{libc}" in target
    ]
    return f"name an image for {platform}, as {' or '.join(names)}"


class _Copier:
    """A container that is never started, made of one image, to copy out of."""

    def __init__(self, engine: Engine, image_id: str, platform: str, until: float, say: Say | None) -> None:
        self.engine, self.platform = engine, platform
        self._image_id, self._until, self._say = image_id, until, say
        # Named by us, so that it can be removed even when `create` ends before it says what it made.
        self._name = f"headerkit-{secrets.token_hex(8)}"

    def tell(self, line: str) -> None:
        if self._say:
            self._say(line)

    @contextlib.contextmanager
    def container(self) -> Iterator[None]:
        """The container is there inside of the block, and gone after it, however it ends."""
        made = False
        try:
            # The command is never run; without one `create` refuses images that name none.
            options = ("--platform", self.platform, "--network", "none", "--name", self._name)
            answer = self.engine.run("create", *options, self._image_id, "true", until=self._until)
            if answer.code:
                msg = f"{self.engine.name} cannot make a container of the image {self._image_id[:12]}"
                raise TargetError(msg, cause=answer.words)
            made = True
            yield
        finally:
            self._remove(made=made)

    def _remove(self, *, made: bool) -> None:
        until = time.monotonic() + _REMOVE_SECONDS
        try:
            words = ""
            answer = self.engine.run("rm", "-f", "-v", self._name, until=until, undisturbed=True)
            if answer.code:
                words = answer.words
        except TargetError as error:
            words = error.message
        if words and made:
            self.tell(f"the container {self._name} is left over: {words}")

    def copy(self, part: str, archive: str) -> bool:
        """Write a part of the image as a tar file; False if the image does not have it."""
        with open(archive, "wb") as output:
            answer = self.engine.run("cp", f"{self._name}:/{part}", "-", until=self._until, output=output)
        if answer.code and not _NOT_THERE.search(answer.words):
            with open(archive, "ab") as output:
                output.write(bytes(4096))  # says for certain whether it was the disk, whatever the engine's words
            msg = f"{self.engine.name} cannot copy /{part} out of the image {self._image_id[:12]}"
            raise TargetError(msg, cause=answer.words)
        return not answer.code


def _fill(folder: str, image: str, copier: _Copier) -> None:
    """Make the folder at once, or not at all."""
    cache = os.path.dirname(folder)
    os.makedirs(cache, exist_ok=True)
    _sweep(cache)
    unfinished = tempfile.mkdtemp(prefix=_UNFINISHED, dir=cache)
    try:
        made = os.path.join(unfinished, "root")
        os.mkdir(made)
        copier.tell(f"copying the headers out of {image}")
        tree = ImageTree(made)
        with copier.container():
            parts = list(_PARTS)
            while parts:
                for part in parts:
                    archive = os.path.join(unfinished, "part.tar")
                    if copier.copy(part, archive):
                        tree.add(part, archive)
                    else:
                        tree.lack(part)
                parts = tree.wanted()
        tree.finish()
        _check(made, image, copier)
        try:
            os.rename(made, folder)
        except OSError:
            if not os.path.isdir(folder):  # else another run was faster, with the same
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _check(made: str, image: str, copier: _Copier) -> None:
    if not any(os.path.isfile(os.path.join(place, "stdio.h")) for place in _places(made)):
        msg = f"{image} has no headers of a C library in /usr/include"
        raise TargetError(
            msg,
            cause="an image to run programs in has none; their package is libc6-dev, glibc-devel or musl-dev",
            hint=_proposal(copier.platform),
        )


def _libcs(folder: str) -> set[str]:
    """The C libraries, gnu and musl, whose headers are there."""
    found = set()
    for place in _places(folder):
        with contextlib.suppress(FileNotFoundError), open(os.path.join(place, "features.h"), "rb") as file:
            found.add("gnu" if b"__GLIBC__" in file.read() else "musl")
    return found


def _places(folder: str) -> list[str]:
    """Where a C library's headers may be: Debian has musl's a folder deeper than others."""
    include = os.path.join(folder, "usr", "include")
    if not os.path.isdir(include):
        return []
    return [include, *(entry.path for entry in os.scandir(include) if "-linux-" in entry.name)]


def _sweep(cache: str) -> None:
    """Remove what runs that were killed have left, a day later."""
    for entry in os.scandir(cache):
        with contextlib.suppress(OSError):
            if entry.name.startswith(_UNFINISHED) and time.time() - entry.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(entry.path, ignore_errors=True)
