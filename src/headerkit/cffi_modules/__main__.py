"""The child process that `headerkit.cffi_modules.build` starts, and a command for other build systems.

    python -m headerkit.cffi_modules source --module pkg._x --cdef FILE --csrc FILE --output FILE [--depfile FILE]
    python -m headerkit.cffi_modules build FOLDER KEY      (the order as JSON on standard input)

`source` is what `cffi-gen-src read-sources` does, but writes only what changed, makes folders, and writes a depfile.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from headerkit.errors import HeaderkitError
from headerkit.plan import CffiModule
from headerkit.unit import IncludeDir


def main(arguments: list[str]) -> int:
    """Run one command; return the process status."""
    if arguments[:1] == ["build"] and len(arguments) == 3:
        return _build(arguments[1], arguments[2], json.load(sys.stdin))
    return _source(arguments)


def _build(folder: str, key: str, order: dict[str, Any]) -> int:
    from headerkit.cffi_modules.build import REFUSED  # noqa: PLC0415  the other command needs none of these
    from headerkit.cffi_modules.extension import build_extension  # noqa: PLC0415
    from headerkit.cffi_modules.stamp import write_stamp  # noqa: PLC0415

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
    """A CffiModule from `dataclasses.asdict` that went through JSON, where tuples became lists."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    values["include_dirs"] = tuple(IncludeDir(**each) for each in fields["include_dirs"])
    values["define_macros"] = tuple((name, value) for name, value in fields["define_macros"])
    return CffiModule(**values)


def _source(arguments: list[str]) -> int:
    import argparse  # noqa: PLC0415  the child process does without

    from headerkit.cffi_modules.source import write_source  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m headerkit.cffi_modules", description="cffi modules")
    command = parser.add_subparsers(required=True, metavar="source").add_parser(
        "source", help="write a module's C source from its cdef"
    )
    for name in ("--module", "--cdef", "--csrc", "--output"):
        command.add_argument(name, required=True)
    command.add_argument("--depfile", default="")
    wanted = parser.parse_args(arguments)
    try:
        with open(wanted.csrc, encoding="utf-8") as file:
            module = CffiModule(wanted.module, wanted.cdef, file.read())
        write_source(module, wanted.output, depfile=wanted.depfile)
    except HeaderkitError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
