import numpy as np
from numpy.typing import NDArray

def join_seams(
    level: NDArray[np.int32],
    above: NDArray[np.int32],
    below: NDArray[np.int32],
    start: NDArray[np.int32],
    vertex: NDArray[np.int32],
    vertex_level: NDArray[np.int32],
) -> int: ...
def list_edges(
    vertex: NDArray[np.int32],
    node: NDArray[np.int32],
    other: NDArray[np.int32],
    upper_start: NDArray[np.int32],
    upper: NDArray[np.int32],
    lower_start: NDArray[np.int32],
    lower: NDArray[np.int32],
) -> None: ...
def sweep(
    start: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    descending: bool,
    parent: NDArray[np.int32],
    degree: NDArray[np.int32],
    component: NDArray[np.int32],
    link: NDArray[np.int32],
    last: NDArray[np.int32],
) -> None: ...
def peel_leaves(
    root: int,
    upper: NDArray[np.int32],
    n_upper: NDArray[np.int32],
    lower: NDArray[np.int32],
    n_lower: NDArray[np.int32],
    removed: NDArray[np.uint8],
    toward_root: NDArray[np.int32],
    removal: NDArray[np.int32],
) -> None: ...
def contract(
    vertex_level: NDArray[np.int32],
    toward_root: NDArray[np.int32],
    order: NDArray[np.int32],
    parent: NDArray[np.int32],
    level: NDArray[np.int32],
    node: NDArray[np.int32],
) -> int: ...
