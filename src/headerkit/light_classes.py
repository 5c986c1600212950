"""`dataclass` and `NamedTuple` for the classes that a run makes before it has done anything.

The standard library's cost each run 8 ms of CPU for what `dataclasses` imports (inspect, ast, dis, tokenize), 0.3 to
0.5 ms for each dataclass, whose methods it compiles one by one, and 0.3 ms for each `typing.NamedTuple`, whose
constructor and annotations it compiles. Here the methods of a dataclass are compiled when they are first looked at,
and most never are, named tuples share one constructor, and annotations stay as they are written: 0.05 ms a class. Type
checkers see the standard library's; at run time `dataclasses.fields`, `replace`, `asdict` and `is_dataclass` take these
classes for theirs.

What is left out: dataclasses always have slots, fields are not inherited, defaults are values (no `default_factory`),
and there is no order, `kw_only` or `InitVar`.
"""

from __future__ import annotations

import sys
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from dataclasses import MISSING, Field, dataclass, field, fields, replace
    from inspect import Signature
    from typing import NamedTuple

__all__ = ["MISSING", "Field", "NamedTuple", "dataclass", "field", "fields", "replace"]

_MISSING: Any = type("MISSING", (), {"__repr__": lambda _: "MISSING"})()


class _Field:
    """What is known of a field; the attributes are those of `dataclasses.Field`."""

    __slots__ = ("compare", "default", "init", "metadata", "name", "repr", "type")

    def __init__(
        self,
        *,
        default: object = _MISSING,
        init: bool = True,
        repr: bool = True,  # noqa: A002  (the names are those of dataclasses.field)
        compare: bool = True,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = self.type = ""
        self.default = default
        self.init, self.repr, self.compare = init, repr, compare
        self.metadata = metadata or {}


def _dataclass(*, slots: bool, frozen: bool = False, eq: bool = True) -> Callable[[type], type]:
    """Make a class decorator, as `dataclasses.dataclass` does."""
    assert slots  # noqa: S101  (it is said where the class stands, for readers and type checkers)

    def make(cls: type) -> type:
        if any(hasattr(base, "__light_fields__") for base in cls.__bases__):
            msg = f"{cls.__qualname__}: fields are not inherited here; use dataclasses for that"
            raise TypeError(msg)
        namespace: dict[str, Any] = {**vars(cls)}
        # A class with slots is another class than the one that was written: slots are made with it.
        for name in ("__dict__", "__weakref__"):
            namespace.pop(name, None)
        found = []
        for name, kind in cls.__annotations__.items():
            given = namespace.pop(name, _MISSING)
            each = given if isinstance(given, _Field) else _Field(default=given)
            each.name, each.type = name, kind
            found.append(each)
        namespace.setdefault("__repr__", _repr)
        if eq:
            namespace["__eq__"] = _Compiled(_eq)
            namespace["__hash__"] = _Compiled(_hash) if frozen else None
        if frozen:
            namespace["__setattr__"], namespace["__delattr__"] = _refuse_setting, _refuse_deleting
        namespace |= {
            "__dataclass_fields__": _AsDataclass(eq=eq, frozen=frozen),
            "__dataclass_params__": _AsDataclass(eq=eq, frozen=frozen),
            "__init__": _Compiled(_frozen_init if frozen else _init),
            "__light_fields__": tuple(found),
            "__match_args__": tuple(each.name for each in found if each.init),
            "__qualname__": cls.__qualname__,
            "__reduce__": _reduce,
            "__replace__": _replace,
            "__slots__": tuple(each.name for each in found),
        }
        return type(cls)(cls.__name__, cls.__bases__, namespace)

    return make


class _Compiled:
    """Stands for a method until the first look at it, which compiles it from the lines that `write` gives."""

    __slots__ = ("_cls", "_name", "_used", "_write")

    def __init__(self, write: Callable[[Any], list[str]]) -> None:
        self._write = write
        self._used = False

    def __set_name__(self, cls: type, name: str) -> None:
        self._cls, self._name = cls, name

    def __get__(self, instance: object, owner: type) -> Any:
        cls, name = self._cls, self._name
        if instance is not None and name == "__init__" and not self._used:
            # Of many a class there is one object in a run: that one is made without.
            self._used = True
            return partial(_first_init, cls, instance)
        namespace: dict[str, Any] = {}
        # Of the names of fields, which are identifiers, as dataclasses does it.
        exec("\n".join(self._write(cls)), vars(sys.modules[cls.__module__]), namespace)  # noqa: S102
        method = namespace[name]
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        if name == "__init__":
            mine = [each for each in _fields(cls) if each.init]
            method.__defaults__ = tuple(each.default for each in mine if each.default is not _MISSING)
            method.__annotations__ = {**{each.name: each.type for each in mine}, "return": None}
        setattr(cls, name, method)
        return method.__get__(instance, owner)


def _first_init(cls: Any, self: object, *args: Any, **kwargs: Any) -> None:
    """What the compiled `__init__` does, which takes over where the arguments do not fit."""
    mine = [each for each in _fields(cls) if each.init]
    given = {each.name: value for each, value in zip(mine, args, strict=False)}
    values = {**{each.name: each.default for each in mine if each.default is not _MISSING}, **given, **kwargs}
    if len(args) > len(mine) or len(values) != len(mine) or not given.keys().isdisjoint(kwargs):
        cls.__init__(self, *args, **kwargs)
        return
    for each in mine:
        object.__setattr__(self, each.name, values[each.name])
    if hasattr(cls, "__post_init__"):
        cls.__post_init__(self)


def _init(cls: Any, assignment: str = "self.{0} = {0}") -> list[str]:
    names = cls.__match_args__
    after = [" self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    return [f"def __init__(self, {', '.join(names)}):", *(f" {assignment.format(name)}" for name in names), *after]


def _frozen_init(cls: Any) -> list[str]:
    return _init(cls, "object.__setattr__(self, '{0}', {0})")


def _eq(cls: Any) -> list[str]:
    same = " and ".join(f"self.{each.name} == other.{each.name}" for each in _fields(cls) if each.compare)
    return ["def __eq__(self, other):", f" return {same} if other.__class__ is self.__class__ else NotImplemented"]


def _hash(cls: Any) -> list[str]:
    values = "".join(f"self.{each.name}, " for each in _fields(cls) if each.compare)
    return ["def __hash__(self):", f" return hash(({values}))"]


def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in _fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _reduce(self: Any) -> tuple[type, tuple[object, ...]]:
    return self.__class__, tuple(getattr(self, name) for name in self.__match_args__)


def _replace(self: Any, /, **changes: object) -> Any:
    """Make the same object with other values in some fields."""
    return self.__class__(**{**{name: getattr(self, name) for name in self.__match_args__}, **changes})


def _refuse_setting(_: object, name: str, __: object) -> None:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415  (only a mistake needs it)

    msg = f"cannot assign to field {name!r}"
    raise FrozenInstanceError(msg)


def _refuse_deleting(_: object, name: str) -> None:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415  (see above)

    msg = f"cannot delete field {name!r}"
    raise FrozenInstanceError(msg)


def _fields(of: Any) -> tuple[_Field, ...]:
    """The fields of a class, or of an object of it, in order; the class may be one of `dataclasses` too."""
    found: tuple[_Field, ...] | None = getattr(of, "__light_fields__", None)
    if found is None:
        from dataclasses import fields as real  # noqa: PLC0415  (only a foreign class is one)

        return cast("tuple[_Field, ...]", real(of))
    return found


class _AsDataclass:
    """Gives `dataclasses` what it looks for in a class, taken from a dataclass of the same fields that is made then."""

    __slots__ = ("_cls", "_eq", "_frozen", "_name")

    def __init__(self, *, eq: bool, frozen: bool) -> None:
        self._eq, self._frozen = eq, frozen

    def __set_name__(self, cls: type, name: str) -> None:
        self._cls, self._name = cls, name

    def __get__(self, instance: object, owner: type) -> Any:
        import dataclasses  # noqa: PLC0415  (to do without is what this module is for)

        twins: list[tuple[str, Any, Any]] = []
        for each in _fields(self._cls):
            known: dict[str, Any] = {name: getattr(each, name) for name in ("init", "repr", "compare", "metadata")}
            if isinstance(each.default, dict | list | set):  # which are no defaults there
                known["default_factory"] = each.default.copy
            elif each.default is not _MISSING:
                known["default"] = each.default
            twins.append((each.name, each.type, dataclasses.field(**known)))
        made = dataclasses.make_dataclass(self._cls.__name__, twins, eq=self._eq, frozen=self._frozen)
        answer = getattr(made, self._name)
        setattr(self._cls, self._name, answer)
        return answer


class _Tuple(tuple[Any, ...]):
    """What named tuples have in common, with the names and meanings of `collections.namedtuple`."""

    __slots__ = ()
    if TYPE_CHECKING:  # each class has its own; said here they would be among the annotations of each
        _fields: tuple[str, ...]
        _field_defaults: dict[str, Any]

    def __new__(cls, /, *args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != len(cls._fields):
            args = _completed(cls, args, kwargs)
        return _new_tuple(cls, args)

    @classmethod
    def _make(cls, values: Iterable[Any]) -> Any:
        return cls(*values)

    def _replace(self, /, **changes: Any) -> Any:
        return self.__class__(**{**self._asdict(), **changes})

    __replace__ = _replace

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{self.__class__.__name__}({', '.join(shown)})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)


_new_tuple = tuple.__new__


def _completed(cls: type[_Tuple], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """The values of all fields, from arguments and defaults. Raises TypeError."""
    names = cls._fields
    missing = len(names) - len(args)
    if not kwargs and 0 < missing <= len(cls._field_defaults):
        return args + tuple(cls._field_defaults.values())[-missing:]
    given = dict(zip(names, args, strict=False))
    values = {**cls._field_defaults, **given, **kwargs}
    if missing < 0 or not given.keys().isdisjoint(kwargs) or len(values) != len(names):
        expected = ", ".join(f"{name}=..." if name in cls._field_defaults else name for name in names)
        msg = f"{cls.__qualname__}({expected}) cannot be made of {len(args)} arguments and {sorted(kwargs)}"
        raise TypeError(msg)
    return tuple([values[name] for name in names])


class _Signature:
    """What `inspect.signature` looks for: `__new__` is the same for all named tuples and does not say it."""

    def __get__(self, _: object, owner: type[_Tuple]) -> Signature:
        from inspect import Parameter, Signature  # noqa: PLC0415  (to do without is what this module is for)

        defaults, kinds = owner._field_defaults, owner.__annotations__
        each = Parameter.POSITIONAL_OR_KEYWORD
        return Signature(
            [
                Parameter(name, each, default=defaults.get(name, Parameter.empty), annotation=kinds[name])
                for name in owner._fields
            ]
        )


class _NamedTupleMeta(type):
    """Makes of a class that inherits from `NamedTuple` a tuple with these fields.

    `collections.namedtuple` compiles a constructor for each, which takes five times as long as all the rest.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        fields = tuple(namespace["__annotations__"])
        defaults = {each: namespace[each] for each in fields if each in namespace}
        places: dict[str, Any] = {each: property(itemgetter(place)) for place, each in enumerate(fields)}
        namespace |= {
            **places,
            "__match_args__": fields,
            "__signature__": _Signature(),
            "__slots__": (),
            "_field_defaults": defaults,
            "_fields": fields,
        }
        return type(name, (_Tuple,), namespace)


class _NamedTuple(metaclass=_NamedTupleMeta):
    """What named tuples inherit from in their source, and not in fact (as with `typing.NamedTuple`)."""


if not TYPE_CHECKING:
    NamedTuple = _NamedTuple
    MISSING, Field, dataclass, field, fields, replace = _MISSING, _Field, _dataclass, _Field, _fields, _replace
