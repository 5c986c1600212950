"""The reference page of the settings, docs/reference/settings.md, made from the settings' and the writers' dataclasses.

python -m headerkit.cli.make_reference > docs/reference/settings.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from headerkit.cli.writer_options import WriterOption, writer_description, writer_options
from headerkit.light_classes import MISSING
from headerkit.settings.model import (
    BuildSettings,
    CacheSettings,
    CffiEntry,
    HeaderEntry,
    MergeSettings,
    PopulateSettings,
    RuleEntry,
    RuleSettings,
    Settings,
)
from headerkit.settings.read import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headerkit.light_classes import Field

__all__ = ["settings_reference"]

_TABLES: tuple[tuple[str, type], ...] = (
    ("[tool.headerkit]", Settings),
    ("[[tool.headerkit.headers]]", HeaderEntry),
    ("[[tool.headerkit.cffi]]", CffiEntry),
    ("[tool.headerkit.rules]", RuleSettings),
    ("A rule", RuleEntry),
    ("[tool.headerkit.cache]", CacheSettings),
    ("[tool.headerkit.cache.populate]", PopulateSettings),
    ("[tool.headerkit.merge]", MergeSettings),
    ("[tool.headerkit.build]", BuildSettings),
)
_INTRODUCTION = """\
# Settings

<!-- Made by `python -m headerkit.cli.make_reference` from the dataclasses; a test keeps both equal. -->

Settings stand in `[tool.headerkit]` of `pyproject.toml`, or without that prefix in `.headerkit.toml` beside it, not in
both. What is said in several places counts in this order: the command line, the environment, PEP 517 config settings
(`pip install -C KEY=VALUE`), the settings file, the defaults. Lists are added up in that order from the last to the
first, and nothing is sorted. Unknown keys, wrong types and unset variables are errors, all reported at once.
"""


def settings_reference() -> str:
    """The whole page."""
    tables = [line for title, cls in _TABLES for line in _section(title, cls)]
    writers = [line for name, options in writer_options().items() for line in _writer(name, options)]
    return "\n".join([_INTRODUCTION, *tables, *writers]).rstrip("\n") + "\n"


def _writer(name: str, options: list[WriterOption]) -> Iterator[str]:
    yield f"## `[tool.headerkit.writer.{name}]`\n"
    yield f"{writer_description(name)}\n" if options else f"{writer_description(name)} It has no options.\n"
    for option in options:
        yield f"### `{option.name}`\n"
        default = json.dumps(list(option.default) if isinstance(option.default, tuple) else option.default)
        yield f"{_type(option.hint)}; default `{default}`\n"
        yield f"{option.doc}\n"


def _section(title: str, cls: type) -> Iterator[str]:
    yield f"## {f'`{title}`' if title.startswith('[') else title}\n"
    for paragraph in (cls.__doc__ or "").split("\n\n"):
        yield " ".join(paragraph.split()) + "\n"
    for name, (found, hint) in keys_of(cls).items():
        yield from _key(name, found, hint)


def _key(name: str, found: Field[Any], hint: Any) -> Iterator[str]:
    yield f"### `{name}`\n"
    facts = [_type(hint)]
    if found.default is MISSING:
        facts.append("required")
    elif isinstance(found.default, bool):
        facts.append(f"default `{str(found.default).lower()}`")
    elif isinstance(found.default, int):
        facts.append(f"default {found.default}")
    elif isinstance(found.default, str) and found.default:
        facts.append(f'default `"{found.default}"`')
    metadata = found.metadata
    facts += [f"environment `{metadata['env']}`"] if metadata["env"] else []
    facts += [f"config setting `{metadata['config_setting']}`"] if metadata["config_setting"] else []
    yield f"{'; '.join(facts)}\n"
    yield metadata["doc"].replace("\\\\", "\\") + "\n"
    if metadata["example"]:
        yield f"```toml\n{name} = {metadata['example']}\n```\n"


def _type(hint: Any) -> str:
    simple = {str: "string", bool: "true or false", int: "integer", object: "any value"}
    if hint in simple:
        return simple[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        choices = [f'`"{choice}"`' for choice in arguments if choice]
        return " or ".join([", ".join(choices[:-1]), choices[-1]])
    if origin is Mapping:
        inner = get_origin(arguments[1]) is Mapping
        return "table of tables" if inner else f"table of {'any values' if arguments[1] is object else 'strings'}"
    if origin is tuple:
        return (
            "list of strings"
            if arguments[0] is str
            else f"list, see [{_title(arguments[0])}](#{_anchor(arguments[0])})"
        )
    if is_dataclass(hint) and isinstance(hint, type):
        return f"table, see [{_title(hint)}](#{_anchor(hint)})"
    return " or ".join(simple[argument] for argument in arguments)


def _title(cls: type) -> str:
    title = next(title for title, known in _TABLES if known is cls)
    return f"`{title}`" if title.startswith("[") else title


def _anchor(cls: type) -> str:
    """The anchor that GitHub and most renderers give the section's heading."""
    title = next(title for title, known in _TABLES if known is cls).lower()
    return "".join(char for char in title if char.isalnum() or char in " -").replace(" ", "-")


if __name__ == "__main__":
    print(settings_reference(), end="")
