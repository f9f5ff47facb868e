from typing import Any

import numpy as np
from numpy.typing import NDArray

_Block = NDArray[Any]
_Indices = NDArray[np.int32]
_Words = NDArray[np.uint64]

def separate(
    block: _Block, offsets: _Indices, rows: _Indices, columns: _Indices, above: _Words, first: int, stop: int
) -> None: ...
def flood(enter: _Words, rows: _Indices, columns: _Indices, reached: _Words) -> None: ...
def members(chosen: _Words, pad: int, stride: int, margin: int, places: _Indices) -> int: ...
def parts(block: _Block, offsets: _Indices, nodes: _Indices, least: int, part: _Indices) -> int: ...
