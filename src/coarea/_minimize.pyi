import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Weights = NDArray[np.int64]

def minimize_l1_tree(
    parent: _Indices,
    level: _Indices,
    weight: _Weights,
    capacity: _Weights,
    n_bits: int,
    largest: bool,
    message: _Weights,
    above: NDArray[np.uint8],
    out: _Indices,
) -> None: ...
