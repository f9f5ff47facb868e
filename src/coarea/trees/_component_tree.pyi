from typing import Any

import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]

def component_tree(
    padded: NDArray[Any], order: _Indices, offsets: _Indices, parent: _Indices, level: _Indices, node: _Indices
) -> int: ...
