from __future__ import annotations

import json

import pytest

from headerkit.cli import run_command
from headerkit.errors import TargetError


def test_doctor_says_what_is_used_and_that_headers_can_be_parsed(capsys):
    assert run_command(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "libclang  * " in out
    assert out.endswith("result      headers can be parsed here\n")


def test_doctor_says_what_to_do_when_libclang_cannot_be_used(capsys, monkeypatch):
    monkeypatch.setenv("LIBCLANG_PATH", "/nowhere/libclang.so")
    assert run_command(["doctor"]) == 7
    out = capsys.readouterr().out
    assert "/nowhere/libclang.so (LIBCLANG_PATH)  unusable" in out
    assert "try:   unset LIBCLANG_PATH, or name a libclang for this machine" in out


def test_doctor_speaks_json(capsys):
    assert run_command(["doctor", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["error"] is None
    assert facts["libclang"] in [item["path"] for item in facts["libraries"]]
    assert facts["target"]


def test_doctor_takes_a_triple_and_says_which(capsys):
    with pytest.raises(TargetError, match="not a target triple: 'win_amd64'") as caught:
        run_command(["doctor", "--target", "win_amd64"])
    assert caught.value.hint == "did you mean 'x86_64-windows-msvc'?"
