import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]

def number_nodes(
    tree_parent: _Indices,
    node_of_pixel: _Indices,
    number: _Indices,
    scratch: _Indices,
    parent: _Indices,
    last: _Indices,
    area: _Indices,
    pixels: _Indices,
) -> None: ...
def find_covers(
    parent: _Indices,
    pixels: _Indices,
    other_parent: _Indices,
    other_skip: _Indices,
    other_last: _Indices,
    other_pixels: _Indices,
    other_start: int,
    first_held: _Indices,
    last_held: _Indices,
    cover: _Indices,
    column: int,
) -> None: ...
def nest(parent: _Indices, area: _Indices, cover: _Indices, order: _Indices, depth: _Indices) -> None: ...
def raise_depths(
    parent: _Indices, skip: _Indices, last: _Indices, depth: _Indices, pixels: _Indices, faces: _Indices
) -> None: ...
def fill_corners(faces: _Indices) -> None: ...
