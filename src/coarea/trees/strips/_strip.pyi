import numpy as np
from numpy.typing import NDArray

def reach(
    n_raw: int,
    n_rows: int,
    n: int,
    is_first: bool,
    is_last: bool,
    by_frame: bool,
    pixel: int,
    octets: NDArray[np.uint8],
    integers: NDArray[np.int32],
) -> int: ...
def number(
    n_raw: int,
    n_reached: int,
    sums: bool,
    octets: NDArray[np.uint8],
    integers: NDArray[np.int32],
    parent: NDArray[np.int32],
    level: NDArray[np.int32],
    area: NDArray[np.int32],
    is_open: NDArray[np.uint8],
    node_of_pixel: NDArray[np.int32],
    shared: NDArray[np.int32],
) -> None: ...
def settle(
    parent: NDArray[np.int32],
    level: NDArray[np.int32],
    core: NDArray[np.int32],
    first: int,
    flip: bool,
    whole_parent: NDArray[np.int32],
    polarity: NDArray[np.int8],
    node_of_pixel: NDArray[np.int32],
) -> None: ...
