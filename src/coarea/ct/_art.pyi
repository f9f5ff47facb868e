from coarea.base.arrays import Array

def sweep(
    image: Array, data: Array, weights: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array,
    hi: Array, relaxation: float,
) -> float: ...  # fmt: skip
