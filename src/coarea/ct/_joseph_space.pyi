from coarea.base.arrays import Array

def project(
    volume: Array, size: Array, points: Array, ways: Array, point_steps: Array, way_steps: Array, spacing: Array,
    out: Array, first: int, last: int,
) -> None: ...  # fmt: skip
def back_project(
    data: Array, size: Array, points: Array, ways: Array, point_steps: Array, way_steps: Array, spacing: Array,
    axis: int, volume: Array, first: int, last: int,
) -> None: ...  # fmt: skip
