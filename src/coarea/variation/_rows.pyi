from coarea.base.arrays import Array

def instruction_sets() -> tuple[str, ...]: ...
def one_sided(
    f: Array, g: Array, shape: Array, c2: Array, smoothing: float, side: int, start: int, stop: int, block: int,
    past_cache: bool, scratch: Array, exact: Array, norm: Array, square: Array, instruction_set: int,
) -> None: ...  # fmt: skip
def separable(
    f: Array, g: Array, shape: Array, c2: Array, smoothing: float, ahead: int, behind: int, isotropic: bool,
    start: int, stop: int, scratch: Array, exact: Array, norm: Array, square: Array,
) -> None: ...  # fmt: skip
