from typing import Any

import numpy as np
from numpy.typing import NDArray

def sort_levels(
    padded: NDArray[Any], rows: NDArray[np.int32], width: int, start: NDArray[np.int32], order: NDArray[np.int32]
) -> None: ...
def decompose(levels: NDArray[Any], upper: bool, sets: NDArray[np.uint8]) -> None: ...
def reconstruct(sets: NDArray[np.uint8], upper: bool, index: NDArray[np.int32]) -> None: ...
