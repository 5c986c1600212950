# cython: language_level=3
"""The Cython side: `ema.pxd` is made from ema/ema.h when this is built."""

cimport ema

DEFAULT_WEIGHT = ema.EMA_DEFAULT_WEIGHT


cdef class Average:
    """An exponential moving average."""

    cdef ema.ema_average _average

    def __init__(self, double weight=ema.EMA_DEFAULT_WEIGHT):
        ema.ema_init(&self._average, weight)

    def add(self, double value):
        """Add a value; returns the average."""
        return ema.ema_add(&self._average, value)

    @property
    def running(self):
        return self._average.state == ema.EMA_RUNNING
