import numpy as np
from numpy.typing import NDArray

_Indices = NDArray[np.int32]
_Weights = NDArray[np.int64]

def find_loose(
    parent: _Indices,
    weight: _Weights,
    length: _Weights,
    pull: int,
    unit: int,
    longest: int,
    message: _Weights,
    place: _Indices,
) -> int: ...
def join_groups(
    parent: _Indices,
    length: _Weights,
    weight: _Weights,
    place: _Indices,
    new_parent: _Indices,
    new_length: _Weights,
    new_weight: _Weights,
) -> None: ...
def join_pairs(
    level: _Indices,
    weight: _Weights,
    group: _Indices,
    place: _Indices,
    last: _Indices,
    new_level: _Indices,
    new_weight: _Weights,
    new_group: _Indices,
) -> int: ...
def sort_by_key(key: _Indices, start: _Indices, order: _Indices) -> None: ...
def minimize(
    parent: _Indices,
    length: _Weights,
    start: _Indices,
    level: _Indices,
    below: _Weights,
    up: int,
    down: int,
    unit: int,
    longest: int,
    n_bits: int,
    largest: bool,
    window: _Indices,
    capacity: _Weights,
    message: _Weights,
    above: NDArray[np.uint8],
    out: _Indices,
) -> None: ...
