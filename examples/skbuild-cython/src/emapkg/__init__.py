"""Moving averages: the C library ema, used from Cython."""

from emapkg._ema import DEFAULT_WEIGHT, Average

__all__ = ["DEFAULT_WEIGHT", "Average"]
