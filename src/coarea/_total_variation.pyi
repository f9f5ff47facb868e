from coarea._check import Array

def one_sided(
    f: Array, g: Array, shape: Array, c2: Array, smoothing: float, side: int, start: int, stop: int, scratch: Array,
    norm: Array, square: Array,
) -> None: ...  # fmt: skip
def separable(
    f: Array, g: Array, shape: Array, c2: Array, smoothing: float, ahead: int, behind: int, isotropic: bool,
    start: int, stop: int, scratch: Array, norm: Array, square: Array,
) -> None: ...  # fmt: skip
