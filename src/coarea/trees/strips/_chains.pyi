import numpy as np
from numpy.typing import NDArray

def find_chains(
    parent: NDArray[np.int32],
    level: NDArray[np.int32],
    marks: NDArray[np.uint8],
    kept: NDArray[np.int32],
    kept_parent: NDArray[np.int32],
    place: NDArray[np.int32],
    foot: NDArray[np.int32],
    head: NDArray[np.int32],
) -> tuple[int, int]: ...
def locate(
    parent: NDArray[np.int32],
    level: NDArray[np.int32],
    depth: NDArray[np.int32],
    skip: NDArray[np.int32],
    vertex: NDArray[np.int32],
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    meeting: NDArray[np.int32],
    node_level: NDArray[np.int32],
    place: NDArray[np.int32],
    slot: NDArray[np.int32],
) -> None: ...
def insert(
    parent: NDArray[np.int32],
    level: NDArray[np.int32],
    node_level: NDArray[np.int32],
    slot: NDArray[np.int32],
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    by_edge: NDArray[np.int32],
    number: NDArray[np.int32],
    whole_parent: NDArray[np.int32],
    whole_level: NDArray[np.int32],
    node: NDArray[np.int32],
) -> int: ...
