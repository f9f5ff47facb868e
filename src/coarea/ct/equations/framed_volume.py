"""A volume that stays in a frame while the views of a cone beam correct it one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from coarea.base.arrays import Array
from coarea.base.threads import in_threads
from coarea.ct import _joseph_cone, _sart
from coarea.ct.equations.operators import Shape
from coarea.ct.projector import Projector

FRAME = 2  # zeros around an image or a volume, on each side
TILE = 8  # rows of the volume whose correction stays in the cache


class FramedVolume:
    """A volume (z, y, x) in the order (y, x, z): as rows it is the one that the kernels take, transposed the other."""

    def __init__(self, shape: Shape, dtype: np.dtype[Any]):
        nz, ny, nx = shape
        # an odd length: in steps of a power of two the rows would compete for few places in the cache
        frame = np.zeros((ny + 2 * FRAME, (nx + 2 * FRAME) | 1, nz + 2 * FRAME), dtype)
        self._rows, self._columns = frame[FRAME:-FRAME], frame.transpose(1, 0, 2)[FRAME : FRAME + nx]
        self.inside = frame[FRAME:-FRAME, FRAME : FRAME + nx, FRAME:-FRAME]

    def residual(self, projector: Projector, data: Array) -> Array:
        """Data of a view less its projection, as (column, row) of the detector; so are the data."""
        heights = projector._heights
        assert heights is not None
        found = np.empty_like(data)

        def run(first: int, last: int) -> None:
            scratch = np.empty(self._rows.shape[2], data.dtype)
            near, far, z0, bottom = (array[:, first:last] for array in heights.arrays()[:4])
            _joseph_cone.project(
                self._rows, self._columns, *projector._rays.of_columns(first, last).arrays(), near, far, z0, bottom,
                heights.step, heights.voxel_height, heights.is_divergent, found[None, first:last], scratch, 0, 1,
                projector._instruction_set,
            )  # fmt: skip

        in_threads(run, len(data), projector._parts(data.size * max(self.inside.shape)))
        np.subtract(data, found, out=found)
        return found

    def correct(self, projector: Projector, values: Array, weight: Array, limits: tuple[Array, Array]) -> None:
        """Back project the values of a view, (column, row); weigh them, add them, and keep the bounds.

        `weight`, and bounds unless they are of one voxel, lie as `inside`.
        """
        steep = projector._rays.steep
        # where rays of both kinds meet the bounds are kept when all have been added
        none = tuple(np.full((1, 1, 1), bound, values.dtype) for bound in (-math.inf, math.inf))
        kinds = [kind for kind in (False, True) if (steep == kind).any()]
        for kind in kinds:
            self._add(projector, values, weight, limits if kind == kinds[-1] else (none[0], none[1]), steep=kind)

    def _add(
        self, projector: Projector, values: Array, weight: Array, limits: tuple[Array, Array], *, steep: bool
    ) -> None:
        heights = projector._heights
        assert heights is not None
        order = (0, 1, 2) if steep else (1, 0, 2)
        inside, weight = self.inside.transpose(order), weight.transpose(order)
        lower, upper = (bound.transpose(order) for bound in limits)
        n_rows, n_columns, depth = inside.shape

        def part(bound: Array, first: int, last: int) -> Array:
            return bound if bound.size == 1 else bound[first:last]

        def run(first: int, last: int) -> None:
            tile = np.zeros((TILE, (n_columns + 2 * FRAME) | 1, depth + 2 * FRAME), values.dtype)
            scratch = np.empty(4 * tile.shape[2] + values.shape[1], values.dtype)
            for row in range(first, last, TILE):
                end = min(row + TILE, last)
                _joseph_cone.back_project(
                    values[None], *projector._rays.arrays(), *heights.arrays(), heights.voxel_height,
                    heights.is_divergent, steep, tile, scratch, row, row, end, projector._instruction_set,
                )  # fmt: skip
                _sart.add_planes(
                    inside[row:end], tile, weight[row:end], part(lower, row, end), part(upper, row, end), end - row
                )

        in_threads(run, n_rows, projector._parts(values.size * max(inside.shape)))
