"""What a user may choose of a ctypes module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CtypesOptions"]


@dataclass(frozen=True, slots=True)
class CtypesOptions:
    """Options of the ctypes writer."""

    library: tuple[str, ...] = ()
    """The libraries to try, in this order: a bare name ("z"), a file name ("libz.so.1"), an absolute path, or a path
    that begins with "./" or "../", from the generated module's own folder. Default: the header's stem."""
    environment: str = ""
    """The environment variable that names a library file to load instead. Default: the header's stem and _LIBRARY
    (`VEC_LIBRARY` for vec.h)."""
    enums: Literal["int", "IntEnum", "IntFlag"] = "int"
    """What an enumeration becomes: its integer type, or a class of that kind whose members are the constants."""
    flags: tuple[str, ...] = ()
    """Enumerations, by name or glob, that become an IntFlag whatever `enums` says."""
    use_errno: bool = False
    """Keep C's errno of each call for `ctypes.get_errno()`."""
    use_last_error: bool = False
    """Keep Windows' last error of each call for `ctypes.get_last_error()`."""
    global_symbols: bool = False
    """Load with RTLD_GLOBAL: libraries loaded later see this one's symbols."""
    check_sizes: bool = True
    """Compare the size of every record with the compiler's when the module is imported."""
