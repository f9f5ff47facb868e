import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float32]

def assign(
    image: _Floats, filters: _Floats, parity: NDArray[np.int32], centers: _Floats, offset: _Floats,
    out: NDArray[np.uint8],
) -> None: ...  # fmt: skip
