import numpy as np
from numpy.typing import NDArray

_Doubles = NDArray[np.float64]
_Signs = NDArray[np.int8]

def normals(
    start: NDArray[np.int64], y: _Doubles, x: _Doubles, down: _Signs, right: _Signs, radius: float, angle: _Doubles
) -> None: ...
def sample(maps: NDArray[np.float32], y: _Doubles, x: _Doubles, angle: _Doubles, out: _Doubles) -> None: ...
