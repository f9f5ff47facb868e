from coarea.base.arrays import Array

def ascend(
    f: Array, field: Array, ahead: Array, out: Array, shape: Array, weights: Array, step: float, momentum: float,
    isotropic: bool, start: int, stop: int, scratch: Array, instruction_set: int,
) -> None: ...  # fmt: skip
