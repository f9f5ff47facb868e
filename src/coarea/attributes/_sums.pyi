import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Sums = NDArray[np.int64]

def bounding_box(parent: _Indices, node_of_pixel: _Indices, box: _Indices, planes: _Indices) -> None: ...
def moments(
    parent: _Indices, node_of_pixel: _Indices, sums: _Sums, planes: _Sums, means: NDArray[np.float64]
) -> None: ...
def extinction(parent: _Indices, attribute: NDArray[np.float64], heir: _Indices, out: NDArray[np.float64]) -> None: ...
