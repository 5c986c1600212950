"""Runs headerkit for CMake, like `python -m headerkit`.

Started as a file, so that no module in the folder it runs in shadows another one. The headerkit of the environment is
used; where it has none (another Python than the one that headerkit was installed for), the one this file belongs to.
"""

import os
import sys

if sys.version_info < (3, 10):  # noqa: UP036  (CMake may find any Python)
    sys.exit("headerkit needs Python 3.10 or newer; this is " + sys.executable)

HERE = os.path.dirname(os.path.abspath(__file__))


def run() -> int:
    """Run headerkit with this process's arguments, `@FILE` standing for those in a file."""
    if os.path.abspath(sys.path[0]) == HERE:
        del sys.path[0]
    try:
        import headerkit  # noqa: F401, PLC0415  (only whether it is there)
    except ModuleNotFoundError as error:
        if error.name != "headerkit":
            raise
        sys.path.append(os.path.dirname(os.path.dirname(HERE)))
    from headerkit.__main__ import main  # noqa: PLC0415
    from headerkit.cli.for_builds import expand_argument_files  # noqa: PLC0415
    from headerkit.errors import HeaderkitError  # noqa: PLC0415

    try:
        sys.argv[1:] = expand_argument_files(sys.argv[1:])
    except HeaderkitError as error:
        sys.exit(f"headerkit: {error}")
    return main()  # as for a process of its own, which it is


if __name__ == "__main__":
    sys.exit(run())
