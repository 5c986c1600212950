"""The Python API: what the command line does, as functions.

The settings of the project that the current folder (or `root`) belongs to hold here too; arguments come before them,
lists after them. Nothing is printed.
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

__all__ = ["HeaderkitWarning", "Result", "generate", "generate_all", "generate_many"]

_Path = str | os.PathLike[str]
_SHOWN = 3


class HeaderkitWarning(UserWarning):
    """What the user should know about a text that is there all the same."""


def generate(
    header: _Path,
    writer: str,
    *,
    code: str | None = None,
    include_dirs: Sequence[_Path] = (),
    defines: Sequence[str] = (),
    args: Sequence[str] = (),
    pkg_config: Sequence[str] = (),
    owned: Sequence[str] = (),
    target: str | None = None,
    backend: str | None = None,
    writer_options: Mapping[str, object] | None = None,
    output_path: _Path | None = None,
    root: _Path | None = None,
    config: _Path | None = None,
    store_dir: _Path | None = None,
    no_cache: bool | None = None,
    no_ir_cache: bool | None = None,
    no_output_cache: bool | None = None,
    locked: bool | None = None,
) -> str:
    """Bind one header with one writer and return the text, from the store where that is possible.

    `header` is a path, or a system header as it is included ("zlib.h"); with `code`, the text to parse, it only names
    the unit. None, and an empty list, leave a choice to the settings.

    How it is parsed: `include_dirs`; `defines`, "NAME" or "NAME=VALUE"; `args` for clang ("-std=c99"); `pkg_config`,
    packages that give all of these; `owned`, globs of the files that are the library's own, in place of those that it
    includes from its own folder; `target`, a triple ("aarch64-linux-gnu"), else this Python's; `backend`, the parser.

    What is made: `writer_options` are the writer's own; `output_path` is written too, when its bytes change.

    Where: `root` stands in for the current folder, from which relative paths start and whose project's settings hold;
    `config` is a settings file in place of the project's. Where there is no project the folder is taken for one: its
    store, like any, is `.headerkit` in there, and `store_dir` names another. `no_cache` neither reads nor fills the
    store, `no_ir_cache` and `no_output_cache` say so for its parts; `locked` makes a miss a LockedError.

    What the user should know is a HeaderkitWarning; `generate_all` hands it over in its results.

    Raises the errors of `headerkit.errors`, above all ParseError, HeaderNotFoundError and LibclangUnavailableError.
    UsageError, and nothing is made, where `header` is a pattern of several.
    """
    overrides = _overrides(
        [header],
        [writer],
        {writer: output_path} if output_path is not None else {},
        root,
        include_dirs=include_dirs,
        defines=defines,
        args=args,
        pkg_config=pkg_config,
        owned=owned,
    )._replace(
        code=code,
        target=target,
        backend=backend,
        writer_options={writer: writer_options} if writer_options else {},
        store_dir=_text(store_dir),
        no_cache=no_cache,
        no_ir_cache=no_ir_cache,
        no_output_cache=no_output_cache,
        locked=locked,
    )
    (result,) = _run(overrides, config, of_one="generate")
    if result.notes:
        import warnings  # noqa: PLC0415  (mostly there is nothing to say)

        for note in dict.fromkeys(result.notes):
            warnings.warn(f"{result.job.unit.header}: {note}", HeaderkitWarning, stacklevel=2)
    return result.text


def generate_all(
    header: _Path,
    writers: Sequence[str] = (),
    *,
    code: str | None = None,
    include_dirs: Sequence[_Path] = (),
    defines: Sequence[str] = (),
    args: Sequence[str] = (),
    pkg_config: Sequence[str] = (),
    owned: Sequence[str] = (),
    target: str | None = None,
    backend: str | None = None,
    writer_options: Mapping[str, Mapping[str, object]] | None = None,
    output_paths: Mapping[str, _Path] | None = None,
    root: _Path | None = None,
    config: _Path | None = None,
    store_dir: _Path | None = None,
    no_cache: bool | None = None,
    no_ir_cache: bool | None = None,
    no_output_cache: bool | None = None,
    locked: bool | None = None,
    report: bool = False,
) -> dict[str, Result]:
    """Bind one header with several writers, parsing it at most once; the results by writer, in the order asked.

    Without `writers` the settings say which. `writer_options` and `output_paths` are by writer. `report` runs the
    writers even where the store has the text, and fills each result's `ledger`: what became of every declaration. The
    rest, and the errors, are as for `generate`.
    """
    overrides = _overrides(
        [header],
        writers,
        output_paths or {},
        root,
        include_dirs=include_dirs,
        defines=defines,
        args=args,
        pkg_config=pkg_config,
        owned=owned,
    )._replace(
        code=code,
        target=target,
        backend=backend,
        writer_options=writer_options or {},
        store_dir=_text(store_dir),
        no_cache=no_cache,
        no_ir_cache=no_ir_cache,
        no_output_cache=no_output_cache,
        locked=locked,
    )
    return {result.job.writer: result for result in _run(overrides, config, of_one="generate_all", report=report)}


def generate_many(
    headers: Sequence[_Path] = (),
    writers: Sequence[str] = (),
    *,
    exclude: Sequence[str] = (),
    include_dirs: Sequence[_Path] = (),
    defines: Sequence[str] = (),
    args: Sequence[str] = (),
    pkg_config: Sequence[str] = (),
    owned: Sequence[str] = (),
    target: str | None = None,
    backend: str | None = None,
    writer_options: Mapping[str, Mapping[str, object]] | None = None,
    output_paths: Mapping[str, _Path] | None = None,
    root: _Path | None = None,
    config: _Path | None = None,
    store_dir: _Path | None = None,
    no_cache: bool | None = None,
    no_ir_cache: bool | None = None,
    no_output_cache: bool | None = None,
    locked: bool | None = None,
    report: bool = False,
    processes: bool = False,
) -> list[Result]:
    """Bind several headers, or with none all that the settings name, as `headerkit` does; one result for each output.

    `headers` may hold patterns ("include/**/*.h"), of which `exclude` leaves out some; `output_paths`, by writer, may
    have the placeholders {stem}, {name} and {dir}. The outputs that the settings name are written, those of modules
    too; no module is compiled. `processes` parses in several processes: then the calling program needs
    `if __name__ == "__main__":`, as for `multiprocessing`. The rest is as for `generate_all`.
    """
    overrides = _overrides(
        headers,
        writers,
        output_paths or {},
        root,
        include_dirs=include_dirs,
        defines=defines,
        args=args,
        pkg_config=pkg_config,
        owned=owned,
        exclude=exclude,
    )._replace(
        target=target,
        backend=backend,
        writer_options=writer_options or {},
        store_dir=_text(store_dir),
        no_cache=no_cache,
        no_ir_cache=no_ir_cache,
        no_output_cache=no_output_cache,
        locked=locked,
    )
    return list(_run(overrides, config, report=report, processes=processes))


def _overrides(
    headers: Sequence[_Path],
    writers: Sequence[str],
    output_paths: Mapping[str, _Path],
    root: _Path | None,
    *,
    include_dirs: Sequence[_Path],
    defines: Sequence[str],
    args: Sequence[str],
    pkg_config: Sequence[str],
    owned: Sequence[str],
    exclude: Sequence[str] = (),
) -> Overrides:
    """The run's choices as far as they are paths and lists. Raises UsageError for what is none."""
    folder = os.path.abspath(os.curdir if root is None else root)
    if not os.path.isdir(folder):
        msg = f"root: {folder} is not a folder"
        raise UsageError(msg)
    outputs = tuple((writer, os.fspath(path)) for writer, path in output_paths.items())
    return Overrides(
        headers=_texts("headers", headers),
        exclude=_texts("exclude", exclude),
        writers=_texts("writers", writers) or tuple(writer for writer, _ in outputs),
        outputs=outputs,
        include_dirs=_texts("include_dirs", include_dirs),
        defines=_texts("defines", defines),
        args=_texts("args", args),
        pkg_config=_texts("pkg_config", pkg_config),
        owned=_texts("owned", owned),
        base=folder,
    )


def _texts(name: str, values: Sequence[_Path]) -> tuple[str, ...]:
    if isinstance(values, str | os.PathLike):  # a string is a sequence of strings too: its letters
        msg = f"{name}: expected a list of strings, got the string {os.fspath(values)!r}"
        raise UsageError(msg, hint=f"{name}=[{os.fspath(values)!r}]")
    return tuple(os.fspath(value) for value in values)


def _text(path: _Path | None) -> str | None:
    return None if path is None else os.fspath(path)


def _run(
    overrides: Overrides, config: _Path | None, *, of_one: str = "", report: bool = False, processes: bool = False
) -> tuple[Result, ...]:
    """Run the plan; `of_one` names a function whose answer has place for one header, and one output of each writer.

    The plan's own warnings stand among the notes of the first result.
    """
    settings = load_settings(overrides.base, config_file=_text(config), command_line=overrides)
    plan = make_plan(settings, overrides)
    outputs = [(job.unit.header, job.writer) for job in plan.jobs]
    if of_one and (len({job.unit for job in plan.jobs}) > 1 or len({writer for _, writer in outputs}) < len(outputs)):
        named = ", ".join(f"{header} ({writer})" for header, writer in outputs[:_SHOWN])
        more = f" and {len(outputs) - _SHOWN} more" if len(outputs) > _SHOWN else ""
        msg = f"{of_one}() binds one header, and {overrides.headers[0]!r} means several outputs here: {named}{more}"
        raise UsageError(msg, hint=f"generate_many([{overrides.headers[0]!r}], ...), which returns a list")
    try:
        results = run(plan, report=report, refresh=True, processes=processes)
    except LockedError as error:
        error.hint = "the same call, not locked   (then commit the store)"
        raise
    if not results or not plan.warnings:
        return results
    first = results[0]
    return first._replace(notes=(*plan.warnings, *first.notes)), *results[1:]
