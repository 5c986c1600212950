"""Headers out of images, with podman itself: images made here, and a registry on this machine to pull from."""

from __future__ import annotations

import errno
import hashlib
import http.server
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from headerkit.errors import OutputError, TargetError, UsageError
from headerkit.targets import images
from headerkit.targets.images import image_cache, image_sysroot

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = {
    "usr/include/stdio.h": "int puts(const char *);\n",
    "usr/include/features.h": "#define __GLIBC__ 2\n",
    "usr/include/bits/types.h": "typedef long wide;\n",
    "usr/include/aarch64-linux-gnu/asm/x.h": "#define X 1\n",
    "usr/local/include/zlib.h": "int zlib;\n",
    "etc/passwd": "not copied",
}

PLAIN = "localhost/hk:plain"
"""An image with HEADERS, for arm64."""

WRAPPER = """\
#!/bin/sh
# podman with a storage of its own, what it is asked in a file, and $SLOW: a command that takes a minute.
echo "$@" >> "${{LOG:-/dev/null}}"
[ "$1" = "$SLOW" ] && [ "$SLOW" != create ] && exec /bin/sleep 60
{podman} --root {folder}/root --runroot {folder}/run --storage-driver vfs "$@"
code=$?
[ "$1" = "$SLOW" ] && exec /bin/sleep 60
exit $code
"""


class Podman(NamedTuple):
    """A podman whose storage is the tests' own."""

    program: str
    log: Path

    def __call__(self, *args: str) -> str:
        done = subprocess.run([self.program, *args], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def make(self, name: str, tree: dict[str, str | Path], platform: str = "arm64") -> None:
        """Make an image of some files and folders (links where a text begins with `->`)."""
        command = [self.program, "import", "--quiet", "--os", "linux", "--arch", platform, "-", name]
        subprocess.run(command, input=tar_of(tree), capture_output=True, check=True)

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def containers(self) -> str:
        return self("ps", "--all", "--quiet")


def tar_of(tree: dict[str, str | Path]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in tree.items():
            if isinstance(content, Path):
                tar.add(content, name)
                continue
            info = tarfile.TarInfo(name)
            if content.startswith("->"):
                info.type, info.linkname = tarfile.SYMTYPE, content[2:]
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content.encode()))
    return packed.getvalue()


@pytest.fixture(scope="session")
def registry() -> Iterator[Registry]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry.Handler) as server:
        Registry.Handler.files = {}
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Registry(f"localhost:{server.server_port}", Registry.Handler.files)
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def storage(registry: Registry) -> Iterator[Path]:
    """A folder with a program `podman` in it; its images and containers are below it."""
    podman = shutil.which("podman")
    if podman is None:
        pytest.skip("podman is not installed")
    with tempfile.TemporaryDirectory(prefix="hk") as folder:  # podman takes 50 characters for the path of its state
        yield _stored(Path(folder), podman, registry)


def _stored(folder: Path, podman: str, registry: Registry) -> Path:
    (folder / "bin").mkdir()
    wrapper = folder / "bin" / "podman"
    wrapper.write_text(WRAPPER.format(podman=podman, folder=folder))
    wrapper.chmod(0o755)
    (folder / "registries.conf").write_text(f'[[registry]]\nlocation = "{registry.host}"\ninsecure = true\n')
    try:
        Podman(str(wrapper), folder / "log").make(PLAIN, HEADERS)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"podman does not work here: {error.stderr.decode().strip()}")
    return folder


@pytest.fixture
def podman(storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Podman]:
    """The engine that headerkit finds, with an empty cache whose path has spaces, and no containers at the end."""
    for name in ("HEADERKIT_CONTAINER_ENGINE", "CIBW_CONTAINER_ENGINE", "SLOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{storage / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(storage / "registries.conf"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a user's cache"))
    engine = Podman(str(storage / "bin" / "podman"), tmp_path / "log")
    yield engine
    monkeypatch.delenv("SLOW", raising=False)
    assert not any(call.startswith("create") for call in engine.calls()) or engine.containers() == ""
    if os.path.isdir(image_cache()):
        assert not [name for name in os.listdir(image_cache()) if name.startswith(".")]


def content(folder: str | Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()
    }


def test_the_headers_of_an_image_are_copied_to_their_places(podman: Podman) -> None:
    made = podman("image", "inspect", "--format", "{{.Id}}", PLAIN).strip()
    said: list[str] = []
    folder = image_sysroot(PLAIN, "linux/arm64", say=said.append)
    assert folder == os.path.join(image_cache(), f"{made}-linux-arm64")
    assert content(folder) == {name: text.encode() for name, text in HEADERS.items() if name != "etc/passwd"}
    assert said == [f"copying the headers out of {PLAIN}"]


def test_an_image_is_copied_once(podman: Podman) -> None:
    first = image_sysroot(PLAIN, "linux/arm64/v8")
    before = len(podman.calls())
    assert image_sysroot(PLAIN, "linux/arm64") == first
    assert [call.split()[0] for call in podman.calls()[before:]] == ["version", "image"]


def test_an_image_with_other_content_has_another_folder(podman: Podman) -> None:
    podman("tag", PLAIN, "localhost/hk:moving")
    first = image_sysroot("localhost/hk:moving", "linux/arm64")
    podman.make("localhost/hk:moving", {**HEADERS, "usr/include/stdio.h": "int printf();\n"})
    second = image_sysroot("localhost/hk:moving", "linux/arm64")
    assert first != second
    assert content(second)["usr/include/stdio.h"] == b"int printf();\n"
    assert content(first)["usr/include/stdio.h"] == HEADERS["usr/include/stdio.h"].encode()


@pytest.mark.skipif(not os.path.isdir("/usr/aarch64-linux-gnu/include"), reason="no headers of libc6-dev-arm64-cross")
def test_a_whole_c_library_is_the_same_byte_for_byte(podman: Podman) -> None:
    real = Path("/usr/aarch64-linux-gnu/include")
    # The kernel's are ten times as many.
    tree = {f"usr/include/{path.name}": path for path in real.iterdir() if path.name not in ("asm", "linux", "c++")}
    podman.make("localhost/hk:glibc", tree)
    folder = Path(image_sysroot("localhost/hk:glibc", "linux/arm64"), "usr/include")
    assert content(folder) == {
        name: text for name, text in content(real).items() if f"usr/include/{name.split('/')[0]}" in tree
    }


def test_what_headers_link_to_elsewhere_in_the_image_comes_along(podman: Podman) -> None:
    tree = {
        "usr/include/stdio.h": "int puts();\n",
        "usr/local/include": "->../../srv/include",
        "srv/include/zlib.h": "int zlib;\n",
        "usr/include/mpi": "->/etc/alternatives/mpi",
        "etc/alternatives/mpi": "->../../usr/lib/openmpi/include",
        "usr/lib/openmpi/include/mpi.h": "int mpi;\n",
        "usr/include/up.h": "->../../../../opt/up.h",
        "opt/up.h": "int up;\n",
        "opt/other.h": "not copied",
        "usr/include/gone.h": "->/opt/gone.h",
        "usr/include/loop.h": "->loop.h",
        "usr/include/whole": "->/",
        "usr/include/curses": "->.",
    }
    podman.make("localhost/hk:links", tree)
    folder = Path(image_sysroot("localhost/hk:links", "linux/arm64"))
    assert (folder / "usr/include/mpi/mpi.h").read_text() == "int mpi;\n"
    assert (folder / "usr/local/include/zlib.h").read_text() == "int zlib;\n"
    assert (folder / "usr/include/up.h").read_text() == "int up;\n"
    assert (folder / "usr/include/curses/stdio.h").samefile(folder / "usr/include/stdio.h")
    assert os.listdir(folder / "opt") == ["up.h"]
    assert not {"gone.h", "loop.h", "whole"} & set(os.listdir(folder / "usr/include"))
    assert all(path.resolve().is_relative_to(folder) for path in folder.rglob("*"))


def test_an_image_of_another_platform_is_refused(podman: Podman, registry: Registry) -> None:
    name = f"{registry.host}/hk/wrong"  # where no other one is found soon
    podman.make(name, HEADERS, "amd64")
    with pytest.raises(TargetError) as caught:
        image_sysroot(name, "linux/arm64")
    assert caught.value.message == f"{name} is an image for linux/amd64, not for linux/arm64"
    assert caught.value.hint == (
        "name an image for linux/arm64, as quay.io/pypa/manylinux_2_28_aarch64 or quay.io/pypa/musllinux_1_2_aarch64"
    )
    assert not os.path.exists(image_cache())


def test_an_image_without_headers_is_refused(podman: Podman) -> None:
    podman.make("localhost/hk:alpine", {"etc/alpine-release": "3.20.0\n", "usr/include/own.h": ""})
    with pytest.raises(TargetError) as caught:
        image_sysroot("localhost/hk:alpine", "linux/arm64")
    assert str(caught.value) == (
        "localhost/hk:alpine has no headers of a C library in /usr/include\n"
        "  cause: an image to run programs in has none; their package is libc6-dev, glibc-devel or musl-dev\n"
        "  try:   name an image for linux/arm64, as quay.io/pypa/manylinux_2_28_aarch64 or "
        "quay.io/pypa/musllinux_1_2_aarch64"
    )


def test_the_headers_of_another_c_library_are_refused(podman: Podman) -> None:
    image_sysroot(PLAIN, "linux/arm64", libc="gnu")
    with pytest.raises(TargetError) as caught:
        image_sysroot(PLAIN, "linux/arm64", libc="musl")
    assert str(caught.value) == (
        f"{PLAIN} has the headers of another C library than musl\n"
        "  try:   name an image for linux/arm64, as quay.io/pypa/musllinux_1_2_aarch64"
    )
    debian = {**HEADERS, "usr/include/aarch64-linux-musl/features.h": "#define _FEATURES_H\n"}
    podman.make("localhost/hk:debian", debian)  # with its package musl-dev
    image_sysroot("localhost/hk:debian", "linux/arm64", libc="musl")
    image_sysroot("localhost/hk:debian", "linux/arm64", libc="gnu")


@pytest.mark.parametrize("platform", ["", "arm64", "windows/amd64", "darwin/arm64", "linux/arm64/x", "--linux/arm64"])
def test_what_is_no_platform_of_linux_reaches_no_engine(podman: Podman, platform: str) -> None:
    with pytest.raises(TargetError):
        image_sysroot(PLAIN, platform)
    assert podman.calls() == []


@pytest.mark.parametrize("name", ["", "-v/:/host", "--privileged", "a b", "a\nb"])
def test_what_is_no_name_of_an_image_reaches_no_engine(podman: Podman, name: str) -> None:
    with pytest.raises(UsageError, match="not the name of a container image"):
        image_sysroot(name, "linux/arm64")
    assert podman.calls() == []


@pytest.mark.parametrize("slow", ["image", "create", "cp"])
def test_no_container_is_left_when_the_time_is_over(podman: Podman, monkeypatch: pytest.MonkeyPatch, slow: str) -> None:
    monkeypatch.setenv("SLOW", slow)
    with pytest.raises(TargetError, match=rf"^podman {slow}.* did not end in time"):
        image_sysroot(PLAIN, "linux/arm64", timeout=1)
    assert [call.split()[0] for call in podman.calls()][-1] == ("image" if slow == "image" else "rm")


def test_no_container_is_left_after_an_interrupt(podman: Podman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOW", "cp")
    code = f"from {images.__name__} import image_sysroot; image_sysroot({PLAIN!r}, 'linux/arm64')"
    # A session of its own: the signal goes to all of its programs, as a terminal sends it.
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + 60
    while not any(call.startswith("cp") for call in podman.calls()):
        assert time.monotonic() < until
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGINT)
    _, words = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGINT, words
    assert [call.split()[0] for call in podman.calls()][-2:] == ["cp", "rm"]


def test_two_runs_at_once_have_the_same_whole_folder(podman: Podman) -> None:
    code = f"from {images.__name__} import image_sysroot; print(image_sysroot({PLAIN!r}, 'linux/arm64'))"
    runs = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    folders = {run.communicate(timeout=120)[0].strip() for run in runs}
    assert [run.returncode for run in runs] == [0, 0]
    assert content(folders.pop())["usr/include/stdio.h"] == HEADERS["usr/include/stdio.h"].encode()
    assert not folders


def test_what_a_killed_run_left_is_removed_a_day_later(podman: Podman) -> None:
    old, new = (Path(image_cache(), f".unfinished-{name}") for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    image_sysroot(PLAIN, "linux/arm64")
    assert (old.exists(), new.exists()) == (False, True)
    new.rmdir()


def test_a_cache_that_cannot_be_written_is_said(
    podman: Podman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputError) as caught:
        image_sysroot(PLAIN, "linux/arm64")
    assert str(caught.value) == (
        f"an image's headers cannot be kept in {tmp_path}/file/headerkit/images/1: {os.strerror(errno.ENOTDIR)}\n"
        "  try:   set XDG_CACHE_HOME to a folder that can be written and has room"
    )


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that has 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("size", [48_000, 100_000])
def test_a_full_disk_is_said_and_nothing_is_left(
    podman: Podman, full_disk: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """By podman, whose archive has no room, or by ourselves, whose headers have none beside the archive."""
    podman.make("localhost/hk:large", {**HEADERS, "usr/include/large.h": "/" * size})
    monkeypatch.setenv("XDG_CACHE_HOME", str(full_disk))
    with pytest.raises(OutputError, match=os.strerror(errno.ENOSPC)):
        image_sysroot("localhost/hk:large", "linux/arm64")
    assert os.listdir(image_cache()) == []


def test_the_cache_is_where_the_system_keeps_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tail = os.path.join("headerkit", "images", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the specification says to ignore it
    for platform, place in (("linux", ".cache"), ("darwin", "Library/Caches"), ("win32", "Local")):
        monkeypatch.setattr(sys, "platform", platform)
        assert image_cache() == str(tmp_path / place / tail)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    assert image_cache() == str(tmp_path / "mine" / tail)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("LOCALAPPDATA")
    with pytest.raises(OutputError, match="the user has no home"):
        image_cache()


class Registry(NamedTuple):
    """A registry of images on this machine: the OCI distribution specification's pulls, and no more of it."""

    host: str
    files: dict[str, bytes]

    class Handler(http.server.BaseHTTPRequestHandler):
        """Gives files by their paths."""

        files: dict[str, bytes]

        def do_GET(self) -> None:
            body = b"{}" if self.path == "/v2/" else self.files.get(self.path)
            self.send_response(200 if body is not None else 404)
            body = body or b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}'
            kind = json.loads(body).get("mediaType") if "/manifests/" in self.path else None
            self.send_header("Content-Type", kind or "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if self.command == "GET" else b"")

        do_HEAD = do_GET  # noqa: N815  (the name is what the base class looks for)

        def log_message(self, *_args: object) -> None:
            pass

    def publish(self, name: str, platforms: dict[str, dict[str, str | Path]]) -> str:
        """Publish one image for several platforms under one name, and give what to pull."""
        manifests = []
        for platform, tree in platforms.items():
            _, machine, *variant = platform.split("/")
            facts = {"os": "linux", "architecture": machine, **({"variant": variant[0]} if variant else {})}
            packed = tar_of(tree)
            layer = self._blob(name, packed, "application/vnd.oci.image.layer.v1.tar")
            config = {**facts, "config": {}, "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}
            manifest = {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": self._blob(name, json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"),
                "layers": [layer],
            }
            described = self._blob(name, json.dumps(manifest).encode(), str(manifest["mediaType"]))
            self.files[f"/v2/{name}/manifests/{described['digest']}"] = json.dumps(manifest).encode()
            manifests.append({**described, "platform": facts})
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests}
        self.files[f"/v2/{name}/manifests/latest"] = json.dumps(index).encode()
        return f"{self.host}/{name}"

    def _blob(self, name: str, body: bytes, kind: str) -> dict[str, object]:
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        self.files[f"/v2/{name}/blobs/{digest}"] = body
        return {"mediaType": kind, "digest": digest, "size": len(body)}


def test_an_image_that_is_not_here_is_pulled_for_its_platform(podman: Podman, registry: Registry) -> None:
    platforms = ("linux/amd64", "linux/arm64", "linux/arm/v7")
    trees = {platform: {"usr/include/stdio.h": f"/* {platform} */\n"} for platform in platforms}
    name = registry.publish("hk/many", trees)
    said: list[str] = []
    for platform in platforms:
        folder = image_sysroot(name, platform, say=said.append)
        assert content(folder) == {"usr/include/stdio.h": f"/* {platform} */\n".encode()}
    assert said[0] == f"pulling {name} for linux/amd64 with podman; this may take minutes"
    assert len(os.listdir(image_cache())) == len(platforms)


def test_an_image_that_a_registry_lacks_is_said_in_the_engines_words(podman: Podman, registry: Registry) -> None:
    name = f"{registry.host}/hk/none"
    with pytest.raises(TargetError) as caught:
        image_sysroot(name, "linux/arm64")
    assert caught.value.message == f"podman has no image {name} and cannot pull it for linux/arm64"
    assert "manifest unknown" in caught.value.cause
    assert caught.value.hint == f"podman pull --platform linux/arm64 {name}"


def test_a_registry_without_the_platform_is_said(podman: Podman, registry: Registry) -> None:
    name = registry.publish("hk/one", {"linux/amd64": HEADERS})
    with pytest.raises(TargetError, match="cannot pull it for linux/s390x") as caught:
        image_sysroot(name, "linux/s390x")
    assert "s390x" in caught.value.cause
    image_sysroot(name, "linux/amd64")
    with pytest.raises(TargetError, match="is an image for linux/amd64, not for linux/s390x"):
        image_sysroot(name, "linux/s390x")


def test_a_pull_that_takes_too_long_is_ended(podman: Podman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOW", "pull")
    with pytest.raises(TargetError, match=r"^podman pull did not end in time") as caught:
        image_sysroot("localhost:1/hk/slow", "linux/arm64", timeout=0.5)
    assert caught.value.hint == "give it more time, or pull the image first"


DOUBLE = """\
#!{python}
# A DOUBLE, not docker: what docker 28 answers that keeps images as containerd does, several platforms under one name.
import io, json, os, sys, tarfile

with open(os.environ["LOG"], "a") as log:
    print(*sys.argv[1:], file=log)
command, *rest = sys.argv[1:]
if command == "image":
    machine = rest[rest.index("--platform") + 1].partition("/")[2] if "--platform" in rest else "amd64"
    if machine not in ("amd64", "arm64"):
        sys.exit("Error response from daemon: no such image")
    print(json.dumps([{{"Id": "sha256:" + "a" * 64, "Os": "linux", "Architecture": machine, "Variant": ""}}]))
elif command == "pull":
    sys.exit("Error response from daemon: no match for platform in manifest: not found")
elif command == "cp":
    # It follows no link, and a folder's name ends with a slash.
    members = {{
        "/usr/include": [("include", "../opt/include")],
        "/opt/include": [("include/", None), ("include/stdio.h", None), ("include/x.h", "stdio.h")],
    }}.get(rest[0].partition(":")[2])
    if members is None:
        sys.exit("Error response from daemon: Could not find the file " + rest[0])
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
        for name, link in members:
            member = tarfile.TarInfo(name)
            member.type = tarfile.SYMTYPE if link else tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            member.linkname = link or ""
            tar.addfile(member)
"""


@pytest.fixture
def double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Podman:
    """A program that answers as docker does where podman answers otherwise."""
    program = tmp_path / "docker"
    program.write_text(DOUBLE.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setenv("HEADERKIT_CONTAINER_ENGINE", str(program))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Podman(str(program), tmp_path / "log")


def test_an_engine_that_holds_several_platforms_is_asked_for_the_one(double: Podman) -> None:
    folders = {image_sysroot("many", "linux/arm64"), image_sysroot("many", "linux/amd64")}
    assert {os.path.basename(folder) for folder in folders} == {f"{'a' * 64}-linux-{it}" for it in ("arm64", "amd64")}
    assert not any(call.startswith("pull") for call in double.calls())
    created = [call.split()[1:3] for call in double.calls() if call.startswith("create")]
    assert created == [["--platform", "linux/arm64"], ["--platform", "linux/amd64"]]
    with pytest.raises(TargetError, match="many is an image for linux/amd64, not for linux/s390x") as caught:
        image_sysroot("many", "linux/s390x")
    assert caught.value.cause == (
        "pulling it for linux/s390x: Error response from daemon: no match for platform in manifest: not found"
    )


def test_an_engine_that_follows_no_links_gives_the_same(double: Podman) -> None:
    folder = Path(image_sysroot("many", "linux/arm64"))
    assert (folder / "usr/include").readlink() == Path("../opt/include")
    assert (folder / "usr/include/x.h").resolve() == folder / "opt/include/stdio.h"
