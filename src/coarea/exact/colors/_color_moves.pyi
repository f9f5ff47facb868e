from typing import Any

import numpy as np
from numpy.typing import NDArray

_Levels = NDArray[Any]
_Bytes = NDArray[np.uint8]
_Indices = NDArray[np.int32]
_Weights = NDArray[np.int64]

def settle(
    start: _Indices,
    place: _Indices,
    label: _Indices,
    steps: _Indices,
    length: _Weights,
    own: _Levels,
    up: _Weights,
    down: _Weights,
    color: _Levels,
    n_channels: int,
    order: _Indices,
    pending: _Bytes,
    origin: _Indices,
    slot: _Indices,
    near: _Indices,
    nearby: _Levels,
    border: _Weights,
    cost: _Weights,
    grid: _Indices,
    table: _Weights,
) -> None: ...
def most_borders(start: _Indices, place: _Indices, label: _Indices, steps: _Indices, order: _Indices) -> int: ...
