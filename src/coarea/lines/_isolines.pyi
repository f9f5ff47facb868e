import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]

def number_crossings(values: Doubles, width: int, levels: Doubles, rank: Ints, first: Ints, most: int) -> int: ...
def draw_lines(
    values: Doubles,
    width: int,
    levels: Doubles,
    rank: Ints,
    first: Ints,
    steepness: Doubles,
    line: Ints,
    points: Doubles,
    start: NDArray[np.int64],
    level: Ints,
    closed: NDArray[np.uint8],
    contrast: Doubles,
) -> int: ...
def nest(
    rank: Ints,
    width: int,
    first: Ints,
    line: Ints,
    root: int,
    parent: Ints,
    low_inside: NDArray[np.uint8],
    n_inside: Ints,
    order: Ints,
) -> None: ...
