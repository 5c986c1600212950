"""`headerkit cffi-source MODULE CDEF CSRC OUT`: the C source of a cffi module, for other build systems."""

from __future__ import annotations

import os

from headerkit.cli.arguments import Parser
from headerkit.errors import UsageError
from headerkit.plan import CffiModule

__all__ = ["run"]

_DESCRIPTION = """\
Write the C source of a cffi module from its cdef and a file of C source to put in front (its #include lines).
The file is written when its bytes change, with LF line ends; missing folders are made."""


def run(arguments: list[str]) -> int:
    """Write the source."""
    parser = Parser("cffi-source", _DESCRIPTION)
    parser.add_argument("module", metavar="MODULE", help="the module's full name, pkg._name")
    parser.add_argument("cdef", metavar="CDEF", help="the cdef file")
    parser.add_argument("csrc", metavar="CSRC", help="the C source to put in front")
    parser.add_argument("out", metavar="OUT", help="the C file to write")
    parser.add_argument(
        "--depfile", default="", metavar="FILE", help="also write a Makefile rule of what OUT is made from"
    )
    found = parser.parse(arguments)
    if not all(part.isidentifier() for part in found.module.split(".")):
        msg = f"{found.module!r} is not a module name"
        raise UsageError(msg)
    from headerkit.cffi_modules import write_source  # noqa: PLC0415  (imports cffi)

    for path in (found.cdef, found.csrc):
        if not os.path.isfile(path):
            msg = f"{path}: no such file"
            raise UsageError(msg)
    with open(found.csrc, encoding="utf-8", errors="surrogateescape") as file:
        csrc = file.read()
    write_source(CffiModule(found.module, os.path.abspath(found.cdef), csrc), found.out, depfile=found.depfile)
    return 0
