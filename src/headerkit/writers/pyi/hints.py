"""Type hints for ctypes expressions: what Python code may give and what it gets.

The expressions are those that the ctypes module itself evaluates (a name, `_c.c_int`, `_c.POINTER(x)`, `x * 3`,
`_c.CFUNCTYPE(...)`, `_nullable(x)`), so stubs cannot differ from the module.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Hints", "integer"]

_VALUES = {
    "c_bool": "bool",
    "c_char": "bytes",
    "c_wchar": "str",
    "c_float": "float",
    "c_double": "float",
    "c_longdouble": "float",
    "c_char_p": "bytes | None",
    "c_wchar_p": "str | None",
    "c_void_p": "int | None",
}
"""What ctypes makes of these when it reads one; all others are integers."""
_TAKES = {"c_char": "bytes | int", "c_char_p": "_Text", "c_wchar_p": "str | _Address", "c_void_p": "_Address"}
_STORES = {"c_char": "bytes | int", "c_char_p": "bytes | int | None", "c_wchar_p": "str | int | None"}
_FUNCTIONS = ("CFUNCTYPE", "WINFUNCTYPE")


def integer(value: int, literal: str) -> str:
    """The type of one integer, `literal` being how `Literal` is called; mypy reads none of 64 bits or more in it."""
    return f"{literal}[{value}]" if abs(value) < 2**63 else "int"


class Hints:
    """Hints for the types of one module.

    `typedefs` maps a type name to its expression; other names are classes.
    """

    def __init__(self, typedefs: Mapping[str, str]) -> None:
        self.typedefs = typedefs
        self._nodes: dict[str, ast.expr] = {}

    def _parsed(self, expression: str | ast.expr) -> ast.expr:
        """The expression's syntax tree, which nobody changes: thousands of hints are made of few expressions."""
        if not isinstance(expression, str):
            return expression
        node = self._nodes.get(expression)
        if node is None:
            node = self._nodes[expression] = ast.parse(expression, mode="eval").body
        return node

    def _meant(self, expression: str | ast.expr) -> ast.expr:
        """The expression behind typedef names, as far as it is one of ctypes' own."""
        node = self._parsed(expression)
        seen: set[str] = set()
        while isinstance(node, ast.Name) and node.id in self.typedefs and node.id not in seen:
            seen.add(node.id)
            node = self._parsed(self.typedefs[node.id])
        return node

    def _simple(self, node: ast.expr) -> str:
        """The name of a fundamental type of ctypes' ("c_int"), else ""."""
        return node.attr if isinstance(node, ast.Attribute) else ""

    def ctype(self, expression: str | ast.expr) -> str:
        """The ctypes type itself, as a type argument."""
        node = self._parsed(expression)
        if isinstance(node, ast.Name):
            if node.id in ("_Bytes", "_Buffer"):
                return "_c._Pointer[_c.c_ubyte]"
            return node.id
        if isinstance(node, ast.Attribute):
            return f"_c.{node.attr}"
        if isinstance(node, ast.BinOp):
            return f"_c.Array[{self.ctype(node.left)}]"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self.ctype(node.args[0])  # _nullable
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "POINTER":
            return f"_c._Pointer[{self.ctype(node.args[0])}]"
        if isinstance(node, ast.Call):
            return "_CFuncPtr"
        return "None"

    def value(self, expression: str | ast.expr) -> str:
        """What Python gets: from a member, as a result, as a callback's argument."""
        name = self._simple(self._meant(expression))
        return _VALUES.get(name, "int") if name else self.ctype(expression)

    def stored(self, expression: str | ast.expr) -> str:
        """What may be assigned to a member."""
        node = self._meant(expression)
        name = self._simple(node)
        if name:
            given = _STORES.get(name) or _VALUES.get(name, "int")
            return f"{given} | {self.ctype(node)}" if name == "c_void_p" else given
        if isinstance(node, ast.BinOp):
            element = self._simple(self._meant(node.left))
            text = {"c_char": " | bytes", "c_wchar": " | str"}.get(element, "")
            return f"{self.ctype(expression)} | tuple[_typing.Any, ...]{text}"
        if self._is_pointer(node) and isinstance(node, ast.Call):
            target = self.ctype(node.args[0])
            return f"{self.ctype(expression)} | _c.Array[{target}] | None"
        return self.ctype(expression)

    def parameter(self, expression: str | ast.expr) -> str:
        """What a function takes."""
        node = self._meant(expression)
        if isinstance(node, ast.Name) and node.id in ("_Bytes", "_Buffer"):
            return "bytes | _BufferIn" if node.id == "_Bytes" else "_BufferIn"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return f"{self.ctype(expression)} | None"
        if self._is_pointer(node) and isinstance(node, ast.Call):
            target = self.ctype(node.args[0])
            return "_Text" if target == "_c.c_char" else f"_In[{target}]"
        name = self._simple(node)
        return _TAKES.get(name) or _VALUES.get(name, "int") if name else self.ctype(expression)

    def prototype(self, expression: str | ast.expr) -> tuple[str, list[str], str, list[str]] | None:
        """A function pointer type: a Python function's result and arguments, then those of a call; None for others."""
        node = self._parsed(expression)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        if node.func.attr not in _FUNCTIONS:
            return None
        result, arguments = node.args[0], node.args[1:]
        void = isinstance(result, ast.Constant)
        returned = "None" if void else self.value(result)
        return (
            "object" if void else returned,
            [self.value(argument) for argument in arguments],
            returned,
            [self.parameter(argument) for argument in arguments],
        )

    def result(self, expression: str) -> str:
        """What a function returns."""
        return "None" if expression == "None" else self.value(expression)

    def _is_pointer(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "POINTER"
