"""The code that a generated module carries: it needs nothing but Python's own library, and only what it uses is there.

Names are those of `names.RESERVED`. The text is Python 3.10's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CHECK", "LOAD", "asked_by_name", "helpers"]

CHECK = """
def _data_model(types):
    for type, size in types:
        if _c.sizeof(type) != size:
            raise ImportError(
                f"{__name__} was made for {_target}, where {type.__name__} has {size} bytes; here it has "
                f"{_c.sizeof(type)}. Generate the module for this platform "
                f"({_sys.platform}, {8 * _c.sizeof(_c.c_void_p)} bits)."
            )
"""

LOAD = '''
def _find(name):
    """Yield the files that a library's name may mean on this platform."""
    windows, mac = _sys.platform == "win32", _sys.platform == "darwin"
    suffix = ".dll" if windows else ".dylib" if mac else ".so"
    folder, base = _os.path.split(name)
    if name.startswith(("./", "../")):
        folder = _os.path.normpath(_os.path.join(_os.path.dirname(_os.path.abspath(__file__)), folder))
    if base.endswith((".dll", ".dylib", ".so")) or ".so." in base:
        yield _os.path.join(folder, base)
        return
    for file in (f"{base}{suffix}", f"lib{base}{suffix}") if windows else (f"lib{base}{suffix}", f"{base}{suffix}"):
        yield _os.path.join(folder, file)
    if not folder:
        from ctypes.util import find_library

        found = find_library(base)
        if found:
            yield found


def _load(names, variable, mode, **options):
    chosen, problems = _os.environ.get(variable), []
    for name in [chosen] if chosen else names:
        for file in [chosen] if chosen else _find(name):
            try:
                return _c.CDLL(file, mode, **options)
            except OSError as error:
                problems.append(f"  {file}: {error}")
    raise ImportError(
        "\\n".join([f"{__name__}: cannot load the library", *problems, f"  {variable} may name the library's file"])
    )
'''

_ABSENT = '''
class _absent:
    """Stands for what the loaded library lacks: it is false, and says so when it is called or looked into."""

    __slots__ = ("symbol",)

    def __init__(self, symbol):
        self.symbol = symbol

    def __bool__(self):
        return False

    def __repr__(self):
        return f"<{self.symbol}: not in {_lib._name}>"

    def __call__(self, *arguments):
        raise NotImplementedError(f"{self.symbol} is not in {_lib._name}: the header declares it, the library lacks it")

    def __getattr__(self, name):
        raise AttributeError(f"{self.symbol} is not in {_lib._name}: the header declares it, the library lacks it")
'''

_FUNCTION = """
def _function(symbol, restype, *argtypes):
    try:
        function = _lib[symbol]
    except (AttributeError, ValueError):
        return _absent(symbol)
    function.restype = restype
    function.argtypes = argtypes
    return function
"""

_STDCALL = """
def _stdcall(symbol, restype, *argtypes):
    size = sum(-(-_c.sizeof(type) // 4) * 4 for type in argtypes)
    for name in (symbol, f"{symbol}@{size}", f"_{symbol}@{size}"):
        try:
            function = _c.WinDLL(_lib._name, handle=_lib._handle)[name]
        except (AttributeError, ValueError):
            continue
        function.restype = restype
        function.argtypes = argtypes
        return function
    return _absent(symbol)
"""

_VARIABLE = """
def _variable(symbol, type):
    try:
        return type.in_dll(_lib, symbol)
    except ValueError:
        return _absent(symbol)
"""

_BYTES = '''
class _Buffer(_c.POINTER(_c.c_ubyte)):
    """The parameter "unsigned char *": takes any ctypes pointer or array of bytes, and writable buffers."""

    _type_ = _c.c_ubyte

    @classmethod
    def from_param(cls, value):
        if value is None or isinstance(value, _c.c_void_p):
            return value
        target = getattr(value, "_obj", None)
        if isinstance(value, (_c.Array, _c._Pointer)):
            if _c.sizeof(value._type_) == 1:
                return value
        elif isinstance(value, (bytearray, memoryview)):
            return (_c.c_ubyte * memoryview(value).nbytes).from_buffer(value)
        elif isinstance(target, _c._SimpleCData) and _c.sizeof(target) == 1:
            return value
        elif isinstance(target, _c.Array) and _c.sizeof(target._type_) == 1:
            return value
        raise TypeError(f"expected bytes in a ctypes array, pointer or writable buffer, got {type(value).__name__}")


class _Bytes(_Buffer):
    """The parameter "const unsigned char *": takes bytes as well."""

    _type_ = _c.c_ubyte

    @classmethod
    def from_param(cls, value):
        return value if isinstance(value, (bytes, _c.c_char_p)) else super().from_param(value)
'''

_NULLABLE = '''
def _nullable(prototype, known={}):
    """A parameter that is a function pointer: takes None for NULL."""
    if prototype not in known:

        class parameter(prototype):
            _flags_ = prototype._flags_
            _restype_ = prototype._restype_
            _argtypes_ = prototype._argtypes_

            @classmethod
            def from_param(cls, value):
                return None if value is None else prototype.from_param(value)

        parameter.__name__ = prototype.__name__
        known[prototype] = parameter
    return known[prototype]
'''

_BITS = '''
def _bits(start, width, signed):
    """A bit-field that no ctypes integer covers: `width` bits from bit `start` of the record."""

    def get(record):
        value = int.from_bytes(_c.string_at(_c.addressof(record), _c.sizeof(record)), _sys.byteorder)
        value = value >> shift(record) & (1 << width) - 1
        return value - (1 << width) if signed and value >> width - 1 else value

    def put(record, value):
        size = _c.sizeof(record)
        whole = int.from_bytes(_c.string_at(_c.addressof(record), size), _sys.byteorder)
        mask = (1 << width) - 1 << shift(record)
        whole = whole & ~mask | value << shift(record) & mask
        _c.memmove(_c.addressof(record), whole.to_bytes(size, _sys.byteorder), size)

    def shift(record):
        return start if _sys.byteorder == "little" else 8 * _c.sizeof(record) - start - width

    return property(get, put)
'''

_COMPLEX = '''
class _complex{bits}(_c.Structure):
    """A complex number: complex(value), or value.real and value.imag."""

    _fields_ = [("real", _c.c_{part}), ("imag", _c.c_{part})]

    def __complex__(self):
        return complex(self.real, self.imag)
'''

_RENAMED = '''
def __getattr__(name):
    """C's name of what is called otherwise here, for getattr()."""
    if name in _renamed:
        return globals()[_renamed[name]]
'''
_THREAD_LOCAL = '''
def __getattr__(name):
    """The calling thread's instance of a thread-local variable."""
    if name in _thread_local:
        return _variable(*_thread_local[name])
'''
_BOTH = '''
def __getattr__(name):
    """C's name of what is called otherwise here; the calling thread's instance of a thread-local variable."""
    if name in _renamed:
        name = _renamed[name]
        if name in globals():
            return globals()[name]
    if name in _thread_local:
        return _variable(*_thread_local[name])
'''
_NO_ATTRIBUTE = """\
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
"""

_HELPERS = {
    "_complex64": _COMPLEX.format(bits=64, part="float"),
    "_complex128": _COMPLEX.format(bits=128, part="double"),
    "_complex256": _COMPLEX.format(bits=256, part="longdouble"),
    "_Bytes": _BYTES,
    "_nullable": _NULLABLE,
    "_bits": _BITS,
    "_absent": _ABSENT,
    "_function": _FUNCTION,
    "_stdcall": _STDCALL,
    "_variable": _VARIABLE,
}


def asked_by_name(*, renamed: bool, thread_local: bool) -> str:
    """Give the module's `__getattr__` (PEP 562), for what is in `_renamed`, in `_thread_local`, or in both."""
    return (_BOTH if renamed and thread_local else _RENAMED if renamed else _THREAD_LOCAL) + _NO_ATTRIBUTE


def helpers(used: Iterable[str]) -> str:
    """Give the text of the helpers of these names, in a fixed order."""
    wanted = {"_Bytes" if name == "_Buffer" else name for name in used}
    return "".join(f"\n{text}" for name, text in _HELPERS.items() if name in wanted)
