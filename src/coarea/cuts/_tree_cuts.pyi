import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Weights = NDArray[np.int64]

def minimize_tree(
    parent: _Indices,
    level: _Indices,
    slope: _Weights,
    up: _Weights,
    down: _Weights,
    capacity: _Weights,
    n_bits: int,
    largest: bool,
    is_steep: bool,
    message: _Weights,
    above: NDArray[np.uint8],
    out: _Indices,
) -> None: ...
def tree_flow(
    parent: _Indices,
    level: _Indices,
    slope: _Weights,
    up: _Weights,
    down: _Weights,
    capacity: _Weights,
    highest: int,
    value: _Indices,
    least: _Weights,
    most: _Weights,
    lacking: _Weights,
    flow: _Weights,
) -> None: ...
