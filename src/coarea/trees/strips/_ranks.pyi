import numpy as np
from numpy.typing import NDArray

def rank_keys(
    keys: NDArray[np.uint32],
    pairs: NDArray[np.uint64],
    spare: NDArray[np.uint64],
    rank: NDArray[np.int32],
    first: NDArray[np.int32],
) -> int: ...
def merge_runs(
    keys: NDArray[np.uint32],
    start: NDArray[np.int32],
    head: NDArray[np.int32],
    heap: NDArray[np.int32],
    rank: NDArray[np.int32],
    first: NDArray[np.int32],
) -> int: ...
