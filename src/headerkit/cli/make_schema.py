"""The JSON schema of `[tool.headerkit]`, made from the settings' dataclasses (JSON Schema draft 7).

python -m headerkit.cli.make_schema > src/headerkit/settings/schema.json
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from headerkit.cli.writer_options import WriterOption, writer_options
from headerkit.light_classes import MISSING
from headerkit.settings.model import HeaderEntry, RuleEntry, Settings
from headerkit.settings.read import keys_of

if TYPE_CHECKING:
    from headerkit.light_classes import Field

__all__ = ["settings_schema"]

_NAMES: dict[type, str] = {str: "string", bool: "boolean", int: "integer"}


def settings_schema() -> dict[str, Any]:
    """The schema of the settings' table."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:headerkit:settings:1",
        "title": "headerkit",
        **_table(Settings),
    }


def _table(cls: type, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    keys = {name: pair for name, pair in keys_of(cls).items() if name not in without}
    required = [name for name, (found, _) in keys.items() if found.default is MISSING]
    return {
        "type": "object",
        "description": _plain(cls.__doc__ or ""),
        "additionalProperties": False,
        **({"required": required} if required else {}),
        "properties": {name: _property(found, hint) for name, (found, hint) in keys.items()},
    }


def _property(found: Field[Any], hint: Any) -> dict[str, Any]:
    by_writer = found.name in ("writer", "writer_options") and get_origin(get_args(hint)[1]) is Mapping
    value = _writers() if by_writer else _value(hint)
    schema = {"description": _plain(found.metadata["doc"]), **value}
    if isinstance(found.default, (str, int)) and found.default not in ("", ()):
        schema["default"] = found.default
    return schema


@cache
def _writers() -> dict[str, Any]:
    """Options by writer; those of other distributions' writers are not known here.

    No `$ref` leads here: readers differ in how they resolve one inside a schema that is part of another.
    """
    known = {name: _writer(options) for name, options in writer_options().items()}
    return {"type": "object", "properties": known, "additionalProperties": {"type": "object"}}


def _writer(options: list[WriterOption]) -> dict[str, Any]:
    properties = {option.name: {"description": option.doc, **_value(option.hint)} for option in options}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _value(hint: Any) -> dict[str, Any]:
    if hint in _NAMES:
        return {"type": _NAMES[hint]}
    if hint is object:
        return {}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": [choice for choice in arguments if choice]}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _value(arguments[1])}
    if origin is tuple:
        return _list(arguments[0])
    if is_dataclass(hint) and isinstance(hint, type):
        return _table(hint)
    return {"type": [_NAMES[argument] for argument in arguments]}


def _list(element: Any) -> dict[str, Any]:
    array = {"type": "array", "items": _value(element)}
    if element is HeaderEntry:
        by_path = {"type": "object", "additionalProperties": _table(HeaderEntry, without=("pattern",))}
        return {"oneOf": [array, by_path]}
    if element is RuleEntry:
        return {"type": "array", "items": {"oneOf": [{"type": "string"}, _value(element)]}}
    return array


def _plain(doc: str) -> str:
    return " ".join(doc.split())


if __name__ == "__main__":
    print(json.dumps(settings_schema(), indent=2))
