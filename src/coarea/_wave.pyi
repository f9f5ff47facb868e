from typing import Any

import numpy as np
from numpy.typing import NDArray

def wave(start: NDArray[np.int32], arcs: NDArray[Any], excess: NDArray[np.int64], sign: int) -> None: ...
