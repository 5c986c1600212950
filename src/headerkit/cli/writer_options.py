"""The options of our own writers, as their dataclasses document them: for the reference and the schema."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from typing import Any, NamedTuple, get_type_hints

from headerkit.writers import writer_class, writer_names

__all__ = ["WriterOption", "writer_description", "writer_options"]


class WriterOption(NamedTuple):
    """One option: its name, the type that it accepts, its default, and its documentation."""

    name: str
    hint: Any
    default: object
    doc: str


def writer_options() -> dict[str, list[WriterOption]]:
    """The options by writer, of the writers in this distribution."""
    found: dict[str, list[WriterOption]] = {}
    for name in writer_names():
        cls = writer_class(name)
        if cls.__module__.startswith("headerkit."):
            options = getattr(cls, "Options", None)
            found[name] = _of(options) if options is not None else []
    return found


def writer_description(name: str) -> str:
    """What a writer makes, in its own words, as a sentence."""
    return " ".join(str(writer_class(name)().format_description).rstrip(".").split()) + "."


def _of(options: type) -> list[WriterOption]:
    hints, docs = get_type_hints(options), _docs(options)
    return [
        WriterOption(each.name, hints[each.name], each.default, docs.get(each.name, ""))
        for each in dataclasses.fields(options)
    ]


def _docs(options: type) -> dict[str, str]:
    """The string below each field (PEP 257, "attribute docstrings"), which Python itself does not keep."""
    body = next(
        node for node in ast.parse(textwrap.dedent(inspect.getsource(options))).body if isinstance(node, ast.ClassDef)
    )
    docs = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        named = isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if named and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            docs[field.target.id] = " ".join(str(text.value.value).split())  # type: ignore[attr-defined]  # named says so
    return docs
