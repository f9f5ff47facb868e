import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]

def cut(parent: _Indices, n_kept: int, region: _Indices) -> None: ...
def number_regions(region: _Indices, leaf_of_pixel: _Indices, number: _Indices, labels: _Indices) -> int: ...
