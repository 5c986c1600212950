"""A module's text. Only names that `ModuleNames` made, expressions of `Speller` and quoted text get into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.ir import Enum, Record
from headerkit.writers.ctypes.records import field_name
from headerkit.writers.ctypes.runtime import CHECK, LOAD, asked_by_name, helpers
from headerkit.writers.python_names import KEYWORDS, Scope, comment, member_name, one_line, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headerkit.writers.ctypes.layout import Shape
    from headerkit.writers.ctypes.module import Module

__all__ = ["enum_members", "keyword_members", "render"]

_BIG_ENDIAN = ("s390x", "sparc", "mips-", "mips64-", "aarch64_be", "armeb", "powerpc-", "powerpc64-", "m68k")


def render(module: Module) -> str:
    """Write the module."""
    needs_library = bool(module.functions or module.variables)
    body = "".join(_body(module))
    used = set(module.speller.used) | {bound.helper for bound in module.functions}
    if module.variables:
        used.add("_variable")
    if needs_library:
        used.add("_absent")
    parts = [
        "# ctypes bindings, made by headerkit. Do not edit.\n#\n",
        f"{comment(f'Header: {module.header.name}')}\n",
        "\nimport ctypes as _c\n",
        "import enum as _enum\n" if any(_enum_classes(module)) else "",
        "import os as _os\n" if needs_library else "",
        "import sys as _sys\n",
        f"\n_target = {quote(module.header.target)}\n",
        f"\n{CHECK}",
        f"\n{LOAD}" if needs_library else "",
        helpers(used),
        "\n\n",
        _platform(module),
        body,
    ]
    return "".join(parts)


def _platform(module: Module) -> str:
    """What must be so before anything of this can be right."""
    sizes = module.header.sizes
    rows = f"(_c.c_void_p, {sizes['*'][0]}), (_c.c_long, {sizes['long'][0]})"
    order = "big" if module.header.target.startswith(_BIG_ENDIAN) else "little"
    return (
        f"_data_model(({rows}))\n"
        f'if _sys.byteorder != "{order}":\n'
        f'    raise ImportError(f"{{__name__}} was made for {{_target}}, whose bytes are in another order")\n'
    )


def _body(module: Module) -> Iterator[str]:
    yield from _section("Records", _classes(module))
    yield from _section("Types", _definitions(module))
    if module.options.check_sizes:
        yield from _sizes(module)
    yield from _section("Constants", _constants(module))
    if module.functions or module.variables:
        yield from _library(module)
    yield from _section("Other names", (f"{alias.name} = {alias.expression}\n" for alias in module.aliases))
    renamed = [f"    {quote(name)}: {quote(made)},\n" for name, made in module.names.renamed().items()]
    thread_local = list(_thread_local(module))
    for table, rows in (("_renamed", renamed), ("_thread_local", thread_local)):
        if rows:
            yield f"\n{table} = {{\n{''.join(rows)}}}\n"
    if renamed or thread_local:
        yield f"\n{asked_by_name(renamed=bool(renamed), thread_local=bool(thread_local))}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    text = "".join(lines)
    if text:
        yield f"\n# {title}\n\n{text.lstrip()}"


# -- types


def _classes(module: Module) -> Iterator[str]:
    for item in module.types:
        if isinstance(item, Record):
            made = module.shapes.get(item.key)
            for name, helper in made.helpers if made else ():
                yield _class(name, helper.kind)
            kind = made.kind if made else "Union" if item.kind == "union" else "Structure"
            yield _class(module.names.tags[item.key], kind)


def _class(name: str, kind: str) -> str:
    # Without a __dict__ a misspelled member is an error.
    return f"\n\nclass {name}(_c.{kind}):\n    __slots__ = ()\n"


def _definitions(module: Module) -> Iterator[str]:
    for item in module.types:
        if isinstance(item, Record):
            made = module.shapes.get(item.key)
            if made is not None:
                for name, helper in made.helpers:
                    yield from _fields(name, helper)
                name = module.names.tags[item.key]
                yield from _fields(name, made)
                for bits in module.unreachable(item):
                    yield f"{name}.{member_name(bits.name)} = _bits({bits.start}, {bits.width}, {bits.signed})\n"
                for member, plain in keyword_members(module, item):
                    yield f"{name}.{member} = {name}.__dict__[{quote(plain)}]\n"
        elif isinstance(item, Enum):
            yield from _enum(module, item)
        elif item.name in module.typedefs:
            made_name = module.typedefs[item.name]
            if made_name.name != made_name.expression:
                yield f"{made_name.name} = {made_name.expression}\n"


def _fields(name: str, made: Shape) -> Iterator[str]:
    if made.pack:
        # Python 3.14 wants to be told whose rules those of `_pack_` are; explicit padding makes them all alike.
        yield f'{name}._pack_ = {made.pack}\n{name}._layout_ = "ms"\n'
    if made.align:
        yield f"{name}._align_ = {made.align}  # from Python 3.13 on\n"
    if made.anonymous:
        yield f"{name}._anonymous_ = ({', '.join(map(quote, made.anonymous))},)\n"
    yield f"{name}._fields_ = [\n"
    for row in made.rows:
        bits = f", {row.bits}" if row.bits else ""
        yield f"    ({quote(row.name)}, {row.expression}{bits}),\n"
    yield "]\n"


def keyword_members(module: Module, record: Record) -> Iterator[tuple[str, str]]:
    """Members that Python cannot write after a dot: their other name, and C's; those of anonymous members too."""
    for field in record.fields or ():
        name = field_name(field.name)
        if name in KEYWORDS:
            yield f"{name}_", name
        elif not field.name and field.width is None:
            target, _ = module.speller.resolve(field.type)
            inner = module.header.tags.get(getattr(target, "key", ""))
            if isinstance(inner, Record) and inner.key != record.key:
                yield from keyword_members(module, inner)


def _enum_classes(module: Module) -> Iterator[Enum]:
    return (item for item in module.types if isinstance(item, Enum) and module.is_class(item))


def enum_members(enum: Enum) -> Iterator[tuple[str, str]]:
    """A class's members: their names there, and C's. `_x_`, `__x` and `mro` are not for members."""
    scope = Scope(frozenset(["mro", "name", "value"]))
    for enumerator in enum.enumerators or ():
        if not enumerator.name.startswith("__"):
            name = scope.claim(enumerator.name)
            yield (f"{name}_" if name.startswith("_") and name.endswith("_") else name), enumerator.name


def _enum(module: Module, item: Enum) -> Iterator[str]:
    name = module.names.tags.get(item.key)
    if name is None:
        return
    base = module.enum_class(item)
    if not base:
        yield f"{name} = {module.speller.stored(item.underlying).expression}\n"
        return
    values = {enumerator.name: enumerator.value for enumerator in item.enumerators or ()}
    members = list(enum_members(item))
    yield f"\n\nclass {name}(_enum.{base}):\n"
    yield from (f"    {member} = {values[plain]}\n" for member, plain in members)
    yield "\n\n" if members else "    pass\n\n\n"


def _sizes(module: Module) -> Iterator[str]:
    rows = [
        f"        ({module.names.tags[item.key]}, {item.size}),\n"
        for item in module.types
        if isinstance(item, Record) and item.key in module.shapes
    ]
    if rows:
        yield f"\n_data_model(\n    (\n{''.join(rows)}    )\n)\n"


# -- values


def _constants(module: Module) -> Iterator[str]:
    members = {}
    for item in _enum_classes(module):
        name = module.names.tags[item.key]
        members.update({module.names.ordinary[plain]: f"{name}.{member}" for member, plain in enum_members(item)})
    for constant in module.constants:
        member = members.get(constant.name) if constant.enumerator else None
        yield f"{constant.name} = {member or constant.literal}\n"


def _library(module: Module) -> Iterator[str]:
    options = module.options
    stem = module.header.name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0] or "header"
    names = options.library or (one_line(stem),)
    variable = (
        options.environment or f"{''.join(c if c.isascii() and c.isalnum() else '_' for c in stem).upper()}_LIBRARY"
    )
    further = ", use_errno=True" if options.use_errno else ""
    if options.use_last_error:
        further += ", use_last_error=True" if module.speller.windows else ""
    mode = "_c.RTLD_GLOBAL" if options.global_symbols else "_c.DEFAULT_MODE"
    yield f"\n_lib = _load([{', '.join(map(quote, names))}], {quote(variable)}, {mode}{further})\n"
    yield from _section("Functions", _functions(module))
    yield from _section("Variables", _variables(module))


def _functions(module: Module) -> Iterator[str]:
    for callback in module.callbacks:
        yield f"{callback.name} = {callback.expression}\n"
    if module.callbacks:
        yield "\n"
    for bound in module.functions:
        arguments = ", ".join((quote(bound.symbol), bound.result, *bound.parameters))
        yield f"{bound.name} = {bound.helper}({arguments})\n"


def _variables(module: Module) -> Iterator[str]:
    for symbol, variable, expression in module.variables:
        if not variable.thread_local:
            yield f"{symbol.name} = _variable({quote(symbol.symbol)}, {expression})\n"


def _thread_local(module: Module) -> Iterator[str]:
    for symbol, variable, expression in module.variables:
        if variable.thread_local:
            yield f"    {quote(symbol.name)}: ({quote(symbol.symbol)}, {expression}),\n"
