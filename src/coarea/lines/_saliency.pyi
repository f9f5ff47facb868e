import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]

def climb(
    parent: _Indices, value: _Indices, node_of_pixel: _Indices, least: int, below: _Indices, right: _Indices
) -> None: ...
