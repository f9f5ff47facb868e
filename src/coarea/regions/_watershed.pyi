import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Keys = NDArray[np.uint32]

def join_basins(
    key: _Keys,
    side: _Indices,
    stride: _Indices,
    link: _Indices,
    area: _Indices,
    largest: _Indices,
    level: _Keys,
    joined: _Indices,
    saliency: _Indices,
) -> int: ...
def label_parts(joined: _Indices, stride: _Indices, link: _Indices, label: _Indices) -> int: ...
