"""What the command line, or the arguments of the Python API, say over the settings file."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (a public dataclass; its annotations should resolve)
from types import MappingProxyType

from headerkit.light_classes import NamedTuple

__all__ = ["Overrides"]


class Overrides(NamedTuple):
    """One run's choices; whatever is empty or None leaves the settings as they are.

    With `headers`, these are bound in place of the settings' headers and modules; what the settings say about them
    still holds. Lists are added after those of the settings, in order. Paths without a pattern or placeholder are
    relative to `base` ("" is the project root), patterns and templates to the project root. Nothing here is expanded.
    """

    headers: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    """(writer, template) pairs; a literal path may lie outside the project."""
    include_dirs: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    pkg_config: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    code: str | None = None
    writer_options: Mapping[str, Mapping[str, object]] = MappingProxyType({})
    writer_option_texts: tuple[tuple[str, str, str], ...] = ()
    """(writer, key, text) triples whose text still has to be read as the option's type (`--writer-opt`)."""
    backend: str | None = None
    target: str | None = None
    store_dir: str | None = None
    no_cache: bool | None = None
    no_ir_cache: bool | None = None
    no_output_cache: bool | None = None
    locked: bool | None = None
    max_entries: int | None = None
    max_file: int | None = None
    max_total: int | None = None
    base: str = ""
    build_dir: str = ""
    """The folder of the build that asks, absolute: what is below it is no part of the project."""
