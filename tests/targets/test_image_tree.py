"""What an archive of an image may put into the folder, and what it may not."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from headerkit.errors import TargetError
from headerkit.targets import image_tree
from headerkit.targets.image_tree import ImageTree

type_of = {"link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "pipe": tarfile.FIFOTYPE, "device": tarfile.CHRTYPE}


def archive(tmp_path: Path, *members: tuple[str, ...]) -> str:
    """Members are ("folder",), ("file", content) and ("name", kind, target)."""
    path = tmp_path / "part.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, *rest in members:
            info = tarfile.TarInfo(name)
            if not rest:
                info.type = tarfile.DIRTYPE
            elif len(rest) == 1:
                info.size = len(rest[0])
            else:
                info.type, info.linkname = type_of[rest[0]], rest[1]
            tar.addfile(info, io.BytesIO(rest[0].encode()) if len(rest) == 1 else None)
    return str(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "image's root"
    made.mkdir()
    return made


@pytest.fixture
def tree(folder: Path) -> ImageTree:
    return ImageTree(str(folder))


def files(folder: Path) -> dict[str, str]:
    """Every file that can be reached, through links too, and every link that leads nowhere (as None)."""
    found = {}
    for where, folders, names in os.walk(folder):
        for name in [*names, *folders]:
            path = Path(where, name)
            if path.is_symlink() or path.is_file():
                found[path.relative_to(folder).as_posix()] = path.read_text() if path.is_file() else str(path.resolve())
    return found


def test_files_and_folders_stand_where_the_image_has_them(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    tree.add(
        "usr/include", archive(tmp_path, ("include",), ("include/a.h", "a"), ("include/s",), ("include/s/b.h", "b"))
    )
    tree.finish()
    assert files(folder) == {"usr/include/a.h": "a", "usr/include/s/b.h": "b"}


def test_the_archive_may_name_the_part_by_what_a_link_leads_to(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    tree.add("usr/local/include", archive(tmp_path, ("inc",), ("inc/a.h", "a")))  # as podman does
    tree.finish()
    assert files(folder) == {"usr/local/include/a.h": "a"}


def test_a_part_may_be_one_file(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    tree.add("opt/x/a.h", archive(tmp_path, ("a.h", "a")))
    assert files(folder) == {"opt/x/a.h": "a"}


@pytest.mark.parametrize(
    "name",
    ["include/../../evil.h", "/include/evil.h", "../evil.h", "other/evil.h", "include/no/such/folder/evil.h", "."],
)
def test_a_name_that_leaves_its_part_is_refused(tree: ImageTree, folder: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(TargetError, match="a member that does not belong in it"):
        tree.add("usr/include", archive(tmp_path, ("include",), (name, "evil")))
    assert not list(tmp_path.rglob("evil.h"))
    assert files(folder) == {}


def test_nothing_is_written_through_a_link_of_the_archive(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    members = (("include",), ("include/s", "link", str(outside)), ("include/s/evil.h", "evil"))
    with pytest.raises(TargetError, match="does not belong"):
        tree.add("usr/include", archive(tmp_path, *members))
    assert not list(outside.iterdir())


def test_nothing_is_written_over_a_file_that_a_link_names(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim.h"
    victim.write_text("mine")
    members = (("include",), ("include/a.h", "link", str(victim)), ("include/a.h", "evil"))
    tree.add("usr/include", archive(tmp_path, *members))
    tree.finish()
    assert victim.read_text() == "mine"
    assert files(folder) == {}


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../../../../../etc/passwd"])
def test_a_link_means_a_place_in_the_image_never_one_of_this_machine(
    tree: ImageTree, folder: Path, tmp_path: Path, target: str
) -> None:
    tree.add("usr/include", archive(tmp_path, ("include",), ("include/a.h", "link", target)))
    assert tree.wanted() == ["etc/passwd"]
    tree.add("etc/passwd", archive(tmp_path, ("passwd", "the image's")))
    tree.finish()
    assert files(folder) == {"etc/passwd": "the image's", "usr/include/a.h": "the image's"}
    assert not os.path.isabs(os.readlink(folder / "usr/include/a.h"))


@pytest.mark.parametrize("target", ["/etc/passwd", "../../etc/passwd", "include/../../../etc/passwd", "include/none.h"])
def test_a_hard_link_out_of_the_archive_is_refused_or_left_out(
    tree: ImageTree, folder: Path, tmp_path: Path, target: str
) -> None:
    members = (("include",), ("include/a.h", "hard", target), ("include/b.h", "b"))
    try:
        tree.add("usr/include", archive(tmp_path, *members))
    except TargetError:
        assert target != "include/none.h"
    else:
        tree.finish()
        assert files(folder) == {"usr/include/b.h": "b"}


def test_a_hard_link_in_the_archive_is_the_same_file(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    members = (("inc",), ("inc/a.h", "a"), ("inc/l.h", "link", "a.h"), ("inc/b.h", "hard", "inc/a.h"))
    tree.add("usr/include", archive(tmp_path, *members, ("inc/c.h", "hard", "inc/l.h")))
    tree.finish()
    include = folder / "usr/include"
    assert (include / "a.h").stat().st_ino == (include / "b.h").stat().st_ino
    assert os.readlink(include / "c.h") == "a.h"


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_devices_and_pipes_are_left_out(tree: ImageTree, folder: Path, tmp_path: Path, kind: str) -> None:
    tree.add("usr/include", archive(tmp_path, ("include",), ("include/null", kind, ""), ("include/a.h", "a")))
    tree.finish()
    assert os.listdir(folder / "usr/include") == ["a.h"]


def test_a_chain_of_links_is_followed_from_part_to_part(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    tree.add("usr/include", archive(tmp_path, ("include",), ("include/mpi", "link", "/etc/alternatives/mpi")))
    assert tree.wanted() == ["etc/alternatives/mpi"]
    # docker gives the link itself
    tree.add("etc/alternatives/mpi", archive(tmp_path, ("mpi", "link", "../../usr/lib/openmpi/include")))
    assert tree.wanted() == ["usr/lib/openmpi/include"]
    tree.add("usr/lib/openmpi/include", archive(tmp_path, ("include",), ("include/mpi.h", "m")))
    assert tree.wanted() == []
    tree.finish()
    assert (folder / "usr/include/mpi/mpi.h").read_text() == "m"
    assert os.readlink(folder / "usr/include/mpi") == "../lib/openmpi/include"


@pytest.mark.parametrize("target", ["/", "..", "/usr", "../..", "/etc", "nowhere", "../include/nowhere", "loop", ""])
def test_links_to_the_whole_image_or_to_nowhere_ask_for_nothing(
    tree: ImageTree, folder: Path, tmp_path: Path, target: str
) -> None:
    tree.add("usr/include", archive(tmp_path, ("include",), ("include/loop", "link", target)))
    assert tree.wanted() == []
    tree.finish()
    assert os.listdir(folder / "usr/include") in ([], ["loop"])
    assert all(Path(where).is_relative_to(folder) for where in files(folder).values())


def test_a_link_to_its_own_folder_is_made(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    tree.add("usr/include", archive(tmp_path, ("i",), ("i/ncurses", "link", "."), ("i/curses.h", "c")))
    tree.finish()
    assert (folder / "usr/include/ncurses/curses.h").read_text() == "c"


def test_a_part_that_the_image_lacks_is_asked_for_once(tree: ImageTree, tmp_path: Path) -> None:
    tree.add("usr/include", archive(tmp_path, ("i",), ("i/a.h", "link", "/opt/x/a.h"), ("i/b.h", "link", "/opt/x/a.h")))
    assert tree.wanted() == ["opt/x/a.h"]
    tree.lack("opt/x/a.h")
    assert tree.wanted() == []


def test_a_part_within_a_later_one_stays(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    tree.add("opt/x/a.h", archive(tmp_path, ("a.h", "a")))
    tree.add("opt/x", archive(tmp_path, ("x",), ("x/a.h", "a"), ("x/b.h", "b")))
    assert files(folder) == {"opt/x/a.h": "a", "opt/x/b.h": "b"}


def test_no_image_asks_for_parts_without_end(tree: ImageTree, tmp_path: Path) -> None:
    links = [(f"include/{count}.h", "link", f"/opt/{count}/x.h") for count in range(200)]
    tree.add("usr/include", archive(tmp_path, ("include",), *links))
    asked = 0
    while wanted := tree.wanted():
        for part in wanted:
            tree.lack(part)
            asked += 1
    assert asked == 63


def test_names_that_differ_by_case_alone_are_both_left_out_where_case_does_not_matter(
    folder: Path, tmp_path: Path
) -> None:
    tree = ImageTree(str(folder), case_matters=False)
    members = [("i",), ("i/xt_MARK.h", "M"), ("i/a.h", "a"), ("i/xt_mark.h", "m"), ("i/XT_mark.h", "x")]
    tree.add("usr/include", archive(tmp_path, *members, ("i/s",), ("i/s/b.h", "b"), ("i/S", "s")))
    tree.finish()
    assert files(folder) == {"usr/include/a.h": "a", "usr/include/s/b.h": "b"}


def test_without_links_files_and_folders_stand_in_for_them(
    tree: ImageTree, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(image_tree.os, "symlink", refuse)
    members = [("i",), ("i/a.h", "link", "s/b.h"), ("i/s",), ("i/s/b.h", "b"), ("i/s/c.h", "link", "b.h")]
    tree.add("usr/include", archive(tmp_path, *members, ("i/t", "link", "s"), ("i/here", "link", ".")))
    tree.finish()
    assert files(folder) == {f"usr/include/{name}": "b" for name in ("a.h", "s/b.h", "s/c.h", "t/b.h", "t/c.h")}


def test_a_name_that_is_no_utf_8_is_left_out(tree: ImageTree, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "latin.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as tar:
        root = tarfile.TarInfo("i")
        root.type = tarfile.DIRTYPE
        for member in (root, tarfile.TarInfo("i/\u00e9.h"), tarfile.TarInfo("i/a.h")):
            tar.addfile(member)
    tree.add("usr/include", str(path))
    assert os.listdir(folder / "usr/include") == ["a.h"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"\0" * 511, b"include\0" + b"x" * 2000])
def test_what_is_no_archive_is_refused(tree: ImageTree, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "part.tar").write_bytes(content)
    with pytest.raises(TargetError, match="what the container engine gave for /usr/include cannot be read"):
        tree.add("usr/include", str(tmp_path / "part.tar"))


def test_an_archive_that_breaks_off_in_a_file_is_refused(tree: ImageTree, tmp_path: Path) -> None:
    whole = Path(archive(tmp_path, ("include",), ("include/a.h", "a" * 5000)))
    whole.write_bytes(whole.read_bytes()[:3000])
    with pytest.raises(TargetError, match="cannot be read: unexpected end of data"):
        tree.add("usr/include", str(whole))


def test_more_than_the_bound_is_refused_before_it_is_written(
    tree: ImageTree, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_tree, "_MOST_BYTES", 10)
    with pytest.raises(TargetError, match="is refused"):
        tree.add("usr/include", archive(tmp_path, ("i",), ("i/a.h", "123456"), ("i/b.h", "123456")))
    assert files(folder) == {"usr/include/a.h": "123456"}
