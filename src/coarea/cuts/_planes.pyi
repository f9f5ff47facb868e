from typing import Any

import numpy as np
from numpy.typing import NDArray

from coarea.cuts.terms import Term

ALIGNMENT: int
OVERREACH: int

_Block = NDArray[Any]
_Indices = NDArray[np.int32]
_Words = NDArray[np.uint64]

def margin_of(itemsize: int) -> int: ...
def stride_of(width: int, itemsize: int) -> int: ...
def instruction_sets() -> tuple[str, ...]: ...
def sweep(
    block: _Block,
    offsets: _Indices,
    width: int,
    instruction_set: int,
    first: int,
    stop: int,
    n_sweeps: int,
    backwards: bool,
) -> None: ...
def sign(block: _Block, plane: int, offset: int, instruction_set: int, negative: bool, words: _Words) -> None: ...
def start_levels(block: _Block, data: Term, width: int, step: int) -> None: ...
def start_closeness(block: _Block, width: int) -> None: ...
def supply(block: _Block, instruction_set: int) -> tuple[int, int]: ...
def settle(block: _Block, above: _Words, data: Term, step: int, low: _Indices, first: int, stop: int) -> None: ...
