from typing import Any

import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]

def contour_tree(
    padded: NDArray[Any],
    order: _Indices,
    upper_offsets: _Indices,
    lower_offsets: _Indices,
    root: int,
    exterior: int,
    exterior_level: int,
    frame: _Indices,
    margin: _Indices,
    parent: _Indices,
    level: _Indices,
    node: _Indices,
) -> int: ...
