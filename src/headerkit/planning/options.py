"""Writers' options: the general table, a header's, the command line's. Lists are added up, other values replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.settings.problems import Problems, member

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from headerkit.plan import Job
    from headerkit.planning.context import Context

__all__ = ["check_options", "merged_options"]


def merged_options(
    context: Context, writer: str, tables: Iterable[tuple[str, Mapping[str, object]]]
) -> tuple[tuple[tuple[str, object], ...], tuple[tuple[str, str], ...]]:
    """All options of a writer for one header, sorted by name; and for each the path of the setting that has it.

    `tables` are (path, options) pairs that come after those of `[tool.headerkit.writer]`.
    """
    merged: dict[str, object] = {}
    places: dict[str, str] = {}
    general = member(member(context.settings.where, "writer"), writer)
    asked = context.overrides.writer_options.get(writer, {})
    for place, table in (
        (general, context.settings.writer.get(writer, {})),
        *tables,
        (f"writer_options.{writer}", asked),
    ):
        for name, value in table.items():
            merged[name] = _merged(merged.get(name), _frozen(value))
            places[name] = member(place, name)
    for name, value in _read_texts(context, writer):
        merged[name] = _merged(merged.get(name), value)
        places[name] = f"--writer-opt {writer}:{name}"
    return tuple(sorted(merged.items())), tuple(sorted(places.items()))


def check_options(jobs: Iterable[Job]) -> None:
    """Compare the options of jobs with what their writers know. Raises SettingsError with every problem and its path.

    This imports the writers. A job that the store can serve needs no check: its options were good when it was stored.
    """
    from headerkit.writers import writer_class  # noqa: PLC0415  (see above)
    from headerkit.writers.options import option_problems  # noqa: PLC0415

    problems = Problems()
    for job in jobs:
        places = dict(job.option_places)
        for name, what in option_problems(getattr(writer_class(job.writer), "Options", None), dict(job.options)):
            problems.add(places.get(name, f"writer.{job.writer}.{name}"), what)
    problems.raise_any("")


def _merged(before: object, value: object) -> object:
    """A value over one from further down: lists are added up (a string beside a list is a list of one)."""
    if not (isinstance(before, tuple) or (isinstance(value, tuple) and isinstance(before, str))):
        return value
    first = before if isinstance(before, tuple) else (before,)
    second = value if isinstance(value, tuple) else (value,)
    return (*first, *(element for element in second if element not in first))


def _frozen(value: object) -> object:
    return tuple(_frozen(element) for element in value) if isinstance(value, (list, tuple)) else value


def _read_texts(context: Context, writer: str) -> list[tuple[str, object]]:
    """`--writer-opt`: the text read as the type that the writer's option has."""
    texts = [(name, text) for named, name, text in context.overrides.writer_option_texts if named == writer]
    if not texts:
        return []
    from headerkit.writers import writer_class  # noqa: PLC0415  (only --writer-opt needs the writer's class)

    options = getattr(writer_class(writer), "Options", None)
    return [(name, _read_text(context, options, f"{writer}:{name}", text)) for name, text in texts]


def _read_text(context: Context, options: type | None, option: str, text: str) -> object:
    from headerkit.writers.options import read_option_text  # noqa: PLC0415  (see above)

    try:
        return read_option_text(options, option.partition(":")[2], text)
    except ValueError as error:
        context.problems.add(f"--writer-opt {option}", str(error))
        return None
