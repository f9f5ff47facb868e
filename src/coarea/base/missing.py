"""Pixels that hold no data."""

import numpy as np
from numpy.typing import NDArray

from coarea.base.arrays import Array


def nearest_data(values: Array, has_data: NDArray[np.bool_]) -> Array:
    """The values where there are data, elsewhere those of the nearest data, of which there must be some."""
    from scipy import ndimage  # here: its import takes longer than that of the library

    place = ndimage.distance_transform_edt(~has_data, return_distances=False, return_indices=True)
    return np.ascontiguousarray(values[tuple(place)])
