import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]

def component_tree(
    later: _Indices,
    earlier: _Indices,
    level_of_vertex: _Indices,
    parent: _Indices,
    level: _Indices,
    node: _Indices,
) -> int: ...
