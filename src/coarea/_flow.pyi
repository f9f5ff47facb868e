from typing import Any

import numpy as np
from numpy.typing import NDArray

def max_flow(
    start: NDArray[np.int32], arcs: NDArray[Any], excess: NDArray[np.int64], first: int, stop: int, patience: int
) -> bool: ...
