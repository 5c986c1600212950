"""The Python API: what the command line does, as functions.

Settings of the project that the current folder belongs to hold here too; arguments come before them, lists after them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headerkit.errors import LockedError, UsageError
from headerkit.generation import Result, run
from headerkit.planning import make_plan
from headerkit.settings import Overrides, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Result", "generate", "generate_all"]

_Path = str | os.PathLike[str]


def generate(
    header: _Path,
    writer: str,
    *,
    code: str | None = None,
    include_dirs: Sequence[_Path] = (),
    defines: Sequence[str] = (),
    args: Sequence[str] = (),
    owned: Sequence[str] = (),
    target: str | None = None,
    backend: str | None = None,
    writer_options: Mapping[str, object] | None = None,
    output_path: _Path | None = None,
    store_dir: _Path | None = None,
    no_cache: bool | None = None,
    no_ir_cache: bool | None = None,
    no_output_cache: bool | None = None,
    locked: bool | None = None,
) -> str:
    """Bind one header with one writer and return the text, from the store where that is possible.

    `header` is a path (relative to the current folder), or a system header as it is included ("zlib.h"); with `code` it
    only names the unit. `defines` are "NAME" or "NAME=VALUE". `writer_options` are the writer's own. `output_path` is
    also written, when its bytes change. None leaves a choice to the settings.

    Raises the errors of `headerkit.errors`, above all ParseError, HeaderNotFoundError and LibclangUnavailableError.
    """
    results = generate_all(
        header,
        [writer],
        code=code,
        include_dirs=include_dirs,
        defines=defines,
        args=args,
        owned=owned,
        target=target,
        backend=backend,
        writer_options={writer: writer_options} if writer_options else None,
        output_paths={writer: output_path} if output_path is not None else None,
        store_dir=store_dir,
        no_cache=no_cache,
        no_ir_cache=no_ir_cache,
        no_output_cache=no_output_cache,
        locked=locked,
    )
    return results[writer].text


def generate_all(
    header: _Path,
    writers: Sequence[str] = (),
    *,
    code: str | None = None,
    include_dirs: Sequence[_Path] = (),
    defines: Sequence[str] = (),
    args: Sequence[str] = (),
    owned: Sequence[str] = (),
    target: str | None = None,
    backend: str | None = None,
    writer_options: Mapping[str, Mapping[str, object]] | None = None,
    output_paths: Mapping[str, _Path] | None = None,
    store_dir: _Path | None = None,
    no_cache: bool | None = None,
    no_ir_cache: bool | None = None,
    no_output_cache: bool | None = None,
    locked: bool | None = None,
) -> dict[str, Result]:
    """Bind one header with several writers, parsing it at most once; the results by writer, in the order asked.

    Without `writers` the settings say which. `writer_options` and `output_paths` are by writer. The rest, and the
    errors, are as for `generate`.
    """
    lists = {"writers": writers, "include_dirs": include_dirs, "defines": defines, "args": args, "owned": owned}
    for name, values in lists.items():
        if isinstance(values, str):  # which is a sequence of strings too: its letters
            msg = f"{name}: expected a list of strings, got the string {values!r}"
            raise UsageError(msg, hint=f"{name}=[{values!r}]")
    folder = os.getcwd()
    outputs = tuple((writer, os.fspath(path)) for writer, path in (output_paths or {}).items())
    overrides = Overrides(
        headers=(os.fspath(header),),
        writers=tuple(writers) or tuple(writer for writer, _ in outputs),
        outputs=outputs,
        include_dirs=tuple(os.fspath(path) for path in include_dirs),
        defines=tuple(defines),
        args=tuple(args),
        owned=tuple(owned),
        code=code,
        writer_options=writer_options or {},
        backend=backend,
        target=target,
        store_dir=None if store_dir is None else os.fspath(store_dir),
        no_cache=no_cache,
        no_ir_cache=no_ir_cache,
        no_output_cache=no_output_cache,
        locked=locked,
        base=folder,
    )
    settings = load_settings(folder, command_line=overrides)
    try:
        results = run(make_plan(settings, overrides), refresh=True, processes=False)
    except LockedError as error:
        error.hint = "the same call, not locked   (then commit the store)"
        raise
    return {result.job.writer: result for result in results}
