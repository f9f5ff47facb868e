from coarea.base.arrays import Array

def project(
    image: Array, transposed: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array, hi: Array,
    out: Array, first: int, last: int,
) -> None: ...  # fmt: skip
def back_project(
    data: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array, hi: Array, is_steep: bool,
    image: Array, first: int, last: int,
) -> None: ...  # fmt: skip
