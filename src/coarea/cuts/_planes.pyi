from typing import Any

import numpy as np
from numpy.typing import NDArray

MARGIN: int

_Block = NDArray[Any]
_Indices = NDArray[np.int32]
_Weights = NDArray[np.int64]
_Words = NDArray[np.uint64]

def n_instruction_sets() -> int: ...
def sweep(
    block: _Block,
    offsets: _Indices,
    width: int,
    instruction_set: int,
    first: int,
    stop: int,
    n_sweeps: int,
) -> None: ...
def positive(block: _Block, plane: int, offset: int, instruction_set: int, words: _Words) -> None: ...
def negative_excess(block: _Block, width: int, words: _Words) -> None: ...
def start_levels(block: _Block, level: _Indices, slope: _Weights, up: _Weights, down: _Weights, step: int) -> None: ...
def start_closeness(block: _Block, width: int) -> None: ...
def supply(block: _Block, instruction_set: int) -> tuple[int, int]: ...
def settle(
    block: _Block,
    above: _Words,
    level: _Indices,
    slope: _Weights,
    up: _Weights,
    down: _Weights,
    step: int,
    low: _Indices,
    first: int,
    stop: int,
) -> None: ...
def settle_constant(
    block: _Block, above: _Words, level: _Indices, jump: int, step: int, low: _Indices, first: int, stop: int
) -> None: ...
