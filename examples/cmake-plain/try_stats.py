"""Uses the module that CMake built: PYTHONPATH leads to it."""

from _stats import ffi, lib

series = ffi.new("stats_series *")
for value in (2, 4, 4, 4, 5, 5, 7, 9):
    lib.stats_add(series, value)
assert series.mean == 5
assert round(lib.stats_variance(series), 3) == 4.571
assert len(series.last.values) == 8
print("mean", series.mean, "of the last", len(series.last.values))
