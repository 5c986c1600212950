"""Point clouds: the C library vec, bound with cffi."""

from vecpkg._vec import ffi, lib

__all__ = ["Cloud", "ffi", "lib", "version"]


def version() -> tuple[int, int]:
    """The version of the compiled library."""
    number = lib.vec_version()
    return number >> 16, number & 0xFFFF


@ffi.def_extern()
def vecpkg_visit(point, index, context):
    """Hand each point to the Python callable that walks."""
    return ffi.from_handle(context)(tuple(point.at), index)


class Cloud:
    """A growing set of points."""

    def __init__(self, points=()):
        self._cloud = ffi.gc(lib.vec_cloud_new(), lib.vec_cloud_free)
        if self._cloud == ffi.NULL:
            raise MemoryError
        for point in points:
            self.add(point)

    def __len__(self):
        return lib.vec_cloud_size(self._cloud)

    def add(self, point):
        _check(lib.vec_cloud_add(self._cloud, {"at": point}))

    def nearest(self, point):
        """The index of the nearest point, or None when there is none."""
        index = lib.vec_cloud_nearest(self._cloud, {"at": point})
        return None if index == lib.VEC_NO_INDEX else index

    def walk(self, visit):
        """Call `visit(point, index)` for each point until it returns something true; say whether it did."""
        handle = ffi.new_handle(lambda point, index: 1 if visit(point, index) else 0)
        return lib.vec_cloud_walk(self._cloud, lib.vecpkg_visit, handle) == lib.VEC_STOPPED

    def bounds(self):
        """The lowest and the highest corner."""
        summary = ffi.new("vec_summary *")
        _check(lib.vec_cloud_summary(self._cloud, b"bounds", summary))
        return tuple(summary.bounds.low.at), tuple(summary.bounds.high.at)


def _check(status):
    if status != lib.VEC_OK:
        raise ValueError(ffi.string(lib.vec_status_text(status)).decode())
