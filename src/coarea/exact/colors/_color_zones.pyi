from typing import Any

import numpy as np
from numpy.typing import NDArray

_Levels = NDArray[Any]
_Bytes = NDArray[np.uint8]
_Indices = NDArray[np.int32]

def label_zones(cut: _Bytes, steps: _Indices, label: _Indices) -> int: ...
def group_pixels(label: _Indices, start: _Indices, place: _Indices, pixel: _Indices) -> None: ...
def nearest_colors(start: _Indices, own: _Levels, center: _Levels, worth: _Bytes, chosen: _Indices) -> None: ...
