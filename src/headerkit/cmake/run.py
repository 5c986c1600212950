"""Runs headerkit for CMake, like `python -m headerkit`.

Started as a file, so that no module in the folder it runs in shadows another one. The headerkit of the environment is
used; where it has none (another Python than the one that headerkit was installed for), the one this file belongs to.
"""

import os
import sys

if sys.version_info < (3, 10):  # noqa: UP036  (CMake may find any Python)
    sys.exit("headerkit needs Python 3.10 or newer; this is " + sys.executable)

if os.path.abspath(sys.path[0]) == os.path.dirname(os.path.abspath(__file__)):
    del sys.path[0]
try:
    from headerkit.__main__ import main
except ModuleNotFoundError as error:
    if error.name != "headerkit":
        raise
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from headerkit.__main__ import main

sys.exit(main())
