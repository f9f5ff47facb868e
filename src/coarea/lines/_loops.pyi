import numpy as np
from numpy.typing import NDArray

_Places = NDArray[np.int64]
_Numbers = NDArray[np.float64]

def same_points(points: _Numbers, bounds: _Places, same: _Places, slots: _Places) -> None: ...
def cut(
    points: _Numbers,
    following: _Places,
    same: _Places,
    stack: _Places,
    height: _Places,
    places: _Places,
    start: _Places,
    area: _Numbers,
) -> int: ...
def find_owners(
    points: _Numbers,
    places: _Places,
    start: _Places,
    box: _Numbers,
    order: _Places,
    bounds: _Places,
    area: _Numbers,
    open: _Places,
    around: _Places,
    owner: _Places,
) -> None: ...
