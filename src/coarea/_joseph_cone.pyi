from coarea._check import Array

def project(
    volume: Array, transposed: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array, hi: Array,
    near: Array, far: Array, z0: float, bottom: float, step: float, voxel_height: float, out: Array, scratch: Array,
    first: int, last: int,
) -> None: ...  # fmt: skip
def back_project(
    data: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array, hi: Array,
    near: Array, far: Array, z0: float, bottom: float, step: float, voxel_height: float, is_steep: bool,
    volume: Array, scratch: Array, first: int, last: int,
) -> None: ...  # fmt: skip
