from typing import Any

import numpy as np
from numpy.typing import NDArray

def decompose(levels: NDArray[Any], upper: bool, sets: NDArray[np.uint8]) -> None: ...
def reconstruct(sets: NDArray[np.uint8], upper: bool, index: NDArray[np.int32]) -> None: ...
