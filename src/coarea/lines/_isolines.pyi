import numpy as np
from numpy.typing import NDArray

_Doubles = NDArray[np.float64]
_Ints = NDArray[np.int32]
_Bytes = NDArray[np.uint8]

def number_crossings(
    values: _Doubles, width: int, levels: _Doubles, rank: _Ints, first: _Ints, crossed: _Bytes, most: int
) -> int: ...
def draw_lines(
    values: _Doubles,
    width: int,
    levels: _Doubles,
    rank: _Ints,
    first: _Ints,
    crossed: _Bytes,
    steepness: _Doubles,
    line: _Ints,
    points: _Doubles,
    start: NDArray[np.int64],
    level: _Ints,
    closed: _Bytes,
    contrast: _Doubles,
) -> int: ...
def nest(
    rank: _Ints,
    width: int,
    first: _Ints,
    crossed: _Bytes,
    line: _Ints,
    root: int,
    parent: _Ints,
    low_inside: _Bytes,
    n_inside: _Ints,
    order: _Ints,
) -> None: ...
