from typing import Any

import numpy as np
from numpy.typing import NDArray

def scratch_sizes(height: int, n: int, n_levels: int) -> tuple[int, int, int, int]: ...
def build(
    image: NDArray[Any],
    n_levels: int,
    flip: int,
    square: bool,
    padded: NDArray[Any],
    earlier: NDArray[np.uint8],
    integers: NDArray[np.int32],
    starts: NDArray[np.int32],
) -> tuple[int, int]: ...
