from coarea.base.arrays import Array

def instruction_sets() -> tuple[str, ...]: ...
def turn(source: Array, target: Array, added: bool, first: int, last: int) -> None: ...
def project(
    volume: Array, transposed: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array, hi: Array,
    near: Array, far: Array, z0: Array, bottom: Array, step: Array, voxel_height: float, is_divergent: bool, out: Array,
    scratch: Array, first: int, last: int, instruction_set: int,
) -> None: ...  # fmt: skip
def back_project(
    data: Array, steep: Array, start: Array, slope: Array, length: Array, lo: Array, hi: Array,
    near: Array, far: Array, z0: Array, bottom: Array, step: Array, voxel_height: float, is_divergent: bool,
    is_steep: bool, volume: Array, scratch: Array, origin: int, first: int, last: int, instruction_set: int,
) -> None: ...  # fmt: skip
