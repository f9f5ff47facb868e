import numpy as np
from numpy.typing import NDArray

def eliminate(
    parent: NDArray[np.int32],
    is_left: NDArray[np.uint8],
    capacity: NDArray[np.int64],
    largest: bool,
    n_levels: int,
    site: NDArray[np.int32],
    level: NDArray[np.int32],
    fall: NDArray[np.int64],
    top: NDArray[np.int64],
    bottom: NDArray[np.int64],
    low: NDArray[np.int32],
    high: NDArray[np.int32],
) -> None: ...
