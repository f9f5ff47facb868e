from typing import Any

import numpy as np
from numpy.typing import NDArray

def add_jumps(
    node: NDArray[np.int32], value: NDArray[Any], stride: int, power: float, strength: NDArray[np.float32]
) -> None: ...
