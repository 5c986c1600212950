"""The directives of a unit's own files, before clang has seen them: where the names of the probes come from.

Inclusions are followed by name as clang would, in own files only; what is missed (a file whose name a macro spells) is
found after the parse and costs a second one, if it has macros that need it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.backends.libclang.input_files import check_included, check_size
from headerkit.backends.libclang.main_file import main_path, unit_text
from headerkit.backends.libclang.ownership import Ownership
from headerkit.backends.libclang.scan import scan

if TYPE_CHECKING:
    from headerkit.backends.libclang.arguments import Arguments
    from headerkit.backends.libclang.scan import Inclusion, Scan
    from headerkit.unit import Unit

__all__ = ["prescan"]


def prescan(unit: Unit, arguments: Arguments) -> dict[str, Scan]:
    """Scans by absolute path (the main file's by its made-up one)."""
    ownership = Ownership(unit, arguments.system, arguments.builtin)
    folders = [include_dir.path for include_dir in unit.include_dirs] + list(arguments.system)
    main = main_path(unit)
    first = scan(unit_text(unit).encode("utf-8", "surrogateescape"))
    scans = {main: first}
    todo = [(main, item, True) for item in reversed(first.included)]
    while todo:
        includer, item, includer_owned = todo.pop()
        path = _find(includer, item, folders)
        if path is None or path in scans:
            continue
        if includer == main:
            owned = ownership.named(path, item.name)
        else:
            owned = ownership.included(path, item.name, quoted=item.quoted, includer_owned=includer_owned)
        check_size(path, owned=owned)
        if not owned:
            continue
        try:
            with open(path, "rb") as file:
                found = scans[path] = scan(file.read())
        except OSError:
            continue
        todo += [(path, inner, True) for inner in reversed(found.included)]
    return scans


def _find(includer: str, item: Inclusion, folders: list[str]) -> str | None:
    places = [os.path.dirname(includer), *folders] if item.quoted else folders
    for folder in places:
        path = os.path.abspath(os.path.join(folder, item.name))
        if os.path.isfile(path):
            return path
    for folder in places:
        check_included(os.path.join(folder, item.name))
    return None
