import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Places = NDArray[np.int64]
_Marks = NDArray[np.uint8]

def number_nodes(parent: _Indices, size: _Indices, first: _Indices, free: _Indices) -> None: ...
def first_pixels(node_of_pixel: _Indices, parent: _Indices, pixel: _Places) -> None: ...
def measure_shapes(
    place: _Indices,
    first: _Indices,
    size: _Indices,
    area: _Indices,
    pixel: _Places,
    joined: _Marks,
    n_points: _Places,
) -> None: ...
def number_sides(node_of_pixel: _Indices, parent: _Indices, depth: _Indices, mark: _Places) -> int: ...
def find_rings(
    place: _Indices,
    node_of_pixel: _Indices,
    parent: _Indices,
    depth: _Indices,
    first: _Indices,
    size: _Indices,
    joined: _Marks,
    mark: _Places,
    seen: _Marks,
    node: _Indices,
    pixel: _Places,
    n_points: _Places,
    is_hole: _Marks,
) -> int: ...
def write_rings(
    place: _Indices,
    first: _Indices,
    size: _Indices,
    pixel: _Places,
    joined: _Marks,
    start: _Places,
    points: NDArray[np.float64],
) -> None: ...
