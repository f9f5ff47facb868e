from typing import Any

import numpy as np
from numpy.typing import NDArray

from coarea.cuts.terms import Term

_Indices = NDArray[np.int32]
_Weights = NDArray[np.int64]

def connect(first: _Indices, second: _Indices, capacity: _Weights, slot: _Indices, arcs: NDArray[Any]) -> None: ...
def start_levels(data: Term, step: int, excess: _Weights) -> None: ...
def settle(
    start: _Indices,
    arcs: NDArray[Any],
    above: NDArray[np.uint8],
    data: Term,
    step: int,
    low: _Indices,
    excess: _Weights,
) -> None: ...
def push_to_neighbors(start: _Indices, arcs: NDArray[Any], excess: _Weights) -> None: ...
def reach(start: _Indices, arcs: NDArray[Any], excess: _Weights, sign: int, reached: NDArray[np.uint8]) -> None: ...
def edge_flow(
    first: _Indices,
    second: _Indices,
    capacity: _Weights,
    slot: _Indices,
    arcs: NDArray[Any],
    low: _Indices,
    flow: _Weights,
) -> None: ...
