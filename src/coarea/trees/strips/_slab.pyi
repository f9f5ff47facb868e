import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Marks = NDArray[np.uint8]

def reach(parent: _Indices, marks: _Marks) -> int: ...
def number(
    parent: _Indices,
    level: _Indices,
    top: int,
    marks: _Marks,
    n_reached: int,
    place: _Indices,
    new_parent: _Indices,
    new_level: _Indices,
) -> None: ...
def sum_areas(parent: _Indices, marks: _Marks, place: _Indices, area: _Indices, reached_area: _Indices) -> None: ...
