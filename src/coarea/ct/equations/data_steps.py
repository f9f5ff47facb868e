"""Data steps, which the iterative methods repeat: corrections by all equations, block after block."""

from __future__ import annotations

import math
from typing import Any, Protocol, TypeGuard, get_args

import numpy as np

from coarea.base.arrays import Array
from coarea.base.options import as_count, one_of
from coarea.base.threads import in_threads
from coarea.base.types import DataStepName
from coarea.ct import _art, _sart
from coarea.ct.equations.arithmetic import norm
from coarea.ct.equations.foreign_step import GRAZING, ForeignDataStep
from coarea.ct.equations.framed_volume import FRAME, FramedVolume
from coarea.ct.equations.operators import LinearMap, ProjectorMap, Shape
from coarea.ct.equations.system import System
from coarea.ct.projector import Projector

EVERY_VIEW = 2**31  # blocks: as many as there are views


class DataStep(Protocol):
    """All equations once."""

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the blocks, or the rays, met."""
        ...


def data_step_of(system: System, name: DataStepName = "sart") -> DataStep:
    """What corrects an image by the equations of a system."""
    if name == "art":
        return RayDataStep(system)
    if system.home.xp is not np:
        return ForeignDataStep(system)
    cones = {_is_cone(block.operator) for block in system.blocks}
    if len(cones) == 1 and all(_is_view(block.operator, system) for block in system.blocks):
        return ConeDataStep(system) if True in cones else ViewDataStep(system)
    return BlockDataStep(system)


def blocks_of(data_step: DataStepName, n_subsets: int) -> int:
    """Number of blocks of a data step, "sart", "os-sart" or "art"."""
    one_of("data_step", data_step, get_args(DataStepName))
    n_subsets = as_count("n_subsets", n_subsets)
    return {"sart": EVERY_VIEW, "os-sart": n_subsets, "art": 1}[data_step]


class BlockDataStep:
    """Corrections by one block of equations after another [AndersenKak1984]_.

    ``x := x + relaxation * C A^T R (data - A x)`` with R and C one over the sums of the rows and columns of A. Weights,
    as parts of the largest one, multiply R; equations of weight 0 count in no column. The blocks of a volume share one
    C, see `SharedFactor`.
    """

    def __init__(self, system: System):
        ones = np.ones(system.image_shape, system.dtype)
        self._system, self._limits = system, limits_of(system)
        shared = SharedFactor(ones.shape, ones.dtype) if ones.ndim > 2 and len(system.blocks) > 1 else None
        self._blocks, columns = [], np.empty(0, system.dtype)
        for block in system.blocks:
            operator = block.operator
            rows = _inverse(np.asarray(operator.forward(ones), system.dtype).ravel())
            measured = np.ones(block.data.size) if block.weights is None else block.weights > 0
            back = operator.adjoint(measured.astype(system.dtype).reshape(operator.range_shape))
            sums = np.array(back, system.dtype)
            if shared is None:
                columns = _inverse(sums.ravel())
            else:
                shared.add(sums)
            self._blocks.append((block, _weighted(rows, block.weights, system), columns))
        self._shared = None if shared is None else shared.value().ravel()

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the blocks met."""
        system, squares = self._system, 0.0
        for block, rows, columns in self._blocks:
            operator = block.operator
            projected = np.asarray(operator.forward(x.reshape(system.image_shape)), system.dtype)
            residual = block.data - projected.ravel()
            squares += _square(residual, block.weights)
            residual *= rows
            residual *= relaxation
            correction = np.ascontiguousarray(operator.adjoint(residual.reshape(operator.range_shape)), system.dtype)
            factor = columns if self._shared is None else self._shared
            _sart.add(x, correction.ravel(), factor, *self._limits)
        return math.sqrt(squares)


class ViewDataStep:
    """`BlockDataStep` for single views of a parallel or fan beam, without a copy of the image for each.

    The image stays in a frame for a whole data step. The slices of a volume are corrected one by one.
    """

    def __init__(self, system: System):
        self._system, self._shape = system, system.image_shape[-2:]
        rows, columns = self._shape
        # an odd length: in steps of a power of two the rows would compete for few places in the cache
        self._frame = np.zeros((rows + 2 * FRAME, (columns + 2 * FRAME) | 1), system.dtype)
        self._inside = self._frame[FRAME : FRAME + rows, FRAME : FRAME + columns]
        self._zeros = np.zeros_like(self._frame)
        self._views, self._data, self._weights = [], [], []
        n_slices = math.prod(system.image_shape[:-2])
        for block in system.blocks:
            assert isinstance(block.operator, ProjectorMap)
            self._views.append(View(block.operator.projector))
            self._data.append(block.data.reshape(n_slices, -1))
            self._weights.append(None if block.weights is None else block.weights.reshape(n_slices, -1))
        alike = all(weights is None or (weights == weights[0]).all() for weights in self._weights)
        self._factors = self._factors_of(0) if alike else None

    def _factors_of(self, z: int) -> list[tuple[Array, Array]]:
        """For each view, R and C of a slice; the frame is used."""
        factors = []
        for view, weights in zip(self._views, self._weights, strict=True):
            known = None if weights is None else weights[z]
            ones = np.ones(view.n_rays, self._frame.dtype)
            self._inside[:] = 1
            rows = -view.residual(self._frame, 0 * ones)
            self._inside[:] = 0
            measured = ones if known is None else (known > 0).astype(ones.dtype)
            limits = (np.full((1, 1), -math.inf, ones.dtype), np.full((1, 1), math.inf, ones.dtype))
            view.correct(self._frame, self._zeros, measured, np.ones_like(self._inside), limits)
            factors.append((_weighted(_inverse(rows), known, self._system), _inverse(self._inside.copy())))
        return factors

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the views met."""
        squares, (lower, upper) = 0.0, limits_of(self._system)
        for z, image in enumerate(x.reshape(-1, *self._shape)):
            factors = self._factors_of(z) if self._factors is None else self._factors
            limits = self._of_slice(lower, z), self._of_slice(upper, z)
            self._inside[:] = image
            for view, data, weights, (rows, columns) in zip(
                self._views, self._data, self._weights, factors, strict=True
            ):
                residual = view.residual(self._frame, data[z])
                squares += _square(residual, None if weights is None else weights[z])
                residual *= rows
                residual *= relaxation
                view.correct(self._frame, self._zeros, residual, columns, limits)
            image[:] = self._inside
        return math.sqrt(squares)

    def _of_slice(self, bound: Array, z: int) -> Array:
        return bound.reshape(-1, *self._shape)[z] if bound.size > 1 else bound[:, None]


class SharedFactor:
    """One C for all blocks: those of each would take as many volumes.

    Where block b has the sum c_b of a column, its own C would be 1 / c_b. The one for which the products C c_b are
    nearest to 1, in least squares, is ``sum_b c_b / sum_b c_b^2``. It is at most one over the mean of the c_b that are
    not 0; the number of all blocks over their sum would be far more where few see a voxel, and diverge.
    """

    def __init__(self, shape: Shape, dtype: np.dtype[Any]):
        self._sums, self._squares = np.zeros(shape, dtype), np.zeros(shape, dtype)

    def add(self, sums: Array) -> None:
        """Those of the columns of one more block; they are set to 0."""
        _sart.add_moments(sums, self._sums, self._squares)

    def value(self) -> Array:
        """C, 0 where hardly a ray passes; call it once."""
        used = self._sums > GRAZING * self._sums.max()
        np.divide(self._sums, self._squares, out=self._sums, where=used)
        self._sums[~used] = 0
        return self._sums


class ConeDataStep:
    """`BlockDataStep` for single views of a cone beam: the volume stays in a frame for a whole data step."""

    def __init__(self, system: System):
        self._system, shape = system, system.image_shape
        lower, upper = limits_of(system)
        whole = (1, 1, 1) if lower.size == 1 else shape
        self._limits = self._turned(lower.reshape(whole)), self._turned(upper.reshape(whole))
        ones = FramedVolume(shape, system.dtype)
        ones.inside[:] = 1
        self._views = []
        for block in system.blocks:
            assert isinstance(block.operator, ProjectorMap)
            projector, turned = block.operator.projector, block.operator.range_shape[:0:-1]
            weights = None if block.weights is None else block.weights.reshape(turned[::-1]).T
            rows = _inverse(-ones.residual(projector, np.zeros(turned, system.dtype)))
            data = block.data.reshape(turned[::-1]).T
            self._views.append((projector, data, weights, _weighted(rows, weights, system)))
        del ones  # before there are other volumes
        size = *shape[1:], shape[0]
        back, shared = FramedVolume(shape, system.dtype), SharedFactor(size, system.dtype)
        one = np.broadcast_to(np.ones(shape[0], system.dtype), size)
        unbounded = np.full((1, 1, 1), -math.inf, system.dtype), np.full((1, 1, 1), math.inf, system.dtype)
        for projector, _, weights, rows in self._views:
            measured = np.ones_like(rows) if weights is None else (weights > 0).astype(system.dtype)
            back.correct(projector, np.ascontiguousarray(measured), one, unbounded)
            shared.add(back.inside)
        self._columns = shared.value()

    def _turned(self, volume: Array) -> Array:
        """A volume in the order of a frame."""
        return np.ascontiguousarray(volume.transpose(1, 2, 0))

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the views met."""
        squares, volume = 0.0, x.reshape(self._system.image_shape)
        framed = FramedVolume(volume.shape, volume.dtype)
        turn = self._views[0][0]._turn
        turn(volume.transpose(1, 2, 0), framed.inside)
        for projector, data, weights, rows in self._views:
            residual = framed.residual(projector, np.ascontiguousarray(data))
            squares += _square(residual.ravel(), None if weights is None else weights.ravel())
            residual *= rows
            residual *= relaxation
            framed.correct(projector, residual, self._columns, self._limits)
        turn(framed.inside, volume.transpose(1, 2, 0))
        return math.sqrt(squares)


class View:
    """A view of a slice that lies in a frame."""

    def __init__(self, projector: Projector):
        self._rays = projector._rays.of_views(0).arrays()
        self._steep = self._rays[0].astype(bool)
        self.n_rays = len(self._steep)
        self._parts = projector._parts(self.n_rays * max(projector.domain_shape[-2:]))

    def residual(self, frame: Array, data: Array) -> Array:
        """Data less the projection of the image."""
        out = np.empty(len(data), frame.dtype)

        def run(first: int, last: int) -> None:
            _sart.residuals(frame, data, *self._rays, out, first, last)

        in_threads(run, len(data), self._parts)
        return out

    def correct(self, frame: Array, zeros: Array, values: Array, weight: Array, bounds: tuple[Array, Array]) -> None:
        """Back project the values, weigh them, add them, and keep the bounds; `zeros` is a frame to work in."""
        both = self._steep.any() and not self._steep.all()
        none = np.full((1, 1), -math.inf, frame.dtype), np.full((1, 1), math.inf, frame.dtype)

        def add_columns(first: int, last: int) -> None:
            # of a fan with rays of both kinds the bounds are kept when all have been added
            limits = none if both else bounds
            _sart.correct_columns(frame, zeros, values, weight, *limits, *self._rays, first, last)

        def add_rows(first: int, last: int) -> None:
            _sart.correct_rows(frame, zeros, values, weight, *bounds, *self._rays, first, last)

        if not self._steep.all():
            in_threads(add_columns, weight.shape[1], self._parts)
        if self._steep.any():
            in_threads(add_rows, weight.shape[0], self._parts)


class RayDataStep:
    """Corrections by one ray after another, Kaczmarz's method [GordonBenderHerman1970]_; bounds are kept at the end.

    Weights, as parts of the largest one, multiply the relaxation.
    """

    def __init__(self, system: System):
        operator = system.operators[0]
        if not isinstance(operator, ProjectorMap) or len(operator.domain_shape) != 2 or len(system.operators) > 1:
            raise ValueError("data_step 'art' needs a Projector of 2-D images; take 'sart'")
        self._projector, self._system = operator.projector, system
        block = system.blocks[0]
        self._data = block.data.reshape(operator.range_shape)
        self._largest, self._weights = 1.0, np.empty((0, 0), system.dtype)
        if block.weights is not None:
            self._largest = float(block.weights.max())
            self._weights = (block.weights / block.weights.max()).reshape(operator.range_shape)

    def __call__(self, x: Array, relaxation: float) -> float:
        """Correct x in place; returns the norm of the residuals that the rays met."""
        image, rays = x.reshape(self._system.image_shape), self._projector._rays.arrays()
        square = _art.sweep(image, self._data, self._weights, *rays, relaxation)
        self._system.clip(x)
        return math.sqrt(self._largest * square)


def limits_of(system: System) -> tuple[Array, Array]:
    """The bounds as the kernels take them: flat arrays of the size of the image, or of one number for all pixels."""
    parts = np.broadcast_arrays(np.atleast_1d(system.lower), np.atleast_1d(system.upper))
    with np.errstate(over="ignore"):  # a bound beyond float32 is none
        lower, upper = (np.array(part, system.dtype) for part in parts)
    return lower, upper


def _is_view(operator: LinearMap, system: System) -> TypeGuard[ProjectorMap]:
    """Whether an operator is a single view, of slices or of a cone that rises by columns of the detector."""
    return (
        isinstance(operator, ProjectorMap)
        and operator.projector._in_space is None
        and operator.range_shape[0] == 1
        and operator.domain_shape == system.image_shape
        and operator.dtype == system.dtype
    )


def _is_cone(operator: LinearMap) -> bool:
    return isinstance(operator, ProjectorMap) and operator.projector._heights is not None


def _inverse(sums: Array) -> Array:
    used = sums > GRAZING * sums.max(initial=0)
    return np.divide(1, sums, out=np.zeros_like(sums), where=used)


def _weighted(rows: Array, weights: Array | None, system: System) -> Array:
    """Times the weights, as parts of the largest one of all blocks."""
    return rows if weights is None or system.weights is None else rows * (weights / system.weights.max())


def _square(residual: Array, weights: Array | None) -> float:
    """Sum of the weighted squares."""
    return norm(residual if weights is None else np.sqrt(weights) * residual) ** 2
