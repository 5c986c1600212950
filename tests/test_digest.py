"""Digests of headers do not depend on the line ends of a checkout."""

from __future__ import annotations

import hashlib
import os

import pytest

from headerkit.digest import bytes_digest, content_digest, file_digest, text_digest


def test_digests_are_sha256():
    assert bytes_digest(b"x") == content_digest(b"x") == text_digest("x") == hashlib.sha256(b"x").hexdigest()


def test_crlf_counts_as_lf_and_a_lone_cr_as_itself():
    assert content_digest(b"a\r\nb\r\n") == content_digest(b"a\nb\n")
    assert content_digest(b"a\rb") != content_digest(b"a\nb")
    assert bytes_digest(b"a\r\n") != bytes_digest(b"a\n")


def test_a_file_is_digested_and_what_is_none_has_no_digest(tmp_path):
    path = tmp_path / "a.h"
    assert file_digest(str(path)) is None
    assert file_digest(str(path / "below")) is None
    assert file_digest(str(tmp_path)) is None
    path.write_bytes(b"int a;\r\n" * 100_000)
    assert file_digest(str(path)) == content_digest(b"int a;\n" * 100_000)
    (tmp_path / "link.h").symlink_to(path)
    assert file_digest(str(tmp_path / "link.h")) == file_digest(str(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_a_pipe_has_no_digest_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert file_digest(str(tmp_path / "pipe")) is None


def test_undecodable_file_names_have_a_digest():
    assert text_digest("\udcff") != text_digest("\udcfe")
