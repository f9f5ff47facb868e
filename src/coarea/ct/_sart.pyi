from coarea.base.arrays import Array

def add(x: Array, correction: Array, weight: Array, lower: Array, upper: Array) -> None: ...
def add_planes(x: Array, correction: Array, weight: Array, lower: Array, upper: Array, n: int) -> None: ...
def add_moments(values: Array, sums: Array, squares: Array) -> None: ...
def residuals(
    frame: Array, data: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array, hi: Array,
    out: Array, first: int, last: int,
) -> None: ...  # fmt: skip
def correct_rows(
    frame: Array, zeros: Array, values: Array, weight: Array, lower: Array, upper: Array, steep: Array, start: Array,
    slope: Array, length: Array, lo: Array, hi: Array, first: int, last: int,
) -> None: ...  # fmt: skip
def correct_columns(
    frame: Array, zeros: Array, values: Array, weight: Array, lower: Array, upper: Array, steep: Array, start: Array,
    slope: Array, length: Array, lo: Array, hi: Array, first: int, last: int,
) -> None: ...  # fmt: skip
