"""A file is replaced whole or not at all, by any number of writers."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from headerkit.replacing import replace_file, write_if_changed

if TYPE_CHECKING:
    from pathlib import Path


def test_writers_of_one_process_do_not_get_into_each_others_way(tmp_path: Path):
    path = tmp_path / "made" / "here" / "out"
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(100):
                replace_file(str(path), f"{number} {turn}\n".encode() * 500)
        except BaseException as error:  # noqa: BLE001  (whatever it is, the test tells it)
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(set(path.read_text().splitlines())) == 1
    assert os.listdir(path.parent) == ["out"]


def test_a_link_in_the_files_place_is_replaced_and_what_it_leads_to_is_not(tmp_path: Path):
    other, path = tmp_path / "other", tmp_path / "out"
    other.write_text("mine\n")
    path.symlink_to(other)
    assert write_if_changed(str(path), b"new\n")
    assert (path.is_symlink(), path.read_text(), other.read_text()) == (False, "new\n", "mine\n")


def test_what_has_these_bytes_is_left_alone(tmp_path: Path):
    path = tmp_path / "out"
    path.write_bytes(b"same\n")
    os.utime(path, (1, 1))
    assert not write_if_changed(str(path), b"same\n")
    assert path.stat().st_mtime == 1


def test_a_failure_leaves_nothing_behind(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "full").touch()
    with pytest.raises(OSError, match="out"):
        replace_file(str(tmp_path / "out"), b"x")
    assert os.listdir(tmp_path) == ["out"]
