from typing import Any

import numpy as np
from numpy.typing import NDArray

_Block = NDArray[Any]
_Indices = NDArray[np.int32]
_Weights = NDArray[np.int64]
_Words = NDArray[np.uint64]

def separate(block: _Block, offsets: _Indices, rows: _Indices, columns: _Indices, above: _Words) -> None: ...
def flood(enter: _Words, rows: _Indices, columns: _Indices, pending: NDArray[np.uint8], reached: _Words) -> None: ...
def gather(
    block: _Block,
    offsets: _Indices,
    rows: _Indices,
    columns: _Indices,
    chosen: _Words,
    number: _Indices,
    arcs: NDArray[Any],
    excess: _Weights,
) -> int: ...
def scatter(block: _Block, n_arcs: int, chosen: _Words, arcs: NDArray[Any], excess: _Weights) -> None: ...
