import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Numbers = NDArray[np.float64]

def merge(
    ends: _Indices,
    weights: _Numbers,
    lengths: _Numbers,
    areas: _Numbers,
    total: float,
    area_power: float,
    clip: float,
    coefficients: _Numbers,
    histograms: _Numbers,
    start: _Indices,
    parent: _Indices,
    level: _Numbers,
) -> int: ...
