import numpy as np
from numpy.typing import NDArray

from coarea.cuts.terms import Term

_Indices = NDArray[np.int32]
_Weights = NDArray[np.int64]

def minimize_tree(
    parent: _Indices, data: Term, capacity: _Weights, n_bits: int, largest: bool, out: _Indices
) -> None: ...
def tree_flow(
    parent: _Indices, data: Term, capacity: _Weights, highest: int, value: _Indices, flow: _Weights
) -> None: ...
