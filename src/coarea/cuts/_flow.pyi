from typing import Any

import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]

def max_flow(
    start: _Indices, arcs: NDArray[Any], excess: NDArray[np.int64], first: int, stop: int, patience: int
) -> bool: ...
def max_flow_in_planes(planes: NDArray[Any], offsets: _Indices, nodes: _Indices, patience: int) -> bool: ...
