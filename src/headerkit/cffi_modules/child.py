"""What the child process does that `headerkit.cffi_modules.build` starts: compile one module, and stamp it."""

from __future__ import annotations

import json
import sys
from typing import Any

from headerkit.cffi_modules.build import REFUSED
from headerkit.cffi_modules.extension import build_extension
from headerkit.cffi_modules.stamp import write_stamp
from headerkit.errors import HeaderkitError
from headerkit.plan import CffiModule
from headerkit.unit import IncludeDir

__all__ = ["main"]


def main(folder: str, key: str) -> int:
    """Compile the module that standard input describes (JSON) below `folder`; return the process status."""
    order = json.load(sys.stdin)
    known = {name: _module(fields) for name, fields in order["known"].items()}
    try:
        extension, files = build_extension(_module(order["module"]), known, folder)
    except HeaderkitError as error:
        print(json.dumps({"message": error.message, "cause": error.cause, "hint": error.hint}))  # noqa: T201
        return REFUSED
    except Exception as error:  # noqa: BLE001  whatever setuptools raises, the parent shows its text and the output
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return 1
    write_stamp(folder, key, extension, files)
    return 0


def _module(fields: dict[str, Any]) -> CffiModule:
    """A CffiModule whose fields went through JSON, where tuples became lists."""
    values: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in fields.items()}
    values["include_dirs"] = tuple(IncludeDir(*each) for each in fields["include_dirs"])
    values["define_macros"] = tuple((name, value) for name, value in fields["define_macros"])
    return CffiModule(**values)
