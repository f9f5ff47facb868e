from typing import Any

import numpy as np
from numpy.typing import NDArray

def scratch_sizes(height: int, n: int, n_levels: int) -> tuple[int, int, int, int, int]: ...
def build(
    image: NDArray[Any],
    n_levels: int,
    flip: int,
    self_dual: bool,
    root: int,
    ring_below: int,
    ring_is_level: bool,
    padded: NDArray[Any],
    octets: NDArray[np.uint8],
    integers: NDArray[np.int32],
    starts: NDArray[np.int32],
    bitmap: NDArray[np.uint64],
) -> tuple[int, int, bool]: ...
