from __future__ import annotations

import pytest

from headerkit.cffi_modules import abi
from headerkit.plan import CffiModule

MODULE = CffiModule("pkg._x", "x.cdef.txt", "", abi3="3.10")


def test_the_wheel_is_tagged_with_the_newest_of_the_oldest():
    assert abi.stable_abi_tag([MODULE]) == "cp310-abi3"
    assert abi.stable_abi_tag([MODULE, MODULE._replace(abi3="3.9")]) == "cp310-abi3"


def test_one_module_without_the_stable_abi_keeps_the_wheel_from_it():
    assert abi.stable_abi_tag([MODULE, MODULE._replace(abi3="")]) == ""


@pytest.mark.parametrize(
    "suffixes",
    [
        [".cpython-313t-x86_64-linux-gnu.so", ".so"],
        [".cp313t-win_amd64.pyd", ".pyd"],
        [".pypy310-pp73-x86_64-linux-gnu.so"],
    ],
    ids=["free-threaded", "free-threaded Windows", "no abi3 suffix"],
)
def test_interpreters_without_a_stable_abi_fall_back_to_their_own(monkeypatch, suffixes):
    monkeypatch.setattr(abi, "EXTENSION_SUFFIXES", suffixes)
    assert abi.limited_api(MODULE) == ""
    assert abi.macros(MODULE) == [("_CFFI_NO_LIMITED_API", "")]


def test_the_macro_holds_the_version_as_python_spells_it():
    assert abi.macros(MODULE) == [("Py_LIMITED_API", "0x030a0000")]
