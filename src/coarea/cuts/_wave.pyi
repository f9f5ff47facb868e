from typing import Any

import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]

def wave(start: _Indices, arcs: NDArray[Any], excess: NDArray[np.int64], sign: int) -> None: ...
def wave_in_planes(planes: NDArray[Any], offsets: _Indices, nodes: _Indices, sign: int) -> None: ...
