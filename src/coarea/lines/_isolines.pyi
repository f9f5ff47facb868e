import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]

def number_crossings(
    values: Doubles, width: int, levels: Doubles, rank: Ints, first: Ints, crossed: Bytes, most: int
) -> int: ...
def draw_lines(
    values: Doubles,
    width: int,
    levels: Doubles,
    rank: Ints,
    first: Ints,
    crossed: Bytes,
    steepness: Doubles,
    line: Ints,
    points: Doubles,
    start: NDArray[np.int64],
    level: Ints,
    closed: Bytes,
    contrast: Doubles,
) -> int: ...
def nest(
    rank: Ints,
    width: int,
    first: Ints,
    crossed: Bytes,
    line: Ints,
    root: int,
    parent: Ints,
    low_inside: Bytes,
    n_inside: Ints,
    order: Ints,
) -> None: ...
