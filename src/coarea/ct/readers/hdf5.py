"""HDF5 files: opening them, and reading images of an array with a limited amount of memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.ct.readers.selection import Wanted

AT_ONCE = 64 * 2**20  # bytes


@contextmanager
def opened(name: str, reader: str) -> Iterator[Any]:
    """The file, open; what is wrong with it is said in one line."""
    try:
        import h5py
    except ImportError as error:
        raise ImportError(f"{reader} needs h5py: pip install coarea[hdf5]") from error
    try:
        with h5py.File(name, "r") as file:
            yield file
    except (OSError, RuntimeError) as error:
        raise OSError(f"{name} cannot be read, it is damaged: {error}") from error


def detectors(file: Any) -> dict[str, Any]:
    """The entries of an NXtomo file, by name: those with ENTRY/instrument/detector/image_key, at most one deeper.

    The names of the entries are free, those within are not.
    """
    found = {}
    for name, group in _groups(file):
        for path, entry in [(name, group), *((f"{name}/{key}", inner) for key, inner in _groups(group))]:
            detector = entry.get("instrument/detector")
            if detector is not None and hasattr(detector, "keys") and "image_key" in detector:
                found[path] = entry
    return found


def images_of(data: Any, indices: Sequence[int], rows: range, wanted: Wanted) -> Array:
    """Some rows of some images of an array (image, v, u), read in blocks of neighbours."""
    dtype = data.dtype.newbyteorder("=")  # a scan would copy others
    result = np.empty((len(indices), len(rows), data.shape[2]), dtype)
    step = max(1, AT_ONCE // max(1, result[:1].nbytes))
    chosen = slice(rows.start, rows.stop, rows.step)
    for first, last, stride in _runs(indices, step):
        start, stop = indices[first], indices[last - 1] + 1
        data.read_direct(result, np.s_[start:stop:stride, chosen], np.s_[first:last])
        wanted.tell(last - first)
    return result


def _runs(indices: Sequence[int], most: int) -> Iterator[tuple[int, int, int]]:
    """Parts [first, last) of the indices with equal steps, of at most `most` of them."""
    first = 0
    while first < len(indices):
        stride = indices[first + 1] - indices[first] if first + 1 < len(indices) else 1
        last = first + 1
        while last < min(len(indices), first + most) and indices[last] - indices[last - 1] == stride:
            last += 1
        yield first, last, stride
        first = last


def _groups(group: Any) -> Iterator[tuple[str, Any]]:
    for name in group:
        inner = group.get(name)  # None where a link leads nowhere
        if inner is not None and hasattr(inner, "keys"):
            yield name, inner
