from typing import Any

import numpy as np
from numpy.typing import NDArray

def sort_cells(
    padded: NDArray[Any], rows: NDArray[np.int32], width: int, start: NDArray[np.int32], order: NDArray[np.int32]
) -> None: ...
