import numpy as np
from numpy.typing import NDArray

def collect(
    n_raw: int,
    flip: int,
    half_area: bool,
    octets: NDArray[np.uint8],
    integers: NDArray[np.int32],
    parent: NDArray[np.int32],
    level: NDArray[np.int32],
    polarity: NDArray[np.int8],
    node_of_pixel: NDArray[np.int32],
) -> None: ...
