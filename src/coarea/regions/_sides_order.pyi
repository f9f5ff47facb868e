import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Keys = NDArray[np.uint32]

def sort_sides(key: _Keys, side: _Indices, other_key: _Keys, other_side: _Indices) -> None: ...
