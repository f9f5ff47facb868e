from coarea._check import Array

def correct_by_view(
    image: Array, data: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array, hi: Array,
    rows: Array, columns: Array, relaxation: float, lower: float, upper: float, tile: Array, sums: Array,
) -> float: ...  # fmt: skip
